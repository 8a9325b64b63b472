"""What can be wrong with a delivery, as sentences a clerk understands.

`RULES` holds one German and one English sentence per rule, each saying what is wrong and what to do;
they never contain a delivered value, because findings travel into logs, checks and marts. `Finding` is
one broken row, `DeliveryRefused` one delivery that cannot be used at all.
"""

import re
from dataclasses import dataclass

RULES: dict[str, tuple[str, str]] = {
    # rows and cells
    "number_format": (
        "Keine Zahl in der vereinbarten Schreibweise ({detail}). Zahl berichtigen oder ein vereinbartes Zeichen (- . / x *) setzen.",
        "Not a number in the agreed notation ({detail}). Correct the number or put an agreed sign (- . / x *).",
    ),
    "not_whole": (
        "Eine Anzahl ist eine ganze Zahl, ohne Nachkommastellen und Zeichen. Zahl berichtigen.",
        "A count is a whole number, without decimal places and signs. Correct the number.",
    ),
    "not_positive": (
        "Die Zahl muss größer als 0 sein. Zahl berichtigen.",
        "The number must be above 0. Correct the number.",
    ),
    "below_minimum": (
        "Die Zahl liegt unter dem, was sie sein kann (mindestens {detail}). Zahl berichtigen.",
        "The number lies below what it can be (at least {detail}). Correct the number.",
    ),
    "above_maximum": (
        "Die Zahl liegt über dem, was sie sein kann (höchstens {detail}). Zahl berichtigen.",
        "The number lies above what it can be (at most {detail}). Correct the number.",
    ),
    "part_above_whole": (
        "Der Teil ist größer als das Ganze ({detail}). Beide Zahlen prüfen, die falsche berichtigen.",
        "The part is larger than the whole ({detail}). Check both numbers, correct the wrong one.",
    ),
    "unit": (
        "Die Zahl steht in einer anderen Einheit als vereinbart ({detail}). In der vereinbarten Einheit neu abrufen.",
        "The number comes in another unit than agreed ({detail}). Fetch it again in the agreed unit.",
    ),
    "period_against_date": (
        "Jahr und Stichtag nennen verschiedene Jahre. Das falsche von beiden berichtigen.",
        "Year and reference date name different years. Correct the wrong one of the two.",
    ),
    "date_format": (
        "Kein Datum in der Form TT.MM.JJJJ oder JJJJ-MM-TT. Datum berichtigen.",
        "Not a date of the form DD.MM.YYYY or YYYY-MM-DD. Correct the date.",
    ),
    "year_format": (
        "Kein Jahr mit vier Ziffern. Jahr berichtigen.",
        "Not a year of four digits. Correct the year.",
    ),
    "pattern": (
        "Der Eintrag hat nicht die vereinbarte Form. Eintrag berichtigen.",
        "The entry does not have the agreed form. Correct the entry.",
    ),
    "choice": (
        "Der Eintrag gehört nicht zu den vereinbarten Wörtern. Eines davon verwenden: {detail}.",
        "The entry is none of the agreed words. Use one of: {detail}.",
    ),
    "area_unknown": (
        "Dieses Gebiet gibt es auf der Ebene {detail} nicht. Schlüssel oder Namen berichtigen.",
        "There is no such area on level {detail}. Correct code or name.",
    ),
    "area_ambiguous": (
        "Diesen Namen tragen mehrere Gebiete der Ebene {detail}. Den Gebietsschlüssel statt des Namens liefern.",
        "Several areas of level {detail} have this name. Deliver the area code instead of the name.",
    ),
    "leading_zero_lost": (
        "Der Gebietsschlüssel hat zu wenige Stellen ({detail} erwartet): führende Null verloren? Spalte als Text liefern.",
        "The area code has too few digits ({detail} expected): a leading zero lost? Deliver the column as text.",
    ),
    "required_empty": (
        "Pflichtangabe fehlt. Angabe nachtragen.",
        "A required entry is empty. Fill it in.",
    ),
    "duplicate_row": (
        "Die Zeile kommt mehrfach gleich vor; die erste gilt. Doppelte Zeile entfernen.",
        "The row occurs more than once with the same content; the first one counts. Remove the duplicate.",
    ),
    "duplicate_key": (
        "Zum selben Schlüssel ({detail}) gibt es widersprüchliche Zeilen; keine gilt. Eine davon entfernen.",
        "Contradicting rows have the same key ({detail}); none counts. Remove one of them.",
    ),
    "field_count": (
        "Die Zeile hat nicht so viele Felder wie die Kopfzeile ({detail}). Trennzeichen und Anführungszeichen prüfen.",
        "The row has not as many fields as the header ({detail}). Check delimiters and quotes.",
    ),
    "quality_flag": (
        "Unbekanntes Qualitätskennzeichen. Eines aus e, p, r, s, () verwenden.",
        "Unknown quality flag. Use one of e, p, r, s, ().",
    ),
    # whole deliveries
    "empty": (
        "Die Datei ist leer. Datei neu liefern.",
        "The file is empty. Deliver it again.",
    ),
    "truncated": (
        "Die Datei bricht mitten im Inhalt ab ({detail}). Datei vollständig neu liefern.",
        "The file ends in mid content ({detail}). Deliver the whole file again.",
    ),
    "unreadable": (
        "Die Datei lässt sich nicht als {detail} lesen. Im vereinbarten Format neu liefern.",
        "The file cannot be read as {detail}. Deliver it again in the agreed format.",
    ),
    "encoding": (
        "Der Zeichensatz ist weder UTF-8 noch Windows-1252 oder nicht der vereinbarte. Als UTF-8 speichern und neu liefern.",
        "The character set is neither UTF-8 nor Windows-1252, or not the agreed one. Save as UTF-8 and deliver again.",
    ),
    "member_missing": (
        "Im ZIP fehlt die Datei {detail}. Vollständiges ZIP liefern.",
        "The ZIP lacks the file {detail}. Deliver the whole ZIP.",
    ),
    "sheet_missing": (
        "In der Mappe fehlt das Blatt {detail}. Blatt nicht umbenennen; Mappe neu liefern.",
        "The workbook lacks the sheet {detail}. Do not rename it; deliver the workbook again.",
    ),
    "delimiter": (
        "Die Kopfzeile ist mit einem anderen Zeichen getrennt als vereinbart (vereinbart / gefunden: {detail}). "
        "Mit dem vereinbarten Trennzeichen neu speichern und liefern.",
        "The header is parted by another delimiter than agreed (agreed / found: {detail}). "
        "Save it with the agreed delimiter and deliver again.",
    ),
    "no_json_object": (
        "In jeder Zeile muss ein JSON-Objekt stehen, hier steht etwas anderes. Als ein Objekt je Zeile neu liefern.",
        "Every line must hold one JSON object; this one holds something else. Deliver one object a line.",
    ),
    "nested_too_deep": (
        "Die Datei ist tiefer geschachtelt, als ein Datensatz sein kann. Im vereinbarten Format neu liefern.",
        "The file is nested deeper than a record can be. Deliver it again in the agreed format.",
    ),
    "lone_surrogate": (
        "Ein Eintrag enthält ein halbes Zeichen, wie es von einem abgeschnittenen Emoji bleibt. Eintrag berichtigen; neu liefern.",
        "An entry holds half a character, as a cut-off emoji leaves it. Correct the entry; deliver again.",
    ),
    "header_missing": (
        "Keine Kopfzeile mit {detail} gefunden. Kopfzeile nicht ändern; neu liefern.",
        "No header row with {detail} found. Do not change the header; deliver again.",
    ),
    "column_missing": (
        "Die Spalte {detail} fehlt. Spalte nicht umbenennen oder entfernen; neu liefern.",
        "The column {detail} is missing. Do not rename or remove it; deliver again.",
    ),
    "column_repeated": (
        "Die Spalte {detail} kommt mehrfach vor. Jede Spalte nur einmal führen; neu liefern.",
        "The column {detail} occurs more than once. Keep each column once; deliver again.",
    ),
    "no_rows": (
        "Die Datei enthält keine verwertbare Zeile. Datei mit Inhalt liefern.",
        "The file holds no usable row. Deliver a file with content.",
    ),
    "period_not_as_named": (
        "Der Dateiname nennt {detail}. Dateiname oder Inhalt stimmt nicht: richtigen Jahrgang liefern.",
        "The file name says {detail}. Name or content is wrong: deliver the right year.",
    ),
    "source_missing": (
        "Es liegt keine Lieferung vor. Datei ablegen als {detail}.",
        "There is no delivery. Put the file there as {detail}.",
    ),
    # files and folders of the inbox that no source takes
    "inbox_root": (
        "Liegt neben den Ordnern der Quellen und wird nicht gelesen. In den Ordner seiner Quelle legen: {detail}.",
        "Lies beside the folders of the sources and is not read. Put it into the folder of its source: {detail}.",
    ),
    "inbox_unknown_source": (
        "Zu diesem Ordner gibt es keine Quelle. Inhalt in den Ordner seiner Quelle legen: {detail}.",
        "There is no source of this name. Put the content into the folder of its source: {detail}.",
    ),
    "inbox_subfolder": (
        "Unterordner werden nicht gelesen. Dateien unmittelbar in {detail}/ legen.",
        "Subfolders are not read. Put the files into {detail}/ itself.",
    ),
    "inbox_temporary": (
        "Eine vorläufige oder Systemdatei, keine Lieferung. Löschen, oder fertig kopieren und richtig benennen.",
        "A temporary or system file, no delivery. Delete it, or finish copying and name it properly.",
    ),
    "inbox_unreadable": (
        "Keine Datei, die der Dienst lesen darf. Leserecht geben oder die Datei selbst statt eines Verweises ablegen.",
        "No file the service may read. Give it the right to read, or put the file itself there instead of a link.",
    ),
    "inbox_pattern": (
        "Der Name passt zu keinem der vereinbarten Muster ({detail}). Datei umbenennen oder in den richtigen Ordner legen.",
        "The name fits none of the agreed patterns ({detail}). Rename the file or put it into the right folder.",
    ),
    "inbox_growing": (
        "Wird gerade noch geschrieben und bleibt bis zum nächsten Lauf liegen. Nichts zu tun; oder nach dem Kopieren neu starten.",
        "Is still being written and stays until the next run. Nothing to do; or start again once it is copied.",
    ),
}  # fmt: skip


