"""The column lineage of a whole project: complete, the same each time, and read again only where something changed."""

import json
from pathlib import Path

import pytest

from refresh import catalogue, column_lineage
from refresh.catalogue import ColumnLineage, lineage_of
from refresh.column_lineage import Resolved
from refresh.modelling import DbtManifest, DbtWorkspace
from release.layout import VarFolder

TABLES = {
    ("landed", "count"): ["area_id", "value"],
    ("main", "stg_count"): ["area_id", "value"],
    ("main", "fct_count"): ["area_id", "doubled"],
}
FCT = 'select area_id, value + value * 1 as doubled from "monitoring"."main"."stg_count"'


class Project:
    """Two models above a landed table, as dbt leaves them."""

    def __init__(self, place: Path) -> None:
        self.workspace = DbtWorkspace(VarFolder("kleinstadt", place).create(), True)
        self.tables = dict(TABLES)
        self.put("stg_count", 'select * from "monitoring"."landed"."count"')
        self.put("fct_count", FCT)
        nodes = [self._node("stg_count", "source.p.landed.count"), self._node("fct_count", "model.p.stg_count")]
        content = {
            "nodes": {f"model.p.{node['name']}": node for node in nodes},
            "sources": {"source.p.landed.count": {"schema": "landed", "identifier": "count"}},
        }
        manifest = self.workspace.target / "manifest.json"
        manifest.write_text(json.dumps(content), encoding="utf-8")
        self.manifest = DbtManifest(manifest)

    @staticmethod
    def _node(name: str, reads: str) -> dict[str, object]:
        place = {"package_name": "p", "original_file_path": f"models/{name}.sql", "schema": "main", "alias": name}
        return {"name": name, "resource_type": "model", "depends_on": {"nodes": [reads]}, **place}

    def put(self, name: str, sql: str) -> None:
        path = self.workspace.target / "compiled" / "p" / "models" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql, encoding="utf-8")

    def lineage(self) -> ColumnLineage:
        return lineage_of(self.workspace, self.manifest, self.tables)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that were read, as they are."""
    queries: list[str] = []
    real = column_lineage.resolved

    def resolved(sql: str, *rest: object) -> Resolved:
        queries.append(sql)
        return real(sql, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(column_lineage, "resolved", resolved)
    return queries


def test_every_column_names_those_one_step_up(project: Project) -> None:
    found = project.lineage()
    assert found.columns == {
        "fct_count": {"area_id": ["stg_count.area_id"], "doubled": ["stg_count.value"]},
        "stg_count": {"area_id": ["landed.count.area_id"], "value": ["landed.count.value"]},
    }
    assert (found.marts, found.unresolved) == (("fct_count",), {})


def test_a_model_that_cannot_be_read_is_named_and_the_others_stay(project: Project) -> None:
    project.put("fct_count", "pivot gone wrong (")
    (project.workspace.target / "compiled" / "p" / "models" / "stg_count.sql").unlink()
    body = json.loads(project.lineage().dump())
    assert body["unresolved"] == {
        "fct_count": {"area_id": "ParseError", "doubled": "ParseError"},
        "stg_count": dict.fromkeys(["area_id", "value"], "no compiled SQL or no table"),
    }
    project.put("stg_count", 'select * from "monitoring"."landed"."count"')
    assert list(project.lineage().unresolved) == ["fct_count"]


def test_the_same_models_are_read_once_and_give_the_same_bytes(project: Project, read: list[str]) -> None:
    first = project.lineage().dump()
    assert len(read) == 2
    assert project.lineage().dump() == first
    assert len(read) == 2
    (project.workspace.var.build / catalogue.FILE).unlink()
    assert project.lineage().dump() == first
    assert len(read) == 4


def test_only_what_changed_is_read_again(project: Project, read: list[str]) -> None:
    project.lineage()
    read.clear()
    project.put("fct_count", FCT.replace("value * 1", "area_id"))
    assert project.lineage().columns["fct_count"]["doubled"] == ["stg_count.area_id", "stg_count.value"]
    assert read == [FCT.replace("value * 1", "area_id")]
    read.clear()
    project.tables["landed", "count"] = ["area_id", "value", "unit"]
    project.lineage()
    assert len(read) == 1, "a star means other columns now"


@pytest.mark.parametrize("damage", ["", "[]", '{"fct_count": 1}', '{"fct_count": {"key": 1}}'])
def test_a_damaged_cache_is_made_anew(project: Project, damage: str) -> None:
    first = project.lineage().dump()
    (project.workspace.var.build / catalogue.FILE).write_text(damage, encoding="utf-8")
    assert project.lineage().dump() == first


def test_another_reader_reads_everything_again(
    project: Project, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.lineage()
    monkeypatch.setattr(catalogue, "_reader", lambda: "another")
    project.lineage()
    assert len(read) == 4
