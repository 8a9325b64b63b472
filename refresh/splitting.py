"""The difference of two releases, cell by cell, split exactly among its causes.

The marts are built from landings in which only some of the causes took effect, one build for every set of causes that is
neither empty nor all; the mean over all orders in which causes can take effect is Shapley's value, whose parts sum to the
change. What is before and after are the published files themselves. The arithmetic is dbt_project/analyses/split_of_changes.sql.
Several causes that cannot be told apart (code that cannot compute the other's tables), or of which there are more than may be
built, stay together as one, `joint`; where landed tables are lost the cause is `unknown`.
"""

import math
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from refresh.causes import LandingPair
from refresh.changed_cells import Keys, long_form, note_changed_cells, quoted
from refresh.modelling import DBT_PROJECT, DbtBroken, DbtWorkspace, ModelAborted, build_untested
from release.layout import VarFolder
from release.manifest import Manifest

JOINT, UNKNOWN = "joint", "unknown"
_MOST_VALUES = 30_000_000  # cells times states that are split; beyond, causes stay together
_SPLIT = DBT_PROJECT / "analyses" / "split_of_changes.sql"


@dataclass(frozen=True)
class Side:
    """One of two releases: its marts as Parquet, the landed tables behind them if they are there, its code.

    `reader_sha256` is the code that reads deliveries, `project` the dbt project.
    """

    marts: Mapping[str, Path]
    landed: Path | None
    code_sha256: str
    reader_sha256: str = ""
    project: Path = field(default=DBT_PROJECT)


@dataclass(frozen=True)
class Split:
    """What stands behind a difference: the causes that are split, or those that stay together."""

    causes: tuple[str, ...]
    together: tuple[str, ...] = ()


Build = Callable[[Path, Path], Path]  # landed tables, dbt project → the database of the marts
Progress = Callable[[int, int], None]  # which build of how many


def keys_of(contents: Manifest) -> Keys:
    """Mart → columns of its key, as its declared walk names them."""
    return {mart: table.text.trace["key"] for mart, table in contents.tables.items() if "key" in table.text.trace}


def split_changes(
    connection: duckdb.DuckDBPyConnection,
    before: Side,
    after: Side,
    keys: Keys,
    build: Build,
    scratch: Path,
    at_most: int | None = None,
    progress: Progress = lambda _build, _of: None,
) -> Split:
    """Fill the tables `cell` and `part` with what differs and why; causes stay together where there are more than `at_most`.

    `part` holds one row per changed cell and cause: change and part in the unit of the cell, null where it is no number,
    and the share of the change; see the analysis for how they are made.
    """
    note_changed_cells(connection, before.marts, after.marts, keys)
    split = Split((UNKNOWN,))
    if before.landed is not None and after.landed is not None:
        try:
            pair = LandingPair(
                connection,
                before.landed,
                after.landed,
                has_other_code=before.code_sha256 != after.code_sha256,
                has_other_reader=before.reader_sha256 != after.reader_sha256,
                has_other_models=before.project != after.project,
            )
        except duckdb.Error:  # landed tables of code so different that their rows cannot be laid beside each other
            split = Split(("code",))
        else:
            split = _split(connection, pair, before, after, keys, build, scratch, at_most, progress)
    if len(split.causes) == 1:
        _note_states(connection, split.causes)
    connection.execute("create or replace table part as " + _SPLIT.read_text(encoding="utf-8"))
    return split


