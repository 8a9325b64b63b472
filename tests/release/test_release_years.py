"""After years of nights: what reads and what appends does not read a thousand manifests, nor parse ten thousand lines."""

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import exports
import pytest
from years import many_years

from cli.releases import release_rows
from cli.status import status_row
from release import chain, ledger, listing, manifest, reading, retention, standing, store
from release.layout import VarFolder
from release.ledger import LedgerError
from release.retention import Rule
from watch.metrics import exposition
from watch.notices import notices

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "refresh"))

from nightly_office import before_the_first_night  # noqa: E402

RULE = Rule(90, 730, ZoneInfo("Europe/Berlin"))


class Counted:
    """How often lines and manifests are parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines = self.manifests = 0
        parse, load = ledger.entry_of, manifest.load

        def entry_of(*arguments: Any, **named: Any) -> ledger.Entry:
            self.lines += 1
            return parse(*arguments, **named)

        def loaded(path: Path) -> manifest.Manifest:
            self.manifests += 1
            return load(path)

        monkeypatch.setattr(ledger, "entry_of", entry_of)
        monkeypatch.setattr(manifest, "load", loaded)

    def of(self, act: Callable[[], object]) -> tuple[int, int]:
        """Lines and manifests an act parses in a process that has read nothing yet."""
        forget()
        self.lines = self.manifests = 0
        act()
        return self.lines, self.manifests


def forget() -> None:
    chain._proven, standing._known = (b"", ()), None
    standing._entry.cache_clear()


@pytest.fixture
def years(var: VarFolder, tmp_path: Path) -> VarFolder:
    """40 releases, 400 nights."""
    found = many_years(var, tmp_path, 40, 400)
    now = ledger.read(found)[-1].at
    listing.remember(found, retention.kept(found, RULE, now))
    return found


def test_what_is_read_does_not_grow_with_releases_and_nights(years: VarFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines: what was published is parsed for the state of deliveries, 360 nights without news are not."""
    now = ledger.read(years)[-1].at + dt.timedelta(days=1)
    counted = Counted(monkeypatch)
    publications = 40
    assert counted.of(lambda: ledger.last(years)) == (1, 0)
    assert counted.of(lambda: ledger.append(years, "unchanged", at=now)) == (0, 0)
    assert counted.of(lambda: release_rows(years)) == (0, 0)
    assert counted.of(lambda: reading.published_from(years, "0" * 64)) == (0, 0)
    assert counted.of(lambda: retention.kept(years, RULE, now)) == (0, 0)
    assert counted.of(lambda: store.collect(years)) == (0, 0)
    for act in (status_row, exposition, notices, lambda var: store.recover(var, now)):
        lines, manifests = counted.of(lambda act=act: act(years))
        assert lines <= publications + 6 and manifests <= 2, act


def test_without_what_is_remembered_the_manifests_tell_the_same(years: VarFolder) -> None:
    remembered = release_rows(years)
    assert {tuple(row["kept_for"]) for row in remembered} > {("recent",)}
    (years.build / "releases.json").write_text("[]")
    told = release_rows(years)
    assert [{**row, "kept_for": []} for row in told] == [{**row, "kept_for": []} for row in remembered]
    assert not any(row["kept_for"] for row in told)


def test_another_manifest_is_not_told_from_memory(years: VarFolder) -> None:
    path = years.current / "manifest.json"
    body = json.loads(path.read_text())
    body["tables"] = {"dim_project": body["tables"]["dim_project"]}
    path.chmod(0o644)
    path.write_text(json.dumps(body))
    assert [row["table_count"] for row in release_rows(years)][:2] == [1, 36]


@pytest.mark.parametrize("seed", range(40))
def test_any_change_of_any_byte_of_the_ledger_is_found_by_whatever_reads_next(var: VarFolder, seed: int) -> None:
    """Also by a process that has just read the ledger, and by the next line that would be added."""
    for night in range(5):
        ledger.append(
            var, "published" if night % 2 else "unchanged", at=exports.NIGHT, release_id="2026-03-02-aaaaaaaa"
        )
    content, chance = bytearray(var.ledger.read_bytes()), Random(seed)
    ledger.verify_chain(var)
    place = chance.randrange(len(content))
    content[place] = chance.choice([byte for byte in range(256) if byte != content[place]])
    var.ledger.write_bytes(bytes(content))
    for act in (
        lambda: ledger.last(var),
        lambda: standing.standing(var),
        lambda: ledger.append(var, "unchanged", at=exports.NIGHT),
        lambda: store.recover(var, exports.NIGHT),
    ):
        with pytest.raises(LedgerError):
            act()
    assert var.ledger.read_bytes() == bytes(content)


