"""Random nights against a written-down model: readers see what it says, a rebuild gives the same bytes, nothing is silent.

The model below knows nothing of the ledger or of fingerprints: it is a list of what was accepted when, and of what people
decided. `make trial-nights` plays 300 sequences of twelve steps (`--nights 300`), `make test` a few.
"""

import datetime as dt
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from doubting import let_doubt
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from made_up_office import TINY_CITY, YEARLY, places
from nightly_office import Killed, NightlyOffice

from ingest.archive import Archive
from refresh import receiving
from refresh.arrivals import passed_over_rows
from refresh.run import RefreshRun
from release import decisions, ledger, reading, store
from release.layout import VarFolder
from release.standing import standing

SEEN: Counter[str] = Counter()  # what the sequences of this run went through
CITY, CLUBS = "statistik__viertel", "vereine__plaetze"
FIRST_CITY = (TINY_CITY / "sample" / "statistik" / "synthetisch_viertel.csv").read_text(encoding="utf-8")
AGE_LIMIT = {CITY: 500, CLUBS: 400}


def city(variant: int) -> str:
    """A snapshot of the city; variants tell in one figure, variant 0 is cut off after its head."""
    if variant == 0:
        return FIRST_CITY.splitlines()[0] + "\n"
    return FIRST_CITY.replace("01;31.12.2020;2.000;", f"01;31.12.2020;2.00{variant};")


def clubs(year: int, variant: int) -> str:
    """The clubs of a year; variants tell in one figure, variant 0 has no rows."""
    return "nr;jahr;plaetze\n" if variant == 0 else places(year, ("01", str(10 + variant)))


CONTENTS = {
    "statistik": {f"city {variant}": city(variant) for variant in range(4)},
    "vereine": {f"clubs {year} {variant}": clubs(year, variant) for year in (2020, 2021) for variant in (1, 2, 3)}
    | {f"clubs {year} high": places(year, ("01", "99")) for year in (2020, 2021)}
    | {"clubs broken": clubs(2020, 0)},
}
TABLE = {"statistik": CITY, "vereine": CLUBS}
NAMES = ("a.csv", "b.csv", "c.csv")


@dataclass(frozen=True)
class Tonight:
    """What becomes of one source: what would be in force, None if its table is refused; whether the last good is kept."""

    in_force: frozenset[str] | None
    is_kept: bool = False
    held: frozenset[str] = frozenset()


