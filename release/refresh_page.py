"""The page of a refresh: one static file for the data office, German and English, readable on paper, no outside host.

What came, what was rejected and is held, which checks ran and how they went in the last releases, how old each source
is. Made from what the refresh left on disk, beside `last_refusal.txt`; a publication makes the same page before its line,
because all files of a release are signed together.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from release import last_refresh, ledger, reading
from release.atomic import write_whole
from release.files import ReleaseDamaged
from release.freshness import source_ages
from release.layout import VarFolder
from release.reading import Release
from release.standing import STATE_WORDS, Standing, standing

PAGE = "refresh.html"
_QUALITY = "fct_data_quality"
_RELEASES = 6  # of the trend
_PLACES = 3  # that a rejection names
_TEMPLATE = Path(__file__).with_suffix(".html.jinja")
Row = dict[str, Any]
_EFFECTS = {"block": ("lehnt ab", "refuses"), "hold": ("hält an", "holds"), "warn": ("weist hin", "notes")}


def follow(var: VarFolder) -> None:
    """Write the page of the last refresh."""
    line = ledger.last(var, *ledger.REFRESHES)
    if line is None:
        return
    page = render(var, line, reading.current_if_readable(var), last_refresh.read(var), standing(var))
    write_whole(var.refresh_page, page.encode())


def render(
    var: VarFolder, line: ledger.Entry, release: Release | None, found: dict[str, list[Row]], stands: Standing
) -> str:
    """The page about the refresh of a ledger line, the last one there was or is about to be.

    `release` is what readers see with it, `found` what `last_refresh` keeps of it, `stands` how deliveries stand after it.
    """
    trend = _trend(var, release)
    page: str = _template().render(
        programme_id=var.programme_id,
        states=STATE_WORDS,
        effects=_EFFECTS,
        line=line,
        reasons=list(dict.fromkeys([*line.reasons, *stands.open_reasons, *stands.waiting_reasons])),
        is_synthetic=line.is_synthetic or bool(release and release.manifest.is_synthetic),
        arrivals=found["arrivals"],
        passed_over=found["passed_over"],
        rejected=_rejected(var, found["arrivals"]),
        tables=_by_table(found["checks"] or _checks_of(release)),
        releases=[each.release_id for each in trend],
        trend={each.release_id: _failed_rows(each) for each in trend},
        ages=source_ages(release.manifest, var, line.as_of_on) if release else [],
    )
    return page


@cache
def _template() -> Any:
    import jinja2  # only a refresh needs it

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["day"] = _day
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def _trend(var: VarFolder, release: Release | None) -> list[Release]:
    """The last releases, in the order in which readers were last switched to them, up to the one they see."""
    if release is None:
        return []
    seen = reading.history(var, _RELEASES)
    others = [each.release for each in seen if each.release.release_id != release.release_id]
    return [*reversed(others[: _RELEASES - 1]), release]


def _quality(release: Release) -> list[Row]:
    import pyarrow.parquet as pq

    rows: list[Row] = []
    if _QUALITY in release.manifest.tables:
        with suppress(ReleaseDamaged):  # the page does without; `status` and `verify` name the file
            rows = pq.read_table(release.mart_path(_QUALITY)).to_pylist()
    return rows


def _checks_of(release: Release | None) -> list[Row]:
    """The checks of a release, of which the figures are not kept in words."""
    return [{**row, "figures_de": "", "figures_en": ""} for row in (_quality(release) if release else [])]


def _failed_rows(release: Release) -> dict[str, int]:
    """Check → rows that failed in this release; 0 where it passed."""
    return {row["check_id"]: 0 if row["is_passed"] else row["failed_count"] or 1 for row in _quality(release)}


def _by_table(checks: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for check in sorted(checks, key=lambda row: (row["table_name"], row["is_passed"], row["check_id"])):
        found.setdefault(check["table_name"], []).append(check)
    return found


def _rejected(var: VarFolder, arrivals: Sequence[Row]) -> list[Row]:
    """Grain: one file, table and rule: how many rows or cells it rejected, and where the first of them stand."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = {row["delivery_id"]: f"{row['source_id']}/{row['file_name']}" for row in arrivals}
    counts: Counter[tuple[str, ...]] = Counter()
    places: dict[tuple[str, ...], list[Row]] = {}
    for path in sorted(var.rejected.glob("*.parquet")):
        columns = ["_delivery", "_row", "column_name", "rule_id", "sentence_de", "sentence_en"]
        rows: list[Row] = []
        with suppress(OSError, pa.ArrowException):  # a damaged one; the next landing of its table writes it anew
            rows = pq.read_table(path, columns=columns).to_pylist()
        for row in rows:
            if row["_delivery"] in names:
                key = (names[row["_delivery"]], path.stem, row["rule_id"], row["column_name"] or "")
                counts[key] += 1
                places.setdefault(key, []).append(row)
    return [
        {"file": key[0], "table": key[1], "count": count, "places": places[key][:_PLACES]}
        for key, count in sorted(counts.items())
    ]


def _day(date: dt.date | str | None, language: str) -> str:
    """A day as a reader of the language writes it; a dash where there is none."""
    if date is None:
        return "—"
    plain = dt.date.fromisoformat(date) if isinstance(date, str) else date
    return plain.strftime("%d.%m.%Y") if language == "de" else plain.isoformat()
