"""Counts digests and readings of CSV inside a process that does not know it, before anything else is imported.

Copied as `sitecustomize.py` into a folder on PYTHONPATH, so it stands alone and runs with the packages of any commit.
Each finished SHA-256 becomes a line `hashed <hex>`, each text that a CSV reader takes up a line `decoded <hex>`
with the hash of that text in UTF-8, appended to the file that COUNTED_HASHES names.
"""

import csv
import hashlib
import io
import os
from typing import Any

_sha256, _new, _reader = hashlib.sha256, hashlib.new, csv.reader


def _note(kind: str, sha256: str) -> None:
    with open(os.environ["COUNTED_HASHES"], "a", encoding="ascii") as file:  # noqa: PTH123  nothing but what is needed
        file.write(f"{kind} {sha256}\n")


class _Counted:
    """A hash object that notes its value when it is first asked for."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._is_noted = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def copy(self) -> "_Counted":
        return _Counted(self._inner.copy())

    def hexdigest(self) -> str:
        value: str = self._inner.hexdigest()
        if not self._is_noted:
            self._is_noted = True
            _note("hashed", value)
        return value

    def digest(self) -> bytes:
        return bytes.fromhex(self.hexdigest())


def _counted_sha256(*arguments: Any, **options: Any) -> Any:
    return _Counted(_sha256(*arguments, **options))


def _counted_new(name: str, *arguments: Any, **options: Any) -> Any:
    return _counted_sha256(*arguments, **options) if name == "sha256" else _new(name, *arguments, **options)


def _counted_reader(lines: Any, *arguments: Any, **options: Any) -> Any:
    if isinstance(lines, io.StringIO):
        _note("decoded", _sha256(lines.getvalue().encode()).hexdigest())
    return _reader(lines, *arguments, **options)


if "COUNTED_HASHES" in os.environ:
    hashlib.sha256, hashlib.new, csv.reader = _counted_sha256, _counted_new, _counted_reader
