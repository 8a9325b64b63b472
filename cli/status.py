"""`nordwaerts status`: which release readers see, how old it is, and why the last refresh was refused.

Written for the clerk who looks in the morning, who also learns here that a refresh died or is at work. Ends with 0 where all
is well, 1 where no release has been published yet or the one there is is damaged, 2 while a refusal stands or a refresh
died, 3 while a delivery is kept (refused, with the last good one in its place) or held (doubted, until somebody accepts or
rejects it).
"""

import datetime as dt
from dataclasses import asdict
from typing import Any

import click

from cli.arrivals import arrival_lines
from cli.language import labelled, moment, rows_in_words
from cli.options import json_option, language_option, nothing_published, print_json, programme_option, var_folder
from release import last_refresh, ledger, ledger_head, reading, start_mark
from release.archive_damage import receipt_damage
from release.freshness import source_ages
from release.layout import VarFolder
from release.reason import Language
from release.spoken import counted, current_language, day, words
from release.standing import Standing, standing
from release.whole import damage_at_a_glance

REFUSED, KEPT = 2, 3
DEFAULT = "nordwaerts"  # the programme commands are about where none is named
LANGUAGES: tuple[Language, ...] = ("de", "en")
OUTCOMES = {
    "published": ("veröffentlicht", "published"),
    "unchanged": ("nichts Neues geliefert, nichts zu tun", "nothing new delivered, nothing to do"),
    "refused": ("abgelehnt", "refused"),
    "broken": ("abgebrochen", "broke off"),
    "died": ("eine Aktualisierung endete ohne ein Wort", "a refresh ended without a word"),
    "stopped": ("gestoppt", "stopped"),
    "rolled_back": ("auf einen früheren Stand zurückgesetzt", "rolled back to an earlier release"),
    "withdrawn": ("eine Lieferung zurückgezogen", "a delivery withdrawn"),
    "accepted": ("eine angehaltene Lieferung angenommen", "a held delivery accepted"),
    "rejected": ("eine angehaltene Lieferung verworfen", "a held delivery rejected"),
    "reinstated": ("eine zurückgezogene Lieferung zählt wieder", "a withdrawn delivery counts again"),
    "pinned": ("einen Stand festgehalten", "a release pinned"),
    "unpinned": ("einen Stand freigegeben", "a release unpinned"),
    "forgotten": ("Daten über eine Person gelöscht", "data on a person removed"),
    "command_died": ("ein Befehl endete ohne ein Wort", "a command ended without a word"),
    "recovered": ("nach einem Abbruch wieder aufgenommen", "recovered after breaking off"),
}


@click.command("status")
@programme_option
@json_option
@language_option
def status_command(programme: str, as_json: bool) -> int:
    var = var_folder(programme)
    begun = start_mark.looked_at(var, dt.datetime.now(dt.UTC))
    row = {**status_row(var), "begun": asdict(begun) if begun else None}
    if as_json:
        print_json([row])
    else:
        click.echo("\n".join([*_lines(row, var), *(_begun_lines(begun) if begun else [])]))
    if row["damage"]:
        return 1
    if row["refused_at"] or row["command_died_en"] or (begun and not begun.is_running):
        return REFUSED
    if row["kept"] or row["held"]:
        return KEPT
    return 0 if row["release_id"] else 1


