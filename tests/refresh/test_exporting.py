"""Gate 1, build, export and gate 2 hang together by the bytes they saw; nothing passes by accident."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from made_up_office import Office

from refresh import exporting
from refresh.exporting import build_and_test, check_export, export_marts
from refresh.modelling import AbortedModel, DbtManifest, DbtWorkspace, ModelAborted
from refresh.notes import export_folder, forget_last_build, note_gate_one
from refresh.outcomes import NodeResult, RefreshRefused
from refresh.promoting import promoted_path
from release.gate import CHECK_COLUMNS

INPUTS = "1" * 64
MART, STAGING = "model.nordwaerts.fct_measure", "model.nordwaerts.stg_area_figure"


def _test(name: str, attached: str, kind: str, **arguments: Any) -> dict[str, Any]:
    return {
        "resource_type": "test",
        "name": name,
        "attached_node": attached,
        "depends_on": {"nodes": [attached]},
        "description": "",
        "column_name": arguments.get("column_name"),
        "config": {"severity": arguments.pop("severity", "ERROR")},
        "test_metadata": {"name": kind, "kwargs": arguments},
        "compiled_code": "select id, count(*) from fct_measure group by id having count(*) > 1",
    }


def _model(name: str, path: str, **more: Any) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "unique_id": f"model.nordwaerts.{name}",
        "path": path,
        "original_file_path": f"models/{path}",
        "fqn": ["nordwaerts", *Path(path).parts[:-1], name],
        "depends_on": {"nodes": []},
        "columns": {},
        "description": "",
        "config": {},
        **more,
    }


NODES = {
    STAGING: _model(
        "stg_area_figure", "staging/stg_area_figure.sql", depends_on={"nodes": ["source.x.landed.area_figure"]}
    ),
    MART: _model(
        "fct_measure",
        "marts/fct_measure.sql",
        depends_on={"nodes": [STAGING]},
        columns={name: {"description": name} for name in ("id", "word", "is_synthetic")},
    ),
    "test.nordwaerts.key": _test("key", MART, "unique_combination", columns=["id"]),
    "test.nordwaerts.words": _test("words", MART, "accepted_values", column_name="word", values=["a", "b"]),
    "test.nordwaerts.staged": _test("staged", STAGING, "not_null", column_name="value"),
}
PASSED = tuple(NodeResult(unique_id, True, "pass", 0, 0.1) for unique_id in NODES if unique_id.startswith("test."))


class Built:
    """An office whose one table passed gate 1 and whose one mart is in the build database."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.context = office.context()
        self.workspace = DbtWorkspace(office.var, is_synthetic=True)
        self.landed = office.land()
        path = office.var.build / "manifest.json"
        path.write_text(json.dumps({"nodes": NODES}), encoding="utf-8")
        self.manifest = DbtManifest(path)
        note_gate_one(office.var, INPUTS, [self.landed])

    def fill(self, rows: str = "('1', 'a', true), ('2', null, true)") -> None:
        self.workspace.database.unlink(missing_ok=True)
        with duckdb.connect(str(self.workspace.database)) as connection:
            connection.execute(
                f"create table fct_measure as select * from (values {rows}) t(id, word, is_synthetic) order by id desc"
            )

    def build(self, monkeypatch: pytest.MonkeyPatch, rows: str = "('1', 'a', true), ('2', null, true)") -> None:
        def fake(workspace: DbtWorkspace) -> tuple[NodeResult, ...]:
            self.fill(rows)
            return PASSED

        monkeypatch.setattr(exporting, "build_models", fake)
        assert build_and_test(self.workspace, self.manifest, INPUTS, []) == PASSED


@pytest.fixture
def built(office: Office) -> Built:
    return Built(office)


def _rules(refused: pytest.ExceptionInfo[RefreshRefused]) -> list[str | None]:
    return [reason.rule for reason in refused.value.reasons]


def test_dbt_does_not_start_without_gate_one_of_these_inputs(built: Built) -> None:
    with pytest.raises(RefreshRefused) as refused:
        build_and_test(built.workspace, built.manifest, "2" * 64, [])
    assert _rules(refused) == ["gate_1_passed"]
    forget_last_build(built.office.var)
    with pytest.raises(RefreshRefused) as refused:
        build_and_test(built.workspace, built.manifest, INPUTS, [])
    assert _rules(refused) == ["gate_1_passed"]


