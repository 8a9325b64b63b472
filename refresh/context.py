"""What a refresh works on: programme, places, day, clock. Fixed from beginning to end.

Every step takes a `RefreshContext` and reads it; none writes to it, except that the stopwatch adds up the
seconds of each phase for the closing report, and that the door keeps out who would stop a refresh at the wrong moment.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from programmes.loading import load_programme
from programmes.model import Programme
from programmes.settings import Engine
from refresh.stopping import Door
from release.layout import VarFolder, inbox_root

PROJECT_ROOT = Path(__file__).resolve().parents[1]

Progress = Callable[[str, str], None]


@dataclass
class Stopwatch:
    """Seconds per phase of one refresh."""

    seconds: dict[str, float] = field(default_factory=dict)
    begun: float = field(default_factory=time.perf_counter)
    entered: Callable[[str], None] = lambda _phase: None  # told of each phase as it begins

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the seconds of a with block to a phase."""
        self.entered(phase)
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - begun

    def told(self) -> dict[str, Any]:
        """Seconds since the refresh began, and seconds per phase, as the log keeps them."""
        phases = {phase: round(seconds, 3) for phase, seconds in self.seconds.items()}
        return {"seconds": round(time.perf_counter() - self.begun, 3), "phase_seconds": phases}


@dataclass(frozen=True)
class RefreshContext:
    """One refresh of one programme: `inbox` holds the deliveries, `as_of_on` is the day it stands for."""

    programme: Programme
    var: VarFolder
    inbox: Path
    is_synthetic: bool
    as_of_on: dt.date
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    progress: Progress = lambda _de, _en: None
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    door: Door = field(default_factory=Door)
    engine: Engine = "duckdb"


def refresh_context(
    programme: Programme,
    var: VarFolder,
    is_sample: bool,
    as_of_on: dt.date | None = None,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    progress: Progress = lambda _de, _en: None,
    engine: Engine | None = None,
) -> RefreshContext:
    """A refresh from the inbox, or from the sample set; without `as_of_on` the day the sample states, else today.

    Without `engine` the declared one computes.
    """
    sample = programme.settings.sample
    stated = sample.as_of_on if is_sample and sample else None
    day = as_of_on or stated or now().astimezone(ZoneInfo(programme.settings.time_zone)).date()
    inbox = inbox_of(programme, is_sample)
    chosen = engine or programme.settings.engine
    return RefreshContext(programme, var, inbox, is_sample, day, now, progress, engine=chosen)


def inbox_of(programme: Programme, is_sample: bool) -> Path:
    """Where the deliveries of a programme lie: its inbox, or its sample set."""
    return programme.sample_folder if is_sample else inbox_root() / programme.settings.programme_id


def named_context(
    programme_name: str,
    is_sample: bool,
    as_of_on: dt.date | None = None,
    progress: Progress = lambda _de, _en: None,
    door: Door | None = None,
    engine: Engine | None = None,
) -> RefreshContext:
    """A refresh of a programme by name or folder; raises DeclarationError for a broken programme folder."""
    programme = load_programme(programme_name)
    made = refresh_context(
        programme, VarFolder(programme.settings.programme_id), is_sample, as_of_on, progress=progress, engine=engine
    )
    return replace(made, door=door) if door else made
