"""One writer at a time: the lock a refresh, or a rollback, holds from beginning to end.

A `flock` on `refresh.lock`: the kernel releases it when its process ends, however it ends, so there is
no stale lock to clear. The file stays; it names the process while the lock is held.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from release.layout import VarFolder
from release.reason import Reason, ReleaseError


class RefreshRunning(ReleaseError):
    """Another process is writing to this programme's folder right now."""


@contextmanager
def refresh_lock(var: VarFolder) -> Iterator[None]:
    """Hold the programme's write lock for the length of a with block; raises RefreshRunning at once if taken."""
    var.folder.mkdir(parents=True, exist_ok=True)
    with alone(var.lock, lambda process: RefreshRunning(_running(var.programme_id, process))):
        yield


def is_running(var: VarFolder) -> bool:
    """Whether a process is writing to the programme's folder now; asks without taking the lock of one that begins."""
    try:
        with var.lock.open(encoding="ascii") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False


@contextmanager
def alone(file: Path, taken: Callable[[str], ReleaseError]) -> Iterator[None]:
    """Hold a file locked for the length of a with block; raises at once what `taken` makes of the process that has it."""
    with file.open("a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise taken(handle.read().strip()) from None
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)


def _running(programme_id: str, process: str) -> Reason:
    who_de, who_en = (f" (Prozess {process})", f" (process {process})") if process else ("", "")
    return Reason(
        de=f"Für „{programme_id}“ läuft schon eine Aktualisierung{who_de}.",
        en=f"Another refresh of '{programme_id}' is running{who_en}.",
        remedy_de="Warten Sie, bis sie fertig ist; es geht nichts verloren.",
        remedy_en="Wait until it has finished; nothing is lost.",
        rule="one_refresh_at_a_time",
    )
