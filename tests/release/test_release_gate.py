"""Nothing is published unchecked: every way an export can lack the results of its own checks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import exports
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from release import ledger, reading, store
from release.gate import CHECK_COLUMNS, ReleaseRefused, attack_of
from release.layout import VarFolder


def _rows(folder: Path) -> list[dict[str, Any]]:
    return pq.read_table(folder / "checks.parquet").to_pylist()


def _change(folder: Path, index: int, **changes: Any) -> None:
    rows = _rows(folder)
    rows[index].update(changes)
    exports.write_checks(folder, rows)


def _declare(folder: Path, **changes: Any) -> None:
    path = folder / "export.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def _no_checks(folder: Path) -> None:
    (folder / "checks.parquet").unlink()


def _empty_checks(folder: Path) -> None:
    exports.write_checks(folder, [])


def _checks_without_hash(folder: Path) -> None:
    table = pq.read_table(folder / "checks.parquet").drop_columns(["table_sha256"])
    pq.write_table(table, folder / "checks.parquet")


def _checks_of_another_export(folder: Path) -> None:
    other = exports.write_export(folder.parent / "other", "candidate", figure=99)
    (folder / "checks.parquet").write_bytes((other / "checks.parquet").read_bytes())


def _altered_mart(folder: Path) -> None:
    pq.write_table(exports.default_marts(99)["fct_volunteering"], folder / "fct_volunteering.parquet")


def _altered_mart_and_declaration(folder: Path) -> None:
    _altered_mart(folder)
    tables = json.loads((folder / "export.json").read_text())["tables"]
    tables["fct_volunteering"] = exports.sha256((folder / "fct_volunteering.parquet").read_bytes())
    _declare(folder, tables=tables)


def _missing_mart(folder: Path) -> None:
    (folder / "dim_project.parquet").unlink()


def _undeclared_mart(folder: Path) -> None:
    (folder / "fct_secret.parquet").write_bytes((folder / "dim_project.parquet").read_bytes())


def _no_declaration(folder: Path) -> None:
    (folder / "export.json").unlink()


def _garbled_declaration(folder: Path) -> None:
    (folder / "export.json").write_text("[]")


def _nothing_expected(folder: Path) -> None:
    _declare(folder, expected_checks=[])


def _expected_check_absent(folder: Path) -> None:
    _declare(folder, expected_checks=["dim_project.key_is_unique"])


def _duplicate_result(folder: Path) -> None:
    exports.write_checks(folder, [*_rows(folder), _rows(folder)[0]])


def _only_a_warning(folder: Path) -> None:
    _change(folder, 0, severity="warn")


def _failed_blocking(folder: Path) -> None:
    _change(folder, 0, is_passed=False)


def _no_verdict(folder: Path) -> None:
    _change(folder, 0, is_passed=None)


def _unknown_severity(folder: Path) -> None:
    _change(folder, 0, severity="error", is_passed=False)


def _other_inputs(folder: Path) -> None:
    _declare(folder, inputs_sha256=exports.inputs_of("another night"))


def _unmarked(folder: Path) -> None:
    exports.write_export(folder, "candidate", marts={"dim_area": pa.table({"area_id": ["city-05913"]})})
    for mart in exports.default_marts(0):
        (folder / f"{mart}.parquet").unlink()


def _marked_real(folder: Path) -> None:
    marts = exports.default_marts(1)
    marts["dim_project"] = pa.table({"project_id": ["001", "002"], "is_synthetic": [True, False]})
    exports.write_export(folder, "candidate", marts=marts)


def _altered_public(folder: Path) -> None:
    pq.write_table(pa.table({"project_id": ["003"], "is_synthetic": [True]}), folder / "public" / "dim_project.parquet")


def _missing_public(folder: Path) -> None:
    (folder / "public" / "dim_project.parquet").unlink()


def _undeclared_public(folder: Path) -> None:
    copy = (folder / "fct_volunteering.parquet").read_bytes()
    (folder / "public" / "fct_volunteering.parquet").write_bytes(copy)


def _made_public(folder: Path, mart: str) -> None:
    content = (folder / f"{mart}.parquet").read_bytes()
    (folder / "public" / f"{mart}.parquet").write_bytes(content)
    public = json.loads((folder / "export.json").read_text())["public"]
    _declare(folder, public={**public, mart: exports.sha256(content)})


def _internal_made_public(folder: Path) -> None:
    exports.write_export(folder, "candidate", marts={"fct_measure": exports.default_marts(1)["fct_volunteering"]})
    for mart in exports.default_marts(1):
        (folder / f"{mart}.parquet").unlink()
    _made_public(folder, "fct_measure")


def _form_not_attacked(folder: Path) -> None:
    _made_public(folder, "fct_volunteering")


def _form_did_not_withstand(folder: Path) -> None:
    _made_public(folder, "fct_volunteering")
    attack = {"check_id": attack_of("fct_volunteering"), "rule_id": "attack", "is_passed": False}
    exports.write_checks(folder, [*_rows(folder), {**_rows(folder)[1], **attack}])


def _form_attacked_as_a_warning(folder: Path) -> None:
    _made_public(folder, "fct_volunteering")
    attack = {"check_id": attack_of("fct_volunteering"), "rule_id": "attack", "severity": "warn"}
    exports.write_checks(folder, [*_rows(folder), {**_rows(folder)[1], **attack}])


CASES: dict[str, tuple[Callable[[Path], None], ...]] = {
    "checks_present": (_no_checks, _empty_checks, _checks_without_hash),
    "checks_of_these_bytes": (_checks_of_another_export, _altered_mart_and_declaration),
    "mart_unaltered": (_altered_mart, _missing_mart, _altered_public, _missing_public),
    "only_declared_marts": (_undeclared_mart, _undeclared_public),
    "disclosure": (_internal_made_public,),
    "every_form_attacked": (_form_not_attacked, _form_did_not_withstand, _form_attacked_as_a_warning),
    "export_declared": (_no_declaration, _garbled_declaration, _nothing_expected),
    "every_check_ran": (_expected_check_absent,),
    "one_result_per_check": (_duplicate_result,),
    "every_mart_checked": (_only_a_warning,),
    "row_count": (_failed_blocking, _no_verdict, _unknown_severity),
    "same_inputs": (_other_inputs,),
    "origin_marked": (_unmarked, _marked_real),
}


@pytest.mark.parametrize(
    ("rule", "corrupt"),
    [
        pytest.param(rule, corrupt, id=corrupt.__name__)
        for rule, corruptions in CASES.items()
        for corrupt in corruptions
    ],
)
def test_refused_and_readers_keep_what_they_have(
    rule: str, corrupt: Callable[[Path], None], publish, var: VarFolder, tmp_path: Path
) -> None:
    first = publish("first", figure=1)
    candidate = exports.write_export(tmp_path / "candidate", "candidate", figure=2)
    corrupt(candidate)
    with pytest.raises(ReleaseRefused) as refused:
        store.publish(candidate, exports.meta("candidate"), var)
    assert rule in [reason.rule for reason in refused.value.reasons]
    for reason in refused.value.reasons:
        assert reason.de and reason.en and reason.remedy_de and reason.remedy_en
    assert reading.current(var) == first
    assert len(reading.all_releases(var)) == 1
    assert len(ledger.read(var)) == 1


def test_the_untouched_candidate_is_published(publish, var: VarFolder, tmp_path: Path) -> None:
    candidate = exports.write_export(tmp_path / "candidate", "candidate", figure=2)
    store.publish(candidate, exports.meta("candidate"), var)
    assert len(reading.all_releases(var)) == 1


def test_a_failed_warning_and_a_test_on_an_intermediate_model_do_not_stop_it(var: VarFolder, tmp_path: Path) -> None:
    candidate = exports.write_export(tmp_path / "candidate", "candidate")
    rows = _rows(candidate)
    rows += [
        exports.check_row("dim_project", rows[0]["table_sha256"], check_id="odd", severity="warn", is_passed=False),
        exports.check_row("int_area__link", None, check_id="dbt.not_null"),
    ]
    exports.write_checks(candidate, rows)
    assert store.publish(candidate, exports.meta("candidate"), var) == reading.current(var)


def test_all_causes_are_named_at_once(var: VarFolder, tmp_path: Path) -> None:
    candidate = exports.write_export(tmp_path / "candidate", "candidate")
    _altered_mart(candidate)
    _failed_blocking(candidate)
    with pytest.raises(ReleaseRefused) as refused:
        store.publish(candidate, exports.meta("candidate"), var)
    assert [reason.rule for reason in refused.value.reasons] == ["mart_unaltered", "row_count"]


def test_the_contract_of_checks_is_the_one_of_the_exports_here() -> None:
    assert set(CHECK_COLUMNS) == set(exports.check_row("any", None))
