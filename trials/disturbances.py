"""What goes wrong around a refresh in the trial of chaos: a disk that is full, a folder that cannot be written to.

A full disk is a small file system of its own, filled up, where one can be mounted; elsewhere calls that need room fail in
the refresh from a random one on. A closed folder has lost its right to write; a refresh run by root gives up the
privilege that would not mind.
"""

import ctypes
import errno
import functools
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DISK_MB = 256
_NEED_ROOM = ("fsync", "replace", "rename", "link", "symlink", "mkdir")
_LINUX_CAPABILITY_VERSION_3, _DAC_OVERRIDE = 0x20080522, 1


@contextmanager
def small_disk(place: Path, is_wanted: bool) -> Iterator[bool]:
    """Mount a file system of `DISK_MB` there for the length of a with block; False where this machine lets nobody."""
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place)]
    is_root = os.geteuid() == 0
    is_mounted = is_wanted and is_root and subprocess.run(mounting, check=False, capture_output=True).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(ballast: Path, room: int) -> None:
    """Fill up the disk on which that file lies, but for so many bytes."""
    with ballast.open("wb", buffering=0) as handle:
        try:
            while True:
                handle.write(bytes(1 << 20))
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise
        handle.truncate(max(0, handle.tell() - room))


def fail_from(number: int) -> None:
    """Let every call of this process that needs room on the disk fail, from that one on."""
    count = 0

    def wrap(name: str, real: Callable[..., Any]) -> None:
        @functools.wraps(real)
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count >= number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*args, **kwargs)

        setattr(os, name, call)

    for name in _NEED_ROOM:
        wrap(name, getattr(os, name))


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Nobody may write into a folder for the length of a with block."""
    mode = folder.stat().st_mode & 0o777
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(mode)


def mind_rights() -> None:
    """Let this process, if it is root's, be kept out by the rights of files like any other; raises OSError."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_LINUX_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then those from 32 on
    if libc.capget(header, sets):
        raise OSError(ctypes.get_errno(), "capget")
    sets[0] &= ~(1 << _DAC_OVERRIDE)
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")
