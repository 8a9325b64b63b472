"""Run as a process of its own: the trial of chaos on something broken, which it must find out.

One argument names what is broken, the others are those of the trial. Its children are forked, so they are broken too.
"""

import datetime as dt
import shutil
import sys
import time
from pathlib import Path

from release import ledger_head, reading, start_mark, store
from release.layout import VarFolder
from release.reading import Release
from release.signing import signer
from trials import chaos, chaos_readers


class Unchecked(Release):
    """A release whose files are opened as they lie there, though `mart_path` would refuse those of another release."""

    def mart_path(self, mart: str, is_public: bool = False) -> Path:
        """The file of that name, whatever is in it."""
        return self.folder / ("public" if is_public else "internal") / f"{mart}.parquet"


def read_current_per_file(var: VarFolder) -> Release:
    """A reader that opens every file through the link, and is slow enough that it moves meanwhile."""
    shown = reading.current(var)
    assert shown is not None
    until = time.monotonic() + 1.5
    while var.current.readlink().name == shown.release_id and time.monotonic() < until:
        time.sleep(0.02)
    return Unchecked(var.current, shown.manifest)


def write_into_the_current_folder(link: Path, target: str) -> None:
    """A publication that copies the new files over those readers read, on a slow disk; the link stays."""
    if not link.exists():
        link.symlink_to(target)
        return
    for new in sorted(link.with_name(target).rglob("*")):
        if new.is_file():
            old = link / new.relative_to(link.with_name(target))
            old.unlink(missing_ok=True)
            shutil.copy(new, old)
            time.sleep(0.05)


def lose_the_last_line(var: VarFolder) -> list[Path]:
    """A refresh whose line stood, chained and signed, and is gone a moment later, as is every trace of it."""
    *before, _lost = var.ledger.read_bytes().splitlines(keepends=True)
    if before:
        var.ledger.write_bytes(b"".join(before))
        ledger_head.write(var, len(before), before[-1].decode().removesuffix("\n"), signer(var))
    return []


def forget_the_dead(var: VarFolder, _outcome: str, _at: dt.datetime) -> None:
    """A start that clears away the mark of a refresh that died, and says nothing."""
    start_mark.take_away(var)


BROKEN = {
    "readers": (chaos_readers, "looked_up", read_current_per_file),
    "switch": (store, "point", write_into_the_current_folder),
    "mark": (start_mark, "settle", forget_the_dead),
    "ledger": (store, "collect", lose_the_last_line),
}

if __name__ == "__main__":
    setattr(*BROKEN[sys.argv[1]])
    chaos.main(sys.argv[2:])
