"""Who may read what the system writes: the account it runs as, and releases the group NORDWAERTS_READERS names.

Folders and files are made closed, and what libraries write is closed by the umask. What must be read by others elsewhere,
such as the public edition, is opened where it is written. Who may sign stands in `release.signing`.
"""

import grp
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from release.reason import Reason, ReleaseError

FOR_ALL = 0o644  # of a file that holds nothing to hide
FOLDER_FOR_ALL = 0o755
FOR_ITS_ACCOUNT, FOLDER_FOR_ITS_ACCOUNT = 0o600, 0o700
_OTHERS = 0o077


class ReadersUnknown(ReleaseError):
    """The declared group is not there, or this account may not give it anything."""


@contextmanager
def closed() -> Iterator[None]:
    """Whatever is made in a with block is readable by its account alone."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def settle(folder: Path, releases: Path) -> None:
    """Close a programme's folder, and open its releases to the declared readers; looks further only where rights are others.

    Raises ReadersUnknown.
    """
    group = _readers()
    if _is(releases, 0o700, 0o750, group) and _is(folder, 0o700, 0o710, group):
        return
    folder.chmod(0o700)
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another process clears up
            if not path.is_symlink() and path != releases:
                path.chmod(path.stat().st_mode & ~_OTHERS & 0o7777)
    if group is not None:
        for release in releases.iterdir():
            if not release.is_symlink():
                hand_over(release)
        _open_way(folder.parent, group)
        _give(folder, 0o710, group)
        _give(releases, 0o750, group)
    else:
        releases.chmod(0o700)


def hand_over(release: Path) -> None:
    """Close a release to writing, and let the declared readers read it; raises ReadersUnknown."""
    group = _readers()
    for path in (release, *release.rglob("*")):
        mode = 0o700 if path.is_dir() else 0o400
        if group is None:
            path.chmod(mode)
        else:
            _give(path, mode | (mode >> 3 & 0o050), group)


def _readers() -> int | None:
    """The number of the declared group, None where there is none."""
    name = os.environ.get("NORDWAERTS_READERS")
    if not name:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise _unknown(name, "gibt es nicht", "does not exist") from None


def _is(place: Path, alone: int, shared: int, group: int | None) -> bool:
    seen = place.stat()
    if group is None:
        return seen.st_mode & 0o777 == alone
    return (seen.st_mode & 0o777, seen.st_gid) == (shared, group)


def _give(path: Path, mode: int, group: int) -> None:
    try:
        os.chown(path, -1, group)
    except PermissionError:
        name = os.environ["NORDWAERTS_READERS"]
        raise _unknown(name, "ist keine Gruppe dieses Kontos", "is no group of this account") from None
    path.chmod(mode)


def _open_way(root: Path, group: int) -> None:
    """Let the readers pass the folder above, where it is this account's own and closed to all others."""
    seen = root.stat()
    if seen.st_uid == os.geteuid() and not seen.st_mode & _OTHERS:
        _give(root, 0o710, group)


def _unknown(name: str, german: str, english: str) -> ReadersUnknown:
    return ReadersUnknown(
        Reason(
            de=f"Die Gruppe „{name}“ aus NORDWAERTS_READERS {german}.",
            en=f"The group '{name}' of NORDWAERTS_READERS {english}.",
            remedy_de="Eine Gruppe nennen, der das Konto angehört, oder die Variable weglassen; dann liest nur das Konto.",
            remedy_en="Name a group the account belongs to, or leave the variable out; then only the account reads.",
        )
    )
