"""Landing apart: deliveries are read in processes of their own, so that one that breaks its process costs that delivery only.

Such a process (ingest/worker.py) has a limit of memory and of processor time. If a library aborts, memory runs out or reading
takes too long, the delivery is refused with a sentence and the next one gets a new process. One is begun when none is free,
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
    """A process that reads deliveries, which of them it has open, and whether nobody waits for its answer."""

    def __init__(self) -> None:
        self.is_free = False
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
        has_it_open = self.has_open(delivery)
        try:
            send(self._requests, pickle.dumps((None if has_it_open else delivery.file_name, question)))
            if not has_it_open:
                send(self._requests, delivery.content)
                self._open = weakref.ref(delivery)
            return json.loads(receive(self._answers)), receive(self._answers)
        except (BrokenPipeError, EOFError):
            raise _Died from None

    def has_open(self, delivery: OpenedDelivery) -> bool:
        """Whether it was sent that delivery last."""
        return self._open is not None and self._open() is delivery

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
_processes: list[_Process] = []  # begun and not ended; whoever changes the list or takes one holds the lock


def _ask(delivery: OpenedDelivery, question: Question) -> Answer:
    """What a process answers; what ends it is tried once more in another, for it may have been somebody else's fault."""
    has_broken_off = False
    while True:
        process = _taken(delivery)
        try:
            answer = process.answer(delivery, question)
        except _Died:
            code = _let_go(process).end()
            if code == IMPATIENT:  # a machine that slept or had no processor left, before the question came
                continue
            if code in (-signal.SIGXCPU, -signal.SIGALRM):
                return ["reading_too_long", delivery.file_name, str(limits.MOST_SECONDS), None], b""
            if has_broken_off:
                ended = signal.Signals(-code).name if code < 0 else str(code)
                return ["reading_broke_off", delivery.file_name, ended, None], b""
            has_broken_off = True
        except BaseException:  # stopped by somebody: the next question must not get this answer
            _let_go(process).kill()
            raise
        else:
            process.is_free = True
            return answer


def _taken(delivery: OpenedDelivery) -> _Process:
    """A free process, best one that has the delivery open; a new one where none is free."""
    with _lock:
        free = [each for each in _processes if each.is_free]
        if free:
            process = next((each for each in free if each.has_open(delivery)), free[0])
            process.is_free = False
            return process
    process = _Process()
    with _lock:
        _processes.append(process)
    return process


def _let_go(process: _Process) -> _Process:
    with _lock:
        _processes.remove(process)
    return process


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
    """In a forked process: those at work are the parent's."""
    global _lock, _processes
    _lock, _processes = threading.Lock(), []


@atexit.register
def end() -> None:
    """Let the processes go of which nobody expects an answer; the others end with this process."""
    with _lock:
        free = [each for each in _processes if each.is_free]
        _processes[:] = [each for each in _processes if not each.is_free]
    for process in free:
        process.end()


os.register_at_fork(after_in_child=_forget)
