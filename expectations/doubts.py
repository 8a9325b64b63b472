"""Doubts: what a rule of plausibility finds, where it stands, and how results say so.

A doubt names a reason and a place by ids of the declarations (item, period, area) or of the row's key, never by a
delivered figure. What was raised by the rows in force already is no doubt of a new delivery: somebody let it pass.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log1p
from typing import Generic, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from programmes.expected import Expected
from programmes.sources import Table

T = TypeVar("T")

_NAMED = 3  # places a sentence names


@dataclass(frozen=True, order=True)
class Doubt:
    """One doubt: its reason, and the item, period and place (area or key) it stands at; '' where it is about all."""

    reason: str
    item: str = ""
    period: str = ""
    place: str = ""

    @property
    def where(self) -> str:
        """The place in words."""
        return " ".join(part for part in (self.item, self.period, self.place) if part)


@dataclass(frozen=True)
class Asked:
    """What a rule is asked with: limits and free texts as declared, the day of the check, other tables delivered and published."""

    expected: Expected
    item_jumps: Mapping[str, float] = field(default_factory=dict)  # item → per cent
    day: dt.date | None = None
    beside: Mapping[str, pa.Table] = field(default_factory=dict)
    published: Mapping[str, pa.Table] = field(default_factory=dict)
    free_texts: tuple[str, ...] = ()

    def floors(self, item: str) -> tuple[float, float]:
        """Logarithms below which a change of a whole item, and of one figure of it, is never doubted."""
        own = self.item_jumps.get(item)
        item_jump = float(self.expected.item_jump_pct) if own is None else own
        return log1p(item_jump / 100), log1p(max(float(self.expected.cell_jump_pct), own or 0) / 100)


@dataclass(frozen=True)
class Compared(Generic[T]):
    """What a rule looks at: the rows or figures of a candidate, those in force before, and what it is asked with."""

    now: T
    before: T | None
    asked: Asked


# What each rule demands, in German and English, with what to do.
SENTENCES: dict[str, tuple[str, str]] = {
    "continuity": ("Zahlen schließen an die Nachbarjahre und an die veröffentlichten an: Größe, Gebiet und Maßstab prüfen.", "Figures follow on from the years around and from the published ones: check item, area and scale."),
    "repeats": ("Kein Zeitraum und kein Gebiet trägt die Zahlen eines anderen: den richtigen Jahrgang liefern.", "No period and no area bears the figures of another: deliver the right year."),
    "blanks": ("Nichts bisher Geliefertes fehlt ganz: vollständig nachliefern oder leere Vorlagezeilen weglassen.", "Nothing delivered before is wholly absent: deliver it, or leave out empty template rows."),
    "gaps": ("Fehlendes, Geheimgehaltenes und Nullen sind nicht häufiger als sonst: Spalte und Ausgabe prüfen.", "Missing, suppressed and zero figures are no more frequent than usual: check column and export."),
    "newest": ("Der neueste Zeitraum hat Zahlen; fehlen sie noch, dann nachliefern, sobald er geladen ist.", "The newest period has figures; where they are not there yet, deliver it again once it is loaded."),
    "sums": ("Teile ergeben das Ganze: die genannten Zeilen prüfen.", "Parts add up to the whole: check the rows named."),
    "agreements": ("Zwei Quellen sagen über dieselbe Größe dasselbe, im erklärten Spielraum: beide mit ihren Herausgebern abgleichen.", "Two sources tell the same of one quantity, within the declared band: compare both with their publishers."),
    "reporters": ("Es melden etwa so viele wie sonst: auf Vollständigkeit prüfen.", "About as many report as usual: check that all are there."),
    "totals": ("Keine Zeile ist die Summe aller anderen: die Summenzeile weglassen.", "No row is the sum of all others: leave out the total row."),
    "answers": ("Zahl und Antworten der Befragten gleichen den Wellen zuvor: Vollständigkeit und Schlüssel der Antworten prüfen.", "Number and answers of respondents resemble the waves before: check completeness and answer codes."),
    "weights": ("Gewichte haben den Mittelwert 1 und streuen wie sonst: die Gewichtung prüfen.", "Weights have a mean of 1 and are spread as usual: check the weighting."),
    "respondents": ("Jede befragte Person zählt einmal: doppelte Fälle entfernen.", "Each respondent counts once: remove repeated cases."),
    "days": ("Kein Datum liegt in der Zukunft oder ein Menschenalter zu früh: Jahreszahlen prüfen.", "No date lies in the future or a lifetime too early: check the years."),
    "composition": ("Art, Ort und fehlende Angaben verteilen sich wie sonst, und nichts steht unter mehreren Kennungen: Spalten und Ausgabe prüfen.", "Kind, place and missing entries are spread as usual, and nothing stands under several ids: check columns and export."),
    "path": ("Ein Status geht vorwärts, oder ein Beschluss ist genannt: Statusverlauf prüfen.", "A status moves forward, or a decision is named: check the status history."),
    "vanished": ("Nichts Veröffentlichtes verschwindet: wieder aufnehmen und den Ausgang als Status nennen.", "Nothing published disappears: put it back, and name its way out as a status."),
    "identity": ("Eine Kennung bleibt bei ihrer Sache: für Neues eine neue Kennung vergeben.", "An id stays with its thing: give a new id to what is new."),
    "texts": ("Texte enthalten keine Mail-Adressen, Telefonnummern, Anreden oder Titel mit Namen und keine Formeln, und wo Wörter erklärt sind, keine anderen: die genannten Zeilen bereinigen, ein neues Wort in der Quelle erklären.", "Texts hold no mail addresses, telephone numbers, forms of address or titles with names and no formulas, and where words are declared, no others: clean the rows named, declare a new word in the source."),
    "references": ("Tabellen einer Lieferung nennen dieselben Kennungen: in der einen ergänzen oder in der anderen streichen.", "Tables of one delivery name the same ids: add them to the one, or strike them from the other."),
}  # fmt: skip

# Reasons in both languages: key → (Deutsch, English).
REASONS: dict[str, tuple[str, str]] = {
    "jump": ("Sprung einer ganzen Größe", "jump of a whole item"),
    "disorder": ("Gebiete wie vertauscht", "areas as if exchanged"),
    "cell": ("Sprung einer Zahl", "jump of a figure"),
    "jump against what was published": ("ganze Größe anders als veröffentlicht", "whole item unlike what was published"),
    "disorder against what was published": ("Gebiete anders als veröffentlicht", "areas unlike what was published"),
    "cell against what was published": ("Zahl weit neben der veröffentlichten", "figure far from the published one"),
    "exchanged": ("Zahlen zweier Gebiete oder Größen vertauscht", "figures of two areas or items exchanged"),
    "frozen": ("Zahlen des Zeitraums davor", "figures of the period before"),
    "copied": ("Zahlen eines anderen Gebiets oder Zeitraums", "figures of another area or period"),
    "blank_period": ("Zeitraum ganz ohne Angaben", "period without any figure"),
    "blank_item": ("Größe ganz ohne Angaben", "item without any figure"),
    "blank_area": ("Gebiet ganz ohne Angaben", "area without any figure"),
    "gone_period": ("Zeitraum fehlt", "period is gone"),
    "gone_item": ("Größe fehlt", "item is gone"),
    "gone_area": ("Gebiet fehlt", "area is gone"),
    "missing": ("mehr fehlende Angaben als sonst", "more missing figures than usual"),
    "zero": ("mehr Nullen als sonst", "more zeros than usual"),
    "suppressed": ("mehr Geheimgehaltenes als sonst", "more suppressed figures than usual"),
    "unequal": ("Teile ergeben nicht das Ganze", "parts do not add up to the whole"),
    "disagreeing": ("weicht von der anderen Quelle ab", "differs from the other source"),
    "fewer": ("weniger Meldungen als sonst", "fewer reports than usual"),
    "more": ("mehr Meldungen als sonst", "more reports than usual"),
    "total_row": ("Zeile ist die Summe aller anderen", "row is the sum of all others"),
    "fewer_answers": ("weniger Befragte als sonst", "fewer respondents than usual"),
    "more_answers": ("mehr Befragte als sonst", "more respondents than usual"),
    "shares": ("Anteile der Antworten wie nie zuvor", "shares of answers as never before"),
    "unused": ("Antwort kommt nicht mehr vor", "answer occurs no more"),
    "swapped": ("Antworten wie vertauscht", "answers as if exchanged"),
    "weight_mean": ("Gewichte nicht im Mittel 1", "weights without a mean of 1"),
    "weight_spread": ("Gewichte anders gestreut als sonst", "weights spread unlike usual"),
    "twice": ("Befragte mehrfach", "respondents more than once"),
    "future": ("Datum liegt in der Zukunft", "date lies in the future"),
    "early": ("Datum liegt um ein Menschenalter zu früh", "date lies a lifetime too early"),
    "backward": ("Status geht zurück, ohne dass ein Beschluss genannt ist", "status goes back without a decision named"),
    "after_end": ("Status nach dem Ende, ohne dass ein Beschluss genannt ist", "status after the end without a decision named"),
    "vanished": ("war veröffentlicht und fehlt", "was published and is gone"),
    "reused": ("Kennung steht für etwas anderes", "id stands for something else"),
    "changed": ("viele stehen anders da als veröffentlicht", "many stand otherwise than published"),
    "composed": ("anders zusammengesetzt als veröffentlicht", "composed otherwise than published"),
    "repeated": ("dasselbe unter mehreren Kennungen", "the same under several ids"),
    "periods exchanged": ("Zahlen zweier Zeiträume vertauscht", "figures of two periods exchanged"),
    "person": ("Name, Mail-Adresse oder Telefonnummer im Text", "name, mail address or telephone number in a text"),
    "unlisted": ("Text, den die Quelle nicht erklärt", "text the source does not declare"),
    "formula": ("Formel im Text", "formula in a text"),
    "unknown": ("steht nicht in der anderen Tabelle", "is not in the other table"),
}  # fmt: skip


def in_words(doubts: Sequence[Doubt]) -> str:
    """What was found, in English: each reason with a few places; 'as expected' where there is no doubt."""
    if not doubts:
        return "as expected"
    by_reason: dict[str, list[str]] = {}
    for doubt in sorted(set(doubts)):
        by_reason.setdefault(doubt.reason, []).append(doubt.where)
    return "; ".join(
        f"{REASONS[reason][1]}: {', '.join(places[:_NAMED])}"
        + (f" and {len(places) - _NAMED} more" if len(places) > _NAMED else "")
        for reason, places in by_reason.items()
    )


def new_ones(doubts: Iterable[Doubt], known: Iterable[Doubt]) -> list[Doubt]:
    """Doubts that the rows in force do not raise as well."""
    return sorted(set(doubts) - set(known))


def asked_of(table: Table) -> Asked:
    """What the source declares for the rules of a table."""
    jumps = {item.item: float(item.jump_pct) for item in table.items if item.jump_pct is not None}
    return Asked(table.expected, jumps, free_texts=table.free_texts)


def doubted_deliveries(doubts: Sequence[Doubt], rows: pa.Table, before: pa.Table | None) -> tuple[str, ...]:
    """Deliveries the doubts are about: those of the rows doubted, and of these the new ones where there are any."""
    if not doubts:
        return ()
    everything = set(rows["_delivery"].unique().to_pylist())
    new = everything - set(before["_delivery"].unique().to_pylist()) if before is not None else everything
    found: set[str] = set()
    periods = {doubt.period for doubt in doubts}
    if "period" in rows.column_names and "" not in periods:
        held = rows.filter(pc.is_in(rows["period"], value_set=pa.array(sorted(periods), pa.string())))
        found = set(held["_delivery"].unique().to_pylist())
    return tuple(sorted((found & new) or new or found or everything))
