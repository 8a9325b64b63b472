"""A long table names row and column of its data once; what is altered in it is found as in any other."""

import re

from read_back import Made, findings, printed

from report.figure import LONG, Cell, Table


def _table(rows: int, column: str = "value") -> Table:
    lines = [[Cell(f"{n}", "number", f"{n}.{column}"), Cell("beside the data")] for n in range(rows)]
    return Table("caption", ["value", "note"], lines)


def test_columns_are_named_once_where_each_line_is_one_row() -> None:
    assert _table(LONG + 1).columns() == ["value", ""]
    assert _table(LONG + 1).line_of(_table(LONG + 1).rows[3]) == "3"
    assert _table(LONG).columns() is None


def test_cells_name_themselves_where_a_line_is_of_two_rows_or_a_column_of_two() -> None:
    table = _table(LONG + 1)
    of_two_rows = [*table.rows, [Cell("1", "number", "1.value"), Cell("2", "number", "2.value")]]
    of_two_columns = [*table.rows, [Cell("1", "number", "1.other"), Cell("")]]
    assert Table("caption", table.head, of_two_rows).columns() is None
    assert Table("caption", table.head, of_two_columns).columns() is None


def test_a_cell_altered_in_a_long_table_is_found(made: Made) -> None:
    page = made.folder / "de" / "projects.html"
    html = page.read_text(encoding="utf-8")
    row = re.search(r'<tr data-row="\d+">.*?</tr>', html)
    assert row and " data-cell=" not in row[0]
    before = [each for each in printed(html) if each.figure == "register"]
    assert {each.column for each in before if each.source} >= {"project_id", "status", "row_address"}
    spoilt = html.replace(row[0], re.sub(r"(Zeile )\d+", r"\g<1>9999", row[0], count=1))
    assert len(list(findings(made, page, spoilt))) == len(list(findings(made, page))) + 1