def status_row(var: VarFolder) -> dict[str, Any]:
    """One row that says what readers of a programme see; release fields are None before the first release.

    Raises LedgerError, ReleaseMissing or ManifestError where the folder is damaged.
    """
    release = reading.current(var)
    contents = release.manifest if release else None
    oldest = min(contents.deliveries, key=lambda d: (d.received_on, d.source_id), default=None) if contents else None
    switched = reading.switched_entry(var, release.release_id) if release else None
    last = ledger.last(var)
    stands, told = standing(var), last_refresh.read(var)
    refused = stands.refused_line
    damaged = damage_at_a_glance(var, release.release_id) if release else []
    lines = ledger.lines(var)
    if lines and lines[-1].says("key") and ledger_head.content(var) is None:
        damaged.append(ledger_head.missing())
    damaged += receipt_damage(var)
    dead_command = last.reasons[0] if last and last.outcome == "command_died" else None
    reason = refused.reasons[0] if refused and refused.reasons else None
    return {
        "programme_id": var.programme_id,
        "release_id": contents.release_id if contents else None,
        "as_of_on": contents.as_of_on if contents else None,
        "switched_at": switched.at if switched else None,
        "is_synthetic": contents.is_synthetic if contents else None,
        "damage": [{"file": each.file, "de": each.text("de"), "en": each.text("en")} for each in damaged],
        "table_count": len(contents.tables) if contents else 0,
        "row_count": contents.row_count if contents else 0,
        "delivery_count": len({d.delivery_id for d in contents.deliveries}) if contents else 0,
        "sources": [asdict(age) for age in source_ages(contents, var)] if contents else [],
        "kept": _kept(stands),
        "held": held_rows(stands, var.programme_id),
        **{part: told[part] for part in ("arrivals", "passed_over")},
        "page": str(var.refresh_page) if var.refresh_page.is_file() else None,
        "oldest_delivery_source_id": oldest.source_id if oldest else None,
        "oldest_delivery_on": oldest.received_on if oldest else None,
        "last_outcome": last.outcome if last else None,
        "last_outcome_at": last.at if last else None,
        **{f"command_died_{each}": dead_command.text(each) if dead_command else None for each in LANGUAGES},
        "refused_at": refused.at if refused else None,
        "refusal_reason_count": len(refused.reasons) if refused else 0,
        "refusal_de": reason.text("de") if reason else None,
        "refusal_en": reason.text("en") if reason else None,
    }


def _kept(stands: Standing) -> list[dict[str, Any]]:
    """One row per reason for which a delivery was not taken over while the last good one was published in its place."""
    return [
        {"source_id": reason.source, "file": reason.file, "de": reason.text("de"), "en": reason.text("en")}
        for reason in stands.kept_reasons
    ]


def held_rows(stands: Standing, programme_id: str) -> list[dict[str, Any]]:
    """One row per delivery that waits for a person: which file, why in words, and the commands that decide."""
    rows: dict[str, dict[str, Any]] = {}
    for table, ids in stands.waiting.items():
        for delivery_id, checks in ids.items():
            reasons = [each for each in stands.waiting_reasons if each.delivery == delivery_id and each.rule in checks]
            options = '--because "…" --by NAME' + ("" if programme_id == DEFAULT else f" --programme {programme_id}")
            row = rows.setdefault(
                f"{table.partition('__')[0]} {delivery_id}",
                {
                    "source_id": table.partition("__")[0],
                    "delivery_id": delivery_id,
                    "file": next((reason.file for reason in reasons), None),
                    "tables": [],
                    "checks": [],
                    "de": [],
                    "en": [],
                    "accept": f"nordwaerts accept {delivery_id[:12]} {options}",
                    "reject": f"nordwaerts reject {delivery_id[:12]} {options}",
                },
            )
            row["tables"].append(table)
            row["checks"] += checks
            for language in LANGUAGES:
                row[language] += [reason.sentence(language) for reason in reasons]
    return list(rows.values())


def _held_lines(rows: list[dict[str, Any]]) -> list[str]:
    head = words(
        "Angehalten, bis jemand entscheidet; so lange gilt, was bisher galt:",
        "Held until somebody decides; what counted until now counts on:",
    )
    lines = ["", head]
    for row in rows:
        lines += [f"  {sentence}" for sentence in row[current_language()]]
        lines += [f"    {row['accept']}", f"    {row['reject']}"]
    return lines


def _lines(row: dict[str, Any], var: VarFolder) -> list[str]:
    lines = _release_lines(row) if row["release_id"] else _nothing_yet(var.programme_id)
    if row["damage"]:
        lines += ["", words("BESCHÄDIGT:", "DAMAGED:")]
        lines += [*(f"  {each[current_language()]}" for each in row["damage"]), ""]
    if row["last_outcome"]:
        outcome = words(*OUTCOMES[row["last_outcome"]])
        when = moment(row["last_outcome_at"])
        lines.append(labelled(words("zuletzt", "last"), f"{when}: {outcome}"))
    if row["command_died_en"]:
        lines.append(f"  {row['command_died_' + current_language()]}")
    arrived = arrival_lines((each for each in row["arrivals"] if each["is_new"] or each["tables"]), row["passed_over"])
    if arrived:
        lines += ["", words("Im letzten Lauf:", "In the last run:"), *arrived]
    if row["refused_at"]:
        lines += ["", words("Die letzte Lieferung ist nicht übernommen:", "The last delivery was not taken over:")]
        lines.append(f"  {row['refusal_' + current_language()] or words(*OUTCOMES['broken'])}")
        others = row["refusal_reason_count"] - 1
        if others > 0:
            lines.append(words(f"  Dazu weitere Gründe: {others}.", f"  Further reasons: {others}."))
    if row["kept"]:
        still = words("die letzte gute Lieferung gilt weiter", "the last good delivery still counts")
        lines += ["", words("Nicht übernommen; ", "Not taken over; ") + still + ":"]
        lines += [f"  {kept[current_language()]}" for kept in row["kept"]]
    if row["held"]:
        lines += _held_lines(row["held"])
    if row["refused_at"] or row["kept"] or row["held"]:
        lines.append(words(f"  Alles steht in {var.last_refusal}", f"  All of it is in {var.last_refusal}"))
    if row["page"]:
        lines += ["", words(f"Die Seite zum letzten Lauf: {row['page']}", f"The page of the last run: {row['page']}")]
    return lines


