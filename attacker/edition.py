"""A public edition as an attacker reads it: every table of counts of people that add up, and what its figures say of them.

Of the edition it takes the Parquet files and the rule that lies beside them. It is taken to know besides what others publish
(`assumed.parquet`: how many people there are behind each rate, and the sums of the open levels), and what every earlier edition
told (`told_before.parquet`). Which cells add up to which it works out by itself, from the areas the edition describes.
"""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from attacker.bounds import Contradiction, Finding, findings
from attacker.solving import Undecided
from attacker.table import Statement, Table, Target

Row = Mapping[str, Any]
_NEARLY = 1e-6  # people; figures are doubles
_RATE_KEY = ("indicator_id", "definition_version", "area_kind", "area_id", "variant_id", "role", "territory", "period")
_VOLUNTEER_KEY = ("area_id", "period", "counting_unit", "scope", "method", "unit")


@dataclass
class Attacked:
    """One table: its pieces, the cells they add up to, what each is known to lie between, and what should stay unknown."""

    name: str
    upper: dict[str, float | None] = field(default_factory=dict)  # piece → people there at most
    cells: dict[str, tuple[str, ...]] = field(default_factory=dict)  # cell → its pieces, in order
    printed: dict[str, tuple[float, float]] = field(default_factory=dict)
    earlier: list[tuple[str, float, float]] = field(default_factory=list)
    exact: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)  # printed rates nobody told the attacker the people of

    def found(self, width: int) -> list[Finding]:
        """Cells that are known more closely than the rule allows.

        What earlier editions told counts as far as it does not contradict this one, and as the least sum everybody knows around
        it is what it was; else figures were revised.
        """
        moved = {cell for cell, low, high in self.earlier if cell in self.exact and not low <= self.exact[cell] <= high}
        earlier = [
            each
            for each in self.earlier
            if self.printed.get(each[0], each[1:]) == each[1:]
            and each[0] not in self.exact
            and self._known_around(each[0]) not in moved
        ]
        for told in (earlier, []):
            try:
                return findings(self._table(told), self._targets(width), width)
            except Contradiction:
                if not told:
                    raise
        return []

    def _known_around(self, cell: str) -> str | None:
        """The least cell around this one whose count is known exactly."""
        pieces = set(self.cells.get(cell, ()))
        around = [known for known in self.exact if pieces <= set(self.cells.get(known, ()))]
        return min(around, key=lambda known: (len(self.cells[known]), known), default=None)

    def _table(self, earlier: Sequence[tuple[str, float, float]]) -> Table:
        said = [(cell, float(count), float(count)) for cell, count in self.exact.items()]
        said += [(cell, *limits) for cell, limits in self.printed.items() if cell not in self.exact]
        statements = {
            Statement(self._members(cell), low, high) for cell, low, high in [*said, *earlier] if self.cells.get(cell)
        }
        ordered = sorted(statements, key=lambda each: (each.members, each.low, each.high))
        return Table(tuple(self.upper[piece] for piece in sorted(self.upper)), tuple(ordered))

    def _targets(self, width: int) -> list[Target]:
        return [
            Target(cell, self._positions(pieces))
            for cell, pieces in sorted(self.cells.items())
            if cell not in self.exact
            and pieces
            and self._can_number(pieces) >= width  # of fewer people nobody needs an edition to know them closely
        ]

    def _can_number(self, pieces: Sequence[str]) -> float:
        return sum(math.inf if (most := self.upper[piece]) is None else most for piece in pieces)

    def _members(self, cell: str) -> tuple[int, ...]:
        return self._positions(self.cells[cell])

    def _positions(self, pieces: Sequence[str]) -> tuple[int, ...]:
        return tuple(sorted(self._position[piece] for piece in pieces))

    @cached_property
    def _position(self) -> dict[str, int]:
        return {piece: number for number, piece in enumerate(sorted(self.upper))}


@dataclass(frozen=True)
class Edition:
    """The files of a public edition, the rule it follows, and what is assumed to be known besides."""

    public: Path
    beside: Path

    def rows(self, mart: str) -> list[dict[str, Any]]:
        """The rows of a public mart; none where it is not public."""
        return _read(self.public / f"{mart}.parquet")

    @property
    def rule(self) -> dict[str, Any]:
        """The rule as it is published."""
        rule: dict[str, Any] = json.loads((self.public / "disclosure.json").read_bytes())
        return rule

    def number(self, name: str) -> int:
        """A number of the rule."""
        return int(self.rule[name]["value"])


