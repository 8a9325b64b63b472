"""Broken bytes through the front door: does anything but a sentence come out?

Each format's clean delivery of the sample, cut to a few dozen rows, is changed by seeded accidents (trials/broken_bytes.py)
and landed in its own table, in child processes whose memory is limited. An input is a failure if landing ends with anything
but rows, findings and a refusal whose sentences can be said in two languages, if the count does not close, if it takes
longer than its time, or if the process dies: all of these a refresh would turn into a refusal (ingest/apart.py), but none should
be needed. Writes its section of docs/trials.md. Exit code 1 if anything failed. A million inputs take hours: with `--keep` a later call
goes on where this one was ended, as long as the code that lands is the same.
"""

import argparse
import hashlib
import io
import json
import os
import random
import resource
import select
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.areas import Locality, locality_of
from ingest.connectors.folder import matches
from ingest.findings import DeliveryRefused
from ingest.landing import land
from ingest.opened import OpenedDelivery
from programmes.loading import load_programme
from programmes.sources import Format, LandedTable
from trials.broken_bytes import as_geojson, changed
from trials.document import REPORT, ROOT, replaced

HEADING = "## Broken bytes (`make trial-fuzz`)"
INPUTS, ROWS, SEED = 10_000, 16, 20150324
SECONDS, MEMORY = 30, 1 << 30  # most that one input may take: wall time; bytes of the child beyond what it starts with
KINDS = ("csv", "excel", "json_lines", "geojson", "zip")
# Which table of the sample stands for a format.
_TABLES = {
    "csv": "ehrenamt__meldungen",
    "excel": "projektregister__teilprojekte",
    "json_lines": "statistikportal__unterbezirke",
    "geojson": "statistikportal__unterbezirke",
    "zip": "regionalstatistik__bevoelkerung",
}


@dataclass(frozen=True)
class Target:
    """A clean delivery, the table it lands in, and where the city is."""

    kind: str
    content: bytes
    file_name: str
    table: LandedTable
    locality: Locality

    def outcome(self, content: bytes) -> str:
        """What landing says of these bytes: `landed`, or the rule of the refusal; anything else is raised."""
        try:
            landed = land(OpenedDelivery(content, self.file_name), "d", self.table, self.locality)
        except DeliveryRefused as refused:
            if not all(refused.sentence(language).strip() for language in ("de", "en")):
                raise AssertionError(f"no sentence for {refused.rule_id}") from None
            if refused.rule_id == "count_open":
                raise AssertionError(f"the count does not close: {refused.detail}") from None
            return refused.rule_id
        for finding in landed.findings[:50]:
            finding.sentence("de").encode()
            finding.sentence("en").encode()
        return "landed" if landed.count.closes else "count_open"

    def input(self, number: int, seed: int = SEED) -> bytes:
        """The broken delivery of this number."""
        return changed(self.kind, random.Random(f"{seed} {self.kind} {number}"), self.content)


def target(kind: str) -> Target:
    """The clean delivery of a format, small enough to be landed many times a second."""
    programme = load_programme(ROOT / "programmes" / "nordwaerts")
    [table] = [each for each in programme.landed_tables() if each.name == _TABLES[kind]]
    folder = programme.sample_folder / table.source.source_id
    path = next(path for path in sorted(folder.iterdir()) if matches(path.name, table.declared.files or "*"))
    content, declared = path.read_bytes(), table.declared
    if kind in ("csv", "json_lines"):
        content = b"".join(content.splitlines(keepends=True)[: ROWS + 1])
    elif kind == "geojson":
        content = as_geojson(content, ROWS)
        declared = declared.model_copy(update={"format": Format(kind="geojson", decimal="point"), "files": None})
    elif kind == "excel":
        content = _first_rows(content, ROWS)
    name = path.name if kind != "geojson" else "kleinraeumig_2011-2024.geojson"
    return Target(kind, content, name, LandedTable(table.name, table.source, declared), locality_of(programme))


