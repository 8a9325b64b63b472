"""A made-up store of many years: thousands of ledger lines and releases of the usual size, written without publishing each.

Releases are alike but for their id and the figure of one mart; every line follows from the one before. What nordwärts has
was the measure: some 30 landed tables, manifests of 90 kB, lines of half a kB and, where something was published, 10 kB.
"""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import exports

from release import ledger, manifest, reading, store
from release.atomic import point
from release.layout import VarFolder
from release.manifest import DeliveryInForce, MartText

BEGINNING = dt.datetime(2000, 1, 1, 3, tzinfo=dt.UTC)
TABLES = [f"source_{number % 12}__table_{number}" for number in range(30)]


def many_years(var: VarFolder, place: Path, releases: int, lines: int) -> VarFolder:
    """Fill a var folder with so many releases, in force one after another, and so many nights; the last one is current."""
    template = store.publish(exports.write_export(place / "first", "first", 1), exports.meta("first"), var)
    every, text = lines // releases, _manifest_text(template)
    written: list[ledger.Entry] = []
    current = {table: [exports.sha256(f"{table} {part}".encode()) for part in range(2)] for table in TABLES}
    for number in range(releases):
        figures = exports.sha256(f"inputs {number}".encode())
        night = BEGINNING + dt.timedelta(days=number * every)
        release_id = manifest.release_id(night.date(), figures)
        _release(var, template, text, release_id, figures)
        new = [TABLES[(number + step) % len(TABLES)] for step in range(3)]
        current |= {table: [exports.sha256(f"{table} {number}".encode()), current[table][1]] for table in new}
        in_force = {table: sorted(ids) for table, ids in current.items()}
        looked_at = dict.fromkeys(("records", "header", "accepted"), 9)
        counts = {table: dict.fromkeys(ids, looked_at) for table, ids in in_force.items()}
        for past in range(every):
            outcome: ledger.Outcome = "unchanged" if past else "published"
            line = ledger.pending(night + dt.timedelta(days=past), {} if past else in_force, {}, {}, {}, {})
            line = replace(line, outcome=outcome, release_id=release_id, inputs_sha256=figures, as_of_on=night.date())
            written.append(replace(line, is_synthetic=True, counts={} if past else counts))
    _ledger(var, written)
    last = written[-1].release_id
    point(var.current, str(last))
    _make_whole(var, template)
    return var


def _make_whole(var: VarFolder, like: reading.Release) -> None:
    """Lay the rest of what readers see: every file its manifest names, and a database."""
    (var.current / "public").mkdir()
    for mart, table in reading.release(var, str(reading.current_id(var))).manifest.tables.items():
        for edition in ["internal", "public"] if table.is_public else ["internal"]:
            path = var.current / edition / f"{mart}.parquet"
            if not path.exists():
                path.hardlink_to(var.objects / f"{table.sha256}.parquet")
    (var.current / reading.CHECKS).hardlink_to(like.checks_path())
    (var.current / "monitoring.duckdb").touch()


def _manifest_text(like: reading.Release) -> str:
    """A manifest of the usual size, with words to put another id, fingerprint and day in the place of."""
    columns = {f"column_{number}": "What it means. " * 8 for number in range(18)}
    text = MartText("One row per thing, and what else there is to say about it. " * 3, columns)
    marts = {f"fct_{number}": replace(like.manifest.tables["dim_project"], text=text) for number in range(33)}
    deliveries = tuple(
        DeliveryInForce(table, exports.sha256(f"{table} {part}".encode()), table.partition("__")[0], exports.AS_OF)
        for table in TABLES
        for part in range(2)
    )
    found = replace(
        like.manifest, release_id="THE-ID", inputs_sha256="THE-INPUTS", deliveries=deliveries,
        tables={**like.manifest.tables, **marts},
    )  # fmt: skip
    return found.dump().decode()


def _release(var: VarFolder, like: reading.Release, text: str, release_id: str, inputs_sha256: str) -> None:
    folder = var.releases / release_id
    (folder / "internal").mkdir(parents=True)
    named = text.replace("THE-ID", release_id).replace("THE-INPUTS", inputs_sha256)
    (folder / reading.MANIFEST).write_text(
        named.replace(f'"as_of_on": "{exports.AS_OF}"', f'"as_of_on": "{release_id[:10]}"')
    )
    for mart, table in like.manifest.tables.items():
        (folder / "internal" / f"{mart}.parquet").hardlink_to(var.objects / f"{table.sha256}.parquet")


def _ledger(var: VarFolder, entries: list[ledger.Entry]) -> None:
    previous: str | None = None
    texts: list[str] = []
    for number, entry in enumerate(entries, start=1):
        body = ledger.to_json(replace(entry, sequence=number, previous=previous))
        digest = exports.sha256(_dump(body).encode())
        texts.append(_dump({**body, "digest": digest}))
        previous = exports.sha256(texts[-1].encode())
    var.ledger.write_text("".join(text + "\n" for text in texts), encoding="utf-8")


def _dump(body: dict[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
