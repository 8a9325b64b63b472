"""The made-up office of the trial of chaos: deliveries that carry the number of their publication, refreshes as processes.

The office is that of tests/refresh: every step of a refresh is the real one but dbt's models. A refresh or a rollback is a
child of the trial; it says over a pipe how far it got and, once its ledger line stands, which line that is. What
disturbs it lies in trials/disturbances.py, what is done when in trials/chaos.py.
"""

import datetime as dt
import hashlib
import importlib
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from expectations import direct
from ingest.vintages import code_fingerprint
from refresh import landing, publishing, receiving
from refresh.fingerprint import code_sha256
from refresh.source_archive import source_archive
from release import ledger, store
from release.layout import VarFolder
from release.lock import RefreshRunning, refresh_lock
from trials import chaos_readers
from trials.chaos_readers import FIRST_PLACES, FIRST_POPULATION
from trials.children import Child, Say
from trials.document import ROOT

BEGINNING = dt.datetime(2022, 3, 1, 20, tzinfo=dt.UTC)
Disturb = Callable[[], None]


@dataclass(frozen=True)
class Acknowledged:
    """One line of the ledger as its writer saw it stand: its number, and the SHA-256 of its text."""

    sequence: int
    sha256: str

    @classmethod
    def of(cls, sequence: int, text: bytes) -> "Acknowledged":
        """The line of that number with that text."""
        return cls(sequence, hashlib.sha256(text).hexdigest())


def acknowledged(child: Child) -> set[Acknowledged]:
    """The lines of the ledger a refresh or rollback said it wrote."""
    return {Acknowledged(each["sequence"], each["sha256"]) for each in child.said if "sequence" in each}


@dataclass
class ChaosOffice:
    """The office with two sources, its var folder, and how many publications were begun."""

    office: Any
    number: int = 0
    cities: str = ""

    @classmethod
    def opened(cls, place: Path, var_root: Path) -> "ChaosOffice":
        """The office before its first refresh, with all a refresh needs imported, so that each child finds it there."""
        sys.path.insert(0, str(ROOT / "tests" / "refresh"))
        nightly = importlib.import_module("nightly_office")
        office = nightly.before_the_first_night(place / "office")
        cities = next((office.inbox / "statistik").glob("*.csv")).read_text(encoding="utf-8")
        found = cls(office, cities=cities)
        found._do_once_what_every_night_would()
        office.var = VarFolder("kleinstadt", var_root)
        return found

    @property
    def var(self) -> VarFolder:
        """Where the office publishes."""
        return self.office.var  # type: ignore[no-any-return]

    @property
    def moment(self) -> dt.datetime:
        """The right time of the publication at hand: two minutes after the one before, lest retention lets any go."""
        return BEGINNING + dt.timedelta(minutes=2 * self.number)

    def deliver(self) -> int:
        """Let both sources deliver what carries the next number, in place of what they delivered before."""
        self.number += 1
        places = importlib.import_module("made_up_office").places
        city = self.cities.replace(";2.000;", f";{FIRST_POPULATION // 1000}.{self.number:03};", 1)
        clubs = places(2020, *((f"0{area}", str(FIRST_PLACES + self.number)) for area in range(1, 6)))
        for source, text in (("statistik", city), ("vereine", clubs)):
            for old in (self.office.inbox / source).glob("*.csv"):
                old.unlink()
            self.office.put(source, f"{self.number:04}.csv", text)
        return self.number

    def night(self, disturb: Disturb | None = None, back: dict[str, dt.timedelta] | None = None) -> Child:
        """Begin a refresh. `disturb` is called in it first; `back` sets its clock back after a step of that name."""

        def work(say: Say) -> None:
            office, earlier = self.office, dict(back or {})
            office.clock = self.moment - dt.timedelta(days=1) - earlier.pop("begun", dt.timedelta())

            def reach(step: str) -> None:
                say(step, **(self._line(len(ledger.lines(self.var))) if step == "noted" else {}))
                office.clock -= earlier.get(step, dt.timedelta())

            office.hooks = {
                step: lambda step=step: reach(step) for step in ("begun", "landed", "exported", "switched", "noted")
            }
            if disturb:
                disturb()
            try:
                with patch.object(store, "point", _announced(say)):
                    record = office.night()
            except RefreshRunning:
                say("running")
                return
            said = {"outcome": record.outcome, "reasons": [reason.en for reason in record.reasons]}
            figure = chaos_readers.parquet_figure(chaos_readers.looked_up(self.var), lambda: None)
            say("ended", **said, figure=figure, release=record.release_id, **self._line(record.sequence))

        return Child.begin(work)

    def rollback(self, release_id: str) -> Child:
        """Begin a rollback as `nordwaerts rollback` does it; it tries again while a refresh is running."""

        def work(say: Say) -> None:
            while True:
                with suppress(RefreshRunning), refresh_lock(self.var):
                    say("begun")
                    with patch.object(store, "point", _announced(say)):
                        store.rollback(self.var, release_id, self.moment)
                    say("ended", release=release_id, **self._line(len(ledger.lines(self.var))))
                    return
                say("running")
                time.sleep(0.05)

        return Child.begin(work, is_night=False)

    def _line(self, sequence: int) -> dict[str, Any]:
        text = ledger.lines(self.var)[sequence - 1].text
        return asdict(Acknowledged.of(sequence, text))

    def _do_once_what_every_night_would(self) -> None:
        """Import what a first refresh imports, in a var folder nobody reads; hash and pack the code, which stays as it is."""

        code, archive = code_sha256(), source_archive(self.office.context().programme)
        code_fingerprint()
        for where, name, instead in (
            (
                landing,
                "run_suite",
                direct.run_suite,
            ),  # a tenth of the time; tests/expectations holds both to one verdict
            (receiving, "code_sha256", lambda _engine: code),
            (publishing, "source_archive", lambda _programme, _engine: archive),
        ):
            setattr(where, name, instead)

        def work(say: Say) -> None:
            self.office.night()
            for name in sorted(sys.modules):
                say(name)

        warm = Child.begin(work).end()
        if failed := warm.heard("failed"):
            raise RuntimeError(f"the first refresh of all failed: {failed['error']}")
        for module in warm.said:
            with suppress(ImportError):
                importlib.import_module(module["step"])


def _announced(say: Say) -> Callable[[Path, str], None]:
    """What switches readers, with a word before."""
    switch = store.point  # type: ignore[attr-defined]

    def point(link: Path, target: str) -> None:
        say("switching")
        switch(link, target)

    return point
