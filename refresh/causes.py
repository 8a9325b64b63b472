"""Why the landed tables of two releases differ, row by row, and the landing in which only some of the causes took effect.

A cause is one of `CAUSES`; their names for people are labels of `change_cause`. A row that differs has exactly one:
- a landed row: `new_period` (a period, or a record, that was not there), `withheld` (it was withheld, or is no longer), else
  `revised`; where it is from the same delivery it was read otherwise, by `code` or by `definition`;
- a declared row: `correction`, `area`, else `definition`;
- a row that says the same but rests on another delivery goes with what else that delivery brought;
- what a refresh wrote down about deliveries and checks goes with the deliveries; where nothing else differs, it is `record`.
The models of the two releases, where they differ, are `code`. No figure is computed here.
"""

import filecmp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from programmes.canonical import CANONICAL, PROVENANCE
from refresh.changed_cells import columns_of, parquet, quoted

CAUSES = ("new_period", "revised", "withheld", "correction", "definition", "area", "code", "record")
_DELIVERED = ("new_period", "revised", "withheld")
_DECLARED = ("definition", "area", "correction")
_AREA_TABLES = ("programme__area", "programme__area_set", "programme__variant", "programme__level")
_EMPTY = "empty.parquet"
_PROVENANCE = tuple(field.name for field in PROVENANCE)
# Causes of rows that are only known when all tables were looked at.
_READING, _CARRIED, _RECORD = "?reading", "?carried", "record"


@dataclass(frozen=True)
class _Table:
    """One landed file: its folder and name, the DuckDB table of its rows from both sides, and the causes found in it.

    One that is the same on both sides has no such table.
    """

    folder: str
    name: str
    rows: str | None = None
    tags: frozenset[str] = frozenset()


