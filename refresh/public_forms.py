"""The public edition of an export: what may leave the office of every public mart, with what must be hidden hidden.

Marts that hold nothing on people are public as they are; others have a public form, a model `public_<mart>` that rounds and
hides by the rule of disclosure.yml. Files carry what their columns mean. `disclosure/` beside them is the office's own: what
earlier editions told, and what an attacker is taken to know from elsewhere.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from programmes.disclosure import Disclosure
from programmes.model import Programme
from refresh.modelling import DbtManifest, DbtWorkspace
from refresh.outcomes import RefreshRefused
from refresh.protected_tables import hidden_besides, protected_tables, read_told, told_after
from release.disclosure import PUBLIC_MARTS
from release.files import TOLD_BEFORE
from release.gate import PUBLIC
from release.hiding import Place, hide, name_next_level
from release.layout import VarFolder
from release.public_edition import RULE
from release.reason import Reason
from release.suppression import Unprotectable

FORM = "public_"
_TOLD = 3  # counts a refusal names
BESIDE = "disclosure"  # what the office keeps for itself


@dataclass(frozen=True)
class PublicForm:
    """A model that says what of a mart is public: its key, the columns that are emptied where a row is hidden."""

    mart: str
    node: Mapping[str, Any]
    key: tuple[str, ...]

    @property
    def figures(self) -> tuple[str, ...]:
        """The columns a hidden row leaves empty."""
        return tuple(self.node["config"].get("meta", {}).get("hides", ()))


def public_forms(manifest: DbtManifest) -> dict[str, PublicForm]:
    """Mart → its public form, for every model there is."""
    keys = {
        test["attached_node"]: tuple(test["test_metadata"]["kwargs"]["columns"])
        for test in manifest.tests.values()
        if (test.get("test_metadata") or {}).get("name") == "unique_combination"
    }
    return {
        node["name"].removeprefix(FORM): PublicForm(node["name"].removeprefix(FORM), node, keys[node["unique_id"]])
        for node in manifest.content["nodes"].values()
        if node["resource_type"] == "model" and node["name"].startswith(FORM)
    }


def export_public(workspace: DbtWorkspace, programme: Programme, manifest: DbtManifest, export: Path) -> None:
    """Write the public edition beside an export.

    Raises RefreshRefused where hiding cannot protect a count that is printed or hidden.
    """
    public, own = export / PUBLIC, export / BESIDE
    for place in (public, own):
        place.mkdir()
    rule = programme.disclosure
    forms = {mart: form for mart, form in public_forms(manifest).items() if rule and mart in rule.marts}
    hidden: dict[str, set[str]] = {}
    if rule:
        hidden = _protect(workspace, rule, own)
        (public / RULE).write_bytes(_told_rule(rule))
    with duckdb.connect(str(workspace.database), read_only=True) as connection:
        connection.execute("set threads = 1; set memory_limit = '2GB'")
        places = _places(connection) if forms else {}
        for mart in sorted({*PUBLIC_MARTS, *forms} & {*manifest.marts}):
            form = forms.get(mart)
            table, node = (FORM + mart, form.node) if form else (mart, manifest.marts[mart])
            rows = connection.execute(f"select * from main.{table} order by all nulls last").to_arrow_table()
            if form:
                rows = hide(rows, form.key, form.figures, hidden.get(mart, set()))
                if "shown_at_level" in rows.column_names and "area_id" in form.key:
                    rows = name_next_level(rows, form.key, places)
            pq.write_table(_described(rows, node), public / f"{mart}.parquet", compression="zstd")


def _protect(workspace: DbtWorkspace, rule: Disclosure, own: Path) -> dict[str, set[str]]:
    told = told_earlier(workspace.var)
    try:
        tables = protected_tables(workspace.database, told)
        hidden = hidden_besides(tables, rule.protection_width.value, workspace.var.build / "hidden_besides.json")
    except Unprotectable as unprotectable:
        raise RefreshRefused(_unprotectable(unprotectable)) from None
    with duckdb.connect(str(workspace.database), read_only=True) as connection:
        assumed = connection.execute(
            "select * from main.int_disclosure__assumed order by mart, row_key"
        ).to_arrow_table()
    pq.write_table(assumed, own / "assumed.parquet", compression="zstd")
    pq.write_table(told, own / TOLD_BEFORE, compression="zstd")
    told_now = told_after(told, protected_tables(workspace.database, told), hidden)
    pq.write_table(told_now, own / "told.parquet", compression="zstd")
    return hidden


def told_earlier(var: VarFolder) -> pa.Table:
    """What earlier editions told; raises RefreshRefused where it is lost or damaged: without it nobody knows what they gave away."""
    is_lost = not var.told.is_file() and (var.current / TOLD_BEFORE).is_file()
    try:
        if not is_lost:
            return read_told(var.told)
    except (OSError, pa.ArrowException):
        pass
    raise RefreshRefused(
        Reason(
            f"{var.told.name} fehlt oder ist beschädigt: Niemand weiß, was frühere öffentliche Fassungen schon verraten haben.",
            f"{var.told.name} is missing or damaged: nobody knows what earlier public editions gave away.",
            "Die Datei aus der Datensicherung wiederherstellen.",
            "Restore the file from the backup.",
            file=var.told.name,
            rule="disclosure",
        )
    )


def _places(connection: duckdb.DuckDBPyConnection) -> dict[str, Place]:
    areas = connection.execute(
        "select area_id, area_level, level_rank, parent_id, alternative_parent_id, publication_unit_id from main.dim_area"
    ).fetchall()
    return {
        area_id: Place(level, int(rank), tuple(parent for parent in parents if parent is not None))
        for area_id, level, rank, *parents in areas
    }


def _unprotectable(unprotectable: Unprotectable) -> Reason:
    count, first = len(unprotectable.targets), "; ".join(map(str, unprotectable.targets[:_TOLD]))
    return Reason(
        f"{count} Anzahlen von Menschen lassen sich nicht schützen, auch wenn alles andere verborgen wird ({first}).",
        f"{count} counts of people cannot be protected, even if everything else is hidden ({first}).",
        "In disclosure.yml weniger Ebenen oder Fassungen veröffentlichen.",
        "Publish fewer levels or variants in disclosure.yml.",
        rule="disclosure",
    )


def _told_rule(rule: Disclosure) -> bytes:
    """The rule as readers, and attackers, may know it."""
    told = rule.model_dump(mode="json")
    return (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _described(rows: pa.Table, node: Mapping[str, Any]) -> pa.Table:
    """The rows with what table and columns mean in the file itself."""
    fields = [
        field.with_metadata({"description": node["columns"].get(field.name, {}).get("description", "")})
        for field in rows.schema
    ]
    columns = {field.name: field.metadata[b"description"].decode() for field in fields}
    told = {"description": node["description"], "columns": json.dumps(columns, ensure_ascii=False, sort_keys=True)}
    return rows.cast(pa.schema(fields)).replace_schema_metadata(told)
