"""A gate sees the bytes that go on, of which it reads the columns it asks about; what a file lacks is missed by a rule, not by a crash."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.rules import CheckCrashed, Rule, Seen
from expectations.runner import run_suite
from programmes.canonical import REPEATED
from refresh import staged
from refresh.staged import read_staged, stage

ONCE = pa.dictionary(pa.int32(), pa.string())
ROWS = pa.table(
    {"case_id": ["b", "a", None], "_delivery": pa.array(["d", "d", "e"]).cast(ONCE), "value": [1, 2, 3]},
    schema=pa.schema([("case_id", pa.string()), ("_delivery", ONCE), ("value", pa.int64())]),
)


def test_what_is_staged_is_a_file_of_plain_texts_whatever_is_kept_once_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = pa.schema([("case_id", pa.string()), ("_delivery", pa.string()), ("value", pa.int64())])
    for most_rows in (staged._ROW_GROUP, 2):
        monkeypatch.setattr(staged, "_ROW_GROUP", most_rows)
        found = stage(lambda: ROWS, tmp_path / "rows.parquet")
        assert pq.read_table(tmp_path / "rows.parquet") == ROWS.cast(plain)
        assert (found.rows.to_pylist(), found.columns) == (ROWS.to_pylist(), ("case_id", "_delivery", "value"))
        assert found.rows.schema.field("_delivery").type == ONCE and "_delivery" in REPEATED
    pq.write_table(ROWS.cast(plain), tmp_path / "whole.parquet")
    monkeypatch.undo()
    stage(lambda: ROWS, tmp_path / "rows.parquet")
    assert (tmp_path / "rows.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_a_table_without_rows_is_staged_too(tmp_path: Path) -> None:
    found = stage(lambda: ROWS.slice(0, 0), tmp_path / "rows.parquet")
    assert (found.rows.num_rows, found.columns) == (0, ("case_id", "_delivery", "value"))


def test_only_what_is_asked_about_is_read_and_what_the_file_lacks_crashes_the_check_in_a_sentence(
    tmp_path: Path,
) -> None:
    stage(lambda: ROWS, tmp_path / "rows.parquet")
    asked = ["case_id", "gone"]
    found = read_staged(tmp_path / "rows.parquet", asked, repeated=asked)
    assert found.rows.column_names == ["case_id"]
    seen = Seen("fct_rows", "gate_2", found.rows, found.sha256, columns=found.columns)
    rules = {
        name: Rule("columns", None, "block", "", "", columns=names)
        for name, names in (("right", found.columns), ("wrong", ("case_id", "gone")))
    }
    assert [run_suite(seen, [rules[name]])[0].observed for name in rules] == [
        "as expected",
        "_delivery, gone, value",
    ]
    with pytest.raises(CheckCrashed, match="there is no column 'gone' in table 'fct_rows'"):
        run_suite(seen, [Rule("not_null", "gone", "block", "", "")])