def _split(
    connection: duckdb.DuckDBPyConnection,
    pair: LandingPair,
    before: Side,
    after: Side,
    keys: Keys,
    build: Build,
    scratch: Path,
    at_most: int | None,
    progress: Progress,
) -> Split:
    """Build and note every state between; causes stay together where that is not possible."""
    causes, last = pair.causes, 2 ** len(pair.causes) - 1
    cells = connection.execute("select count(*) from cell").fetchall()[0][0]
    if len(causes) == 1:
        return Split(causes)
    if not cells or cells * last > _MOST_VALUES or (at_most is not None and len(causes) > at_most):
        return Split((JOINT,), causes)
    _note_states(connection, causes)
    try:
        for state in range(1, last):
            progress(state, last - 1)
            effective = [cause for bit, cause in enumerate(causes) if state >> bit & 1]
            landing = scratch / "landed"
            shutil.rmtree(landing, ignore_errors=True)
            pair.write(effective, landing)
            project = before.project if "code" in causes and "code" not in effective else after.project
            _note_values(connection, state, build(landing, project), keys)
    except (DbtBroken, ModelAborted, duckdb.Error):
        return Split((JOINT,), causes)
    return Split(causes)


def builder(programme_id: str, is_synthetic: bool, scratch: Path, parsed: Path | None = None) -> Build:
    """Builds of marts in a scratch folder; `parsed` is where dbt's parsed project lies, which spares one parse."""
    workspaces: dict[Path, DbtWorkspace] = {}

    def build(landed: Path, project: Path) -> Path:
        if project not in workspaces:
            var = VarFolder(programme_id, scratch / f"build_{len(workspaces)}").create()
            workspaces[project] = DbtWorkspace(var, is_synthetic, project)
            if parsed is not None and parsed.is_dir() and project == DBT_PROJECT:
                shutil.copytree(parsed, workspaces[project].target)
        workspace = workspaces[project]
        shutil.rmtree(workspace.var.landed)
        landed.rename(workspace.var.landed)
        build_untested(workspace)
        return workspace.database

    return build


def _note_states(connection: duckdb.DuckDBPyConnection, causes: Sequence[str]) -> None:
    """The states with their weights, and what is known of the first and the last without a build."""
    count, last = len(causes), 2 ** len(causes) - 1
    connection.execute("create or replace table state (state integer)")
    connection.executemany("insert into state values (?)", [(state,) for state in range(last + 1)])
    weights = [
        (cause, state, state | 1 << bit, _weight(state.bit_count(), count))
        for bit, cause in enumerate(causes)
        for state in range(last + 1)
        if not state >> bit & 1
    ]
    connection.execute(
        "create or replace table weight (cause varchar, without_state integer, with_state integer, weight double)"
    )
    connection.executemany("insert into weight values (?, ?, ?, ?)", weights)
    connection.execute(
        "create or replace table state_value as"
        " select 0 as state, cell_id, before as value from cell where before is not null"
        f" union all select {last}, cell_id, after from cell where after is not null"
    )


def _weight(already: int, count: int) -> float:
    """The share of all orders in which just these so many causes took effect before one."""
    return math.factorial(already) * math.factorial(count - already - 1) / math.factorial(count)


def _note_values(connection: duckdb.DuckDBPyConnection, state: int, database: Path, keys: Keys) -> None:
    """What the changed cells are in one build."""
    connection.execute(f"attach {quoted(database)} as built (read_only)")
    try:
        built: dict[str, list[str]] = defaultdict(list)
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() where database_name = 'built' order by all"
        ).fetchall():
            built[table].append(column)
        changed = connection.execute(
            "select mart, list(distinct column_name) from cell group by mart order by mart"
        ).fetchall()
        values = [
            f"select c.cell_id, v.value from ({long_form(f'built.main.{mart}', mart, keys[mart], columns, rows)}) as v"
            f" join cell as c on c.mart = '{mart}' and c.key = v.key and c.column_name = v.column_name"
            for mart, cells in changed
            for rows in [f"(select key from cell where mart = '{mart}')"]
            for columns in [[name for name in built[mart] if name in cells or name in keys[mart]]]
            if set(keys[mart]) <= set(columns)
        ]
        if values:
            connection.execute(
                f"insert into state_value select {state}, cell_id, value from ({' union all '.join(values)})"
            )
    finally:
        connection.execute("detach built")
