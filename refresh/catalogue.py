"""What a catalogue shows of the built models: rows of every mart, and for every column the columns one step up.

Belongs here: which models and tables there are, the cache, and `column_lineage.json` as it lies in a release. How SQL is
read stands in column_lineage.py. A model is read again only where its compiled SQL, the columns of what it reads or the
reader itself are others than in the cache, which lies in `build/` and can be deleted at any time.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from refresh import column_lineage
from refresh.column_lineage import Table
from refresh.modelling import DbtManifest, DbtWorkspace
from release.atomic import write_whole

FILE = "column_lineage.json"
_ABOUT = (
    "columns: table -> column -> columns of the tables one step up whose values enter it, none where it is constant or counts"
    " rows. Columns that only join, filter, group or sort are not named. unresolved: what could not be told, and why."
)


@dataclass(frozen=True)
class ColumnLineage:
    """Table → column → the columns it is made of; `unresolved` names tables and columns that could not be told."""

    marts: tuple[str, ...]
    columns: Mapping[str, Mapping[str, Sequence[str]]]
    unresolved: Mapping[str, Mapping[str, str]]

    def dump(self) -> bytes:
        """The bytes of `column_lineage.json`, a line per table, the same for the same models."""
        told = {
            "about": _ABOUT,
            "by": _reader(),
            "marts": sorted(self.marts),
            "unresolved": self.unresolved,
        }
        head = ",\n".join(f"{json.dumps(name)}: {_compact(told[name])}" for name in sorted(told))
        tables = ",\n".join(f"{json.dumps(name)}: {_compact(self.columns[name])}" for name in sorted(self.columns))
        return f'{{{head},\n"columns": {{\n{tables}\n}}}}\n'.encode()


@dataclass(frozen=True)
class Catalogue:
    """What is known of the models of one build."""

    row_counts: Mapping[str, int]  # of marts
    lineage: ColumnLineage


def described(workspace: DbtWorkspace, manifest: DbtManifest) -> Catalogue:
    """The catalogue of the last build; models whose lineage the cache knows are not read again."""
    with duckdb.connect(str(workspace.database), read_only=True) as connection:
        tables = _columns(connection)
        counts = {
            mart: int((connection.execute(f"select count(*) from main.{mart}").fetchone() or (0,))[0])
            for mart in manifest.marts
        }
    return Catalogue(counts, lineage_of(workspace, manifest, tables))


def lineage_of(workspace: DbtWorkspace, manifest: DbtManifest, tables: Mapping[Table, Sequence[str]]) -> ColumnLineage:
    """The column lineage of every model, from its compiled SQL and the columns of all tables of the build."""
    place = workspace.var.build / FILE
    before = _read(place)
    found: dict[str, Any] = {}
    for node in sorted(manifest.content["nodes"].values(), key=lambda node: str(node["name"])):
        if node["resource_type"] == "model":
            found[node["name"]] = _one(_compiled(workspace, node), manifest, node, tables, before)
    if found != before:
        write_whole(place, json.dumps(found, sort_keys=True).encode())
    return ColumnLineage(
        tuple(manifest.marts),
        {name: each["columns"] for name, each in found.items()},
        {name: each["unresolved"] for name, each in found.items() if each["unresolved"]},
    )


def _one(
    compiled: Path,
    manifest: DbtManifest,
    node: Mapping[str, Any],
    tables: Mapping[Table, Sequence[str]],
    before: Mapping[str, Any],
) -> dict[str, Any]:
    own = tables.get((node["schema"], node["alias"]), ())
    if not compiled.is_file() or not own:
        return {"key": "", "columns": {}, "unresolved": dict.fromkeys(own or ("*",), "no compiled SQL or no table")}
    sql = compiled.read_text(encoding="utf-8")
    read = [_table(manifest, unique_id) for unique_id in sorted(set(node["depends_on"]["nodes"]))]
    reads = {table: list(tables.get(table, ())) for table in read}
    key = hashlib.sha256(_compact([_reader(), sql, sorted(reads.items()), list(own)]).encode()).hexdigest()
    kept = before.get(node["name"])
    if isinstance(kept, dict) and kept.get("key") == key and kept.keys() == {"key", "columns", "unresolved"}:
        return kept
    result = column_lineage.resolved(sql, reads, own)
    columns = {
        column: [".".join((*_place(schema), table, name)) for schema, table, name in sources]
        for column, sources in result.columns.items()
    }
    return {"key": key, "columns": columns, "unresolved": dict(result.unresolved)}


def _place(schema: str) -> tuple[str, ...]:
    """Models and seeds go by their name alone, landed tables by their schema too."""
    return () if schema == "main" else (schema,)


def _table(manifest: DbtManifest, unique_id: str) -> Table:
    if unique_id.startswith("source."):
        source = manifest.content["sources"][unique_id]
        return source["schema"], source["identifier"]
    node = manifest.content["nodes"][unique_id]
    return node["schema"], node["alias"]


def _compiled(workspace: DbtWorkspace, node: Mapping[str, Any]) -> Path:
    return workspace.target.joinpath("compiled", node["package_name"], node["original_file_path"])


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[Table, list[str]]:
    rows = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns()"
        " where not internal and database_name = current_database() order by schema_name, table_name, column_index"
    ).fetchall()
    found: dict[Table, list[str]] = {}
    for schema, table, column in rows:
        found.setdefault((schema, table), []).append(column)
    return found


@cache
def _reader() -> str:
    """By what the SQL was read: sqlglot's version, and the bytes of the module that asks it."""
    code = hashlib.sha256(Path(column_lineage.__file__).read_bytes()).hexdigest()
    return f"sqlglot {version('sqlglot')}, column_lineage.py {code[:12]}"


def _read(place: Path) -> dict[str, Any]:
    try:
        found = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
