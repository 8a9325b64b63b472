"""Landing: text cells → declared contract → accepted rows and rejected rows.

Only declared columns enter; that is how personal data stays out. Each accepted row keeps `_delivery` and
`_row`; each rejected one keeps its address, rule and delivered cells of declared columns. In case tables a
row that breaks the contract is left out; in area tables an unreadable figure becomes a missing one. No
figure is changed, filled or computed here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from ingest.areas import Locality
from ingest.conversion import convert_cells, reader_for
from ingest.delivered import LINE, DeliveredTable, RecordCount
from ingest.findings import DeliveryRefused, Finding
from ingest.formats import german
from ingest.opened import OpenedDelivery
from ingest.periods import periods_of
from ingest.unpivoting import unpivot
from programmes.canonical import PROVENANCE, REPEATED, CanonicalTable
from programmes.laws import Law
from programmes.sources import LandedTable, Table

_HANDFUL = 5  # rejected lines of a period from which on they say something about it

ARROW_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(24, 8),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}


@dataclass(frozen=True)
class Landed:
    """What one delivery became: accepted rows in canonical form and order, and the rejected ones.

    The rows are read when they are asked for: those of all deliveries of a large table would fill the memory together.
    """

    read: Callable[[], pa.Table] = field(compare=False, repr=False)
    row_count: int
    periods: tuple[str, ...]  # in order; none in a table without them
    findings: tuple[Finding, ...]
    rejected_cells: tuple[str, ...]
    delivered_line_count: int
    count: RecordCount
    worst_period_pct: float = 0.0  # rejected lines of the period that lost most, of each hundred of its lines

    @property
    def accepted(self) -> pa.Table:
        """The accepted rows."""
        return self.read()

    @property
    def rejected_line_count(self) -> int:
        """Delivered lines of which something was rejected, each counted once."""
        return len({finding.row_address for finding in self.findings})


def canonical_schema(table: CanonicalTable) -> pa.Schema:
    """Arrow schema of a canonical table with its provenance columns."""
    return pa.schema([(field.name, ARROW_TYPES[field.type]) for field in (*table.fields, *PROVENANCE)])


def accepted_schema(table: CanonicalTable) -> pa.Schema:
    """Arrow schema of accepted rows in memory: the canonical one, in which what all rows of a delivery repeat is kept once."""
    once = pa.dictionary(pa.int32(), pa.string())
    fields = canonical_schema(table)
    return pa.schema([field.with_type(once) if field.name in REPEATED else field for field in fields])


def land(delivery: OpenedDelivery, delivery_id: str, table: LandedTable, locality: Locality) -> Landed:
    """Land one delivery of one table: accepted rows in the canonical schema, ordered by key.

    Raises DeliveryRefused when the file as a whole cannot be used: unreadable, cut off, without a
    declared column, without any row in scope, of another period than its name says, or with a record that is
    neither accepted nor rejected nor left out by declaration.
    """
    declared, file_name = table.declared, delivery.file_name
    delivered = DeliveredTable(declared, delivery.cells(declared.format), file_name)
    frame = _enforce_key(delivered, unpivot(delivered, _convert(delivered, locality)))
    if frame.empty and not delivered.findings:
        raise delivered.nothing_in_scope(file_name)
    count = delivered.counted(frame[LINE].to_numpy())
    if not count.closes:
        raise DeliveryRefused("count_open", file_name, count.equation)
    if not _has_lost_dates(delivered, table):  # else the periods that are left say nothing of the file
        _check_named_period(file_name, declared, frame)
    frame["_row"] = delivered.addresses(frame[LINE])
    once = dict(zip(REPEATED, (table.source.source_id, table.name, delivery_id), strict=True))
    schema = accepted_schema(delivered.canonical)
    accepted = pa.table(
        [
            _of_one_text(once[field.name], len(frame))
            if field.name in once
            else pa.array(frame[field.name], type=field.type, from_pandas=True)
            for field in schema
        ],
        schema=schema,
    )
    return Landed(
        lambda: accepted,
        accepted.num_rows,
        tuple(periods_of(accepted)),
        tuple(delivered.findings),
        delivered.rejected_cells(),
        delivered.line_count,
        count,
        _worst_period_pct(delivered, locality),
    )


def _of_one_text(text: str, length: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(np.zeros(length, dtype=np.int32), pa.array([text]))


def rejected_pct(landed: Iterable[Landed]) -> float:
    """Delivered lines of which something was rejected, per hundred of all or of the period that lost most; a data-quality figure."""
    parts = list(landed)
    delivered = sum(part.delivered_line_count for part in parts)
    if not delivered:
        return 100.0
    of_all = 100 * sum(part.rejected_line_count for part in parts) / delivered
    return max(of_all, *(part.worst_period_pct for part in parts))


def _worst_period_pct(delivered: DeliveredTable, locality: Locality) -> float:
    """Of the period that lost most, rejected lines per hundred; 0 if it lost fewer than a handful, or no column tells periods."""
    declared = delivered.declared
    column = next((column for column in declared.columns if column.to in ("period", "reference_on")), None)
    if column is None or not delivered.findings:
        return 0.0
    lines = delivered.lines_in_scope()
    cells = delivered.cells(column.source).loc[lines].reset_index(drop=True)
    read = reader_for(column, delivered.canonical.field(column.to).law or Law(), declared.format, locality)
    times = convert_cells(cells, read, False)[0]
    periods = times.map(lambda time: time if isinstance(time, str) else str(time.year), na_action="ignore")
    is_rejected = lines.isin(delivered.rejected_lines)
    counts = is_rejected.groupby(periods).agg(["sum", "count"])
    counts = counts[counts["sum"] >= _HANDFUL]
    return float((100 * counts["sum"] / counts["count"]).max()) if len(counts) else 0.0


def _convert(delivered: DeliveredTable, locality: Locality) -> pd.DataFrame:
    """Canonical columns of the rows in scope; rows that break a rule are rejected and left out."""
    declared = delivered.declared
    frame = pd.DataFrame({LINE: delivered.lines_in_scope()})
    for column in declared.columns:
        cells = delivered.cells(column.source).loc[frame[LINE]].reset_index(drop=True)
        if column.split:
            frame, cells = _split(frame, cells, column.split)
        is_key = column.to in declared.canonical_table.key or column.type == "area"
        law = column.narrowing(delivered.canonical.field(column.to).law or Law())
        read = reader_for(column, law, declared.format, locality, is_key)
        frame[column.to], broken = convert_cells(cells, read, column.is_required)
        for position, rule in broken:
            line = int(frame.at[position, LINE])
            is_total_row = is_key and delivered.is_total_row(line)
            delivered.reject(line, column.source, "total_row" if is_total_row else rule.rule_id, rule.detail)
        frame = frame.drop(index=[position for position, _ in broken]).reset_index(drop=True)
    for name, text in declared.constants.items():
        is_date = delivered.canonical.field(name).type == "date"
        frame[name] = german.read_date(text, locality.time_zone) if is_date else text
    return _of_its_period(delivered, _derive(declared, frame))


def _of_its_period(delivered: DeliveredTable, frame: pd.DataFrame) -> pd.DataFrame:
    """Without the rows whose delivered reference date lies in another year than the period delivered beside it."""
    if not {"period", "reference_on"} <= {column.to for column in delivered.declared.columns}:
        return frame
    years = frame["reference_on"].map(lambda day: str(day.year), na_action="ignore")
    is_of_another = (years != frame["period"]) & years.notna() & frame["period"].notna()
    for position in np.flatnonzero(is_of_another):
        delivered.reject(int(frame.at[int(position), LINE]), None, "period_against_date")
    return frame[~is_of_another].reset_index(drop=True)


def _split(frame: pd.DataFrame, cells: pd.Series, separator: str) -> tuple[pd.DataFrame, pd.Series]:
    """One row per part of a cell; a blank cell stays one blank part, a stray separator adds none."""
    parts = cells.fillna("").map(
        lambda text: [part for part in map(german.clean, text.split(separator)) if part] or [""]
    )
    taken = np.repeat(np.arange(len(frame)), parts.map(len))
    return frame.iloc[taken].reset_index(drop=True), parts.explode(ignore_index=True)


def _derive(declared: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """What follows from another field alone: the year of a reference date, the level of an area."""
    names = {field.name for field in declared.canonical_table.fields}
    if "period" in names and "period" not in frame and "reference_on" in frame:
        frame["period"] = frame["reference_on"].map(lambda day: str(day.year), na_action="ignore")
    if "area_level" in names and "area_level" not in frame:
        constant = declared.constants.get("area_id", "").rpartition("-")[0] or None
        frame["area_level"] = next((column.level for column in declared.columns if column.to == "area_id"), constant)
    return frame


def _enforce_key(delivered: DeliveredTable, frame: pd.DataFrame) -> pd.DataFrame:
    """Unique by key, complete and in the order of the key; incomplete, repeated and contradicting rows are rejected."""
    canonical = delivered.canonical
    for wanted in canonical.fields:
        if wanted.name not in frame:
            frame[wanted.name] = None
        if wanted.is_required and wanted.name != "status":
            blank = frame.index[frame[wanted.name].isna()]
            for position in blank:
                delivered.reject(int(frame.at[position, LINE]), None, "required_empty")
            frame = frame.drop(index=blank)
    key = list(canonical.key)
    frame = frame.sort_values([*key, LINE], kind="stable", na_position="last").reset_index(drop=True)
    if not frame.duplicated(key).any():
        return frame
    is_repeated = frame.duplicated([field.name for field in canonical.fields])
    same_key = frame.groupby(key, dropna=False, sort=False).ngroup()
    is_contradicting = (~is_repeated).groupby(same_key).transform("sum") > 1
    is_out = is_contradicting | is_repeated
    for position in np.flatnonzero(is_out):
        rule = "duplicate_key" if is_contradicting[position] else "duplicate_row"
        delivered.reject(int(frame.at[position, LINE]), None, rule, ", ".join(key))
    return frame[~is_out]


def _has_lost_dates(delivered: DeliveredTable, table: LandedTable) -> bool:
    """Whether more rows than agreed are rejected for their date or year, which is then the true cause."""
    named = {column.source for column in table.declared.columns if column.to in ("period", "reference_on")}
    lost = {
        finding.row_address
        for finding in delivered.findings
        if finding.column_name in named or finding.rule_id == "period_against_date"
    }
    return 100 * len(lost) > table.source.max_rejected_pct * delivered.line_count


def _check_named_period(file_name: str, declared: Table, frame: pd.DataFrame) -> None:
    if not declared.is_period_in_name or frame.empty:
        return
    named = re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", file_name)
    delivered = sorted(set(frame["period"]))
    if not named or (min(named), max(named)) != (delivered[0], delivered[-1]):
        raise DeliveryRefused("period_not_as_named", file_name, "–".join(dict.fromkeys(named)) or "—")
