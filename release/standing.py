"""The state of deliveries: a pure function of the ledger, one state per delivery and landed table.

    offered → archived → landed → in_force | refused | held
                                  in_force → superseded (another came in its place)
                                  held → accepted (a person looked at it: the next refresh takes it) | rejected
                                  any of them → withdrawn (a person said so), and back by `reinstated`

`offered` is what lies in the inbox, `landed` lasts for the length of a refresh; every other state follows from the lines
of the ledger alone. What readers see and what the next refresh compares with is the current release: a refused refresh
adds no state but `refused`, and that only until a refresh succeeds. What is held waits, whether its file still lies in
the inbox or not, until a person decides; an acceptance covers the doubts that were looked at, and no others.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from release import ledger
from release.chain import Line
from release.layout import VarFolder
from release.ledger import Entry, Held
from release.reason import Reason

State = Literal["archived", "in_force", "refused", "held", "accepted", "rejected", "superseded", "withdrawn"]
# What each state is called where people read it, German and English.
STATE_WORDS: dict[State, tuple[str, str]] = {
    "in_force": ("in Kraft", "in force"),
    "refused": ("nicht übernommen", "refused"),
    "held": ("angehalten, wartet auf eine Entscheidung", "held, waits for a decision"),
    "accepted": ("angenommen, zählt ab der nächsten Aktualisierung", "accepted, counts from the next refresh on"),
    "superseded": ("ersetzt", "superseded"),
    "rejected": ("verworfen", "rejected"),
    "withdrawn": ("zurückgezogen", "withdrawn"),
    "archived": ("im Archiv, zählt nicht", "in the archive, does not count"),
}
ByTable = Mapping[str, tuple[str, ...]]  # landed table → delivery ids
Decided = Mapping[tuple[str, str], Entry]  # (source, delivery) → the line that says so
_known: "tuple[Sequence[Line], Standing] | None" = None  # of the lines read last in this process


@dataclass(frozen=True)
class _Step:
    """What a publication left: which deliveries are in force, and which it replaced by which; a chain, newest first."""

    previous: "_Step | None"
    in_force: ByTable
    replaced: Mapping[str, Mapping[str, tuple[str, ...]]]
    line: Entry

    def superseded(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Table by table, every delivery that was replaced up to here and is not in force again, and by which."""
        steps: list[_Step] = []
        step: _Step | None = self
        while step:
            steps.append(step)
            step = step.previous
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for each in reversed(steps):
            for table, replaced in each.replaced.items():
                known = found.setdefault(table, {})
                known.update(replaced)
                for delivery_id in each.in_force.get(table, ()):
                    known.pop(delivery_id, None)
        return found