@dataclass
class Model:
    """What the texts say must count: sets in force per table, oldest first, along the way that led to what readers see."""

    inbox: dict[tuple[str, str], str] = field(default_factory=dict)  # (source, name) → content key
    received: dict[tuple[str, str], tuple[int, dt.date]] = field(default_factory=dict)  # (source, content) → order, day
    way: list[dict[str, frozenset[str]]] = field(default_factory=list)
    kept: bool = False
    withdrawn: set[tuple[str, str]] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)  # of the clubs, as all that is held
    rejected: set[str] = field(default_factory=set)
    held: list[frozenset[str]] = field(default_factory=list)  # along the way
    held_since: frozenset[str] = frozenset()  # found by a refused night

    @property
    def waiting(self) -> set[str]:
        """What waits for a person."""
        found = (self.held[-1] if self.held else frozenset()) | self.held_since
        return {c for c in found if self.counts("vereine", c) and c not in self.accepted}

    def counts(self, source: str, content: str) -> bool:
        """Whether nobody set it aside."""
        return (source, content) not in self.withdrawn and not (source == "vereine" and content in self.rejected)

    def receive(self, today: dt.date) -> None:
        for source in CONTENTS:
            known = sum(1 for of, _ in self.received if of == source)
            new = sorted(
                {
                    (min(n for (s, n), c in self.inbox.items() if (s, c) == (source, content)), content)
                    for (s, _), content in self.inbox.items()
                    if s == source and (s, content) not in self.received
                }
            )
            for position, (_, content) in enumerate(new, start=1):
                self.received[source, content] = (known + position, today)

    def base(self, source: str) -> frozenset[str]:
        """What counts before tonight: the set in force; a withdrawn delivery gives its place to the sets before it."""
        found: set[str] = set()
        for step in reversed(self.way):
            ids = step.get(TABLE[source], frozenset())
            found |= ids
            if all(self.counts(source, content) for content in ids):
                break
        return frozenset(content for content in found if self.counts(source, content))

    def tonight(self, source: str, today: dt.date) -> Tonight:
        """What becomes of the deliveries of a source."""
        base = self.base(source)
        offered = {c for (s, _), c in self.inbox.items() if s == source and self.counts(s, c)}
        if source == "statistik":
            wanted = self._snapshot(base | offered)
            return Tonight(wanted if wanted and self._is_young(source, wanted, today) else None)
        held = set(self.waiting)
        considered = base | offered | held | {c for c in self.accepted if self.counts(source, c)}
        counting = considered - held
        while True:
            wanted = self._by_year(counting)
            if wanted is None or not self._is_young(source, wanted, today):
                break
            doubted = self._doubted(wanted, base)
            if not doubted:
                waits = frozenset(c for c in held if c in self._newest_of_years({*counting, c}))
                return Tonight(wanted, held=waits)
            held |= doubted
            counting -= doubted
        alone = self._by_year(base) if base and (considered - base - held) else None
        if alone is not None and self._is_young(source, alone, today):
            return Tonight(alone, is_kept=True, held=frozenset(held))
        return Tonight(None, held=frozenset(held))

    def _doubted(self, wanted: frozenset[str], base: frozenset[str]) -> set[str]:
        """New ones that jump to five times what is in force, and that nobody has looked at."""
        if not base or wanted == base or any("high" in content for content in base):
            return set()
        return {content for content in wanted - base - self.accepted if "high" in content}

    def _order(self, source: str, content: str) -> int:
        return self.received[source, content][0]

    def _day(self, source: str, content: str) -> dt.date:
        return self.received[source, content][1]

    def _snapshot(self, contents: frozenset[str]) -> frozenset[str] | None:
        if not contents:
            return None
        newest = max(contents, key=lambda c: self._order("statistik", c))
        rivals = [c for c in contents if self._day("statistik", c) == self._day("statistik", newest)]
        return frozenset({newest}) if len(rivals) == 1 and newest != "city 0" else None

    def _by_year(self, contents: frozenset[str]) -> frozenset[str] | None:
        if not contents or "clubs broken" in contents:
            return None
        found = self._newest_of_years(contents)
        for newest in found:
            days = [self._day("vereine", c) for c in contents if c.split()[1] == newest.split()[1]]
            if days.count(self._day("vereine", newest)) > 1:
                return None
        return found

    def _newest_of_years(self, contents: Iterable[str]) -> frozenset[str]:
        newest: dict[str, str] = {}
        for content in sorted(contents, key=lambda c: self._order("vereine", c)):
            newest[content.split()[1]] = content
        return frozenset(newest.values())

    def _is_young(self, source: str, contents: frozenset[str], today: dt.date) -> bool:
        return (today - max(self._day(source, c) for c in contents)).days <= AGE_LIMIT[TABLE[source]]


