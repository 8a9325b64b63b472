"""Time travel in SQL: macros over the Parquet of all kept releases, for whoever has DuckDB and this folder.

Text alone, made from the ledger: which release readers saw at the end of a day, and where it lies. A mart is what it was
then, with the columns it had then; over several releases columns go by name. What was let go cannot be asked for any
more, and the error says so. Nothing is stored: whoever wants later releases prints the macros anew.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from release import reading
from release.layout import VarFolder
from release.seen import Span, spans

_HEAD = """-- Which figures readers saw when, for DuckDB; made by `nordwaerts history` from the ledger, {count} releases kept.
--   from as_published_on('fct_indicator_value', '2026-03-02')   a mart as readers saw it at the end of that day ({zone})
--   from as_known_on('unemployed_pct', '2026-03-02')            what was known of an indicator at the end of that day
--   from published_history('fct_indicator_value')               all kept releases of a mart, the columns by name
--   from release_history()                                      which release readers saw from when until when"""

_KNOWN = """create or replace macro as_known_on(indicator, day) as table
select cast(day as date) as known_on, * from as_published_on('fct_indicator_value', day)
where indicator_id = indicator;"""


@dataclass(frozen=True)
class _Shown:
    """One span as SQL tells it: days of a time zone, moments in UTC, and whether the release is still there."""

    span: Span
    day: dt.date
    until: dt.date | None
    is_kept: bool


def macros(var: VarFolder, zone: dt.tzinfo, is_public: bool = False) -> str | None:
    """The SQL that defines the macros, for the internal or the public edition; None before the first publication."""
    kept = set(reading.release_ids(var))
    found = [
        _Shown(
            span,
            span.since.astimezone(zone).date(),
            span.until.astimezone(zone).date() if span.until else None,
            span.release_id in kept,
        )
        for span in spans(var)
    ]
    if not any(shown.is_kept for shown in found):
        return None
    releases, edition = var.releases.resolve(), "public" if is_public else "internal"
    head = _HEAD.format(count=len(kept), zone=zone)
    folders = _text(f"{releases}/????-??-??-????????/{edition}/")
    return "\n\n".join(
        [
            head,
            _history(found),
            "create or replace macro as_published_on(mart, day) as table\n"
            f"select * from read_parquet(case\n{chr(10).join(_cases(found, f'{releases}', edition))}\n"
            "end || mart || '.parquet');",
            *([] if is_public else [_KNOWN]),  # values of indicators are internal
            "create or replace macro published_history(mart) as table\n"
            "select seen.release_id, seen.from_day, seen.until_day, found.* exclude (filename)\n"
            f"from read_parquet({folders} || mart || '.parquet', union_by_name = true, filename = true) as found\n"
            f"join release_history() as seen on found.filename = {_text(f'{releases}/')} || seen.release_id "
            f"|| {_text(f'/{edition}/')} || mart || '.parquet';",
        ]
    )


def _history(found: Sequence[_Shown]) -> str:
    rows = [
        f"    ({_text(shown.span.release_id) if shown.span.release_id else 'null'}, {_day(shown.day)}, {_day(shown.until)}, "
        f"{_moment(shown.span.since)}, {_moment(shown.span.until)}, {str(shown.is_kept).lower()})"
        for shown in found
    ]
    columns = "release_id, from_day, until_day, seen_from_utc, seen_until_utc, is_kept"
    return (
        "create or replace macro release_history() as table\nselect * from (values\n" + ",\n".join(rows) + f"\n) as "
        f"seen ({columns});"
    )


def _cases(found: Sequence[_Shown], releases: str, edition: str) -> Iterator[str]:
    """Newest first: the last release readers were switched to on or before the day; nothing of a day that is to come."""
    later: dt.date | None = None
    for shown in reversed(found):
        if later is not None and shown.day >= later:
            continue  # another followed on the same day, or the clock was set back
        later = shown.day
        when = f"    when cast(day as date) >= {_day(shown.day)} then "
        release_id = shown.span.release_id
        if shown.is_kept:
            yield when + _text(f"{releases}/{release_id}/{edition}/")
        elif release_id:
            yield when + _error(f"Release {release_id}, which readers saw then, is no longer kept.")
        else:
            yield when + _error("Readers saw no release then.")
    yield "    else " + _error("Nothing had been published yet on that day.")


def _error(sentence: str) -> str:
    return f"error({_text(sentence)})"


def _day(day: dt.date | None) -> str:
    return f"date '{day.isoformat()}'" if day else "cast(null as date)"


def _moment(at: dt.datetime | None) -> str:
    return f"timestamp '{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}'" if at else "cast(null as timestamp)"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
