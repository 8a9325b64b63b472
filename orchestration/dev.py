"""`dagster dev`, whose webserver is `orchestration.webserver`: webserver and daemon with one code location, for `make ui`."""

from collections.abc import Sequence
from subprocess import Popen
from typing import Any

from dagster._cli import dev
from dagster_shared.ipc import open_ipc_subprocess

from release.rights import closed


def start(parts: Sequence[str], **more: Any) -> "Popen[Any]":
    """Start a process of `dagster dev`, with the guarded webserver in place of Dagster's own."""
    return open_ipc_subprocess(
        ["orchestration.webserver" if part == "dagster_webserver" else part for part in parts], **more
    )


def main() -> None:
    """Run until stopped; what it writes is closed to others."""
    dev.open_ipc_subprocess = start  # type: ignore[attr-defined]
    with closed():
        dev.dev_command()


if __name__ == "__main__":
    main()
