"""The process that reads deliveries: asked by ingest/apart.py through a pipe, limited in memory and processor time.

Its limits end it whatever a library is doing, and so does the death of the process that asked. It holds one delivery open, for all its tables, and nothing else: no file, no
lock, no connection.
"""

import fcntl
import json
import os
import pickle
import resource
import select
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from ingest import limits
from ingest.apart import IMPATIENT, ROOT, Answer, Question, receive, send
from ingest.findings import DeliveryRefused
from ingest.landed_bytes import to_bytes
from ingest.landing import land
from ingest.opened import OpenedDelivery


def main(memory: int, seconds: int, patience: float) -> None:
    """Answer until nothing is asked any more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    requests = os.fdopen(sys.stdin.fileno(), "rb", buffering=0)
    _limit_memory(memory)
    send(answers, b"ready")
    fcntl.fcntl(requests, fcntl.F_SETOWN, os.getpid())
    waiting = fcntl.fcntl(requests, fcntl.F_GETFL)
    delivery: OpenedDelivery | None = None
    while select.select([requests], [], [], patience)[0]:
        try:
            file_name, question = pickle.loads(receive(requests))
        except EOFError:  # whoever asked has ended
            os._exit(0)
        _limit_time(seconds)
        if file_name is not None:
            delivery = None  # before the next one takes its room
            delivery = OpenedDelivery(receive(requests), file_name)
        assert delivery
        fcntl.fcntl(requests, fcntl.F_SETFL, waiting | os.O_ASYNC)  # who asks has died: SIGIO ends this process
        if select.select([requests], [], [], 0)[0]:
            os._exit(0)
        refused, content = _answer(delivery, question, memory)
        fcntl.fcntl(requests, fcntl.F_SETFL, waiting)
        send(answers, json.dumps(refused).encode())
        send(answers, content)
        signal.alarm(0)
    os._exit(IMPATIENT)


def _answer(delivery: OpenedDelivery, question: Question, memory: int) -> Answer:
    try:
        landed = land(delivery, question.delivery_id, question.table, question.locality)
        return None, to_bytes(landed, question.key)
    except DeliveryRefused as refused:
        return [refused.rule_id, refused.file_name, refused.detail, refused.line], b""
    except MemoryError:
        return ["reading_too_large", delivery.file_name, limits.in_words(memory), None], b""
    except Exception as error:  # not foreseen: the delivery is refused, and whoever mends it is told the place
        return ["reading_broke_off", delivery.file_name, f"{type(error).__name__}, {_place(error)}", None], b""


def _place(error: Exception) -> str:
    """The last line of this project on the way to an error; its text may quote a delivery."""
    own = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).is_relative_to(ROOT)]
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}"


def _limit_memory(most: int) -> None:
    """From here on so much beside what the libraries take; and where the machine's memory ends before, this process goes first."""
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + most, used + most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold the delivery
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _limit_time(seconds: int) -> None:
    """So many seconds of processor for the next answer; by the clock ten times as many, for whoever hangs."""
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + 1 + seconds, hard))
    signal.alarm(10 * seconds)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
