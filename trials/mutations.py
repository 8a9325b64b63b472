"""The trial of the tests: one operator, constant or condition is changed, and the tests of its package must fail.

    python -m trials.mutations [--only PACKAGE …] [--jobs N] [--list]

Each change (trials/mutants.py) is made in a throw-away copy of the tree; only the tests of the same package run on
it, those that name the changed module first, until the first one fails. A package whose tests fail on the unchanged
copy counts for nothing and ends the trial. Writes its section of docs/trials.md, unless only some packages ran.
Exit code 1 if fewer than 90 % are noticed or fewer than 60 changes were tried.
"""

import argparse
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from trials.document import REPORT, ROOT, replaced
from trials.mutants import Declared, Mutant, chosen

HEADING = "## Mutations (`make trial-mutations`)"
LEAST_TRIED, LEAST_NOTICED_PCT = 60, 90
_EACH = 16
_PATIENCE = (60, 5)  # a change may run for ever: seconds, and times what the unchanged tests take
_LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", "var", "inbox", "target", "logs", "__pycache__", ".*_cache")


@dataclass(frozen=True)
class Package:
    """A folder whose code is changed, how many changes beside the declared ones, and those."""

    folder: str
    count: int = _EACH
    declared: tuple[Declared, ...] = ()


PACKAGES = (
    Package(
        "expectations",
        declared=(
            Declared(r'"shrunk_pct", .*maximum=(10)\)', "50"),
            Declared(r'"age_days", .*maximum=(source\.max_age_days)\)', "source.max_age_days * 10"),
        ),
    ),
    Package("ingest"),
    Package("refresh"),
    Package("release"),
    Package("cli", 0, (Declared(r"return (KEPT) if record", "0"),)),
    Package(
        "dbt_project",
        declared=(
            Declared(r"relative_margin\W[^\n]{0,9}?(0\.05)\b", "0.10"),
            # where several sources deliver a denominator, the indicator's own comes last instead of first
            Declared(r"delivered\.source_id = indicators\.source_id then (0 else 1) end", "1 else 0"),
        ),
    ),
)


@dataclass(frozen=True)
class Tried:
    """What the tests of a package said of one change."""

    folder: str
    mutant: Mutant
    is_noticed: bool


class UnchangedFails(Exception):
    """Tests that fail without any change notice nothing."""


def try_package(tree: Path, package: Package, jobs: int) -> list[Tried]:
    """All changes of one package, tried; raises UnchangedFails if its tests do not pass on the unchanged copy."""
    mutants = chosen(tree, package.folder, package.count, package.declared)
    begun = time.monotonic()
    if _is_noticed(tree, package, None, limit=3600):
        raise UnchangedFails(f"tests/{package.folder} fails without any change: mend it first.")
    seconds, times = _PATIENCE
    limit = seconds + times * (time.monotonic() - begun)

    def tried(mutant: Mutant) -> Tried:
        outcome = Tried(package.folder, mutant, _is_noticed(tree, package, mutant, limit))
        print(f"  {'noticed ' if outcome.is_noticed else 'SURVIVED'}  {described(mutant)}", flush=True)
        return outcome

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(tried, mutants))


