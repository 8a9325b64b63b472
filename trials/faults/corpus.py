"""What an entry of the corpus is, and the two decorators that register one.

A defect says which verdict it should get, which rules are the right reason, and a piece of the sentence a clerk should
read; a legitimate change says nothing of this, because it must pass. Both say which file arrives and what was there
before: an earlier edition of the same data, the clean file itself (a delivery again), or nothing.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zlib import crc32

from trials.faults.clean import Clean

Verdict = Literal["stopped", "held", "rejected_rows", "flagged"]
History = Literal["earlier", "same", "none"]
Arriving = bytes | Mapping[str, bytes]  # the file's own bytes, or all files that come, by name
Change = Callable[[Clean], Arriving]
Declare = Callable[[Path], None]

KINDS = (
    "bytes", "format", "cells", "law", "cell_jump", "item", "period", "missing", "sums", "survey", "register", "counts",
    "personal",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One entry: what arrives under `file` of `source`, and what came before it.

    `by` are the rules of which one must speak (a finding's rule, or kind and column of a check), `says` a piece of what
    the clerk reads; both are empty for a legitimate change. `declares` alters a copy of the programme folder first.
    """

    name: str
    kind: str
    source: str
    file: str
    history: History
    change: Change
    verdict: Verdict | Literal["passed"]
    by: tuple[str, ...] = ()
    says: str = ""
    declares: Declare | None = None

    @property
    def is_defect(self) -> bool:
        """Whether the night must notice it."""
        return self.verdict != "passed"

    def seed(self, base: int) -> int:
        """Which clean city it is made on: one of three, by its name."""
        return base + crc32(self.name.encode()) % 3


_entries: dict[str, Entry] = {}


def defect(
    kind: str,
    file: str,
    verdict: Verdict,
    by: str | tuple[str, ...],
    says: str,
    history: History = "earlier",
    declares: Declare | None = None,
) -> Callable[[Change], Change]:
    """Register a function as a defect; its name is the entry's name."""

    def register(change: Change) -> Change:
        rules = (by,) if isinstance(by, str) else by
        return _add(kind, file, history, change, verdict, rules, says, declares)

    return register


def legitimate(
    kind: str, file: str, history: History = "earlier", declares: Declare | None = None, name: str | None = None
) -> Callable[[Change], Change]:
    """Register a function as a change that must pass; several names may share one function."""

    def register(change: Change) -> Change:
        return _add(kind, file, history, change, "passed", (), "", declares, name)

    return register


def entries() -> list[Entry]:
    """All entries, by name; the modules that hold them are found by themselves."""
    for folder in ("defects", "legitimate"):
        package = importlib.import_module(f"trials.faults.{folder}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return [_entries[name] for name in sorted(_entries)]


def _add(
    kind: str,
    file: str,
    history: History,
    change: Change,
    verdict: Verdict | Literal["passed"],
    by: tuple[str, ...],
    says: str,
    declares: Declare | None,
    name: str | None = None,
) -> Change:
    name = name or str(getattr(change, "__name__", ""))
    if kind not in KINDS or name in _entries:
        raise ValueError(f"'{name}' is there twice, or '{kind}' is no kind.")
    source, _, file_name = file.partition("/")
    _entries[name] = Entry(name, kind, source, file_name, history, change, verdict, by, says, declares)
    return change
