"""Dagster's webserver behind our doors, with the options of `dagster-webserver`: started by the units and by `make ui`."""

from dagster_webserver import app, cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.middleware import Middleware

from orchestration.doors import doors
from release.rights import closed


class _Guarded(DagsterWebserver):  # type: ignore[type-arg]
    def build_middleware(self) -> list[Middleware]:
        return [*doors(), *super().build_middleware()]


def main() -> None:
    """Serve the UI until stopped; what it writes is closed to others."""
    app.DagsterWebserver = _Guarded  # type: ignore[attr-defined]  # there is no setting for it; tests ask a real server
    with closed():
        cli.main()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