@dataclass(frozen=True)
class Standing:
    """What counts, table by table.

    `in_force`: deliveries the current release rests on; a withdrawn one gives its place back to those it had replaced.
    `superseded`: delivery → those in force that stand in its place. `kept`: refused deliveries in whose place the last
    good ones were published. `refused`: those of the last refresh, if it was refused. `held`: those that waited for a
    person when the current release was published, `held_since` those of a refresh refused since then, both with the
    doubts nobody has looked at. `accepted`, `rejected`, `withdrawn`: what persons decided last.
    """

    in_force: ByTable = field(default_factory=dict)
    superseded: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    kept: ByTable = field(default_factory=dict)
    kept_line: Entry | None = None
    refused: ByTable = field(default_factory=dict)
    refused_line: Entry | None = None
    held: Held = field(default_factory=dict)
    held_since: Held = field(default_factory=dict)
    accepted: Decided = field(default_factory=dict)
    rejected: Decided = field(default_factory=dict)
    withdrawn: Decided = field(default_factory=dict)

    @property
    def kept_reasons(self) -> tuple[Reason, ...]:
        """Why refused deliveries are kept, of those that still are."""
        kept = {each for ids in self.kept.values() for each in ids}
        reasons = self.kept_line.reasons if self.kept_line and kept else ()
        return tuple(
            each for each in reasons if not each.delivery and (not each.about or kept.intersection(each.about))
        )

    @property
    def open_reasons(self) -> tuple[Reason, ...]:
        """Why deliveries are not taken over, refused, kept or waiting, each once; empty if all is well."""
        refused = self.refused_line.reasons if self.refused_line else ()
        return tuple(dict.fromkeys([*refused, *self.kept_reasons, *self.waiting_reasons]))

    @property
    def waiting(self) -> Held:
        """What waits for a person now, with the doubts nobody has looked at."""
        tables = sorted(self.held.keys() | self.held_since.keys())
        return {table: {**self.held.get(table, {}), **self.held_since.get(table, {})} for table in tables}

    @property
    def waiting_reasons(self) -> tuple[Reason, ...]:
        """Why deliveries wait, one reason per delivery and doubt, the newest words."""
        waiting = {(each, check) for ids in self.waiting.values() for each, checks in ids.items() for check in checks}
        found: dict[tuple[str | None, str | None], Reason] = {}
        for line in (self.kept_line, self.refused_line):
            for reason in line.reasons if line else ():
                if (reason.delivery, reason.rule) in waiting:
                    found[reason.delivery, reason.rule] = reason
        return tuple(found.values())

    def looked_at(self, table: str, delivery_id: str) -> Entry | None:
        """The line by which a person accepted a delivery, unless it was taken back since."""
        return None if self.is_set_aside(table, delivery_id) else self.accepted.get((_source(table), delivery_id))

    def accepted_for(self, table: str) -> tuple[str, ...]:
        """Deliveries a person accepted that were neither taken back nor replaced since."""
        replaced = self.superseded.get(table, {})
        ids = [each for source_id, each in self.accepted if source_id == _source(table) and each not in replaced]
        return tuple(each for each in ids if not self.is_set_aside(table, each))

    def is_set_aside(self, table: str, delivery_id: str) -> bool:
        """Whether a person took a delivery of a landed table's source back, or rejected it."""
        key = (_source(table), delivery_id)
        return key in self.withdrawn or key in self.rejected

    def states(self, source_id: str, delivery_id: str) -> dict[str, State]:
        """Landed table → state of a delivery there, for the tables of its source that know it."""
        found: dict[str, State] = {}
        for state, tables in self._by_state():
            for table, ids in tables.items():
                if _source(table) == source_id and delivery_id in ids:
                    found.setdefault(table, state)
        return found

    def state(self, source_id: str, delivery_id: str) -> State:
        """The one state of a delivery over all tables of its source: what a person said last, else what needs one most."""
        key = (source_id, delivery_id)
        if key in self.withdrawn:
            return "withdrawn"
        if key in self.rejected:
            return "rejected"
        found = set(self.states(source_id, delivery_id).values())
        ranked: tuple[State, ...] = ("held", "in_force", "refused", "superseded")
        return next((state for state in ranked if state in found), "accepted" if key in self.accepted else "archived")

    def replaced_by(self, source_id: str, delivery_id: str) -> tuple[str, ...]:
        """Deliveries in force that stand in the place of a superseded one."""
        found = [
            other
            for table, replaced in self.superseded.items()
            if _source(table) == source_id
            for other in replaced.get(delivery_id, ())
        ]
        return tuple(dict.fromkeys(found))

    def _by_state(self) -> Iterator[tuple[State, Mapping[str, Iterable[str]]]]:
        yield "in_force", self.in_force
        yield "held", self.waiting
        yield "refused", self.kept
        yield "refused", self.refused
        yield "superseded", self.superseded


def standing(var: VarFolder) -> Standing:
    """The standing of a programme's deliveries now; raises LedgerError."""
    global _known
    lines = ledger.lines(var)
    if _known is None or _known[0] is not lines:
        _known = (lines, standing_of(_deciding(lines)))
    return _known[1]


def deciding(var: VarFolder) -> list[Entry]:
    """The lines that make up the standing, oldest first and without their counts: nights without news changed nothing."""
    return _deciding(ledger.lines(var))


@lru_cache(maxsize=10_000)
def _entry(line: Line) -> Entry:
    """What a line says without its counts, parsed once: every line that is added makes the standing anew."""
    return ledger.entry_of(line, with_counts=False)


def _deciding(lines: Sequence[Line]) -> list[Entry]:
    good = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].outcome in ledger.SUCCEEDED), -1)
    lasting = ledger.POINTING + ledger.DECISIONS
    return [
        _entry(line)
        for number, line in enumerate(lines)
        if line.outcome in lasting or number == good or (number > good and line.outcome in ledger.FAILED)
    ]


def standing_of(lines: Iterable[Entry]) -> Standing:
    """The standing after these lines of a ledger, oldest first."""
    step: _Step | None = None
    published: dict[str, _Step] = {}
    withdrawn: dict[tuple[str, str], Entry] = {}
    judged: dict[tuple[str, str], Entry] = {}
    refused: Entry | None = None
    for line in lines:
        if line.decision:
            key = (line.decision.source_id, line.decision.delivery_id)
            if line.outcome == "withdrawn":
                withdrawn[key] = line
            elif line.outcome == "reinstated":
                withdrawn.pop(key, None)
            else:
                judged[key] = line
        elif line.outcome in ledger.POINTING and line.release_id:
            if line.outcome == "published" or line.release_id not in published:
                step = _published(step, line, {*withdrawn, *_those(judged, "rejected")})
                published[line.release_id] = step
            else:
                step = published[line.release_id]
        if line.outcome in ledger.FAILED:
            refused = line
        elif line.outcome in ledger.SUCCEEDED:
            refused = None
    return _standing(step, withdrawn, judged, refused)


def _those(judged: Decided, outcome: str) -> Decided:
    return {key: line for key, line in judged.items() if line.outcome == outcome}


