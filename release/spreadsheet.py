"""A released table as a file for a spreadsheet: CSV in two dialects, and an Excel workbook.

A text a spreadsheet would run as a formula gets an apostrophe before the sign it would begin with: at its beginning, and
wherever a reader that takes another separator would begin a cell in the midst of it. One apostrophe more than the text
has, so that taking one away at each such place gives the text back. Numbers are no texts and stay as they are; the Parquet
file of a release holds texts as they are.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release.reason import Reason, ReleaseError

EXCEL_ROWS, EXCEL_TEXT = 1_048_576, 32_767
_SIGN = r"[=+\-@＝＋－＠﹦﹢﹣﹫]"  # full-width and small ones too, which are read as the plain ones
_UNSEEN = r"[ \x00-\x08\x0b\x0c\x0e-\x1f\p{Zs}\p{Cf}]*"  # may stand before the sign
_FORMULA = rf"(^|[\t\n\r;,\x{{85}}\p{{Zl}}\p{{Zp}}])('*{_UNSEEN}{_SIGN})"
_INDENTED = r"^('*[\t\n\r])"  # dropped by a spreadsheet, which reads on
_NOT_IN_EXCEL = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
_BLOCK = 10_000


class NotForExcel(ReleaseError):
    """A table a workbook cannot hold whole: too many rows, or a text it has no room or no character for."""


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written; dates are ISO in both, because every spreadsheet reads them as dates."""

    separator: str
    decimal: str
    encoding_mark: bytes


DIALECTS = {"plain": Dialect(",", ".", b""), "de": Dialect(";", ",", b"\xef\xbb\xbf")}


def write_csv(source: Path, target: Path, dialect: Dialect) -> None:
    """One header line, an empty cell for null and a quoted empty one for empty text."""
    with _connected() as connection:
        table = connection.read_parquet(str(source))
        _defused(table, dialect).write_csv(str(target), header=True, sep=dialect.separator, na_rep="")
    if dialect.encoding_mark:
        target.write_bytes(dialect.encoding_mark + target.read_bytes())


def write_workbook(source: Path, target: Path, title: str, notes: list[str]) -> None:
    """One sheet with the table and one with notes; raises NotForExcel rather than leave anything out."""
    from openpyxl import Workbook

    with _connected() as connection:
        table = connection.read_parquet(str(source))
        _require_room(table)
        book = Workbook(write_only=True)
        sheet = book.create_sheet(title[:31])
        sheet.append(table.columns)
        cells = _defused(table, DIALECTS["plain"])
        while block := cells.fetchmany(_BLOCK):
            for row in block:
                sheet.append(row)
        remarks = book.create_sheet("Hinweise")
        for note in notes:
            remarks.append([note])
        book.save(target)


def _connected() -> Any:
    import duckdb

    offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
    return duckdb.connect(config={**offline})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _defused(table: Any, dialect: Dialect) -> Any:
    """The table with an apostrophe before every text a spreadsheet would run, and numbers as the dialect writes them."""
    columns = zip(table.columns, map(str, table.types), strict=True)
    return table.project(", ".join(_cell(name, kind, dialect) for name, kind in columns))


def _defused_text(text: str) -> str:
    """SQL for a text with an apostrophe before every sign a spreadsheet would begin a formula with."""
    formula, indented = (pattern.replace("'", "''") for pattern in (_FORMULA, _INDENTED))
    return rf"regexp_replace(regexp_replace({text}, '{formula}', '\1''\2', 'g'), '{indented}', '''\1')"


def _cell(name: str, kind: str, dialect: Dialect) -> str:
    quoted = _quoted(name)
    if kind == "VARCHAR":
        return f"{_defused_text(quoted)} as {quoted}"
    if dialect.decimal != "." and (kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL")):
        return f"replace(cast({quoted} as varchar), '.', '{dialect.decimal}') as {quoted}"
    return quoted


def _require_room(table: Any) -> None:
    """Raise NotForExcel before the first cell is written; the header takes one row, an apostrophe a character."""
    rows = len(table)
    if rows >= EXCEL_ROWS:
        raise _not_for_excel(f"{rows:,} Zeilen sind zu viele", f"{rows:,} rows are too many")
    for name, kind in zip(table.columns, map(str, table.types), strict=True):
        text = _quoted(name)
        if (
            kind == "VARCHAR"
            and table.filter(
                f"length({_defused_text(text)}) > {EXCEL_TEXT} or regexp_matches({text}, '{_NOT_IN_EXCEL}')"
            ).fetchone()
        ):
            raise _not_for_excel(
                f"In Spalte {name} steht ein zu langer Text oder ein Steuerzeichen",
                f"Column {name} holds a text that is too long, or a control character",
            )


def _not_for_excel(german: str, english: str) -> NotForExcel:
    return NotForExcel(
        Reason(
            de=f"{german}: Eine Excel-Datei kann diese Tabelle nicht ganz aufnehmen.",
            en=f"{english}: an Excel file cannot hold this table whole.",
            remedy_de="Als .csv oder .parquet ablegen.",
            remedy_en="Save it as .csv or .parquet.",
        )
    )
