"""Run as a process of its own: kills a publication before each of its system calls, then looks at what is left.

Every attempt starts from a copy of a var folder with one release and a standing refusal, publishes a second
export in a forked child that ends with `os._exit` before call number n (a file about to be synced is cut in
half first, as a power failure would), and afterwards refreshes once more undisturbed. Prints one JSON
object per attempt. The parent never opens DuckDB, so that forking is safe; it imports pandas because
pyarrow would otherwise do so in every child.
"""

# ruff: noqa: T201

import fcntl
import functools
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import exports
import pandas  # noqa: F401
import pyarrow.dataset  # noqa: F401

from release import ledger, reading, refusal, store
from release.atomic import sha256_of
from release.layout import VarFolder

CALLS = ("fsync", "replace", "rename", "link", "symlink", "mkdir", "chmod", "unlink")
KILLED = 9


def refresh(var: VarFolder) -> None:
    """What a refresh does with a finished export, from recovery to the ledger line."""
    store.recover(var, exports.NIGHT)
    found = store.publish(var.build / "export", exports.meta("second"), var)
    ledger.append(
        var,
        "published",
        at=exports.NIGHT,
        release_id=found.release_id,
        inputs_sha256=found.inputs_sha256,
        is_synthetic=True,
    )
    refusal.follow(var)


def lay_export(var: VarFolder, export: Path) -> None:
    """The export of this refresh, made anew as every refresh does: publishing moves its files."""
    shutil.rmtree(var.build / "export", ignore_errors=True)
    shutil.copytree(export, var.build / "export")


def kill_before(number: int) -> None:
    """Let this process die before the given system call of those that change the disk."""
    count = 0

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += name != "fsync" or is_writable(args[0])
            if count == number:
                if name == "fsync":
                    os.ftruncate(args[0], os.fstat(args[0]).st_size // 2)
                os._exit(KILLED)
            return real(*args, **kwargs)

        return call

    for name in CALLS:
        setattr(os, name, wrap(name, getattr(os, name)))


def is_writable(descriptor: int) -> bool:
    """Whether an open file was opened for writing; syncing any other changes nothing a kill could show."""
    return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY


def in_child(work: Callable[[], None]) -> int:
    """Run work in a forked child; its exit code."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def is_whole(release: reading.Release) -> bool:
    """Whether every file of a release is there with the bytes its manifest names."""
    tables = release.manifest.tables
    hashes = all(sha256_of(release.mart_path(mart)) == table.sha256 for mart, table in tables.items())
    checks = sha256_of(release.folder / "checks.parquet") == release.manifest.checks_sha256
    return hashes and checks and release.database.is_file() and not list(release.folder.glob("*.wal"))


def read_figure(var: VarFolder, expected: int) -> None:
    with duckdb.connect(str(var.current / "monitoring.duckdb"), read_only=True) as connection:
        assert connection.execute("select value from fct_volunteering").fetchone() == (expected,)


def read_and_refresh(var: VarFolder, figure: int, export: Path) -> None:
    """Read the figure readers should see, refresh undisturbed, and read the new one."""
    read_figure(var, figure)
    lay_export(var, export)
    refresh(var)
    read_figure(var, 2)


def attempt(number: int, base: Path, export: Path, scratch: Path) -> dict[str, Any]:
    """Kill one publication before call `number`, and describe what readers and the next refresh find."""
    shutil.copytree(base, scratch, symlinks=True)
    var = VarFolder("nordwaerts", scratch)

    lay_export(var, export)

    def doomed() -> None:
        kill_before(number)
        refresh(var)

    code = in_child(doomed)
    seen = reading.current(var)
    assert seen is not None
    figure = 2 if seen.inputs_sha256 == exports.inputs_of("second") else 1
    result = {
        "number": number,
        "code": code,
        "figure": figure,
        "is_whole": is_whole(seen),
        "ledger": [entry.outcome for entry in ledger.read(var)],
        "next_code": in_child(lambda: read_and_refresh(var, figure, export)),
    }
    after = reading.current(var)
    assert after is not None
    result |= {
        "next_is_second": after.inputs_sha256 == exports.inputs_of("second"),
        "next_is_whole": is_whole(after),
        "next_ledger": [entry.outcome for entry in ledger.read(var)],
        "leftovers": sorted(str(path.relative_to(scratch)) for path in scratch.rglob("*.partial*")),
        "refusal_stands": var.last_refusal.exists(),
    }
    shutil.rmtree(scratch)
    return result


def main() -> None:
    base, export, scratch = (Path(argument) for argument in sys.argv[1:4])
    number, code = 0, KILLED
    while code == KILLED:
        number += 1
        result = attempt(number, base, export, scratch)
        code = result["code"]
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
