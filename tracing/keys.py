"""Which row of a mart is meant: a key as typed, by position or as `column=value`, against the rows there are.

A key that fits several rows says what is missing, with examples; one that fits none names the nearest values. Null is typed
as `-`. Does not belong here: walking.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from release.reading import ReleaseMissing
from release.reason import Reason, ReleaseError
from tracing.rows import Row, Rows, literal, table_of
from tracing.walks import Walk

NULL = "-"
_EXAMPLES = 3


class KeyUnclear(ReleaseError):
    """A key fits no row, or several."""


def known_mart(rows: Rows, mart: str) -> str:
    """The mart of that name; raises ReleaseMissing with the nearest names where there is none, or it is not public."""
    tables = rows.release.manifest.tables
    if mart not in tables:
        near = ", ".join(get_close_matches(mart, tables, cutoff=0.4))
        raise ReleaseMissing(
            Reason(
                f"Es gibt weder eine Tabelle noch eine Aussage „{mart}“.",
                f"There is neither a table nor a claim '{mart}'.",
                f"Ähnlich heißen: {near}." if near else f"Tabellen sind: {', '.join(sorted(tables))}.",
                f"Similar are: {near}." if near else f"Tables are: {', '.join(sorted(tables))}.",
            )
        )
    rows.release.mart_path(mart, rows.is_public)
    return mart


def found_row(rows: Rows, walk: Walk, typed: Sequence[str]) -> Row:
    """The one row a typed key means; raises KeyUnclear where there is none, or more than one."""
    asked = _asked(walk, typed, rows.release.manifest.tables[walk.mart].text.columns)
    fitting = _fitting(rows, walk, asked)
    if not fitting:
        raise _none(rows, walk, asked)
    if len(fitting) > 1:
        raise _several(walk, fitting, asked)
    return fitting[0]


def as_typed(value: Any) -> str:
    """A value of a key as it is typed."""
    if value is None:
        return NULL
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return str(value)


def command_of(walk: Walk, row: Row) -> str:
    """The shortest command line that means a row: null parts of its key left out."""
    parts = " ".join(f"{column}={_quoted(as_typed(row[column]))}" for column in walk.key if row[column] is not None)
    return f"nordwaerts trace {walk.mart} {parts}"


def _quoted(text: str) -> str:
    return f"'{text}'" if any(sign in text for sign in " ()&;|*?") else text


def _asked(walk: Walk, typed: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    asked: dict[str, str] = {}
    waiting = list(walk.key)
    for part in typed:
        column, equals, value = part.partition("=")
        if equals and (column in walk.key or column in columns):
            asked[column] = value
            waiting = [name for name in waiting if name != column]
        elif equals and column.isidentifier():
            near = ", ".join(get_close_matches(column, [*walk.key, *columns], cutoff=0.4)) or ", ".join(walk.key)
            raise KeyUnclear(
                Reason(
                    f"{walk.mart} hat keine Spalte „{column}“.",
                    f"{walk.mart} has no column '{column}'.",
                    f"Ähnlich heißen: {near}.",
                    f"Similar are: {near}.",
                )
            )
        elif waiting:
            asked[waiting.pop(0)] = part
        else:
            raise KeyUnclear(
                Reason(
                    f"„{part}“ ist zu viel: Der Schlüssel von {walk.mart} ist {', '.join(walk.key)}.",
                    f"'{part}' is too much: the key of {walk.mart} is {', '.join(walk.key)}.",
                    "Nennen Sie ihn in dieser Reihenfolge oder als spalte=wert.",
                    "Give it in this order, or as column=value.",
                )
            )
    return asked


def _fitting(rows: Rows, walk: Walk, asked: Mapping[str, str]) -> list[Row]:
    path = str(rows.release.mart_path(walk.mart, rows.is_public))
    where = " and ".join(
        f'"{column}" is null' if value == NULL else f'cast("{column}" as varchar) = {literal(value)}'
        for column, value in asked.items()
    )
    query = f"select * from {table_of(path)}" + (f" where {where}" if where else "") + f" limit {50 if where else 4}"
    return list(rows.query(query))


def _none(rows: Rows, walk: Walk, asked: Mapping[str, str]) -> KeyUnclear:
    """Which part of the key there is not, and what is nearest to it."""
    de, en = [], []
    for column, value in asked.items():
        there = _values(rows, walk, column, {})
        if value not in there:
            near = _near(value, there)
            de.append(f"{column}: „{value}“ gibt es nicht, ähnlich sind {near}.")
            en.append(f"{column}: there is no '{value}', similar are {near}.")
    if not de:
        for column, value in asked.items():
            others = {name: one for name, one in asked.items() if name != column}
            near = _near(value, _values(rows, walk, column, others))
            if near:
                de.append(f"{column} könnte mit dem Übrigen sein: {near}.")
                en.append(f"{column} with the rest could be: {near}.")
    return KeyUnclear(
        Reason(
            f"Keine Zeile von {walk.mart} hat diesen Schlüssel.",
            f"No row of {walk.mart} has this key.",
            " ".join(de),
            " ".join(en),
        )
    )


def _values(rows: Rows, walk: Walk, column: str, others: Mapping[str, str]) -> list[str]:
    path = str(rows.release.mart_path(walk.mart, rows.is_public))
    kept = "".join(
        f' and cast("{name}" as varchar) = {literal(value)}' for name, value in others.items() if value != NULL
    )
    query = (
        f'select distinct cast("{column}" as varchar) as one from {table_of(path)} where "{column}" is not null{kept}'
    )
    return sorted(str(row["one"]) for row in rows.query(query))


def _near(value: str, there: Sequence[str]) -> str:
    return ", ".join(get_close_matches(value, there, n=5, cutoff=0.5) or there[:5])


def _several(walk: Walk, fitting: Sequence[Row], asked: Mapping[str, str]) -> KeyUnclear:
    """Which columns are missing that would tell the rows apart, with examples."""
    missing = [column for column in walk.key if column not in asked]
    telling = [column for column in missing if len({as_typed(row[column]) for row in fitting}) > 1]
    examples = "; ".join(
        " ".join(f"{column}={as_typed(row[column])}" for column in telling) for row in _spread(fitting)
    )
    names = ", ".join(telling or missing)
    return KeyUnclear(
        Reason(
            f"Mehrere Zeilen von {walk.mart} passen. Es fehlt: {names}.",
            f"Several rows of {walk.mart} fit. Missing: {names}.",
            f"Zum Beispiel: {examples}.",
            f"For example: {examples}.",
        )
    )


def _spread(fitting: Sequence[Row]) -> Iterable[Row]:
    return fitting[:: max(1, len(fitting) // _EXAMPLES)][:_EXAMPLES]