def _first_rows(workbook: bytes, rows: int) -> bytes:
    """A workbook whose sheets end after some rows."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as short:
        for name in source.namelist():
            xml = source.read(name)
            pieces = xml.split(b"</row>")
            if len(pieces) > rows + 1:
                xml = b"</row>".join(pieces[:rows]) + b"</row>" + pieces[-1]
            short.writestr(name, xml)
    return buffer.getvalue()


@dataclass
class Tried:
    """What came of the inputs of one format."""

    kind: str
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    peak: int = 0  # bytes
    seconds: float = 0.0  # all landings together

    @property
    def inputs(self) -> int:
        """How many were tried."""
        return self.outcomes.total()

    def add(self, said: dict[str, Any]) -> None:
        """What came of one more."""
        self.outcomes[said["outcome"]] += 1
        self.seconds += said["seconds"]
        self.slowest, self.peak = max(self.slowest, said["seconds"]), max(self.peak, said["peak"])
        if "error" in said:
            self.failures.append(f"{self.kind} {said['number']}: {said['error']}")


def child(kind: str, first: int, last: int, seed: int) -> None:
    """Land the inputs of these numbers under a limit of memory; one line of JSON each."""
    each = target(kind)
    each.outcome(each.content)  # what is loaded on first use is no memory of an input
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for number in range(first, last):
        content = each.input(number, seed)
        begun = time.perf_counter()
        try:
            said: dict[str, Any] = {"outcome": each.outcome(content)}
        except BaseException as error:  # a trial says what came, whatever it was
            said = {"outcome": "failed", "error": f"{type(error).__name__}: {error}"[:200]}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        said |= {"number": number, "seconds": time.perf_counter() - begun, "peak": peak}
        print(json.dumps(said), flush=True)


def try_kind(kind: str, inputs: int, kept: Path, seed: int = SEED) -> Tried:
    """Land that many inputs of a format but those whose outcome lies in `kept`; a child that dies or hangs is replaced by one that goes on behind it."""
    tried, told = Tried(kind), kept / f"{kind}.jsonl"
    lines = told.read_text(encoding="utf-8").splitlines(keepends=True) if told.is_file() else []
    whole = [line for line in lines[:inputs] if line.endswith("\n")]
    for line in whole:
        tried.add(json.loads(line))
    with told.open("w", encoding="utf-8") as telling:
        telling.writelines(whole)

        def add(said: dict[str, Any]) -> None:
            tried.add(said)
            print(json.dumps(said), file=telling, flush=True)

        while tried.inputs < inputs:
            process = subprocess.Popen(
                [sys.executable, "-m", "trials.fuzz", "--child", kind, str(tried.inputs), str(inputs), str(seed)],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            for said in _lines(process):
                add(said)
            process.kill()
            process.wait()
            if tried.inputs < inputs:
                error = f"the process died or took more than {SECONDS} s"
                add({"outcome": "died", "number": tried.inputs, "seconds": 0.0, "peak": 0, "error": error})
    return tried


def same_code(keep: Path, seed: int) -> Path:
    """Folder within `keep` for outcomes of this seed and of the code that makes and lands inputs."""
    code = [*(ROOT / "ingest").rglob("*.py"), *(ROOT / "programmes").rglob("*.py"), ROOT / "trials" / "broken_bytes.py"]
    told = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(code))).hexdigest()
    folder = keep / f"{seed}-{told[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[dict[str, Any]]:
    """What a child says, until it ends or is silent for too long; it may take longer to start."""
    assert process.stdout is not None
    patience = 60.0
    buffer = b""
    while select.select([process.stdout], [], [], patience)[0]:
        piece = os.read(process.stdout.fileno(), 1 << 16)
        if not piece:
            return
        *lines, buffer = (buffer + piece).split(b"\n")
        patience = float(SECONDS) if lines else patience
        yield from (json.loads(line) for line in lines)


def section(all_tried: list[Tried], seed: int) -> str:
    """What was tried and what came out, as Markdown."""
    failures = [failure for tried in all_tried for failure in tried.failures]
    lines = [
        HEADING,
        "",
        (__doc__ or "").split("\n\n")[1].strip(),
        "",
        f"Seed {seed}, {sum(tried.inputs for tried in all_tried):,} inputs, {sum(tried.seconds for tried in all_tried):,.0f} seconds of landing, at most"
        f" {MEMORY >> 20} MiB and {SECONDS} s for one of them.",
        "",
        "| format | inputs | landed | refused | failed | slowest | peak of the process | commonest refusals |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for tried in all_tried:
        refused = Counter(
            {rule: count for rule, count in tried.outcomes.items() if rule not in ("landed", "failed", "died")}
        )
        commonest = ", ".join(f"{rule} {count:,}" for rule, count in refused.most_common(4))
        lines.append(
            f"| {tried.kind} | {tried.inputs:,} | {tried.outcomes['landed']:,} | {refused.total():,} |"
            f" {len(tried.failures):,} | {tried.slowest:.2f} s | {tried.peak >> 20} MiB | {commonest} |"
        )
    verdict = "Nothing but sentences came out." if not failures else "**It failed:**"
    return "\n".join([*lines, "", verdict, *(f"- {failure}" for failure in failures[:20])]) + "\n"


def main() -> None:
    """Try every format, judge, write the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=INPUTS, help="of each format; 200000 are a million in all")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="folder for outcomes; a later call goes on where this one ended")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        kind, first, last, seed = chosen.child
        child(kind, int(first), int(last), int(seed))
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):  # a thread waits for its child
        kept = same_code(chosen.keep or Path(folder), chosen.seed)
        all_tried = list(pool.map(lambda kind: try_kind(kind, chosen.inputs, kept, chosen.seed), chosen.kinds))
    text = section(all_tried, chosen.seed)
    if chosen.inputs >= INPUTS and tuple(chosen.kinds) == KINDS:
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    sys.exit(1 if any(tried.failures for tried in all_tried) else 0)


if __name__ == "__main__":
    main()
