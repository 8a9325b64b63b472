"""What tests ask of every Python process they start, by environment variables; conftest.py puts this on PYTHONPATH.

CONNECTION_LOG: every attempt to reach the network is noted in that file and refused.
NORDWAERTS_QUICK: whoever imports dbt or Dagster is refused, so that nothing can refresh.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

BARRED = {"dbt", "dagster", "dagster_dbt"}


class _Barred:
    def find_spec(self, fullname: str, _path: Sequence[str] | None = None, _target: object = None) -> None:
        if fullname.partition(".")[0] in BARRED:
            raise ImportError(f"a quick test may not refresh, and {fullname} is imported for nothing else")


def forbid_refreshes() -> None:
    """Refuse these imports in this process from now on."""
    sys.meta_path.insert(0, _Barred())  # type: ignore[arg-type]


def _cut_network(event: str, arguments: tuple) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        if not isinstance(address, (str, bytes)) or event != "socket.connect":
            with Path(os.environ["CONNECTION_LOG"]).open("a") as log:
                log.write(f"{event} {address}\n")
            raise OSError("the network is cut")


if "CONNECTION_LOG" in os.environ:
    sys.addaudithook(_cut_network)
if "NORDWAERTS_QUICK" in os.environ:
    forbid_refreshes()
