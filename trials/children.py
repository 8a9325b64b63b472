"""Processes a trial forks: they say over a pipe how far they got, and can be killed at any moment.

Forked, so that each begins with all its imports done. Whoever forks must not have opened DuckDB.
"""

import json
import os
import select
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 120.0  # seconds a child may be silent
Say = Callable[..., None]


class Hung(Exception):
    """A child said nothing for longer than it may take."""


@dataclass
class Child:
    """A process of the trial, what it said so far, and how it ended."""

    pid: int
    pipe: int
    said: list[dict[str, Any]] = field(default_factory=list)
    is_night: bool = True
    buffer: bytes = b""
    code: int | None = None

    @classmethod
    def begin(cls, work: Callable[[Say], None], is_night: bool = True) -> "Child":
        """Fork a child that does this work and is given something to speak with."""
        pipe, speaking = os.pipe()
        if pid := os.fork():
            os.close(speaking)
            return cls(pid, pipe, is_night=is_night)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the trial that ends its children

        def say(step: str, **more: Any) -> None:
            os.write(speaking, json.dumps({"step": step, **more}).encode() + b"\n")

        try:
            work(say)
        except BaseException as error:
            say("failed", error=f"{type(error).__name__}: {error}"[:500])
        os._exit(0)

    def heard(self, step: str) -> dict[str, Any] | None:
        """What the child said of a step; None if it never did."""
        return next((each for each in reversed(self.said) if each["step"] == step), None)

    def until(self, *steps: str) -> bool:
        """Wait for one of these steps; False if the child ended before."""
        while not any(self.heard(step) for step in steps):
            if not self._listen():
                return False
        return True

    def end(self) -> "Child":
        """Wait until the child has ended."""
        while self._listen():
            pass
        if self.code is None:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self.pipe)
        return self

    def kill(self) -> "Child":
        """Kill the child with signal 9, if it still is there."""
        os.kill(self.pid, signal.SIGKILL)  # nobody waited for it yet, so it is this one, alive or dead
        return self.end()

    @property
    def is_killed(self) -> bool:
        """Whether signal 9 ended it, not its work."""
        return self.code == -signal.SIGKILL

    def _listen(self) -> bool:
        if self.code is not None:
            return False
        if not select.select([self.pipe], [], [], PATIENCE)[0]:
            os.kill(self.pid, signal.SIGKILL)
            raise Hung(f"silent for {PATIENCE:.0f} s after {self.said[-1:]}")
        piece = os.read(self.pipe, 1 << 16)
        *lines, self.buffer = (self.buffer + piece).split(b"\n")
        self.said += [json.loads(line) for line in lines]
        return bool(piece)
