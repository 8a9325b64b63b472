"""`make ui` says when the webserver really answers, and what it shows: one line, once.

Runs beside `orchestration.dev`, as a child of it; ends with it, or when the time is up.
"""

import os
import sys
import time
from urllib.request import ProxyHandler, build_opener

from orchestration.shown import Shown, asked_for
from programmes.loading import load_programme

_PATIENCE, _PAUSE = 180.0, 0.5  # seconds


def wait(address: str, patience: float = _PATIENCE) -> bool:
    """Whether the webserver answered within `patience` seconds, while the process that started this one lived."""
    parent, until = os.getppid(), time.monotonic() + patience
    opener = build_opener(ProxyHandler({}))  # this machine, whatever proxy it has
    while os.getppid() == parent and time.monotonic() < until:
        try:
            with opener.open(f"{address}/server_info", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:  # not there yet
            time.sleep(_PAUSE)
    return False


def main(address: str) -> None:
    """Wait, then print the one line; nothing where the webserver did not come, which then says itself why."""
    name, is_sample = asked_for()
    if wait(address):
        sys.stdout.write(f"\nBereit · ready: {address}\n{Shown(load_programme(name), is_sample).sentence}\n\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