@pytest.mark.parametrize("number", range(3))
def test_a_line_written_in_another_way_is_a_changed_one(var: VarFolder, number: int) -> None:
    """Other spacing says the same, but is not the bytes that were written: no line may have it, the last neither."""
    for _ in range(3):
        ledger.append(var, "unchanged", at=exports.NIGHT)
    lines = var.ledger.read_text(encoding="utf-8").splitlines()
    lines[number] = json.dumps(json.loads(lines[number]))
    var.ledger.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(LedgerError):
        ledger.read(var)


def test_standing_from_the_lines_that_decide_is_that_of_all_lines(var: VarFolder) -> None:
    """200 nights by chance: publications, rollbacks, refusals, decisions; of every beginning of that ledger."""
    chance, ids = Random(7), [f"{number:064x}" for number in range(40)]
    releases: list[str] = []
    for night in range(200):
        outcome: ledger.Outcome = chance.choice(ledger.OUTCOMES)
        named: dict[str, Any] = {}
        if outcome in ("published", "recovered"):
            releases.append(f"2026-01-01-{night:08x}")
            in_force = {f"s{n}__t": chance.sample(ids, 3) for n in range(3)}
            named = {"in_force": in_force, "superseded": {"s0__t": chance.sample(ids, 2)}, "release_id": releases[-1]}
        elif outcome == "rolled_back" and releases:
            named = {"release_id": chance.choice(releases)}
        elif outcome in ledger.DECISIONS:
            named = {"decision": ledger.Decision(f"s{night % 3}", chance.choice(ids), "because")}
        elif outcome == "refused":
            named = {"refused": {"s1__t": chance.sample(ids, 2)}, "held": {"s2__t": {chance.choice(ids): ["check"]}}}
        ledger.append(var, outcome, at=exports.NIGHT + dt.timedelta(days=night), **named)
        whole = standing.standing_of(ledger.read(var))
        for name in (
            "in_force",
            "superseded",
            "kept",
            "refused",
            "held",
            "held_since",
            "accepted",
            "rejected",
            "withdrawn",
        ):
            assert getattr(standing.standing(var), name) == getattr(whole, name), (night, name)


@pytest.mark.attack(
    "years of releases and nights · a night without news reads each publication's line once, and no more manifests"
)
def test_a_night_without_news_does_not_read_what_years_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted, read = Counted(monkeypatch), []
    for releases in (5, 40):
        place = tmp_path / str(releases)
        office = before_the_first_night(place)
        many_years(office.var.create(), place / "m", releases, 400)
        assert office.night().outcome == "published"
        outcomes: list[str | None] = []
        read.append(counted.of(lambda office=office, to=outcomes: to.append(office.night().outcome)))
        assert outcomes == ["unchanged"]
    (few_lines, few_manifests), (lines, manifests) = read
    assert (lines - few_lines, manifests) == (35, few_manifests)


@pytest.mark.slow
def test_with_a_thousand_releases_and_ten_thousand_lines_commands_take_about_as_long_as_with_one(
    tmp_path: Path,
) -> None:
    """At most three times as long as with one, and 0.2 s; processor time, the best of four each, on a shared machine."""
    few = many_years(VarFolder("nordwaerts", tmp_path / "few").create(), tmp_path / "f", 1, 1)
    many = many_years(VarFolder("nordwaerts", tmp_path / "many").create(), tmp_path / "m", 1000, 10_000)
    for var in (few, many):
        listing.remember(var, retention.kept(var, RULE, ledger.read(var)[-1].at))
    for command in (["status"], ["releases"], ["metrics", "--out", str(tmp_path / "x.prom")], ["notify"], ["history"]):
        one, thousand = (min(times) for times in zip(*(_seconds(command, few, many) for _ in range(4)), strict=True))
        assert thousand <= 3 * one + 0.2, f"{command}: {one:.2f} s, then {thousand:.2f} s"
    now = ledger.read(many)[-1].at + dt.timedelta(days=1)
    forget()
    begun = time.perf_counter()
    ledger.parse_lines(many.ledger.read_bytes())
    thorough = time.perf_counter() - begun
    for act in (lambda: store.recover(many, now), lambda: ledger.append(many, "unchanged", at=now)):
        forget()
        begun = time.perf_counter()
        act()
        assert time.perf_counter() - begun < thorough, "the beginning and the end of a refresh read every line anew"


def _seconds(command: list[str], *folders: VarFolder) -> list[float]:
    found = []
    for var in folders:
        begun = _of_children()
        environment = {**os.environ, "NORDWAERTS_VAR": str(var.root), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *command], env=environment, capture_output=True, check=False
        )
        found.append(_of_children() - begun)
        assert done.returncode == 0, done.stdout + done.stderr
    return found


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
