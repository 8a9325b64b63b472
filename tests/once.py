"""What is made once for a whole run of tests: by the first process that asks, read by all others.

Processes of one run meet in a folder that the first of them opens and removes again; nothing outlives the run, so
nothing stale is ever read. What is made must not be altered: a test that alters takes a copy.
"""

import fcntl
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_VARIABLE = "NORDWAERTS_TESTS_SHARED"


def open_shared_folder() -> Path | None:
    """Open the folder of this run; None in a process that inherited it, which must not remove it."""
    if _VARIABLE in os.environ:
        return None
    folder = Path(tempfile.mkdtemp(prefix="nordwaerts-tests-"))
    os.environ[_VARIABLE] = str(folder)
    return folder


def remove_shared_folder(folder: Path) -> None:
    """Remove the folder with all that was made in it."""
    del os.environ[_VARIABLE]
    shutil.rmtree(folder)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of that name, which `make` filled once in this run; others wait for it.

    If `make` raises, so does this, and the next one who asks begins with an empty folder.
    """
    shared = Path(os.environ[_VARIABLE])
    folder, made = shared / name, shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


def computed_once(name: str, compute: Callable[[], Any]) -> Any:
    """The value of that name, which `compute` returned once in this run."""

    def make(folder: Path) -> None:
        (folder / "value.pickle").write_bytes(pickle.dumps(compute()))

    return pickle.loads((once(name, make) / "value.pickle").read_bytes())
