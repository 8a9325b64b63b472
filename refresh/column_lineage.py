"""From which columns of the tables it reads a column of one query takes its values, by sqlglot: the only module that asks it.

A pure function of SQL and the columns of the tables it reads. Named are columns whose values enter, also those a window
function or a filtered sum looks at; columns that only join, filter, group or sort a whole query are not. What cannot be
told is named with a reason: a column is among the resolved or among the unresolved ones, never in neither.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.lineage import Node

Table = tuple[str, str]  # schema and name
Column = tuple[str, str, str]  # schema, table and name


@dataclass(frozen=True)
class Resolved:
    """Column → the columns it is made of, none where it is constant or counts rows; and column → why it is not known."""

    columns: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    unresolved: Mapping[str, str] = field(default_factory=dict)


class _Unknown(Exception):
    """A part of a column cannot be followed; the text says which kind."""


def resolved(sql: str, reads: Mapping[Table, Sequence[str]], own: Sequence[str]) -> Resolved:
    """The lineage of a query's columns; `reads` gives the columns of the tables it reads, `own` those it has in the end."""
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage  # a quarter of a second, and nights with the models of the last need none

    schema: dict[str, dict[str, dict[str, str]]] = {}
    for (schema_name, table), columns in reads.items():
        schema.setdefault(schema_name, {})[table] = dict.fromkeys(columns, "text")
    try:
        with _heard() as warnings:
            nodes = lineage(None, _parsed(sql), schema, copy=False, dialect="duckdb", trim_selects=False)
    except (SqlglotError, ValueError, KeyError, RecursionError) as error:
        return Resolved(unresolved=dict.fromkeys(own, type(error).__name__))
    if warnings.count:  # sqlglot left a part out and went on
        return Resolved(unresolved=dict.fromkeys(own, "a subquery was left out"))
    columns_found: dict[str, tuple[Column, ...]] = {}
    unresolved: dict[str, str] = {}
    for column in own:
        try:
            if column not in nodes:
                raise _Unknown("not among the columns sqlglot sees")
            columns_found[column] = tuple(sorted(set(_sources(nodes[column], reads))))
        except _Unknown as unknown:
            unresolved[column] = str(unknown)
    return Resolved(columns_found, unresolved)


def _parsed(sql: str) -> "exp.Expr":
    """The query with tables named by schema alone, so that the name of the database file makes no difference."""
    from sqlglot import exp, parse_one

    query = parse_one(sql, dialect="duckdb")
    for table in query.find_all(exp.Table):
        table.set("catalog", None)
    return query


def _sources(node: "Node", reads: Mapping[Table, Sequence[str]]) -> Iterator[Column]:
    from sqlglot import exp

    waiting, seen = [node], set()
    while waiting:
        step = waiting.pop()
        if id(step) in seen:
            continue
        seen.add(id(step))
        waiting += step.downstream
        if step.downstream:
            continue
        found, column = step.expression, step.name.rpartition(".")[2]
        if isinstance(found, exp.Table) and column in reads.get((found.db, found.name), ()):
            yield found.db, found.name, column
        elif isinstance(found, exp.Table) and isinstance(found.this, exp.Identifier):
            raise _Unknown(f"reads {found.name}.{column}, which is not known")
        elif isinstance(found, exp.Placeholder | exp.Star) or found.find(exp.Column):
            raise _Unknown("rests on something sqlglot does not follow")


class _Warnings(logging.Handler):
    """Counts what sqlglot warns of."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        """Count a warning."""
        self.count += 1


@contextmanager
def _heard() -> Iterator[_Warnings]:
    """What sqlglot warns of meanwhile, kept from the console."""
    logger, handler = logging.getLogger("sqlglot"), _Warnings(logging.WARNING)
    propagated = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
