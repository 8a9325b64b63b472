"""The page of a refresh: one static file for the data office, German and English, readable on paper, no outside host.

What came, what was rejected and is held, which checks ran and how they went in the last releases, how old each source
is. Made from what the refresh left on disk; beside `last_refusal.txt`, and in the folder of the release it published.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from release import last_refresh, ledger, reading
from release.atomic import write_whole
from release.freshness import source_ages
from release.layout import VarFolder
from release.reading import Release
from release.standing import STATE_WORDS, standing

PAGE = "refresh.html"
_RELEASES = 6  # of the trend
_PLACES = 3  # that a rejection names
_TEMPLATE = Path(__file__).with_suffix(".html.jinja")
Row = dict[str, Any]
_EFFECTS = {"block": ("lehnt ab", "refuses"), "hold": ("hält an", "holds"), "warn": ("weist hin", "notes")}


def follow(var: VarFolder) -> None:
    """Write the page of the last refresh; a publication keeps it in the folder of its release as well."""
    line = ledger.last(var, *ledger.REFRESHES)
    if line is None:
        return
    content = render(var, line).encode()
    write_whole(var.refresh_page, content)
    if line.outcome == "published" and line.release_id:
        kept = var.releases / line.release_id / PAGE
        if not kept.exists():
            write_whole(kept, content)
            kept.chmod(0o444)


def render(var: VarFolder, line: ledger.Entry) -> str:
    """The page about the refresh of a ledger line, the last one there was."""
    release, found, stands = reading.current(var), last_refresh.read(var), standing(var)
    trend = _trend(var)
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
        ages=source_ages(release.manifest, line.as_of_on) if release else [],
    )
    return page


@cache
def _template() -> Any:
    import jinja2  # only a refresh needs it

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["day"] = _day
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def _trend(var: VarFolder) -> list[Release]:
    """The last releases, in the order in which readers were first switched to them."""
    return [each.release for each in reversed(reading.history(var, _RELEASES))]


def _quality(release: Release) -> list[Row]:
    import pyarrow.parquet as pq

    path = release.folder / "internal" / "fct_data_quality.parquet"
    rows: list[Row] = pq.read_table(path).to_pylist() if path.is_file() else []
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
    import pyarrow.parquet as pq

    names = {row["delivery_id"]: f"{row['source_id']}/{row['file_name']}" for row in arrivals}
    counts: Counter[tuple[str, ...]] = Counter()
    places: dict[tuple[str, ...], list[Row]] = {}
    for path in sorted(var.rejected.glob("*.parquet")):
        columns = ["_delivery", "_row", "column_name", "rule_id", "sentence_de", "sentence_en"]
        for row in pq.read_table(path, columns=columns).to_pylist():
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
