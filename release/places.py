"""Places that are somebody else's: no file a person names and no working folder may lie there.

The machine's own folders, the code, and for files to take away also what the system itself keeps: who may start a command
could otherwise overwrite a release, a delivery or a programme by a slip, or be led to by a link.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from release.reason import Reason, ReleaseError

PROJECT = Path(__file__).resolve().parents[1]
_OF_THE_MACHINE = tuple(
    map(Path, ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr"))
)
_FREE = (Path("/dev/shm"), Path("/usr/local"))


def refuse_place(path: Path, kept: Iterable[Path] = ()) -> Path:
    """The path, as it was named; raises ReleaseError where it or what it links to lies in one of these places.

    `kept` are folders that belong to the system beside those of the machine and the code.
    """
    real = path.resolve()
    found = next((place for place in (*_OF_THE_MACHINE, *_code(), *kept) if real.is_relative_to(place.resolve())), None)
    if real == Path("/") or (found and not any(map(real.is_relative_to, _FREE))):
        raise ReleaseError(
            Reason(
                de=f"{path} liegt in einem Ordner, der dem System gehört ({found or real}); dort wird nichts abgelegt.",
                en=f"{path} lies in a folder that belongs to the system ({found or real}); nothing is put there.",
                remedy_de="Nennen Sie einen eigenen Ordner.",
                remedy_en="Name a folder of your own.",
                rule="place_of_the_system",
            )
        )
    return path


@cache
def _code() -> list[Path]:
    """The folders of the project that hold code, declarations, the environment or history; var and inbox are none of them."""
    marks = ("__init__.py", "dbt_project.yml", "pyvenv.cfg", "HEAD")
    return sorted(path.parent for mark in marks for path in PROJECT.glob(f"*/{mark}"))
