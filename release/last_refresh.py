"""What the last refresh found in the inbox, kept beside the ledger for whoever looks in the morning.

`last_refresh.json` belongs to one ledger line, names it and can be deleted at any time; beside a later refresh it says
nothing, because it was left by one before.
"""

import json
from collections.abc import Sequence
from typing import Any

from release import ledger
from release.atomic import write_whole
from release.layout import VarFolder

_PARTS = ("arrivals", "passed_over", "checks")


def write(
    var: VarFolder, sequence: int, arrivals: Sequence[Any], passed_over: Sequence[Any], checks: Sequence[Any]
) -> None:
    """Keep rows about files on offer, files passed over and checks of deliveries, for the ledger line of that number."""
    body = {"sequence": sequence, "arrivals": list(arrivals), "passed_over": list(passed_over), "checks": list(checks)}
    write_whole(var.last_refresh, (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode())


def read(var: VarFolder) -> dict[str, list[dict[str, Any]]]:
    """The rows of the last refresh; empty where there are none that can be read, or only those of an earlier one."""
    line = ledger.last(var, *ledger.REFRESHES)
    try:
        body = json.loads(var.last_refresh.read_bytes())
        if line and body["sequence"] == line.sequence:
            return {part: list(body[part]) for part in _PARTS}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {part: [] for part in _PARTS}