def _is_noticed(tree: Path, package: Package, mutant: Mutant | None, limit: float) -> bool:
    """Whether a test of the package fails in a copy of the tree with the change; so does one that never ends."""
    with tempfile.TemporaryDirectory(prefix="nordwaerts-mutation-") as place:
        copy = Path(place) / "tree"
        shutil.copytree(tree, copy, ignore=_LEFT_BEHIND)
        if mutant:
            changed = copy / mutant.path
            changed.write_text(mutant.applied(changed.read_text(encoding="utf-8")), encoding="utf-8")
        tests = _tests(copy, package, Path(mutant.path).stem if mutant else "")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider"]
        running = subprocess.Popen(
            [*command, f"--basetemp={place}/scratch", *tests],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return running.wait(limit) != 0
        except subprocess.TimeoutExpired:
            return True
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()


def _tests(copy: Path, package: Package, module: str) -> list[str]:
    """Test files of a package; those that name the module most often come first, because they fail first."""
    word = re.compile(rf"\b{re.escape(module)}\b")
    files = sorted((copy / "tests" / package.folder).rglob("test_*.py"))
    return [
        str(path.relative_to(copy))
        for path in sorted(files, key=lambda path: -len(word.findall(path.read_text("utf-8"))))
    ]


def described(mutant: Mutant) -> str:
    """A change in one line."""
    return f"{mutant.path}:{mutant.line}  {mutant.old} → {mutant.new}"


def section(tried: Sequence[Tried], missing: Sequence[str]) -> str:
    """What was tried and what survived, as Markdown; the same for the same tree."""
    survivors = [one for one in tried if not one.is_noticed]
    lines = [
        HEADING,
        "",
        f"{len(tried)} operators, constants and conditions were changed, one at a time, and the tests of the same package run on",
        "each. The choice follows from the source, by a hash of file name, code line and change, under rules fixed before the",
        "first run (`trials/mutants.py`); declared changes, marked (d), are always among them. Written by the trial itself.",
        "",
        f"**{len(tried) - len(survivors)} of {len(tried)} were noticed ({_share(tried):.1f} %); {LEAST_NOTICED_PCT} % are needed.**",
        *(f"`{folder}/` is not there and was passed over." for folder in missing),
        "",
        "| package | tried | noticed | per cent |",
        "|---|---:|---:|---:|",
    ]
    for folder in dict.fromkeys(one.folder for one in tried):
        own = [one for one in tried if one.folder == folder]
        lines.append(f"| {folder} | {len(own)} | {sum(one.is_noticed for one in own)} | {_share(own):.1f} |")
    lines += ["", "### Survivors", "", *(["None."] if not survivors else [_row(one.mutant) for one in survivors])]
    noticed = [_row(one.mutant) for one in tried if one.is_noticed]
    lines += ["", "### Noticed", "", *noticed]
    return "\n".join(lines) + "\n"


def _row(mutant: Mutant) -> str:
    mark = " (d)" if mutant.is_declared else ""
    return f"- {mutant.path}:{mutant.line}{mark} `{mutant.old}` → `{mutant.new}` in `` {mutant.code} ``"


def _share(tried: Sequence[Tried]) -> float:
    return 100 * sum(one.is_noticed for one in tried) / len(tried)


def main() -> int:
    """Run the trial, write its section, say what it says; the exit code."""
    folders = [package.folder for package in PACKAGES]
    parser = argparse.ArgumentParser(description="Change operators and constants; see which tests notice.")
    parser.add_argument("--only", nargs="+", choices=folders, default=folders, help="only these packages")
    parser.add_argument("--jobs", type=int, default=2, help="copies tried at a time (default 2)")
    parser.add_argument("--list", action="store_true", help="only say what would be tried")
    asked = parser.parse_args()
    missing = [package.folder for package in PACKAGES if not (ROOT / package.folder).is_dir()]
    packages = [one for one in PACKAGES if one.folder in asked.only and one.folder not in missing]
    for folder in missing:
        print(f"{folder}/ is not there: passed over.")
    if asked.list or not packages:
        for package in packages:
            for mutant in chosen(ROOT, package.folder, package.count, package.declared):
                print(f"{described(mutant)}  | {mutant.code}")
        return 0
    begun = time.monotonic()
    tried: list[Tried] = []
    with tempfile.TemporaryDirectory(prefix="nordwaerts-mutations-") as place:
        # as it stands now: somebody may work on the tree while the trial runs
        tree = shutil.copytree(ROOT, Path(place) / "tree", ignore=_LEFT_BEHIND)
        for package in packages:
            print(package.folder, flush=True)
            tried += try_package(tree, package, asked.jobs)
    text = section(tried, missing)
    print(text.partition("### Noticed")[0])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.monotonic() - begun:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time")
    if asked.only == folders:
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    return int(_share(tried) < LEAST_NOTICED_PCT or (asked.only == folders and len(tried) < LEAST_TRIED))


if __name__ == "__main__":
    sys.exit(main())