def _begun_lines(begun: start_mark.Begun) -> list[str]:
    """A refresh or command at work, or one that died where this reader may not write it down."""
    seen = begun.seen
    if begun.is_running and seen.phase in start_mark.COMMANDS:
        command, since = f"nordwaerts {seen.phase}", moment(seen.begun_at)
        return ["", words(f"Seit {since} läuft „{command}“.", f"'{command}' is running since {since}.")]
    if begun.is_running:
        de, en = start_mark.PHASES[seen.phase]
        since = moment(seen.begun_at)
        return [
            "",
            words(
                f"Seit {since} läuft eine Aktualisierung, jetzt bei: {de}.",
                f"A refresh is running since {since}, now {en}.",
            ),
        ]
    return ["", start_mark.death(seen).text(current_language())]


def _release_lines(row: dict[str, Any]) -> list[str]:
    lines = [words(f"Gültig ist der Stand {row['release_id']}.", f"Release {row['release_id']} is current.")]
    if row["is_synthetic"]:
        lines.append(
            words(
                "SYNTHETISCHE MUSTERDATEN: Kein Wert ist eine amtliche Angabe.",
                "SYNTHETIC SAMPLE DATA: no value is an official figure.",
            )
        )
    else:
        lines.append(words("Echte Lieferungen.", "Real deliveries."))
    lines.append(labelled(words("Zahlen zum", "figures as of"), day(row["as_of_on"])))
    if row["switched_at"]:
        lines.append(labelled(words("zu sehen seit", "to be seen since"), moment(row["switched_at"])))
    tables = counted(row["table_count"], ("Tabelle", "Tabellen"), ("table", "tables"))
    lines.append(labelled(words("Umfang", "extent"), f"{tables}, {rows_in_words(row['row_count'])}"))
    deliveries = words(f"{row['delivery_count']} in Kraft", f"{row['delivery_count']} in force")
    if row["oldest_delivery_on"]:
        oldest, source = day(row["oldest_delivery_on"]), row["oldest_delivery_source_id"]
        deliveries += words(
            f", die älteste eingegangen am {oldest} ({source})", f", the oldest received on {oldest} ({source})"
        )
    lines.append(labelled(words("Lieferungen", "deliveries"), deliveries))
    width = max((len(source["source_id"]) for source in row["sources"]), default=0)
    return lines + [labelled(f"  {source['source_id']:<{width}}", _age(source)) for source in row["sources"]]


def _age(source: dict[str, Any]) -> str:
    newest = words(f"zuletzt {day(source['newest_delivery_on'])}", f"newest {day(source['newest_delivery_on'])}")
    if source["last_seen_on"] != source["newest_delivery_on"]:
        seen = day(source["last_seen_on"])
        newest += words(f", unverändert angeboten {seen}", f", offered unchanged {seen}")
    if source["warning"] == "expected":
        expected = day(source["expected_on"])
        newest += words(f", neue Lieferung erwartet seit {expected}", f", a new delivery expected since {expected}")
    if source["due_on"] is None:
        return newest
    due, left_in_words = day(source["due_on"]), counted(source["days_left"], ("Tag", "Tage"), ("day", "days"))
    if source["is_overdue"]:
        return newest + words(f", ÜBERFÄLLIG seit {due}: neu anfordern", f", OVERDUE since {due}: ask for a new one")
    ahead = ""
    if source["warning"] in ("due_within_7_days", "due_within_30_days"):
        ahead = words(f", noch {left_in_words}: jetzt anfordern", f", {left_in_words} left: ask for it now")
    return newest + words(f", neue nötig bis {due}", f", next one due by {due}") + ahead


def _nothing_yet(programme: str) -> list[str]:
    return [nothing_published(programme).text(current_language())]
