"""Run as a process of its own: a night of the made-up office, stoppable as the command's, that waits at one step for a signal.

Arguments: the folder of the office, the step, and for how many seconds it waits there, as foreign code would.
"""

import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import click
from made_up_office import DAY
from nightly_office import NightlyOffice

from cli.refresh import exit_code, tell_stopped
from expectations import direct
from refresh import landing
from refresh.context import RefreshContext
from refresh.stopping import Door, stoppable
from release.layout import VarFolder


class Watched(Door):
    """A door that says when readers are about to be switched."""

    office: "OneNight"

    def hold(self) -> None:
        """Say so, wait, and hold it."""
        self.office._reach("switching")
        super().hold()


@dataclass
class OneNight(NightlyOffice):
    """The office with a door that can be shut."""

    door: Door = field(default_factory=Watched)

    def context(self) -> RefreshContext:
        """What a refresh of tonight works on."""
        return replace(super().context(), door=self.door)


def main() -> int:
    """The exit code of the night."""
    place, step, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    landing.run_suite = direct.run_suite  # type: ignore[assignment]
    door = Watched()
    office = OneNight(place / "kleinstadt", VarFolder("kleinstadt", place / "var"), as_of_on=DAY, door=door)
    door.office = office

    def wait() -> None:
        click.echo(step)
        time.sleep(seconds)

    office.hooks = {step: wait}
    return stoppable(lambda: exit_code(office.night()), door, tell_stopped)


if __name__ == "__main__":
    sys.exit(main())