class LandingPair:
    """The landed tables before and after, and what stands behind their differences."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        before: Path,
        after: Path,
        has_other_code: bool = False,
        has_other_reader: bool = False,
        has_other_models: bool = False,
    ) -> None:
        """`has_other_reader`: the code that reads deliveries is another; `has_other_code`: anything of the code is."""
        self._connection, self._before, self._after = connection, before, after
        self._tables = [self._tagged(number, name) for number, name in enumerate(self._names())]
        found = {tag for table in self._tables for tag in table.tags if table.name.split("__")[0] != "refresh"}
        found |= {"code"} if has_other_models else set()
        reading = "code" if has_other_reader else "definition"
        declared = next((cause for cause in _DECLARED if cause in found), "definition")
        for table in self._tables:
            if table.folder.startswith("programme__"):
                carried = declared
            else:
                carried = next((cause for cause in _DELIVERED if cause in table.tags), None) or (
                    reading if _READING in table.tags else "revised"
                )
            found |= self._settled(table, {_READING: reading, _CARRIED: carried})
        present = found.intersection(CAUSES)
        if not present:
            present = {"code" if has_other_code else _RECORD}
        self.causes: tuple[str, ...] = tuple(cause for cause in CAUSES if cause in present)
        delivered = present.intersection(_DELIVERED)
        self._recorded_with = delivered or set(self.causes[:1])

    def _names(self) -> list[tuple[str, str]]:
        """Folder and name of every landed file on either side."""
        return sorted(
            {
                (path.parent.name, path.name)
                for side in (self._before, self._after)
                for path in side.glob("*/*.parquet")
                if path.name != _EMPTY
            }
        )

    def write(self, causes: Sequence[str], target: Path) -> None:
        """Write the landing as it is when these causes, and no others, took effect, into an empty folder."""
        effective = {*causes, *([_RECORD] if self._recorded_with.intersection(causes) else [])}
        listed = ", ".join(f"'{cause}'" for cause in sorted(effective)) or "''"
        code_side = self._after if "code" in causes or "code" not in self.causes else self._before
        for empty in sorted(code_side.glob(f"*/{_EMPTY}")):
            (target / empty.parent.name).mkdir(parents=True, exist_ok=True)
            (target / empty.parent.name / _EMPTY).write_bytes(empty.read_bytes())
        for table in self._tables:
            folder = target / table.folder
            folder.mkdir(parents=True, exist_ok=True)
            if table.rows is None:
                (folder / table.name).write_bytes((self._before / table.folder / table.name).read_bytes())
                continue
            kept = f"_cause is null or (_side = 'after') = (_cause in ({listed}))"
            for name, rule in ((table.name, kept), (_EMPTY, "false")):
                self._connection.execute(
                    f"copy (select * exclude (_side, _cause) from {table.rows} where {rule} order by all)"
                    f" to {quoted(folder / name)} (format parquet)"
                )

    def _tagged(self, number: int, place: tuple[str, str]) -> _Table:
        """Rows of both sides of one file in a table: `_side`, and the `_cause` of what differs."""
        folder, name = place
        rows = f"landed_{number}"
        sides = {side: path / folder / name for side, path in (("before", self._before), ("after", self._after))}
        there = [side for side, path in sides.items() if path.is_file()]
        if len(there) == 2 and filecmp.cmp(sides["before"], sides["after"], shallow=False):
            return _Table(folder, name)
        if len(there) == 2:
            one, other = (parquet(sides[side]) for side in ("before", "after"))
            is_record = folder.startswith(("programme__", "refresh__"))
            parts = self._whole(folder, one, other) if is_record else self._by_row(folder, one, other)
        else:  # a table that is newly declared, or no longer
            [side] = there
            parts = iter(
                [f"select *, '{side}' as _side, '{_new_or_gone(folder)}' as _cause from {parquet(sides[side])}"]
            )
        self._connection.execute(f"create or replace table {rows} as " + " union all by name ".join(parts))
        tags = self._connection.execute(f"select distinct _cause from {rows} where _cause is not null").fetchall()
        return _Table(folder, name, rows, frozenset(tag for (tag,) in tags))

    def _whole(self, folder: str, before: str, after: str) -> Iterator[str]:
        """A table that goes over as a whole: declarations, and what a refresh wrote down."""
        columns, has_others = self._shared(before, after)
        said = [column for column in columns if column not in _PROVENANCE]
        cause = _READING if has_others else None
        if self._differ(before, after, columns):
            says_otherwise = self._differ(before, after, said)
            cause = _new_or_gone(folder) if says_otherwise or folder.startswith("refresh__") else cause or _CARRIED
        told = f"'{cause}'" if cause else "cast(null as varchar)"
        yield f"select *, 'before' as _side, {told} as _cause from {before}"
        yield f"select *, 'after' as _side, {told} as _cause from {after}" + ("" if cause else " where false")

    def _by_row(self, folder: str, before: str, after: str) -> Iterator[str]:
        """A table of deliveries, whose rows each have a cause of their own."""
        columns, has_others = self._shared(before, after)
        key = [name for name in CANONICAL[folder].key if name in columns]
        said = [name for name in columns if name not in (*key, *_PROVENANCE)]
        same_key = " and ".join(f"{_text('b', name)} is not distinct from {_text('a', name)}" for name in key)
        differs = " or ".join(f"{_text('b', name)} is distinct from {_text('a', name)}" for name in said) or "false"
        withheld = "(b.status = 'suppressed') <> (a.status = 'suppressed')" if "status" in said else "false"
        # A delivery holds rows by period, where the table has periods: which it held on the other side, and which were there.
        held = "_delivery, period" if "period" in columns else "_delivery"
        both = (
            "case"
            f" when {differs} then case when b._delivery = a._delivery then '{_READING}'"
            f" when {withheld} then 'withheld' else 'revised' end"
            f" when b._delivery <> a._delivery then '{_CARRIED}'"
            f" when {'true' if has_others else 'b._row <> a._row'} then '{_READING}' end"
        )
        gone = f"case when {_in('b', held, after)} then '{_READING}' else 'revised' end"
        is_known_period = _in("a", "period", before) if "period" in columns else "false"
        new = (
            f"case when {_in('a', held, before)} then '{_READING}'"
            f" when {is_known_period} then 'revised'"
            f" when {_in('a', '_delivery', before)} then '{_READING}' else 'new_period' end"
        )
        yield (
            f"select b.*, 'before' as _side, case when a._delivery is null then {gone} else {both} end as _cause"
            f" from {before} as b left join {after} as a on {same_key}"
        )
        yield (
            f"select * from (select a.*, 'after' as _side, case when b._delivery is null then {new} else {both} end as _cause"
            f" from {after} as a left join {before} as b on {same_key}) where _cause is not null"
        )

    def _settled(self, table: _Table, causes: dict[str, str]) -> set[str]:
        """Give rows whose cause was open the one that was found; those that were."""
        settled = {cause for tag, cause in causes.items() if tag in table.tags}
        for tag, cause in causes.items():
            if tag in table.tags:
                self._connection.execute(f"update {table.rows} set _cause = '{cause}' where _cause = '{tag}'")
        return settled

    def _shared(self, before: str, after: str) -> tuple[list[str], bool]:
        """Columns both sides have, and whether one has others beside them."""
        one, other = columns_of(self._connection, before), columns_of(self._connection, after)
        return [column for column in one if column in other], one.keys() != other.keys()

    def _differ(self, before: str, after: str, columns: Sequence[str]) -> bool:
        listed = ", ".join(f'cast("{column}" as varchar)' for column in columns)
        for one, other in ((before, after), (after, before)):
            rest = f"(select {listed} from {one}) except (select {listed} from {other})"
            if self._connection.execute(f"select 1 from ({rest}) limit 1").fetchone():
                return True
        return False


def _text(side: str, name: str) -> str:
    """A cell as text, for a column may have another type on the other side."""
    return f'cast({side}."{name}" as varchar)'


def _in(side: str, names: str, other: str) -> str:
    """Whether these columns of a row are together in any row of the other side."""
    told = ", ".join(f"{side}.{name}" for name in names.split(", "))
    return (
        f"({told}) in (select ({names}) from {other})" if ", " in names else f"{told} in (select {names} from {other})"
    )


def _new_or_gone(folder: str) -> str:
    """The cause behind a table as a whole."""
    if folder.startswith("refresh__"):
        return _RECORD
    if folder == "programme__correction":
        return "correction"
    return "area" if folder in _AREA_TABLES else "definition"
