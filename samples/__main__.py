"""Writes the sample deliveries: `python -m samples --out FOLDER [--scale N]`.

One folder per source below FOLDER, receipts.csv with the arrival of every file, and README.md saying that
all of it is synthetic. With a scale above 1 also areas.csv and area_sets.csv of a matching programme folder.
"""

import argparse
import shutil
from pathlib import Path

from samples import labour, official, platform, register, small_area, survey, volunteers
from samples.calibration import social_counts
from samples.packing import Delivery, csv_bytes
from samples.population import population
from samples.territory import multiplied_declarations, territories

README = """# Musterlieferungen / sample deliveries

**Alle Dateien in diesem Ordner sind synthetisch.** Sie werden von `python -m samples` erzeugt, ahmen die
Formate der Lieferanten nach und sind an wenige veröffentlichte Zahlen angepasst. Kein Wert ist eine
amtliche Angabe, keine Person ist echt. Was veröffentlicht und was erfunden ist, steht in
`samples/ASSUMPTIONS.md`.

**All files in this folder are synthetic.** They are made by `python -m samples`, imitate the publishers'
formats and are calibrated to a few published figures. No value is an official figure, no person is real.
What is published and what is made up stands in `samples/ASSUMPTIONS.md`.
"""


def make_deliveries(scale: int) -> list[Delivery]:
    """All deliveries for `scale` copies of the city, in order of source and file; raises ValueError below 1."""
    if scale < 1:
        raise ValueError("scale must be at least 1")
    copies = territories(scale)
    people = [population(territory) for territory in copies]
    pairs = [(each, social_counts(each)) for each in people]
    made = [
        *platform.deliveries(copies),
        *register.deliveries(copies),
        *volunteers.deliveries(copies),
        *small_area.deliveries(pairs),
        *labour.deliveries(pairs),
        *official.deliveries(),
        *survey.deliveries(people),
    ]
    return sorted(made, key=lambda delivery: (delivery.source_id, delivery.file_name))


def write(out: Path, scale: int) -> list[Path]:
    """Replaces the content of `out` by the deliveries of this scale; returns the files written."""
    made = make_deliveries(scale)
    files = {Path(delivery.source_id) / delivery.file_name: delivery.content for delivery in made}
    receipts = [(each.source_id, each.file_name, each.received_at, each.publisher_version) for each in made]
    files[Path("receipts.csv")] = csv_bytes(("source_id", "file_name", "received_at", "publisher_version"), receipts)
    files[Path("README.md")] = README.encode()
    if scale > 1:
        files |= {Path(name): content for name, content in multiplied_declarations(scale).items()}
    for source_id in {delivery.source_id for delivery in made}:
        shutil.rmtree(out / source_id, ignore_errors=True)
    for path, content in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)
    return [out / path for path in files]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m samples", description="Write the synthetic sample deliveries.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--scale", type=int, default=1, help="copies of the city (default 1)")
    arguments = parser.parse_args()
    if arguments.scale < 1:
        parser.error("--scale must be at least 1")
    files = write(arguments.out, arguments.scale)
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files)} files, {size / 1e6:.1f} MB, synthetic, in {arguments.out}")


if __name__ == "__main__":
    main()
