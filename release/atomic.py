"""Writing that survives a crash: a file is either whole under its name, or it is not there.

Every write goes to `<name>.partial`, is synced to disk and renamed; the folder is synced after it.
Whatever still is called `.partial` when a refresh begins was left by a crash and may be removed. One
writer at a time is assumed; `release.lock` sees to that.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PARTIAL = ".partial"
_BLOCK = 1 << 20


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sync_file(path: Path) -> None:
    """Have the bytes of a file on disk before returning."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Have the names in a folder on disk before returning."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def partial_name(path: Path) -> Path:
    """The name a file or folder has until it is whole."""
    return path.with_name(path.name + PARTIAL)


def _begun(partial: Path) -> BinaryIO:
    """A new file under a partial name; what lay there before, be it a link of somebody else, is never written through."""
    try:
        return partial.open("xb")
    except FileExistsError:
        partial.unlink()
        return partial.open("xb")


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file's content in one step; a reader sees the old bytes or the new, never a mixture."""
    partial = partial_name(path)
    with _begun(partial) as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def copy_partial(source: Path, target: Path) -> tuple[Path, str]:
    """Copy a file to the target's partial name; returns that path and the SHA-256 of what was written."""
    partial = partial_name(target)
    digest = hashlib.sha256()
    with source.open("rb") as reader, _begun(partial) as writer:
        while block := reader.read(_BLOCK):
            digest.update(block)
            writer.write(block)
        writer.flush()
        os.fsync(writer.fileno())
    return partial, digest.hexdigest()


def point(link: Path, target: str) -> None:
    """Let a symbolic link point to a name in its own folder, in one step."""
    partial = partial_name(link)
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    partial.replace(link)
    sync_folder(link.parent)


def remove_partials(folder: Path) -> Iterator[Path]:
    """Remove what a crash left half-written directly in a folder; yields each path removed."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob(f"*{PARTIAL}*")):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
        yield path
