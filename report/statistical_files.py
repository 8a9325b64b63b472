"""A public table as a file for SPSS (.sav) and Stata (.dta), with the extra `statistics` (pyreadstat).

Names longer than 32 characters have short ones, declared in short_names.csv; what a column means is its label. A day neither
program can hold (before 1600) makes its column one of text.
"""

import csv
import datetime as dt
import importlib.util
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from release.reason import Reason, ReleaseError
from report.opendata.edition import Table

Program = Literal["sav", "dta"]
LONGEST = 32
_SHORT = Path(__file__).parent / "short_names.csv"
_FIRST_DAY = dt.date(1600, 1, 1)
_LABEL: Mapping[Program, int] = {"sav": 120, "dta": 80}
_STATA_CLOCK, _STATA_END = b"<timestamp>", b"</timestamp>"
_SPSS_CLOCK = slice(92, 109)  # day and time of writing in the header of a .sav


class NoStatisticalFiles(ReleaseError):
    """The extra that writes files of SPSS and Stata is not installed."""


@cache
def short_names() -> Mapping[str, str]:
    """Column → its name in files of SPSS and Stata, for those whose own is too long."""
    with _SHORT.open(encoding="utf-8", newline="") as handle:
        return {row["column"]: row["short_name"] for row in csv.DictReader(handle, delimiter=";")}


def is_available() -> bool:
    """Whether such files can be written here."""
    return importlib.util.find_spec("pyreadstat") is not None


def statistical_file(program: Program, source: Path, table: Table, as_of_on: dt.date) -> bytes:
    """The Parquet file of a public table for one program; the same bytes from the same file.

    Raises NoStatisticalFiles without the extra.
    """
    if not is_available():
        raise _not_installed()
    import pyreadstat

    meaning = {column.name: column.description for column in table.columns}
    rows = pq.read_table(source)
    names = [short_names().get(name, name) for name in rows.column_names]
    labels = [_shortened(meaning.get(name, ""), _LABEL[program]) for name in rows.column_names]
    yes_no = {
        short_names().get(field.name, field.name): {0: "no", 1: "yes"}
        for field in rows.schema
        if pa.types.is_boolean(field.type)
    }
    frame = pa.table([_plain(column) for column in rows.columns], names=names).to_pandas(date_as_object=True)
    about = {
        "column_labels": labels,
        "file_label": _shortened(table.title.en, _LABEL[program]),
        "variable_value_labels": yes_no,
    }
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{table.name}.{program}"
        write = pyreadstat.write_sav if program == "sav" else pyreadstat.write_dta
        write(frame, str(target), **about)
        return _without_clock(program, target.read_bytes(), as_of_on)


def _plain(column: pa.ChunkedArray) -> Any:
    """Truth as 0 and 1, decimals as numbers, days as text where one is too early."""
    if pa.types.is_boolean(column.type):
        return column.cast(pa.int8()).cast(pa.float64())
    if pa.types.is_decimal(
        column.type
    ):  # by way of text, because a direct cast makes 37.800000000000004 of 37.8 (pyarrow 26)
        return column.cast(pa.string()).cast(pa.float64())
    if pa.types.is_integer(column.type):
        return column.cast(pa.float64())
    if pa.types.is_date(column.type):
        first = pc.min(column).as_py()
        return column.cast(pa.string()) if first is None or first < _FIRST_DAY else column
    return column


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _without_clock(program: Program, found: bytes, as_of_on: dt.date) -> bytes:
    """The bytes with the day the figures stand for where the day of writing stood."""
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[as_of_on.month - 1]
    if program == "sav":
        moment = f"{as_of_on:%d} {month} {as_of_on:%y}00:00:00".encode()
        return found[: _SPSS_CLOCK.start] + moment + found[_SPSS_CLOCK.stop :]
    moment = f"{as_of_on:%d} {month} {as_of_on:%Y} 00:00".encode()
    head, _, rest = found.partition(_STATA_CLOCK)
    _, _, tail = rest.partition(_STATA_END)
    return head + _STATA_CLOCK + bytes([len(moment)]) + moment + _STATA_END + tail


def _not_installed() -> NoStatisticalFiles:
    return NoStatisticalFiles(
        Reason(
            de="Dateien für SPSS und Stata kann diese Installation nicht schreiben: Das Paket pyreadstat fehlt.",
            en="This installation cannot write files for SPSS and Stata: the package pyreadstat is missing.",
            remedy_de="Im Projektordner: .venv/bin/python -m pip install '.[statistics]'",
            remedy_en="In the project folder: .venv/bin/python -m pip install '.[statistics]'",
        )
    )
