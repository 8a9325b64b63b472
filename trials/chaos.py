"""Chaos: readers in a loop, publication upon publication, and everything that goes wrong at a data office meanwhile.

20 readers look the release up once and read all its tables, from Parquet or from its database, in a loop; 500 publications
with changed deliveries follow each other. Refreshes and rollbacks are killed with signal 9 at random moments (of the
whole refresh, of the publication, within milliseconds of the switch, of a rollback), the disk fills up, a folder cannot be written
to, the clock is set back, somebody rolls back while a refresh runs, two refreshes begin at once. After every disturbance its
cause is taken away and nothing else is done; the next refresh must publish. Every step is the real one but dbt's models: landed tables
are published as they are. Writes its section of docs/trials.md. Exit code 1 if a rule is broken: no failed and no mixed read,
each ledger line a refresh was told of stands, each refresh that could not write its line is on the ledger as one that died,
`verify` finds nothing, no file is left behind.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from release import ledger, reading, start_mark
from trials import disturbances
from trials.chaos_judging import KILLS, OTHERS, SIDES, Numbers, Seen, judge, section
from trials.chaos_office import ChaosOffice, acknowledged
from trials.chaos_readers import Told, read_on
from trials.children import Child, Hung, Say
from trials.document import REPORT, replaced

SEED = 20151210
FULL = Numbers(readers=20, publications=500, kills=400, each=10)  # of the kills 300 are of refreshes and publications
SHORT = Numbers(readers=4, publications=12, kills=4, each=1)
_TRIES = 30  # a child may end before it is killed; then the next one is


@dataclass
class Chaos:
    """One trial at work: the office, chance, the disk that can be filled up (if any can), and what was seen so far."""

    office: ChaosOffice
    chance: random.Random
    disk: Path | None = None
    seen: Seen = field(default_factory=Seen)
    seconds: list[float] = field(default_factory=list)  # of the refreshes that published undisturbed

    def step(self, kind: str) -> None:
        """One disturbance of that kind, or none, and a publication at the first attempt after it."""
        if kind in KILLS:
            self._kill(kind)
        else:
            {"plain": lambda: None, "full": self._full, "closed": self._close, "clock": self._set_back,
             "rollback": self._roll_back, "together": self._together}[kind]()  # fmt: skip
        self.seen.disturbed[kind] += 1
        self.seen.recovered[kind] += self.publish(f"after {kind}")

    def publish(self, when: str) -> bool:
        """A refresh with new deliveries that nothing disturbs; whatever it comes to but a publication is a fault."""
        number, begun = self.office.deliver(), time.monotonic()
        night = self._ended(self.office.night())
        self.seconds.append(time.monotonic() - begun)
        return self._expect(night, number, when)

    def finish(self) -> None:
        """A last refresh without anything new, which clears up what the one before had to leave."""
        last = self._ended(self.office.night()).heard("ended") or {}
        if last.get("outcome") != "unchanged":
            self.seen.broken.append(f"the last refresh, with nothing new: {last}")

    def _kill(self, stage: str) -> None:
        for _ in range(_TRIES):
            lines, shown = self._state()
            if stage == "a rollback":
                child, within, signs = self.office.rollback(self._earlier()), 0.3, ["begun"]
            else:
                self.office.deliver()
                child, within, signs = self.office.night(), self._usual(), []
            if stage == "the publication":
                within, signs = within / 2, ["exported"]
            if stage == "the switch":
                within, signs = 0.1 * self.chance.random() ** 2, [self.chance.choice(("switching", "switched"))]
            for sign in signs:
                child.until(sign, "failed")
            time.sleep(self.chance.uniform(0, within))
            if self._ended(child.kill()).is_killed:
                lines_now, shown_now = self._state()
                self.seen.struck[stage] += 1
                self.seen.died[SIDES[2 if lines_now > lines else 1 if shown_now != shown else 0]] += 1
                if child.is_night:
                    self._expect_on_the_ledger(child, lines)
                return
            self.seen.too_late += 1
        self.seen.broken.append(f"{_TRIES} children ended before they could be killed in {stage}")

    def _expect_on_the_ledger(self, night: Child, lines: int) -> None:
        """A refresh that wrote no line after so many left the mark by which the next one tells that it died."""
        if self._state()[0] > lines:
            return
        if mark := start_mark.read(self.office.var):
            self.seen.dead.add(mark.seen.run_id)
        elif night.heard("begun"):
            self.seen.broken.append(f"died without a mark: {night.said[-1:]}")

    def _full(self) -> None:
        self.office.deliver()
        lines, _ = self._state()
        if self.disk is None:
            number = self.chance.randrange(1, 60)
            night = self._ended(self.office.night(lambda: disturbances.fail_from(number)))
        else:
            night = self.office.night()
            time.sleep(self.chance.uniform(0, self._usual()))
            disturbances.fill(self.disk / "ballast", self.chance.choice((0, 1 << 14, 1 << 17, 1 << 20)))
            self._ended(night)
            (self.disk / "ballast").unlink()
        self._expect_on_the_ledger(night, lines)
        self.seen.struck["full"] += self._outcome(night) != "published"

    def _close(self) -> None:
        var, shown = self.office.var, self.office.var.current.resolve()
        places = (var.folder, var.objects, var.releases, var.staging, var.landed, var.build, shown)
        lines, _ = self._state()
        self.office.deliver()
        night = self.office.night(disturbances.mind_rights)
        time.sleep(self.chance.uniform(0, self._usual() / 2))
        with disturbances.closed(self.chance.choice(places)):
            self._ended(night)
        self._expect_on_the_ledger(night, lines)
        self.seen.struck["closed"] += self._outcome(night) != "published"

    def _set_back(self) -> None:
        number = self.office.deliver()
        back = timedelta(hours=self.chance.choice((1, 3, 30, 100)))
        night = self._ended(self.office.night(back={self.chance.choice(("begun", "landed", "exported")): back}))
        self._expect(night, number, "with the clock set back")

    def _roll_back(self) -> None:
        """Somebody rolls back while a refresh runs: refused until it has ended, then done."""
        number, target = self.office.deliver(), self._earlier()
        night = self.office.night()
        night.until("landed", "failed")
        rollback = self.office.rollback(target)
        self._expect(self._ended(night), number, "while somebody rolls back")
        done = self._ended(rollback).heard("ended")
        if not rollback.heard("running") or not done or self._state()[1] != target:
            self.seen.broken.append(f"a rollback to {target} meanwhile: {rollback.said[-1:]}")

    def _together(self) -> None:
        number = self.office.deliver()
        both = [self.office.night(), self.office.night()]
        outcomes = sorted(self._outcome(self._ended(night)) for night in both)
        if outcomes not in (["published", "running"], ["published", "unchanged"]):
            self.seen.broken.append(f"two refreshes at once came to {outcomes}")
        self._expect(next((each for each in both if self._outcome(each) == "published"), both[0]), number, "one of two")

    def _expect(self, night: Child, number: int, when: str) -> bool:
        """Whether these deliveries were published; if not, that is noted as a fault."""
        ended = night.heard("ended") or {}
        is_published = ended.get("outcome") == "published" and ended["figure"] == number
        if not is_published:
            self.seen.broken.append(f"publication {number}, {when}: {night.said[-1:]}")
        return is_published

    def _ended(self, child: Child) -> Child:
        child.end()
        self.seen.nights += child.is_night
        self.seen.published += child.heard("noted") is not None
        self.seen.acknowledged |= acknowledged(child)
        return child

    def _outcome(self, night: Child) -> str:
        """How a refresh ended by its own word: its outcome, `running` where another one was, or `failed`."""
        last = night.said[-1] if night.said else {"step": "silent"}
        return str(last.get("outcome", last["step"]))

    def _state(self) -> tuple[int, str]:
        """How many lines the ledger has, and which release readers see."""
        var = self.office.var
        return len(ledger.lines(var)), var.current.readlink().name

    def _earlier(self) -> str:
        """Some release readers do not see."""
        return self.chance.choice([each for each in reading.release_ids(self.office.var) if each != self._state()[1]])

    def _usual(self) -> float:
        return statistics.median(self.seconds[-9:])


def plan(wanted: Numbers, chance: random.Random) -> list[str]:
    """The steps of a trial in an order of chance, each with at least one publication; two undisturbed ones come first."""
    disturbed = [KILLS[number % len(KILLS)] for number in range(wanted.kills)] + [*OTHERS] * wanted.each
    steps = disturbed + ["plain"] * (wanted.publications - 2 - len(disturbed))
    chance.shuffle(steps)
    return ["plain", "plain", *steps]


def lived_through(wanted: Numbers, seed: int, place: Path, disk: Path | None) -> Chaos:
    """A whole trial in that folder, readers and all, not judged yet."""
    chance = random.Random(seed)
    chaos = Chaos(ChaosOffice.opened(place, disk or place / "var"), chance, disk)
    steps, readers, stop = plan(wanted, chance), [], place / "stop"
    try:
        for number, kind in enumerate(steps):
            chaos.step(kind)
            if not number:
                readers = [_reader(chaos, f"{seed} {each}", stop) for each in range(wanted.readers)]
            if number % 20 == 19:
                usual = statistics.median(chaos.seconds[-20:])
                print(
                    f"{number + 1} of {len(steps)} steps, {chaos.seen.published} published, {usual:.1f} s", flush=True
                )
        chaos.finish()
    except Hung as hung:
        chaos.seen.broken.append(f"a child hung: {hung}")
    finally:
        stop.touch()
        for reader in readers:
            told = (reader.end().heard("told") or {"failed": [f"the reader died: {reader.said}"]}).copy()
            told.pop("step", None)
            chaos.seen.told.append(Told(**told))
    return chaos


def _reader(chaos: Chaos, seed: str, stop: Path) -> Child:
    def work(say: Say) -> None:
        say("told", **asdict(read_on(chaos.office.var, seed, stop)))

    return Child.begin(work, is_night=False)


def main(arguments: list[str] | None = None) -> None:
    """Live through it, judge, write the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--short", action="store_true", help="as in `make test`: nothing is mounted, nothing written")
    for name in asdict(FULL):
        parser.add_argument(f"--{name}", type=int)
    chosen = parser.parse_args(arguments)
    usual = SHORT if chosen.short else FULL
    given = {name: getattr(chosen, name) for name in asdict(FULL) if getattr(chosen, name) is not None}
    wanted = Numbers(**{**asdict(usual), **given})
    print(f"seed {chosen.seed}, {wanted}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with disturbances.small_disk(place / "disk", is_wanted=not chosen.short) as is_disk:
            chaos = lived_through(wanted, chosen.seed, place, place / "disk" if is_disk else None)
            judge(chaos.seen, wanted, chaos.office.var, is_full=wanted == FULL)
            lines = len(ledger.lines(chaos.office.var))
    remit = (__doc__ or "").split("\n\n")[1].strip()
    text = section(chaos.seen, chosen.seed, time.monotonic() - begun, lines, remit, is_disk)
    if wanted == FULL:
        REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    sys.exit(1 if chaos.seen.broken else 0)


if __name__ == "__main__":
    main()
