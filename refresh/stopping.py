"""Stopping a refresh: it is left where it is, like one that is killed, but its ledger line is written at once.

A refresh survives its death at any moment; interrupting it in the middle of foreign code is what could go wrong. So it
works in a thread of its own, and the main thread minds Ctrl-C and SIGTERM: it shuts the door behind which a refresh marks its
phase, switches readers and writes its line, writes the line `stopped`, and ends the process. Between the switch and
the line the refresh holds the door: who stops it then is too late, and it ends as it would have.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import RLock, Thread
from typing import Any

from release.reason import ReleaseError

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_DONE = 0  # no signal has this number
_SHELL = 128  # what a shell adds to the number of the signal that ended a program
# dbt has a process of Python's own that clears up locks nobody let go of; that there were some need not be said.
_UNSAID = "ignore::UserWarning:multiprocessing.resource_tracker"


@dataclass
class Door:
    """Where a refresh passes when it changes what others rely on; whoever stops it shuts the door for good."""

    note_stop: Callable[[], bool] | None = None  # once a refresh has begun: writes its line, unless it has one
    _lock: Any = field(default_factory=RLock)
    is_held: bool = False  # from the switch of readers to the line

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Nobody stops the refresh within this with block; once the door is shut, the caller waits here for the end."""
        with self._lock:
            yield

    def hold(self) -> None:
        """From now on nobody stops the refresh; to be called before readers are switched."""
        self._lock.acquire()
        self.is_held = True

    def let_go(self) -> None:
        """The line is written, or never will be by this refresh: who stops it from now on waits until it ends by itself."""
        self.note_stop = lambda: False
        if self.is_held:
            self.is_held = False
            self._lock.release()

    def shut(self) -> "Stopped | None":
        """Stop the refresh and write its line; None where it is over already and ends by itself."""
        self._lock.acquire()
        if self.note_stop is None:
            return Stopped(has_begun=False)
        try:
            if self.note_stop():
                return Stopped()
        except (OSError, ReleaseError):
            return Stopped(has_line=False)  # the mark stays, and the next start writes the line
        self._lock.release()
        return None


@dataclass(frozen=True)
class Stopped:
    """What stopping came to: whether there was a refresh to be stopped, and whether the ledger says so."""

    has_begun: bool = True
    has_line: bool = True


def stoppable(work: Callable[[], int], door: Door, tell: Callable[[Stopped], None]) -> int:
    """What work comes to, done in a thread of its own; SIGINT and SIGTERM end the process within seconds.

    `tell` is called before that, to say it in words. To be called in the main thread.
    """
    os.environ.setdefault("PYTHONWARNINGS", _UNSAID)
    done: Future[int] = Future()

    def at_work() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)
        os.write(told, bytes([_DONE]))

    with _heard() as (hears, told):
        Thread(target=at_work, name="refresh", daemon=True).start()
        while (number := os.read(hears, 1)[0]) != _DONE:
            if number in SIGNALS and (stopped := door.shut()):
                with suppress(OSError):  # nobody may be listening any more
                    tell(stopped)
                    sys.stdout.flush()
                os._exit(_SHELL + number)  # whatever the other threads are doing
    return done.result()


@contextmanager
def _heard() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe into which each signal Python minds comes as a byte, its number.

    The system may give a signal to any thread of the process; a main thread that waits for anything but this pipe would
    sleep on.
    """
    hears, told = os.pipe()
    os.set_blocking(told, False)  # as Python asks for; it holds far more than anybody sends
    others = signal.set_wakeup_fd(told)  # first, or a signal between these lines would be heard by nobody
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in SIGNALS}
    try:
        yield hears, told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(others)
        os.close(hears)
        os.close(told)
