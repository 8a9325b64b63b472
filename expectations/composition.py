"""Composition: what the rows of a case table are made up of, against what was published and against the years around.

A column that shifted, a district that nobody names, an export in which everything has one state or stands there twice.
"""

from collections import Counter

import pandas as pd
import pyarrow as pa

from expectations.doubts import Compared, Doubt
from expectations.registers import subject_of

_MANY, _MANY_PCT = 10, 10  # rows from which on shares say something, and share of them that may stand there twice
_WORDS = 30  # up to which a text field has words that are told apart


def composition(compared: Compared[pa.Table]) -> list[Doubt]:
    """Fields whose words or empty entries make up another share than published, and things that stand there twice."""
    rows, before = compared.now, compared.before
    subject = subject_of(rows)
    fields = [field.name for field in rows.schema if not field.name.startswith("_") and field.name not in subject]
    limit = float(compared.asked.expected.share_points) / 100
    found = _left_out(rows)
    if rows.num_rows >= _MANY:
        found += _repeated_reports(rows) if "organisation_id" in fields else _repeated(rows, fields)
    if before is None or min(rows.num_rows, before.num_rows) < _MANY:
        return found
    return found + [Doubt("composed", name) for name in fields if _apart(before[name], rows[name]) > limit]


def _apart(before: pa.ChunkedArray, now: pa.ChunkedArray) -> float:
    """The largest difference of a share between two columns."""
    was, has = _shares(before), _shares(now)
    return max((abs(has.get(word, 0.0) - was.get(word, 0.0)) for word in was.keys() | has.keys()), default=0.0)


def _left_out(rows: pa.Table) -> list[Doubt]:
    """Areas that several name in the periods around, and nobody in this one."""
    if not {"period", "area_id"} <= set(rows.column_names):
        return []
    frame = rows.select(["period", "area_id"]).to_pandas()
    counts = frame.groupby(["period", "area_id"]).size().unstack(fill_value=0).sort_index()
    near = pd.concat({n: counts.shift(n) for n in (1, -1)}).groupby(level=1).min().reindex(counts.index)
    found = (counts == 0) & (near >= _MANY)
    return [Doubt("gone_area", "", str(period), str(area)) for period, area in found.stack()[lambda each: each].index]


def _shares(column: pa.ChunkedArray) -> dict[object, float]:
    """Share of each word of a field of few words; of any other field the share of empty entries alone."""
    counts: dict[object, int] = dict(Counter(column.to_pylist()))
    total, empty = max(len(column), 1), counts.get(None, 0)
    is_of_few_words = pa.types.is_string(column.type) and len(counts) <= _WORDS
    return {word: count / total for word, count in (counts if is_of_few_words else {None: empty}).items()}


def _repeated(rows: pa.Table, fields: list[str]) -> list[Doubt]:
    """Whether many events equal another one in everything but their id; ideas of one day do so by right."""
    if "event_on" not in fields:
        return []
    is_repeated = rows.select(fields).to_pandas().astype(str).duplicated(keep="first")
    return [Doubt("repeated")] if 100 * is_repeated.sum() > _MANY_PCT * rows.num_rows else []


def _repeated_reports(rows: pa.Table) -> list[Doubt]:
    """Periods in which many organisations report all that another one does: place, way of counting and every figure."""
    names = [name for name in rows.column_names if not name.startswith("_") and name != "organisation_id"]
    frame = rows.select(["organisation_id", *names]).to_pandas()
    frame["report"] = list(zip(*(frame[name].astype(str).fillna("") for name in names), strict=True))
    reports = frame.groupby(["period", "organisation_id"])["report"].agg(tuple).reset_index()
    share = 100 * reports.duplicated(["period", "report"], keep="first").groupby(reports["period"]).mean()
    return [Doubt("repeated", "", str(period)) for period in share[share > _MANY_PCT].index]
