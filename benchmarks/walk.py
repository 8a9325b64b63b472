"""The walk of one volunteer row: how often its bytes are read, written, hashed and decoded, before and after.

    python -m benchmarks.walk BASE_COMMIT [--write]

Refreshes nordwärts with an export of the commit and with the working tree, each twice: the first refresh of all, and
an ordinary night on which another delivery than that of the row was corrected. Files are watched from outside
(watching.py), digests counted inside (counted_hashes.py), so that any commit can be counted. `--write` puts the
tables between two marks in docs/architecture.md.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks import counted_hashes
from benchmarks.identity import export, refresh
from benchmarks.measuring import ROOT, ContenderFailed
from benchmarks.watching import Watch
from ingest.formats.decoding import to_text

DOCUMENT = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- walk: written by make bench-walk -->", "<!-- walk: end -->"
_PROGRAMME = Path("programmes") / "nordwaerts"
_DELIVERED = Path("sample") / "ehrenamt" / "ehrenamt_2019.csv"
_CORRECTED = Path("sample") / "ehrenamt" / "ehrenamt_2024.csv"
_LANDED = Path("landed") / "volunteer_count" / "ehrenamt__meldungen.parquet"
_MART = "fct_volunteering.parquet"


@dataclass(frozen=True)
class Place:
    """One place on the way, as a pattern below the working folder, and which bytes lie there."""

    step: str
    where: str
    pattern: str


# In order of the way.
WAY = (
    Place("delivered", f"`{_DELIVERED.relative_to('sample')}`", str(Path(_PROGRAMME.name) / _DELIVERED)),
    Place("archived", "`archive/objects/`", r"var/nordwaerts/archive/objects/{delivery}(\.gz)?"),
    Place("kept as a vintage", "`vintages/`", r"var/nordwaerts/vintages/.*{vintage}\.parquet"),
    Place("staged for gate 1", "`staging/`", rf"var/nordwaerts/staging/(.*/)?{_LANDED.name}"),
    Place("landed, read by dbt", "`landed/`", rf"var/nordwaerts/{_LANDED}"),
    Place("exported, gate 2", "`build/export/`", rf"var/nordwaerts/build/(.*/)?{_MART}"),
    Place("published", "`objects/`", r"var/nordwaerts/objects/{mart}\.parquet"),
    Place("linked into the release", "`releases/`", rf"var/nordwaerts/releases/.*/{_MART}"),
)
CONTENTS = {
    "delivery": "the delivery",
    "vintage": "its vintage",
    "landed": "the landed table",
    "mart": "`fct_volunteering`",
}


@dataclass(frozen=True)
class Night:
    """What one refresh did: readings and writings per place of the way, digests and decodings per content."""

    read: tuple[int, ...]
    written: tuple[int, ...]
    hashed: dict[str, int]
    decoded: int


class NotCounted(Exception):
    """Something was missed, so that no number can be given."""


def walked(root: Path, work: Path) -> list[Night]:
    """The first refresh and the ordinary night with the packages in `root`; raises NotCounted, ContenderFailed."""
    programme = work / _PROGRAMME.name
    shutil.copytree(root / _PROGRAMME, programme, ignore=shutil.ignore_patterns("__pycache__"))
    site = work / "site"
    site.mkdir()
    shutil.copy(str(counted_hashes.__file__), site / "sitecustomize.py")
    # A refresh makes this folder and moves the table into it at once, too quick to be watched in time.
    (work / "var" / _PROGRAMME.name / _LANDED.parent).mkdir(parents=True)
    first = _night(root, work, programme)
    lines = (programme / _CORRECTED).read_bytes().splitlines(keepends=True)
    (programme / _CORRECTED).write_bytes(b"".join(lines[:-1]))
    return [first, _night(root, work, programme)]


def _night(root: Path, work: Path, programme: Path) -> Night:
    var, counted, delivered = work / "var", work / "counted.txt", programme / _DELIVERED
    folder = var / _PROGRAMME.name
    counted.write_bytes(b"")
    environment = {"PYTHONPATH": f"{work / 'site'}:{root}", "COUNTED_HASHES": str(counted)}
    with Watch(folder, delivered.parent, leave_out=["dagster"]) as watch:
        release = refresh(root, var, "--programme", str(programme), environment=environment)
    hashes = {
        "delivery": _sha256(delivered),
        "vintage": _vintage_of(folder / "vintages", _sha256(delivered)),
        "landed": _sha256(folder / _LANDED),
        "mart": _sha256(release / "internal" / _MART),
    }
    text_sha256 = hashlib.sha256(to_text(delivered.read_bytes(), delivered.name, "ladder").encode()).hexdigest()
    noted = Counter(counted.read_text(encoding="ascii").splitlines())
    patterns = [re.compile(place.pattern.format(**hashes)) for place in WAY]
    if missed := [path for path in watch.missed if any(_is_at(path, one, work) for one in patterns)]:
        raise NotCounted(f"Seen too late: {missed[0].name}. Count again.")
    read, written = (
        tuple(sum(number for path, number in counts.items() if _is_at(path, one, work)) for one in patterns)
        for counts in (watch.read, watch.written)
    )
    if not (read[0] and noted[f"hashed {hashes['delivery']}"]):
        raise NotCounted("A delivery cannot come in without being read and hashed: the counting does not work.")
    return Night(
        read,
        written,
        {content: noted[f"hashed {sha256}"] for content, sha256 in hashes.items()},
        noted[f"decoded {text_sha256}"],
    )


def _is_at(path: Path, pattern: re.Pattern[str], work: Path) -> bool:
    return pattern.fullmatch(path.relative_to(work).as_posix()) is not None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _vintage_of(folder: Path, delivery_id: str) -> str:
    """SHA-256 of the vintage of a delivery; `none`, which no bytes have, where a commit keeps no vintages."""
    for path in folder.glob("*.parquet"):
        if delivery_id in pq.read_table(path, columns=["_delivery"])["_delivery"].to_pylist():
            return _sha256(path)
    return "none"


def tables(before: Sequence[Night], now: Sequence[Night]) -> str:
    """Two Markdown tables: readings and writings by place, digests and decodings by content; cells `before → now`."""
    pairs = list(zip(before, now, strict=True))
    by_place = [["step", "where", "read, first", "written, first", "read, night", "written, night"]]
    for at, place in enumerate(WAY):
        cells = [
            _cell(*counts)
            for one, other in pairs
            for counts in ((one.read[at], other.read[at]), (one.written[at], other.written[at]))
        ]
        by_place.append([place.step, place.where, *cells])
    by_content = [["bytes", "hashed, first", "hashed, night", "decoded, first", "decoded, night"]]
    for content, words in CONTENTS.items():
        hashed = [_cell(one.hashed[content], other.hashed[content]) for one, other in pairs]
        is_text = content == "delivery"
        decoded = [_cell(one.decoded, other.decoded) if is_text else "–" for one, other in pairs]
        by_content.append([words, *hashed, *decoded])
    return f"{_markdown(by_place)}\n\n{_markdown(by_content)}"


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _cell(before: int, now: int) -> str:
    return f"{before} → {now}"


def with_section(document: str, text: str) -> str:
    """The document with other text between the two marks; raises ValueError where it lacks them."""
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"The document lacks the marks {BEGIN} and {END}.")
    return f"{head}{BEGIN}\n{text}\n{END}{tail}"


def main() -> int:
    """Refresh four times, print the tables; the exit code."""
    parser = argparse.ArgumentParser(description="Count how the bytes of one row are handled, before and after.")
    parser.add_argument("commit", help="the commit to compare with")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/architecture.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nordwaerts-walk-") as name:
        work = Path(name)
        try:
            export(chosen.commit, work / "base")
            nights = []
            for side, root in (("before", work / "base"), ("now", ROOT)):
                (work / side).mkdir()
                nights.append(walked(root, work / side))
                print(side, *nights[-1], sep="\n", file=sys.stderr, flush=True)
        except (subprocess.CalledProcessError, ContenderFailed, NotCounted, OSError) as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return 1
    text = f"Counted by `make bench-walk BASE={chosen.commit}`; cells are before → now.\n\n{tables(*nights)}"
    print(text)
    if chosen.write:
        DOCUMENT.write_text(with_section(DOCUMENT.read_text(encoding="utf-8"), text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