_GERMAN_ADDRESS_WORDS = {"line": "Zeile", "feature": "Objekt"}


@dataclass(frozen=True)
class Finding:
    """One row or cell that breaks the contract: where, which rule, which column; never the value.

    `row_address` is a key and the same in every language: 'line 14', 'Blatt line 9', 'feature 3'.
    """

    row_address: str
    column_name: str | None
    rule_id: str
    detail: str = ""

    def sentence(self, language: str) -> str:
        """Address, rule and remedy in words; `language` is 'de' or 'en'."""
        address = address_in_words(self.row_address, language)
        if self.column_name:
            address += f", {'Spalte' if language == 'de' else 'column'} {self.column_name}"
        return f"{address}: {rule_sentence(self.rule_id, language, self.detail)}"


class BrokenRule(Exception):
    """A cell that breaks a rule; landing turns it into a finding with its address."""

    def __init__(self, rule_id: str, detail: str = "") -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id
        self.detail = detail


class DeliveryRefused(Exception):
    """A delivery that cannot be used as a whole; carries the same words as a finding, and the file."""

    def __init__(self, rule_id: str, file_name: str, detail: str = "", line: str | None = None) -> None:
        self.rule_id = rule_id
        self.file_name = file_name
        self.detail = detail
        self.line = line
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """File, line where known, rule and remedy in words."""
        address = self.file_name + (f", {address_in_words(self.line, language)}" if self.line else "")
        return f"{address}: {rule_sentence(self.rule_id, language, self.detail)}"


@dataclass(frozen=True)
class PassedOver:
    """A file or folder of the inbox that no source takes: where it lies, and which rule says so."""

    locator: str
    rule_id: str
    detail: str = ""

    def sentence(self, language: str) -> str:
        """Place, rule and remedy in words."""
        return f"{self.locator}: {rule_sentence(self.rule_id, language, self.detail)}"


def address_in_words(address: str, language: str) -> str:
    """An address as a reader says it: 'line 14' is 'Zeile 14' in German, 'feature 3' is 'Objekt 3'."""
    if language != "de":
        return address
    return re.sub(r"\b(line|feature)(?= \d+$)", lambda word: _GERMAN_ADDRESS_WORDS[word.group()], address)


def rule_sentence(rule_id: str, language: str, detail: str = "") -> str:
    """The sentence of a rule; KeyError for a rule that is not catalogued."""
    german, english = RULES[rule_id]
    return (german if language == "de" else english).format(detail=detail)