class Nights(RuleBasedStateMachine):
    """Everything that may happen to an office, in any order; after every step the model is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        folder = Path(shutil.copytree(TINY_CITY, self.place / "kleinstadt"))
        shutil.rmtree(folder / "sample")
        (folder / "sample").mkdir()
        (folder / "sources" / "vereine.yml").write_text(YEARLY, encoding="utf-8")
        self.office = NightlyOffice(folder, VarFolder("kleinstadt", self.place / "var 0"))
        self.model = Model()
        self.ways: dict[str, tuple[list[dict[str, frozenset[str]]], list[frozenset[str]]]] = {}
        self.losses = 0
        self.before: tuple[object, object] = (None, None)  # what readers see and what stands as a night begins

    def teardown(self) -> None:
        shutil.rmtree(self.place)

    # -- what people do

    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def deliver(self, data: st.DataObject, name: str) -> None:
        source = data.draw(st.sampled_from(sorted(CONTENTS)))
        content = data.draw(st.sampled_from(sorted(CONTENTS[source])))
        self.office.put(source, name, CONTENTS[source][content])
        self.model.inbox[source, name] = content

    @initialize(with_release=st.sampled_from([True, True, True, False]))
    def begin(self, with_release: bool) -> None:
        if with_release:
            self.deliver_all_anew()
            self.night()

    @rule()
    def deliver_all_anew(self) -> None:
        """A good evening on which every source delivers."""
        for source, content in (("statistik", "city 1"), ("vereine", "clubs 2020 1")):
            self.office.put(source, "a.csv", CONTENTS[source][content])
            self.model.inbox[source, "a.csv"] = content

    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def a_delivery_and_a_night(self, data: st.DataObject, name: str) -> None:
        self.deliver(data, name)
        self.night()

    @rule(source=st.sampled_from(["statistik", "vereine"]), name=st.sampled_from(NAMES))
    def a_broken_delivery_and_a_night(self, source: str, name: str) -> None:
        content = {"statistik": "city 0", "vereine": "clubs broken"}[source]
        self.office.put(source, name, CONTENTS[source][content])
        self.model.inbox[source, name] = content
        self.night()

    @precondition(lambda self: self.model.inbox)
    @rule(data=st.data())
    def take_away(self, data: st.DataObject) -> None:
        source, name = data.draw(st.sampled_from(sorted(self.model.inbox)))
        (self.office.inbox / source / name).unlink()
        del self.model.inbox[source, name]

    @rule()
    def empty_the_inbox(self) -> None:
        shutil.rmtree(self.office.inbox)
        self.office.inbox.mkdir()
        self.model.inbox.clear()

    @precondition(lambda self: self.model.inbox)
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def rename_or_copy(self, data: st.DataObject, name: str) -> None:
        source, old = data.draw(st.sampled_from(sorted(self.model.inbox)))
        if old != name:
            place = self.office.inbox / source
            shutil.copy2(place / old, place / name)
            self.model.inbox[source, name] = self.model.inbox[source, old]
            if data.draw(st.booleans()):
                (place / old).unlink()
                del self.model.inbox[source, old]

    @precondition(lambda self: self.model.received)
    @rule(data=st.data())
    def withdraw_or_reinstate(self, data: st.DataObject) -> None:
        source, content = data.draw(st.sampled_from(sorted(self.model.received)))
        decision = ledger.Decision(source, self._id(source, content), "im Test")
        if (source, content) in self.model.withdrawn:
            decisions.reinstate(self.office.var, decision, self.office.clock)
            self.model.withdrawn.remove((source, content))
        else:
            decisions.withdraw(self.office.var, decision, self.office.clock)
            self.model.withdrawn.add((source, content))

    @rule(name=st.sampled_from(NAMES), year=st.sampled_from([2020, 2021]))
    def a_doubted_delivery_and_a_night(self, name: str, year: int) -> None:
        content = f"clubs {year} high"
        self.office.put("vereine", name, CONTENTS["vereine"][content])
        self.model.inbox["vereine", name] = content
        self.night()

    @precondition(lambda self: self.model.waiting | self.model.accepted | self.model.rejected)
    @rule(data=st.data(), is_good=st.booleans())
    def accept_or_reject(self, data: st.DataObject, is_good: bool) -> None:
        model = self.model
        content = data.draw(st.sampled_from(sorted(model.waiting | model.accepted | model.rejected)))
        decision = ledger.Decision("vereine", self._id("vereine", content), "im Test", "Datenstelle")
        wanted = model.waiting | (model.rejected if is_good else model.accepted)
        decide = decisions.accept if is_good else decisions.reject
        if content not in wanted or ("vereine", content) in model.withdrawn:
            with pytest.raises(decisions.DecisionMissed):
                decide(self.office.var, decision, self.office.clock)
            return
        decide(self.office.var, decision, self.office.clock)
        model.accepted.discard(content)
        model.rejected.discard(content)
        (model.accepted if is_good else model.rejected).add(content)
        SEEN["accepted" if is_good else "rejected"] += 1

    @precondition(lambda self: self.ways)
    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        there = sorted(release.release_id for release in reading.all_releases(self.office.var))
        if there:
            release_id = data.draw(st.sampled_from(there))
            store.rollback(self.office.var, release_id, self.office.clock)
            self.model.way, self.model.held = map(list, self.ways[release_id])

    @rule()
    def declare_otherwise(self) -> None:
        path = self.office.folder / "sources" / "statistik.yml"
        path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")

    @rule(days=st.sampled_from([30, 300]))
    def time_passes(self, days: int) -> None:
        self.office.clock += dt.timedelta(days=days)

    @precondition(lambda self: self.ways)
    @rule()
    def lose_all_but_archive_and_ledger(self) -> None:
        current, known = reading.current(self.office.var), ledger.last(self.office.var, *ledger.POINTING)
        if not (current and known and current.release_id == known.release_id):
            return  # killed between the switch and its line: what only the link knew is lost with it
        self.losses += 1
        old, new = self.office.var, VarFolder("kleinstadt", self.place / f"var {self.losses}")
        shutil.copytree(old.archive, new.archive)
        shutil.copy(old.ledger, new.ledger)
        self.office.var = new

    # -- nights

    @rule()
    def night(self) -> None:
        expected = self._expect()
        record = self.office.night()
        self._look(record, expected)

    @rule(step=st.sampled_from(["landed", "promoted", "exported", "switched", "noted"]))
    def killed_night(self, step: str) -> None:
        def die() -> None:
            raise Killed

        expected = self._expect()
        before = self._seen()
        self.office.hooks = {step: die}
        with pytest.MonkeyPatch.context() as patch:
            close = RefreshRun.close_unfinished
            patch.setattr(
                RefreshRun,
                "close_unfinished",
                lambda run, error: None if isinstance(error, Killed) else close(run, error),
            )
            try:
                record = self.office.night()
            except Killed:
                SEEN["killed"] += 1
                if step in ("switched", "noted"):
                    self._take(expected)
                else:
                    assert self._seen() == before
                return
            finally:
                self.office.hooks = {}
        self._look(record, expected)

    # -- what must hold

    def _expect(self) -> dict[str, Tonight]:
        tonight = self.office.clock.date() + dt.timedelta(days=1)
        self.model.receive(tonight)
        current, known = reading.current(self.office.var), ledger.last(self.office.var, *ledger.POINTING)
        is_level = (current.release_id if current else None) == (known.release_id if known else None)
        stands = standing(self.office.var)
        self.before = (self._seen(), (stands.in_force, stands.superseded) if is_level else None)
        return {TABLE[source]: self.model.tonight(source, tonight) for source in CONTENTS}

    def _take(self, expected: dict[str, Tonight]) -> None:
        model = self.model
        model.way.append({table: each.in_force for table, each in expected.items() if each.in_force is not None})
        model.held.append(expected[CLUBS].held)
        model.held_since = frozenset()
        model.kept = any(each.is_kept for each in expected.values())
        current = reading.current(self.office.var)
        assert current is not None
        self.ways.setdefault(current.release_id, (list(model.way), list(model.held)))

    def _look(self, record, expected) -> None:  # type: ignore[no-untyped-def]
        names = {(row["source_id"], row["file_name"]) for row in record.arrivals}
        SEEN[f"{record.outcome}{' while kept' if record.standing.kept else ''}"] += 1
        SEEN[f"{record.outcome} while held"] += bool(record.standing.waiting)
        assert names == set(self.model.inbox), "the summary names every file"
        assert passed_over_rows(record.inbox) == []
        if any(each.in_force is None for each in expected.values()):
            assert record.outcome == "refused", record.outcome
            self.model.held_since = expected[CLUBS].held
            assert self._waiting() == self.model.waiting
            assert record.reasons
            assert self.office.var.last_refusal.is_file()
            seen, stood = self.before
            assert self._seen() == seen, "a refused night leaves readers what they saw"
            stands = standing(self.office.var)
            assert stood in (None, (stands.in_force, stands.superseded)), (
                "and changes nothing later nights compare with"
            )
            return
        assert record.outcome in ("published", "unchanged"), [reason.en for reason in record.reasons]
        self._take(expected)
        assert bool(record.standing.kept) is self.model.kept
        assert self._waiting() == self.model.waiting
        assert self.office.var.last_refusal.is_file() is bool(self.model.kept or self.model.waiting)
        stands = standing(self.office.var)
        for table, each in expected.items():
            source = table.partition("__")[0]
            assert set(stands.in_force[table]) == {self._id(source, content) for content in each.in_force or ()}
        assert self._seen() == self._figures({table: each.in_force or frozenset() for table, each in expected.items()})
        self._rebuild()

    def _waiting(self) -> set[str]:
        """What the ledger says waits, as the model names it."""
        ids = standing(self.office.var).waiting.get(CLUBS, {})
        known = [content for source, content in self.model.received if source == "vereine"]
        return {content for content in known if self._id("vereine", content) in ids}

    def _seen(self) -> dict[str, set[tuple[str, ...]]] | None:
        """The figures readers see, by table."""
        current = reading.current(self.office.var)
        if current is None:
            return None
        found = {}
        for table in TABLE.values():
            rows = pq.read_table(current.mart_path(f"fct_{table}")).to_pylist()
            found[table] = {(r["area_id"], r["period"], r["measure_id"], str(r["value"])) for r in rows}
        return found

    def _figures(self, in_force: dict[str, frozenset[str]]) -> dict[str, set[tuple[str, ...]]]:
        """The figures of deliveries, read by hand."""
        found: dict[str, set[tuple[str, ...]]] = {table: set() for table in TABLE.values()}
        for content in in_force[CLUBS]:
            for line in CONTENTS["vereine"][content].splitlines()[1:]:
                area, year, figure = line.split(";")
                found[CLUBS].add((f"viertel-{area}", year, "places", f"{figure}.00000000"))
        (content,) = in_force[CITY]
        head, *lines = CONTENTS["statistik"][content].splitlines()
        items = dict(zip(head.split(";")[2:], ("population", "working_age", "unemployed", "living_space"), strict=True))
        for line in lines:
            area, day, *cells = line.split(";")
            for name, cell in zip(items, cells, strict=True):
                value = "None" if cell == "*" else f"{cell.replace('.', '')}.00000000"
                found[CITY].add((f"viertel-{area}", day[-4:], items[name], value))
        return found

    def _rebuild(self) -> None:
        """From archive and ledger alone, elsewhere and with an empty inbox, the same release comes back byte for byte."""
        self.losses += 1
        there = VarFolder("kleinstadt", self.place / f"var {self.losses}")
        shutil.copytree(self.office.var.archive, there.archive)
        shutil.copy(self.office.var.ledger, there.ledger)
        empty = Path(shutil.copytree(self.office.folder, self.place / "elsewhere"))
        shutil.rmtree(empty / "sample")
        (empty / "sample").mkdir()
        other = NightlyOffice(empty, there, clock=self.office.clock - dt.timedelta(days=1))
        record = other.night()
        assert record.outcome == "published", [reason.en for reason in record.reasons]
        now, again = (reading.current(var) for var in (self.office.var, there))
        assert now is not None and again is not None
        assert {name: entry.sha256 for name, entry in again.manifest.tables.items()} == {
            name: entry.sha256 for name, entry in now.manifest.tables.items()
        }
        assert again.inputs_sha256 == now.inputs_sha256
        for folder in (there.root, empty):
            shutil.rmtree(folder)

    def _id(self, source: str, content: str) -> str:
        number, _ = self.model.received[source, content]
        return next(r.delivery_id for r in Archive(self.office.var.archive).receipts(source) if r.number == number)


@pytest.fixture
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    let_doubt(monkeypatch)
    monkeypatch.setattr(receiving, "code_sha256", lambda _engine: "code")
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)  # no power fails here


@pytest.mark.slow
def test_random_nights(request: pytest.FixtureRequest, _quickly: None) -> None:
    nights = request.config.getoption("nights") or 10
    run_state_machine_as_test(
        Nights,
        settings=settings(
            max_examples=nights,
            stateful_step_count=12,
            deadline=None,
            derandomize=not request.config.getoption("nights"),
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    print(f"{nights} sequences: {', '.join(f'{count} {what}' for what, count in sorted(SEEN.items()))}")
    assert {"published", "unchanged", "refused", "killed"} <= SEEN.keys()
    assert nights < 100 or {"published while kept", "accepted", "rejected"} <= SEEN.keys()
    assert nights < 100 or SEEN["unchanged while held"]
