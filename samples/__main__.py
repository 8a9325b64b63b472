"""Writes the sample deliveries: `python -m samples --out FOLDER [--scale N | --municipalities N] [--seed N]`.

One folder per source below FOLDER, receipts.csv with the arrival of every file, and README.md saying that
all of it is synthetic. With a scale above 1 also areas, area sets and sources of a matching programme folder. With
municipalities a made-up state instead: below FOLDER a programme folder each.
"""

import argparse
import csv
import pkgutil
import shutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

import samples
from samples.city import city_of
from samples.packing import Delivery, csv_bytes
from samples.state import write_state
from samples.territory import multiplied_declarations

RECEIPT = ("source_id", "file_name", "received_at", "publisher_version")

README = """# Musterlieferungen / sample deliveries

**Alle Dateien in diesem Ordner sind synthetisch.** Sie werden von `python -m samples` erzeugt, ahmen die
Formate der Lieferanten nach und sind an wenige veröffentlichte Zahlen angepasst. Kein Wert ist eine
amtliche Angabe, keine Person ist echt. Was veröffentlicht und was erfunden ist, steht in
`samples/ASSUMPTIONS.md`.

**All files in this folder are synthetic.** They are made by `python -m samples`, imitate the publishers'
formats and are calibrated to a few published figures. No value is an official figure, no person is real.
What is published and what is made up stands in `samples/ASSUMPTIONS.md`.
"""


def generators() -> dict[str, ModuleType]:
    """The generator of every source that has one, by source id; a hand-made sample delivery needs none."""
    modules = (import_module(f"samples.{found.name}") for found in pkgutil.iter_modules(samples.__path__))
    return {module.SOURCE_ID: module for module in modules if hasattr(module, "SOURCE_ID")}


def make_deliveries(scale: int, seed: int = 0) -> list[Delivery]:
    """All deliveries for `scale` copies of the city, in order of source and file; raises ValueError below 1."""
    city = city_of(scale, seed)
    made = [delivery for generator in generators().values() for delivery in generator.deliveries(city)]
    return sorted(made, key=lambda delivery: (delivery.source_id, delivery.file_name))


def write(out: Path, scale: int, seed: int = 0) -> list[Path]:
    """Replaces in `out` what generators make; returns the files written. Deliveries made by hand stay, with their receipts."""
    made = make_deliveries(scale, seed)
    generated = {delivery.source_id for delivery in made}
    files = {Path(delivery.source_id) / delivery.file_name: delivery.content for delivery in made}
    receipts: list[tuple[str, ...]] = [
        (each.source_id, each.file_name, each.received_at, each.publisher_version) for each in made
    ]
    receipts += [row for row in _receipts(out / "receipts.csv") if row[0] not in generated]
    files[Path("receipts.csv")] = csv_bytes(RECEIPT, sorted(receipts))
    files[Path("README.md")] = README.encode()
    if scale > 1:
        files |= {Path(name): content for name, content in multiplied_declarations(scale).items()}
    for source_id in generated:
        shutil.rmtree(out / source_id, ignore_errors=True)
    for path, content in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)
    return [out / path for path in files]


def _receipts(path: Path) -> list[tuple[str, ...]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return [tuple(row) for row in csv.reader(handle, delimiter=";")][1:]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m samples", description="Write the synthetic sample deliveries.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--scale", type=int, default=1, help="copies of the city (default 1)")
    parser.add_argument("--municipalities", type=int, help="a made-up state of so many small municipalities instead")
    parser.add_argument("--seed", type=int, default=0, help="another draw of all that is made up (default 0)")
    arguments = parser.parse_args()
    if arguments.scale < 1:
        parser.error("--scale must be at least 1")
    if arguments.municipalities is not None:
        if arguments.municipalities < 1:
            parser.error("--municipalities must be at least 1")
        folders = write_state(arguments.out, arguments.municipalities, arguments.seed)
        print(f"{len(folders)} programme folders, synthetic, in {arguments.out}")
        return
    files = write(arguments.out, arguments.scale, arguments.seed)
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files)} files, {size / 1e6:.1f} MB, synthetic, in {arguments.out}")


if __name__ == "__main__":
    main()
