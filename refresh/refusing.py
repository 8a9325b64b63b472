"""Why a landed table or a whole source is refused, in words: the file, the true cause with its first place, and what to do."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from expectations.rules import CheckResult
from ingest.archive import Receipt
from ingest.commonest import commonest
from ingest.findings import DeliveryRefused, address_in_words, rule_sentence
from ingest.landing import Landed
from programmes.exceptions import GateException
from programmes.sources import LandedTable, Source
from refresh.candidate import Candidate
from release.reason import Reason

_NAMED = 3  # rules that rows of one file break, named in a sentence
_SHARE = "rejected_pct"


def missing(inbox: Path, table: LandedTable, has_others: bool) -> Reason:
    """That the file of a table is missing; one sentence for the whole source where it delivered nothing at all."""
    tables = [table.declared] if has_others else table.source.tables.values()
    names = sorted({each.files or table.source.connector.files for each in tables})
    expected = ", ".join([str(inbox / table.source.source_id / names[0]), *names[1:]])
    return Reason(
        f"{table.source.source_id}: {rule_sentence('source_missing', 'de', expected)}",
        f"{table.source.source_id}: {rule_sentence('source_missing', 'en', expected)}",
        source=table.source.source_id,
        rule="source_missing",
    )


def closed_folder(source: Source, folder: Path) -> Reason:
    """That nobody can say what a source delivered."""
    return Reason(
        f"{folder}: {rule_sentence('inbox_closed', 'de')}",
        f"{folder}: {rule_sentence('inbox_closed', 'en')}",
        source=source.source_id,
        rule="inbox_closed",
    )


def to_come(table: LandedTable, receipt: Receipt) -> Reason:
    """That a delivery is said to have come after now: whoever counts its days would never find it too old."""
    place, day = f"{receipt.source_id}/{receipt.file_name}", receipt.seen_at.date()
    return Reason(
        f"{table.name}: {place} kam der Quittung nach am {day:%d.%m.%Y}, und der Tag liegt noch vor uns.",
        f"{table.name}: {place} came on {day} by its receipt, and that day is still to come.",
        "Die Uhr des Rechners prüfen, die Datei noch einmal in den Eingangsordner legen und neu starten.",
        "Check the clock of the computer, put the file into the inbox once more and start again.",
        source=receipt.source_id,
        file=receipt.file_name,
        rule="receipt_to_come",
        delivery=receipt.delivery_id,
    )


def clock_set_back(now: dt.datetime, last: dt.datetime) -> Reason:
    """That the clock of this refresh lies far before what the ledger says of the last one."""
    return Reason(
        f"Die Uhr steht auf {now:%d.%m.%Y}, die letzte Zeile des Ledgers ist vom {last:%d.%m.%Y}.",
        f"The clock says {now:%Y-%m-%d}, the last line of the ledger is of {last:%Y-%m-%d}.",
        "Die Uhr des Rechners stellen und neu starten. Geht sie richtig, gilt sie beim nächsten Start.",
        "Set the clock of the computer and start again. Where it is right, the next start believes it.",
        rule="clock_set_back",
    )


def refused_delivery(receipt: Receipt, refused: DeliveryRefused, has_others: bool, is_in_force: bool = False) -> Reason:
    """That a delivery as a whole cannot be used, and that another may lie beside it.

    One in force goes on counting where its file is taken away: only a person takes it back.
    """
    place = f"{receipt.source_id}/{receipt.file_name}"
    german, english = (
        place
        + (f", {address_in_words(refused.line, language)}" if refused.line else "")
        + f": {rule_sentence(refused.rule_id, language, refused.detail)}"
        for language in ("de", "en")
    )
    withdraw = f"nordwaerts withdraw {receipt.delivery_id[:12]} --because …"
    taken_back = (
        f"Sie gilt noch und wird so nicht mehr gelesen: die Deklaration zurücknehmen, oder neu liefern lassen und {withdraw}",
        f"It is in force and cannot be read so any more: undo the declaration, or have it delivered anew and {withdraw}",
    )
    beside = (
        taken_back
        if is_in_force
        else (
            (
                f"Liegt die richtige Datei schon daneben, {place} aus dem Eingangsordner nehmen.",
                f"If the right file lies beside it already, take {place} out of the inbox.",
            )
            if has_others
            else ("", "")
        )
    )
    return Reason(german, english, *beside, source=receipt.source_id, file=receipt.file_name, rule=refused.rule_id)


def about(reasons: Iterable[Reason], refused: Sequence[Receipt]) -> tuple[Reason, ...]:
    """Reasons with the refused deliveries they speak of: those whose files they name, else all of them."""
    found = []
    for reason in reasons:
        named = [each for each in refused if reason.file and each.file_name in reason.file.split(", ")]
        found.append(replace(reason, about=tuple(sorted(each.delivery_id for each in named or refused))))
    return tuple(found)


def nothing_in_force(table: LandedTable) -> Reason:
    """That deliveries wait for a person, and none is in force that could count meanwhile."""
    return Reason(
        f"{table.name}: Keine frühere Lieferung ist in Kraft, die bis zur Entscheidung gelten könnte.",
        f"{table.name}: no earlier delivery is in force that could count until somebody decides.",
        "Jede angehaltene Lieferung ansehen und annehmen (nordwaerts accept) oder verwerfen (nordwaerts reject).",
        "Look at every held delivery, then accept it (nordwaerts accept) or reject it (nordwaerts reject).",
        source=table.source.source_id,
        rule="nothing_in_force",
    )


def crashed(table: LandedTable, error: Exception, trace: str) -> Reason:
    """That a check has no result; what was not checked is not published."""
    return Reason(
        f"{table.name}: Prüfung 1 hat nicht zu jeder Regel ein Ergebnis ({type(error).__name__}); ungeprüft gilt nichts.",
        f"{table.name}: gate 1 has no result for every rule ({error}); nothing counts unchecked.",
        f"Die neue Lieferung aus dem Eingangsordner nehmen, und das Protokoll {trace} der Entwicklung geben.",
        f"Take the new delivery out of the inbox, and give the log {trace} to the developers.",
        source=table.source.source_id,
        rule="every_check_ran",
    )


def expired(table: LandedTable, exception: GateException, check: CheckResult, files: str) -> Reason:
    """That an exception has run out and what it excused is doubted again."""
    place = f"exceptions.yml:{exception.line}"
    source_id = table.source.source_id
    return Reason(
        f"{source_id}/{files}: Die Ausnahme von der Regel „{check.sentence_de}“ galt bis {exception.expires:%d.%m.%Y} "
        f"({place}); die Lieferung verletzt die Regel weiter.",
        f"{source_id}/{files}: the exception from the rule '{check.sentence_en}' ended on {exception.expires} ({place}); "
        "the delivery still breaks the rule.",
        "Die Ausnahme mit Grund verlängern, oder streichen: dann wartet die Lieferung auf eine Entscheidung.",
        "Prolong the exception with a reason, or strike it: then the delivery waits for a decision.",
        source=source_id,
        file=files,
        rule=check.check_id,
    )


def broken_rules(
    table: LandedTable, candidate: Candidate, in_force: Iterable[str], checks: Iterable[CheckResult]
) -> list[Reason]:
    """Why gate 1 refuses a candidate: one reason per rule, and what the rejected rows of its new files were rejected for.

    Names the deliveries that are new, or all where none is. Rows rejected come first where their share is the cause.
    """
    known = set(in_force)
    named = [receipt for receipt in candidate.receipts if receipt.delivery_id not in known] or list(candidate.receipts)
    rejected = [(receipt, candidate.landed[receipt.delivery_id]) for receipt in named]
    causes = [_cause(receipt, landed) for receipt, landed in rejected if landed.findings]
    failed = list(checks)
    share = [check for check in failed if check.column_name == _SHARE]
    others = [_broken(table, named, check) for check in failed if check not in share]
    if not share or not causes:
        return [*(_broken(table, named, check) for check in share), *others, *causes]
    first = _broken(table, named, share[0])
    why = Reason(
        " ".join([first.de, *(cause.de for cause in causes)]),
        " ".join([first.en, *(cause.en for cause in causes)]),
        causes[0].remedy_de,
        causes[0].remedy_en,
        source=first.source,
        file=first.file,
        rule=first.rule,
    )
    return [why, *others]


def _broken(table: LandedTable, receipts: Iterable[Receipt], check: CheckResult) -> Reason:
    files = ", ".join(receipt.file_name for receipt in receipts)
    source_id = table.source.source_id
    return Reason(
        f"{source_id}/{files}: verletzt die Regel „{check.sentence_de}“ ({check.figures('de')}).",
        f"{source_id}/{files}: breaks the rule '{check.sentence_en}' ({check.figures('en')}).",
        source=source_id,
        file=files,
        rule=check.check_id,
    )


def _cause(receipt: Receipt, landed: Landed) -> Reason:
    """What most rows of a file were rejected for, each rule with its first place."""
    found = commonest(landed.findings)
    place = f"{receipt.source_id}/{receipt.file_name}"
    rejected, delivered = landed.rejected_line_count, landed.delivered_line_count
    more = len(found) - _NAMED
    de = [each.sentence("de") for each in found[:_NAMED]] + ([f"Dazu {more} weitere Regeln."] if more > 0 else [])
    en = [each.sentence("en") for each in found[:_NAMED]] + ([f"And {more} more rules."] if more > 0 else [])
    return Reason(
        f"{place}: abgewiesen {rejected} von {delivered} Zeilen. {' '.join(de)}",
        f"{place}: rejected {rejected} of {delivered} rows. {' '.join(en)}",
        "Alle abgewiesenen Zeilen mit ihrem Grund stehen im Ordner rejected; berichtigen und neu liefern.",
        "All rejected rows with their reason are in the folder rejected; correct them and deliver again.",
        source=receipt.source_id,
        file=receipt.file_name,
        rule=found[0].first.rule_id,
    )
