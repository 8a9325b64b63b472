"""The yardstick without an orchestra: one DuckDB script from the same deliveries to the same marts.

The landing is written by hand (script.sql): text cells to tables, no checks, no receipts, no archive, no
release. The declarations of the programme folder, a few kilobytes, are taken as a refresh landed them. The
marts are the compiled SQL of the dbt project, executed in order as one script: writing their arithmetic
twice would measure another computation. Left out are the marts that rest on checks and receipts, of which
a script knows nothing. Imports what it needs and no more.

    python -m benchmarks.script PROGRAMME_FOLDER LANDED_FOLDER MARTS.sql OUT_FOLDER
"""

import csv
import io
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from python_calamine import CalamineWorkbook

CSV = "delim = ';', header = true, all_varchar = true, quote = '\"', escape = '\"', union_by_name = true"


def main(folder: Path, declarations: Path, marts: Path, out: Path) -> None:
    """Make all marts of a programme folder's sample deliveries: `OUT/monitoring.duckdb` and Parquet beside it."""
    sample, cells = folder / "sample", out / "cells"
    cells.mkdir(parents=True, exist_ok=True)
    (out / "monitoring.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(out / "monitoring.duckdb"), config={"autoload_known_extensions": "false"}) as con:
        con.execute("set threads = 2; set preserve_insertion_order = false")
        _read_declarations(con, declarations)
        _view(con, "areas", folder / "areas.csv")
        _view(con, "survey", sample / "buergerbefragung" / "*.csv")
        con.execute(_json_view("json_small_areas", sample / "statistikportal" / "kleinraeumig_*.jsonl"))
        con.execute(_json_view("json_city", sample / "statistikportal" / "stadtwerte_*.jsonl"))
        _read_zips(con, sample, cells)
        _read_windows_text(con, sample / "ehrenamt", cells)
        _read_workbooks(con, sample, cells)
        con.execute(Path(__file__).with_name("script.sql").read_text(encoding="utf-8"))
        con.execute(marts.read_text(encoding="utf-8"))
        for (mart,) in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'main' and regexp_matches(table_name, '^(dim|fct|bridge)_')"
        ).fetchall():
            con.execute(f"copy main.{mart} to '{out / mart}.parquet' (format parquet, compression zstd)")


def _view(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    con.execute(f"create temp view csv_{name} as select * from read_csv('{path}', {CSV})")


def _json_view(name: str, path: Path) -> str:
    return (
        f"create temp view {name} as select * exclude (hinweis) from read_json('{path}', format = 'newline_delimited')"
    )


def _read_zips(con: duckdb.DuckDBPyConnection, sample: Path, cells: Path) -> None:
    for path in (sample / "regionalstatistik").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            member = next(name for name in archive.namelist() if name.endswith(".csv"))
            (cells / f"official-{member[:5]}.csv").write_bytes(archive.read(member))
    con.execute(
        "create temp view csv_official as select *, regexp_extract(filename, 'official-([0-9]+)', 1) as file "
        f"from read_csv('{cells / 'official-*.csv'}', filename = true, {CSV})"
    )
    with zipfile.ZipFile(next((sample / "beteiligungsplattform").glob("*.zip"))) as archive:
        for part in ("proposals", "results", "meetings"):
            member = next(name for name in archive.namelist() if name.endswith(f"-{part}.csv"))
            (cells / f"{part}.csv").write_bytes(archive.read(member))
            _view(con, part, cells / f"{part}.csv")


def _read_windows_text(con: duckdb.DuckDBPyConnection, folder: Path, cells: Path) -> None:
    for path in folder.glob("*.csv"):  # DuckDB reads no Windows-1252
        (cells / f"volunteers-{path.name}").write_text(path.read_text(encoding="cp1252"), encoding="utf-8")
    _view(con, "volunteers", cells / "volunteers-*.csv")


def _read_workbooks(con: duckdb.DuckDBPyConnection, sample: Path, cells: Path) -> None:
    labour = CalamineWorkbook.from_path(next((sample / "arbeitsagentur").glob("*.xlsx")))
    register = CalamineWorkbook.from_path(next((sample / "projektregister").glob("*.xlsx")))
    for name, workbook, sheet, header_rows in (
        ("labour", labour, "Daten", 2),
        ("projects", register, "Teilprojekte", 2),
        ("project_events", register, "Statusverlauf", 1),
        ("assessments", register, "Bewertung", 2),
        ("directory", register, "Verzeichnis", 2),
    ):
        text = _sheet(workbook.get_sheet_by_name(sheet).to_python(), header_rows)
        (cells / f"{name}.csv").write_text(text, encoding="utf-8")
        _view(con, name, cells / f"{name}.csv")


def _sheet(grid: Sequence[Sequence[Any]], header_rows: int) -> str:
    top = next(index for index, row in enumerate(grid) if row[0] in ("Stichtag", "Projekt-Nr.", "Vorschlag-Nr.", "Nr."))
    names, group = [], ""
    for column, upper in enumerate(grid[top]):
        lower = grid[top + 1][column] if header_rows == 2 else ""
        group = upper or (group if lower else "")
        names.append(f"{group} | {lower}" if lower else group)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(names)
    for row in grid[top + header_rows :]:
        if row[0] and sum(cell != "" for cell in row) > 1:  # the rest are footnotes
            writer.writerow([_cell(cell) for cell in row])
    return text.getvalue()


def _cell(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.15g}".replace(".", ",")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _read_declarations(con: duckdb.DuckDBPyConnection, declarations: Path) -> None:
    con.execute("create schema landed")
    for path in sorted(declarations.glob("programme__*")):
        con.execute(f"create table landed.{path.name} as select * from '{path}/{path.name}.parquet'")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:5]))
