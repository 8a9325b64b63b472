"""The log of a programme: `log/refresh.jsonl`, one JSON object per event, and a trace per refresh that broke off.

A log helps to look for a fault; evidence is the ledger. Nothing written here holds a delivered value: of an exception
the type and the places in the code are kept, its message only where this project wrote it. Both are bounded. A log
that cannot be written never changes what comes of a refresh.
"""

import datetime as dt
import json
import logging
import traceback
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from programmes.errors import StatedError
from release.layout import VarFolder
from release.reason import ReleaseError

_FILE = "refresh.jsonl"
_BYTES, _OLDER_FILES, _TRACES = 1_000_000, 9, 30


class _Rotating(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say nothing: a full disk shows in the refresh itself."""


def event(var: VarFolder, name: str, at: dt.datetime, **fields: Any) -> None:
    """Add one event to the log, at a moment that has a time zone; ten files of a megabyte are kept."""
    line = {"at": _utc(at), "programme": var.programme_id, "event": name, **fields}
    lines(var, _FILE, json.dumps(line, ensure_ascii=False, default=str).encode())


def lines(var: VarFolder, name: str, content: bytes) -> None:
    """Add lines to a file of the log; ten files of a megabyte are kept of it."""
    with suppress(OSError):
        _folder(var)
        handler = _Rotating(var.log / name, maxBytes=_BYTES, backupCount=_OLDER_FILES, encoding="utf-8", delay=True)
        handler.emit(logging.makeLogRecord({"msg": content.decode().removesuffix("\n")}))
        handler.close()


def trace(var: VarFolder, error: BaseException, at: dt.datetime) -> str | None:
    """Write down where an error came from; the file's name below the programme's folder, None if it cannot be written.

    The newest 30 are kept.
    """
    path = var.log / f"broken-{_utc(at).replace(':', '')}.txt"
    try:
        _folder(var)
        path.write_text("\n".join(_chain(error)) + "\n", encoding="utf-8")
        for old in sorted(var.log.glob("broken-*.txt"))[:-_TRACES]:
            old.unlink()
    except OSError:
        return None
    return str(path.relative_to(var.folder))


def _chain(error: BaseException) -> list[str]:
    """The error and what caused it, the innermost first, as Python tells them, without their texts."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [*_chain(cause), "", "led to"] if cause else []
    lines.append(type(error).__qualname__ + _own_words(error))
    frames = traceback.extract_tb(error.__traceback__)
    return lines + [f"  {frame.filename}:{frame.lineno}:{frame.name}" for frame in frames]


def _own_words(error: BaseException) -> str:
    return f": {error}" if isinstance(error, StatedError | ReleaseError) else ""


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _folder(var: VarFolder) -> Path:
    var.log.mkdir(mode=0o700, parents=True, exist_ok=True)
    return var.log
