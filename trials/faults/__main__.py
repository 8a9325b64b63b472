"""The trial of the gate: every entry of the corpus through landing and gate 1, then clean deliveries of other seeds.

    python -m trials.faults [--only WORD …] [--seed N] [--seeds N] [--jobs N] [--list]

Writes docs/fault-certificate.json and its section of docs/trials.md, unless only some entries ran. Exit code 1 if the
pass rule of `certificate` does not hold. `--seed` makes the corpus on other cities, `--seeds` says how many clean cities
are refreshed.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from unittest import mock

from expectations import direct
from programmes.loading import load_programme
from refresh import fingerprint, landing
from trials.document import REPORT, ROOT, replaced
from trials.faults import certificate, clean
from trials.faults.certificate import CleanNight, Tried
from trials.faults.corpus import Entry, entries
from trials.faults.nights import PROGRAMME, clean_night, clear, night_of
from trials.faults.self_check import Said, of_the_gate, self_checked
from trials.faults.verdicts import Verdict

CERTIFICATE = ROOT / fingerprint.CERTIFICATE
_FIRST_CLEAN_SEED = 1000
_NEWEST = (
    clean.PORTAL, clean.CITY, clean.LABOUR, clean.PLATFORM, clean.SURVEY, clean.VOLUNTEERS, clean.REGISTER,
    clean.POPULATION, clean.EMPLOYED, clean.RATE, clean.LEAVERS, clean.BUILDINGS, clean.BUSINESSES,
)  # fmt: skip


def tried_group(names: Sequence[str], seed: int) -> list[tuple[str, Verdict, str, Said | None]]:
    """Try entries that share a clean city, a file and a history: name, verdict, what ended it in a traceback, and what the
    deliverer's own check says.
    """
    known = {entry.name: entry for entry in entries()}
    try:
        return [(name, *_verdict(known[name], seed)) for name in names]
    finally:
        clear()


def _verdict(entry: Entry, seed: int) -> tuple[Verdict, str, Said | None]:
    try:
        return night_of(entry, seed), "", self_checked(entry, seed)
    except Exception as error:  # a night that ends in a traceback is missed, and says so
        return Verdict("missed"), f"{type(error).__name__}: {error}", None


def tried_seed(seed: int) -> CleanNight:
    """Let the clean deliveries of one city arrive as new editions.

    The rules are asked through DuckDB, which takes half the time of Great Expectations; tests hold both to one answer.
    """
    try:
        with mock.patch.object(landing, "run_suite", direct.run_suite):
            return CleanNight(seed, {file: clean_night(*_parts(file), seed).outcome for file in _NEWEST})
    finally:
        clear()


def _parts(place: str) -> tuple[str, str]:
    source, _, file = place.partition("/")
    return source, file


def groups(wanted: Sequence[Entry], seed: int) -> list[list[str]]:
    """Names of entries by city, source, file and history."""

    def key(entry: Entry) -> tuple[str, str, int, str]:
        return entry.source, entry.file, entry.seed(seed), entry.history

    return [[entry.name for entry in group] for _, group in groupby(sorted(wanted, key=key), key)]


def _all_tried(wanted: Sequence[Entry], seed: int, pool: ProcessPoolExecutor) -> Iterator[Tried]:
    running = [pool.submit(tried_group, names, seed) for names in groups(wanted, seed)]
    known = {entry.name: entry for entry in wanted}
    for each in running:
        for name, verdict, error, said in each.result():
            one = Tried(known[name], verdict, error, is_check_agreed=said in (None, of_the_gate(verdict)))
            print(
                f"  {one.entry.verdict:14} {one.outcome:14} {one.entry.name}  {one.error or ', '.join(one.verdict.rules[:3])}",
                flush=True,
            )
            yield one


def rules_version() -> str:
    """The version of the rules this tree holds."""
    return fingerprint.rules_version(load_programme(PROGRAMME).declarations_hash())


def main() -> int:
    """Run the trial, write certificate and section, say what they say; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m trials.faults", description="Try defects and legitimate changes on the gate."
    )
    parser.add_argument(
        "--only", nargs="+", default=[], help="only entries whose name or kind contains one of these words"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="the first of the three cities the corpus is made on (default 1)"
    )
    parser.add_argument("--seeds", type=int, default=200, help="how many clean cities are refreshed (default 200)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--list", action="store_true", help="only say what would be tried")
    asked = parser.parse_args()
    wanted = [each for each in entries() if not asked.only or any(w in each.name or w == each.kind for w in asked.only)]
    if asked.list:
        for entry in wanted:
            print(f"{entry.verdict:14} {entry.kind:10} {entry.name}")
        return 0
    begun = time.monotonic()
    with ProcessPoolExecutor(asked.jobs) as pool:
        tried = sorted(_all_tried(wanted, asked.seed, pool), key=lambda one: one.entry.name)
        seeds = range(_FIRST_CLEAN_SEED, _FIRST_CLEAN_SEED + asked.seeds)
        nights = list(pool.map(tried_seed, seeds)) if not asked.only else []
    version = rules_version()
    text = certificate.section(tried, nights, version)
    print(text)
    print(f"{time.monotonic() - begun:.0f} s")
    if not asked.only:
        CERTIFICATE.write_text(certificate.written(certificate.certificate(tried, nights, version)), encoding="utf-8")
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    return int(bool(certificate.failures(tried, nights)))


if __name__ == "__main__":
    sys.exit(main())