def _published(before: _Step | None, line: Entry, set_aside: set[tuple[str, str]]) -> _Step:
    known: ByTable = before.in_force if before else {}
    replaced: dict[str, dict[str, tuple[str, ...]]] = {}
    for table in sorted(line.in_force.keys() | line.superseded.keys()):
        if line.in_force.get(table) == known.get(table) and table not in line.superseded:
            continue  # as most tables on most nights
        now, earlier = set(line.in_force.get(table, ())), set(known.get(table, ()))
        gone = {each for each in earlier - now if (_source(table), each) not in set_aside}
        entered = tuple(sorted(now - earlier)) or tuple(sorted(now))  # lines from before 2026-11-26 tell no more
        told = line.replaced_by.get(table, {})
        leaving = sorted(gone.union(line.superseded.get(table, ())))
        replaced[table] = {each: tuple(told.get(each, entered)) for each in leaving}
    return _Step(before, {table: tuple(ids) for table, ids in line.in_force.items()}, replaced, line)


def _standing(step: _Step | None, withdrawn: Decided, judged: Decided, refused: Entry | None) -> Standing:
    accepted, rejected = _those(judged, "accepted"), _those(judged, "rejected")
    set_aside = {*withdrawn, *rejected}

    def stays(table: str, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(each for each in ids if (_source(table), each) not in set_aside)

    def without_set_aside(tables: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
        left = {table: stays(table, ids) for table, ids in tables.items()}
        return {table: ids for table, ids in left.items() if ids}

    def doubted(line: Entry | None) -> Held:
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for table, ids in line.held.items() if line else ():
            for each in stays(table, ids):
                decided = accepted.get((_source(table), each))
                looked_at = decided.decision.checks if decided and decided.decision else ()
                if left := tuple(check for check in ids[each] if check not in looked_at):
                    found.setdefault(table, {})[each] = left
        return found

    refused_now = without_set_aside(refused.refused) if refused else {}
    now = Standing(
        refused=refused_now,
        refused_line=refused,
        held_since=doubted(refused),
        accepted=accepted,
        rejected=rejected,
        withdrawn=withdrawn,
    )
    if step is None:
        return now
    in_force, replacing = {}, step.superseded()
    for table in step.in_force:
        found: set[str] = set()
        earlier: _Step | None = step
        while earlier:  # back to before the withdrawn deliveries came; later ones go on counting
            ids = earlier.in_force.get(table, ())
            found.update(ids)
            earlier = earlier.previous if len(stays(table, ids)) < len(ids) else None
        found = set(stays(table, found))
        replaced = replacing.get(table, {})
        in_force[table] = tuple(sorted(each for each in found if not _is_replaced(each, replaced, found)))
    superseded = {}
    for table, replaced in replacing.items():
        counting = set(in_force.get(table, ()))
        ends = _ends(replaced, counting)
        places = {each: ends[each] for each in stays(table, replaced) if each not in counting}
        superseded[table] = {each: others for each, others in places.items() if others}  # else all of them withdrawn
    return replace(
        now,
        in_force=in_force,
        superseded=superseded,
        kept=without_set_aside(step.line.refused),
        kept_line=step.line,
        held=doubted(step.line),
    )


def _is_replaced(delivery_id: str, replaced: Mapping[str, tuple[str, ...]], in_force: set[str]) -> bool:
    """Whether everything that came in the place of a delivery, or in the place of that, is in force."""
    others = replaced.get(delivery_id, ())
    return bool(others) and all(each in in_force or _is_replaced(each, replaced, in_force) for each in others)


def _ends(replaced: Mapping[str, tuple[str, ...]], in_force: set[str]) -> dict[str, tuple[str, ...]]:
    """Delivery → the deliveries in force at the end of its chain of replacements; each link is followed once."""
    found: dict[str, tuple[str, ...]] = {}
    for delivery_id in replaced:
        path: dict[str, None] = {}
        each, end = delivery_id, None
        while end is None:
            others = replaced.get(each, ())
            if each in found or each in path:
                end = found.get(each, ())
            elif len(others) == 1 and others[0] not in in_force:
                path[each], each = None, others[0]
            else:
                path[each] = None
                end = _in_place(each, replaced, in_force)
        found |= dict.fromkeys(path, end)
    return found


def _in_place(delivery_id: str, replaced: Mapping[str, tuple[str, ...]], in_force: set[str]) -> tuple[str, ...]:
    """The deliveries in force at the end of a chain of replacements."""
    found: list[str] = []
    seen: set[str] = set()
    open_ids = list(replaced.get(delivery_id, ()))
    while open_ids:
        each = open_ids.pop(0)
        if each in seen:
            continue
        seen.add(each)
        if each in in_force:
            found.append(each)
        else:
            open_ids += replaced.get(each, ())
    return tuple(found)


def _source(table: str) -> str:
    """Landed tables are named `<source>__<table>`."""
    return table.partition("__")[0]