@dataclass(frozen=True)
class Attack:
    """What came of an attack: table → what of it is known too closely, and the fingerprints of the tables that withstood.

    `unfit` is what nobody can vouch for: tables no counts of people fit, and printed rates of which is not known how many
    people there are behind.
    """

    findings: Mapping[str, Sequence[Finding]]
    withstood: frozenset[str]
    unfit: tuple[str, ...] = ()


def attack(public: Path, beside: Path, withstood: Collection[str] = ()) -> Attack:
    """Try every table of an edition; one that is known by its fingerprint to have withstood this very attack is not tried again."""
    edition = Edition(public, beside)
    width = edition.number("protection_width")
    found, proven, unfit = {}, set(), []
    for table in tables(edition):
        fingerprint = hashlib.sha256(f"{_own_code()} {width} {table!r}".encode()).hexdigest()
        try:
            known = [] if fingerprint in withstood else table.found(width)
        except (Contradiction, Undecided):
            unfit.append(table.name)
            continue
        unfit += table.unknown
        if known:
            found[table.name] = known
        elif not table.unknown:
            proven.add(fingerprint)
    return Attack(found, frozenset(proven), tuple(unfit))


@cache
def _own_code() -> str:
    """What this attacker is: another one has to prove it anew."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def tables(edition: Edition) -> Iterator[Attacked]:
    """Every table of an edition whose cells count people."""
    earlier: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for row in _read(edition.beside / "told_before.parquet"):
        if not row["is_hidden"]:
            earlier[row["table_id"]].append((row["cell_id"], row["at_least_count"], row["at_most_count"]))
    assumed: dict[str, list[Row]] = defaultdict(list)
    for row in _read(edition.beside / "assumed.parquet"):
        assumed[row["mart"]].append(row)
    areas = Areas(edition.rows("dim_area"), edition.rows("bridge_area_set"))
    for table in (
        *_rates(edition, areas, assumed["fct_indicator_value"]),
        *_volunteers(edition, areas, assumed["fct_volunteering"]),
        *_participants(edition, areas, assumed["fct_programme_intensity"]),
    ):
        table.earlier = earlier[table.name]
        yield table


class Areas:
    """Which areas lie in which, and in which sets, by the parents and members the edition names."""

    def __init__(self, areas: Sequence[Row], sets: Sequence[Row]) -> None:
        self._areas, self._sets = areas, sets
        self.rank = {row["area_id"]: int(row["level_rank"]) for row in areas}
        self._inside: dict[str, dict[str, list[str]]] = {}

    def inside(self, period: str) -> dict[str, list[str]]:
        """Area, and set as `variant/role`, → itself and the areas in it at the end of a year, in order."""
        if period not in self._inside:
            self._inside[period] = {place: sorted(found) for place, found in self._found(f"{period[:4]}-12-31").items()}
        return self._inside[period]

    def _found(self, day: str) -> dict[str, set[str]]:
        parents: dict[str, set[str]] = defaultdict(set)
        for row in filter(lambda row: _is_valid(row, day), self._areas):
            parents[row["area_id"]] |= {row["parent_id"], row["alternative_parent_id"], row["publication_unit_id"]} - {
                None
            }
        found: dict[str, set[str]] = defaultdict(set)
        for area in parents:
            around, todo = {area}, [area]
            while todo:
                more = parents.get(todo.pop(), set()) - around
                around |= more
                todo += more
            for place in around:
                found[place].add(area)
        for row in filter(lambda row: _is_valid(row, day), self._sets):
            found[set_name(row["variant_id"], row["role"], row["territory"])].add(row["area_id"])
        return found


def _is_valid(row: Row, day: str) -> bool:
    return str(row["valid_from"]) <= day and (row["valid_to"] is None or day <= str(row["valid_to"]))


def set_name(variant: str, role: str, territory: str) -> str:
    """What a part of an area set is called here and in what earlier editions told."""
    return f"{variant}/{role}" + ("/as_then" if territory == "as_then" else "")


def _rates(edition: Edition, areas: Areas, assumed: Sequence[Row]) -> Iterator[Attacked]:
    """One table per rate of people and period: what a printed rate says of the people it counts."""
    smallest, short_of_all = edition.number("minimum_count"), edition.number("minimum_complement")
    factors = {
        (row["indicator_id"], str(row["definition_version"])): float(row["factor"])
        for row in edition.rows("dim_indicator")
    }
    printed = {_key(row, _RATE_KEY): row for row in edition.rows("fct_indicator_value")}
    behind: dict[tuple[str, ...], dict[str, Row]] = defaultdict(dict)
    for row in assumed:
        behind[_rate_of(row["row_key"])][row["row_key"]] = row
    unknown = [
        key
        for key, row in sorted(printed.items())
        if row["value"] is not None and key not in behind.get(_rate_of(key), (key,))
    ]
    for (indicator, version, period), known in sorted(behind.items()):
        factor = factors[indicator, version]
        table = Attacked(f"indicator/{indicator}/{version}/{period}")
        table.unknown = [key for key in unknown if _rate_of(key) == (indicator, version, period)]
        singles = {key.split("|")[3]: row for key, row in known.items() if key.split("|")[2] == "area"}
        finest = max(areas.rank[area] for area in singles)
        table.upper = {
            area: row["at_most_count"] for area, row in sorted(singles.items()) if areas.rank[area] == finest
        }
        inside = areas.inside(period)
        for key, row in sorted(known.items()):
            _, _, kind, area, variant, role, territory, _ = key.split("|")
            cell = area if kind == "area" else set_name(variant, role, territory)
            table.cells[cell] = tuple(piece for piece in inside.get(cell, (cell,)) if piece in table.upper)
            shown, most = printed.get(key), row["at_most_count"]
            if row["people_count"] is not None:
                table.exact[cell] = row["people_count"]
            elif shown and shown["value"] is not None:
                half = 0.5 / 10 ** shown["decimals"]
                low, high = ((shown["value"] + sign * half) * most / factor + sign * _NEARLY for sign in (-1, 1))
                table.printed[cell] = (max(math.ceil(low), smallest), min(math.floor(high), most - short_of_all))
        yield table


def _rate_of(key: str) -> tuple[str, str, str]:
    """Indicator, version and period of a row key."""
    indicator, version, *_, period = key.split("|")
    return indicator, version, period


def _volunteers(edition: Edition, areas: Areas, assumed: Sequence[Row]) -> Iterator[Attacked]:
    """One table per way of counting and period: districts that add up to the city."""
    exact = {row["row_key"]: row["people_count"] for row in assumed}
    found: dict[tuple[str, ...], Attacked] = {}
    for row in edition.rows("fct_volunteering"):
        if (key := _key(row, _VOLUNTEER_KEY)) in exact:
            _, period, unit, scope, method, _ = key.split("|")
            name = f"volunteers/{unit}/{scope}/{method}/{period}"
            table = found.setdefault((unit, scope, method, period), Attacked(name))
            _count(edition, table, row["area_id"], row["value"], exact[key])
            if areas.rank[row["area_id"]] > 0:
                table.upper[row["area_id"]] = None
    for (*_, period), table in sorted(found.items()):
        inside = areas.inside(period)
        cells = {*table.printed, *table.exact, *table.upper}
        table.cells = {cell: tuple(piece for piece in inside[cell] if piece in table.upper) for cell in sorted(cells)}
        yield table


def _participants(edition: Edition, areas: Areas, assumed: Sequence[Row]) -> Iterator[Attacked]:
    """One table per year: single events that add up to those of a district and of the city."""
    exact = {row["row_key"]: row["people_count"] for row in assumed}
    found: dict[str, Attacked] = {}
    places: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in edition.rows("fct_participation_event"):
        if row["participant_count"] is not None or row["is_hidden"]:
            table = found.setdefault(row["period"], Attacked(f"participants/{row['period']}"))
            event = f"{row['source_id']}:{row['event_id']}"
            table.upper[event] = None
            places[row["period"]][event] = row["area_id"]
            table.cells[event] = (event,)
            _count(edition, table, event, row["participant_count"], None)
    for row in edition.rows("fct_programme_intensity"):
        key = _key(row, ("area_id", "period", "measure_id"))
        if key in exact and row["period"] in found:
            table, inside, area = found[row["period"]], areas.inside(row["period"]), row["area_id"]
            table.cells[area] = tuple(
                event
                for event, place in sorted(places[row["period"]].items())
                if areas.rank[area] == 0 or place in inside[area]
            )
            _count(edition, table, area, row["value"], exact[key])
    yield from (table for _, table in sorted(found.items()))


def _count(edition: Edition, table: Attacked, cell: str, printed: float | None, exact: int | None) -> None:
    """What a printed count, a multiple of the rounding base, says of the true one."""
    span = edition.number("rounding_base") // 2
    if exact is not None:
        table.exact[cell] = exact
    elif printed is not None:
        table.printed[cell] = (max(float(printed) - span, edition.number("minimum_count")), float(printed) + span)


def _key(row: Row, columns: Sequence[str]) -> str:
    return "|".join("" if row[name] is None else str(row[name]) for name in columns)


def _read(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist() if path.is_file() else []
    return rows
