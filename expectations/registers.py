"""Registers: days that cannot have come, ways a status takes, entries that vanish, ids that come to mean something else."""

import re
from collections.abc import Iterable
from datetime import timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from expectations.doubts import Compared, Doubt

# What a row of a canonical table is about, and what tells that thing apart from others.
SUBJECTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "project": (("project_id",), ("project_name", "generation_id", "adopted_on")),
    "project_event": (("project_id",), ()),
    "assessment": (("proposal_id",), ()),
    "event": (("event_id",), ("event_on", "event_format", "area_id")),
    "contribution": (("contribution_kind", "contribution_id"), ("round_id", "submitted_on", "area_id")),
    "register_entry": (("register_id", "entry_id"), ("entry_name",)),
}
_DAYS = ("adopted_on", "status_on", "decided_on", "event_on", "submitted_on", "reference_on", "valid_from")
_LIFETIME = 70 * 365
_MANY, _MANY_PCT = 10, 10  # things from which on, and share of them, that may not all be corrected in one night


def days(compared: Compared[pa.Table]) -> list[Doubt]:
    """Days after the day of the check, and a lifetime before the others; a column of which the source says so may lie ahead."""
    rows, asked = compared.now, compared.asked
    if asked.day is None:
        return []
    found = []
    for column in (name for name in _DAYS if name in rows.column_names):
        last = asked.day + timedelta(days=asked.expected.ahead_days.get(column, 0))
        if column == "reference_on":  # a year that is running already stands for its last day
            last = last.replace(month=12, day=31)
        late = rows.filter(pc.greater(rows[column], pa.scalar(last, pa.date32())))
        found += _at_rows("future", late, column)
        found += _at_rows("early", _early(rows, column), column)
    return found


def _early(rows: pa.Table, column: str) -> pa.Table:
    """Rows whose day lies a lifetime before the median one."""
    known = sorted(rows[column].drop_null().to_pylist())
    if not known:
        return rows.slice(0, 0)
    first = known[len(known) // 2] - timedelta(days=_LIFETIME)
    return rows.filter(pc.less(rows[column], pa.scalar(first, pa.date32())))


def path(compared: Compared[pa.Table]) -> list[Doubt]:
    """Status that goes back along the declared path, or follows an end, without a decision named."""
    rows, asked = compared.now, compared.asked
    rank = {status: n for n, status in enumerate(asked.expected.path)}
    frame = rows.select(["project_id", "status", "status_on", "decided_by"]).to_pandas()
    frame["order"] = frame["status"].map(rank).fillna(-1)
    found = []
    for project, events in frame.sort_values(["project_id", "status_on", "order"]).groupby("project_id"):
        furthest, ended = -1.0, False
        for status, order, body in zip(events["status"], events["order"], events["decided_by"], strict=True):
            has_decision = isinstance(body, str) and bool(body.strip())
            if ended and not has_decision:
                found.append(Doubt("after_end", status, "", str(project)))
            elif 0 <= order < furthest and not has_decision:
                found.append(Doubt("backward", status, "", str(project)))
            furthest = order if has_decision and order >= 0 else max(furthest, order)
            ended = status in asked.expected.ends
    return found


def vanished(compared: Compared[pa.Table]) -> list[Doubt]:
    """Things that readers see and the delivery no longer names, beyond the share that may go."""
    rows, before, asked = compared.now, compared.before, compared.asked
    subject = subject_of(rows)
    if before is None or not subject:
        return []
    was, now = _keys(before, subject), _keys(rows, subject)
    gone = sorted(was - now)
    if not was or 100 * len(gone) / len(was) <= float(asked.expected.vanished_pct):
        return []
    return [Doubt("vanished", "", "", key) for key in gone]


def identity(compared: Compared[pa.Table]) -> list[Doubt]:
    """Ids that now stand for something else, one because most of what told it apart has changed, or many at once."""
    rows, before = compared.now, compared.before
    subject = subject_of(rows)
    marks = next((marks for keys, marks in SUBJECTS.values() if keys == subject), ())
    if before is None or not marks:
        return []
    first, second = (_marked(table, subject, marks) for table in (before, rows))
    both = first.index.intersection(second.index)
    if not len(both):
        return []
    if len(marks) == 1:  # a name alone: one that shares no word with the one before is another thing's
        names = zip(both, first.loc[both, marks[0]], second.loc[both, marks[0]], strict=True)
        return [
            Doubt("reused", "", "", str(key))
            for key, was, now in names
            if was and now and not _words(was) & _words(now)
        ]
    is_other = first.loc[both] != second.loc[both]
    found = [Doubt("reused", "", "", str(key)) for key in both[is_other.sum(axis=1) > 1]]
    changed = is_other.sum(axis=0)
    many = [mark for mark in marks if changed[mark] >= _MANY and 100 * changed[mark] > _MANY_PCT * len(both)]
    return found + [Doubt("changed", mark) for mark in many]


def references(compared: Compared[pa.Table]) -> list[Doubt]:
    """Values that the table they refer to does not name, and the other way round where that is declared."""
    rows, asked = compared.now, compared.asked
    found = []
    for declared in asked.expected.references:
        other = asked.beside.get(declared.table)
        if other is None:
            continue
        mine, theirs = (set(table[declared.field].drop_null().unique().to_pylist()) for table in (rows, other))
        lost = (mine - theirs) | (theirs - mine if declared.is_mutual else set())
        found += [Doubt("unknown", declared.table, "", str(key)) for key in sorted(lost)]
    return found


def subject_of(rows: pa.Table) -> tuple[str, ...]:
    """The columns that say what a row is about; empty for tables that are about no thing of their own."""
    names = set(rows.column_names)
    for keys, marks in SUBJECTS.values():
        if set(keys) <= names and set(marks) <= names and (marks or "status_on" in names or "criterion_id" in names):
            return keys
    return ()


def _keys(rows: pa.Table, columns: Iterable[str]) -> set[str]:
    parts = [rows[column].to_pandas().fillna("").astype(str) for column in columns]
    return set() if not parts or not rows.num_rows else set(_joined(parts))


def _joined(parts: list[pd.Series]) -> pd.Series:
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + " " + part
    return joined


def _words(name: str) -> set[str]:
    return {word for word in re.findall(r"\w+", str(name).casefold()) if len(word) > 2} or {str(name).casefold()}


def _marked(table: pa.Table, subject: tuple[str, ...], marks: tuple[str, ...]) -> pd.DataFrame:
    """Per thing what tells it apart, the first row where there are several."""
    frame = table.select([*subject, *marks]).to_pandas()
    frame["key"] = _joined([frame[column].fillna("").astype(str) for column in subject])
    frame = frame.drop_duplicates("key").set_index("key")[list(marks)]
    return frame.astype(object).where(frame.notna(), "")


def _at_rows(reason: str, rows: pa.Table, column: str) -> list[Doubt]:
    subject = subject_of(rows)
    periods = rows["period"].to_pylist() if "period" in rows.column_names else [""] * rows.num_rows
    keys = sorted(_keys(rows, subject)) if subject else []
    if keys:
        return [Doubt(reason, column, "", key) for key in keys]
    return [Doubt(reason, column, str(period)) for period in sorted(set(periods))]
