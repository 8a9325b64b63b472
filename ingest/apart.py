"""Landing apart: deliveries are read in a process of their own, so that one that breaks it costs that delivery only.

The process (ingest/worker.py) has a limit of memory and of processor time. If a library aborts, memory runs out or reading
takes too long, the delivery is refused with a sentence and the next one gets a new process. It is begun when first needed,
serves everything this process lands, and ends by itself when nothing is asked of it any more.
"""

import atexit
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import IO, Any, NamedTuple

from ingest import limits
from ingest.areas import Locality
from ingest.findings import DeliveryRefused
from ingest.landed_bytes import from_bytes
from ingest.landing import Landed
from ingest.opened import OpenedDelivery
from programmes.sources import LandedTable

ROOT = Path(__file__).resolve().parents[1]
_ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}  # each thread more takes memory before it does anything


class Question(NamedTuple):
    """What a delivery is to land as: the arguments of `land` beside it, and the key of the answer's bytes."""

    delivery_id: str
    table: LandedTable
    locality: Locality
    key: str = ""


IMPATIENT = 75  # code of a process that ended because nothing was asked of it; no delivery had a part in that
Answer = tuple[list[Any] | None, bytes]  # the arguments of a refusal or none, and what landed


def land_apart(delivery: OpenedDelivery, question: Question) -> tuple[Landed, bytes]:
    """What `land` says of a delivery, and the same as bytes; raises DeliveryRefused."""
    refused, content = _ask(delivery, question)
    if refused:
        raise DeliveryRefused(*refused)
    return from_bytes(content, question.key), content


class _Died(Exception):
    """The process ended without an answer."""


class _Process:
    """The process that reads deliveries, and which of them it has open."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest.worker", *map(str, (limits.MOST_MEMORY, limits.MOST_SECONDS, limits.PATIENCE))],
            cwd=ROOT, env={**os.environ, **_ONE_THREAD}, bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,  # a panic may quote a delivery
        )  # fmt: skip
        assert self.process.stdin and self.process.stdout
        self._requests, self._answers = self.process.stdin, self.process.stdout
        self._open: weakref.ref[OpenedDelivery] | None = None
        try:
            receive(self._answers)
        except EOFError:
            raise RuntimeError(f"the process that reads deliveries did not begin ({self.process.wait()})") from None

    def answer(self, delivery: OpenedDelivery, question: Question) -> Answer:
        """What it says; raises _Died."""
        is_open = self._open is not None and self._open() is delivery
        try:
            send(self._requests, pickle.dumps((None if is_open else delivery.file_name, question)))
            if not is_open:
                send(self._requests, delivery.content)
                self._open = weakref.ref(delivery)
            return json.loads(receive(self._answers)), receive(self._answers)
        except (BrokenPipeError, EOFError):
            raise _Died from None

    def end(self) -> int:
        """Let it end; how it did, as subprocess says it."""
        self._requests.close()
        self._answers.close()
        return self.process.wait()

    def kill(self) -> None:
        """End it in the middle of an answer nobody waits for."""
        self.process.kill()
        self.end()


_lock = threading.Lock()
_process: _Process | None = None


def _ask(delivery: OpenedDelivery, question: Question) -> Answer:
    """What the process answers; what ends it is tried once more in a new one, for it may have been somebody else's fault."""
    global _process
    has_broken_off = False
    with _lock:
        while True:
            _process = _process or _Process()
            try:
                return _process.answer(delivery, question)
            except _Died:
                code, _process = _process.end(), None
                if code in (-signal.SIGXCPU, -signal.SIGALRM):
                    return ["reading_too_long", delivery.file_name, str(limits.MOST_SECONDS), None], b""
                if code == IMPATIENT:  # a machine that slept or had no processor left, before the question came
                    continue
                if has_broken_off:
                    ended = signal.Signals(-code).name if code < 0 else str(code)
                    return ["reading_broke_off", delivery.file_name, ended, None], b""
                has_broken_off = True
            except BaseException:  # stopped by somebody: the next question must not get this answer
                _process.kill()
                _process = None
                raise


def send(pipe: IO[bytes], content: bytes) -> None:
    """Write one message, its length first."""
    whole = memoryview(len(content).to_bytes(8, "big") + content)
    while whole:
        whole = whole[pipe.write(whole) :]


def receive(pipe: IO[bytes]) -> bytes:
    """Read one message; raises EOFError where the other side has ended."""
    return _exactly(pipe, int.from_bytes(_exactly(pipe, 8), "big"))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        piece = pipe.read(min(size - len(content), limits.MIB))
        if not piece:
            raise EOFError
        content += piece
    return bytes(content)


def _forget() -> None:
    """In a forked process: the one at work is the parent's."""
    global _lock, _process
    _lock, _process = threading.Lock(), None


@atexit.register
def end() -> None:
    """Let the process go that is at work, if there is one."""
    global _process
    with _lock:
        if _process:
            _process.end()
            _process = None


os.register_at_fork(after_in_child=_forget)