def test_dbt_does_not_read_other_landed_bytes_than_gate_one_saw(built: Built) -> None:
    path = promoted_path(built.office.var, built.landed.table)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RefreshRefused) as refused:
        build_and_test(built.workspace, built.manifest, INPUTS, [])
    assert _rules(refused) == ["checked_bytes"]
    assert path.name in refused.value.reasons[0].en


def test_a_torn_note_is_no_note(built: Built) -> None:
    (built.office.var.build / "gate_1.json").write_text('{"inputs_sha', encoding="utf-8")
    with pytest.raises(RefreshRefused) as refused:
        build_and_test(built.workspace, built.manifest, INPUTS, [])
    assert _rules(refused) == ["gate_1_passed"]


def test_nothing_is_exported_that_dbt_did_not_build_and_test(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    built.fill()
    with pytest.raises(RefreshRefused) as refused:
        export_marts(built.workspace, built.context.programme, built.manifest, INPUTS)
    assert _rules(refused) == ["build_tested"]
    built.build(monkeypatch)
    with duckdb.connect(str(built.workspace.database)) as connection:
        connection.execute("update fct_measure set word = 'b'")
    with pytest.raises(RefreshRefused) as refused:
        export_marts(built.workspace, built.context.programme, built.manifest, INPUTS)
    assert _rules(refused) == ["checked_bytes"]


@pytest.mark.great_expectations
def test_marts_are_exported_sorted_and_checked_on_their_bytes(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    built.build(monkeypatch)
    assert export_marts(built.workspace, built.context.programme, built.manifest, INPUTS) == ("fct_measure",)
    folder = export_folder(built.office.var)
    assert pq.read_table(folder / "fct_measure.parquet")["id"].to_pylist() == ["1", "2"]
    checked = check_export(built.workspace, built.context.programme, built.manifest, INPUTS, PASSED, [])
    assert checked.reasons == []
    rows = {row["check_id"]: row for row in pq.read_table(folder / "checks.parquet").to_pylist()}
    declared = json.loads((folder / "export.json").read_bytes())
    assert declared["tables"] == dict(checked.hashes)
    assert sorted(rows) == declared["expected_checks"]
    assert {"fct_measure:columns", "fct_measure:unique", "fct_measure:in_set:word", "dbt:key", "dbt:staged"} <= set(
        rows
    )
    assert (
        rows["dbt:key"]["table_sha256"] == rows["fct_measure:unique"]["table_sha256"] == checked.hashes["fct_measure"]
    )
    assert rows["dbt:staged"]["table_sha256"] == declared["landed_sha256"] != checked.hashes["fct_measure"]


@pytest.mark.great_expectations
def test_a_check_is_one_record_from_the_gate_to_the_last_door(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    built.build(monkeypatch)
    export_marts(built.workspace, built.context.programme, built.manifest, INPUTS)
    check_export(built.workspace, built.context.programme, built.manifest, INPUTS, PASSED, [])
    written = pq.read_table(export_folder(built.office.var) / "checks.parquet")
    assert tuple(written.column_names) == CHECK_COLUMNS
    assert not written.filter(written["table_sha256"].is_null()).num_rows


@pytest.mark.parametrize(
    ("rows", "failed"),
    [
        ("('1', 'a', true), ('1', 'b', true)", "fct_measure:unique"),
        ("('1', 'c', true)", "fct_measure:in_set:word"),
        ("('1', 'a', cast(null as boolean))", "fct_measure:not_null:is_synthetic"),
    ],
)
def test_what_breaks_a_promise_is_named(built: Built, monkeypatch: pytest.MonkeyPatch, rows: str, failed: str) -> None:
    built.build(monkeypatch, rows)
    export_marts(built.workspace, built.context.programme, built.manifest, INPUTS)
    checked = check_export(built.workspace, built.context.programme, built.manifest, INPUTS, PASSED, [])
    assert [reason.rule for reason in checked.reasons] == [failed]


@pytest.mark.parametrize(
    ("nodes", "observed"),
    [
        (PASSED[1:], "not run"),
        ((NodeResult("test.nordwaerts.key", True, "fail", 3, 0.1), *PASSED[1:]), "3 rows"),
        ((NodeResult("test.nordwaerts.key", True, "error", 0, 0.1), *PASSED[1:]), "the query itself failed"),
        ((NodeResult("test.nordwaerts.key", True, "skipped", 0, 0.1), *PASSED[1:]), "not run"),
    ],
)
def test_a_dbt_test_that_did_not_pass_refuses(
    built: Built, monkeypatch: pytest.MonkeyPatch, nodes: tuple[NodeResult, ...], observed: str
) -> None:
    built.build(monkeypatch)
    export_marts(built.workspace, built.context.programme, built.manifest, INPUTS)
    checked = check_export(built.workspace, built.context.programme, built.manifest, INPUTS, nodes, [])
    assert [reason.rule for reason in checked.reasons] == ["dbt:key"]
    assert next(check for check in checked.checks if check.check_id == "dbt:key").observed == observed
    german = {"not run": "nicht gelaufen", "3 rows": "3 Zeilen"}.get(observed, "die Abfrage selbst ist gescheitert")
    assert f"(gefunden: {german}; verlangt: keine Zeile)" in checked.reasons[0].de
    assert f"(found: {observed}; demanded: no row)" in checked.reasons[0].en


def test_a_failed_dbt_test_names_rule_keys_and_what_was_newly_delivered(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.build(monkeypatch, "('1', 'c', true), ('2', null, true)")
    export_marts(built.workspace, built.context.programme, built.manifest, INPUTS)
    nodes = (
        NodeResult("test.nordwaerts.words", True, "fail", 1, 0.1),
        *(n for n in PASSED if "words" not in n.unique_id),
    )
    checked = check_export(built.workspace, built.context.programme, built.manifest, INPUTS, nodes, [built.landed])
    reason = next(reason for reason in checked.reasons if reason.rule == "dbt:words")
    assert reason.de == (
        "Tabelle fct_measure: verletzt die Regel „Spalte word enthält nur vereinbarte Wörter“ "
        "(gefunden: 1 Zeile: id=1; verlangt: keine Zeile). "
        "Neu dafür eingegangen: statistik/synthetisch_viertel.csv."
    )
    assert reason.en.startswith(
        "Table fct_measure: breaks the rule 'column word holds agreed words only' (found: 1 row: id=1; demanded: no row)."
    )


def test_a_model_that_cannot_compute_what_was_delivered_is_a_refusal(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    def abort(_workspace: DbtWorkspace) -> None:
        raise ModelAborted([AbortedModel(MART, "fct_measure", "period=2021")])

    monkeypatch.setattr(exporting, "build_models", abort)
    with pytest.raises(RefreshRefused) as refused:
        build_and_test(built.workspace, built.manifest, INPUTS, [built.landed])
    (reason,) = refused.value.reasons
    assert reason.de.startswith("Tabelle fct_measure lässt sich aus dem Gelieferten nicht berechnen bei period=2021.")
    assert "statistik/synthetisch_viertel.csv" in reason.de


def test_a_warning_never_refuses(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NODES["test.nordwaerts.key"]["config"], "severity", "warn")
    warned = Built(built.office)
    warned.build(monkeypatch)
    export_marts(warned.workspace, warned.context.programme, warned.manifest, INPUTS)
    nodes = (NodeResult("test.nordwaerts.key", True, "warn", 3, 0.1), *PASSED[1:])
    assert check_export(warned.workspace, warned.context.programme, warned.manifest, INPUTS, nodes, []).reasons == []


@pytest.mark.parametrize("is_declared", [True, False])
def test_a_mart_may_be_empty_only_where_the_city_delivers_nothing_for_it(
    built: Built, monkeypatch: pytest.MonkeyPatch, is_declared: bool
) -> None:
    source = "source.x.landed.area_figure" if is_declared else "source.x.landed.survey_case"
    monkeypatch.setitem(NODES[STAGING], "depends_on", {"nodes": [source]})
    empty = Built(built.office)
    assert exporting.mart_contract(empty.context.programme, empty.manifest, "fct_measure").minimum_rows == is_declared


def test_an_earlier_build_is_forgotten_whole(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    built.build(monkeypatch)
    export_marts(built.workspace, built.context.programme, built.manifest, INPUTS)
    forget_last_build(built.office.var)
    assert not export_folder(built.office.var).exists()
    with pytest.raises(RefreshRefused) as refused:
        export_marts(built.workspace, built.context.programme, built.manifest, INPUTS)
    assert _rules(refused) == ["build_tested"]
