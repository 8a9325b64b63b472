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
    "spreadsheet_error": (
        "In der Zelle steht ein Fehler der Tabellenkalkulation (wie #BEZUG! oder #NV). Formel berichtigen oder ein vereinbartes Zeichen setzen.",
        "The cell holds an error of the spreadsheet (such as #REF! or #N/A). Mend the formula or put an agreed sign.",
    ),
    "formula_without_value": (
        "In der Zelle steht eine Formel ohne berechneten Wert. Mappe öffnen, neu berechnen, speichern; oder nur Werte liefern.",
        "The cell holds a formula without a computed value. Open the workbook, compute anew, save; or deliver values only.",
    ),
    "no_number_word": (
        "In der Zelle steht ein Wort, mit dem ein Programm „keine Zahl“ meint (wie NaN). Zelle leeren oder ein vereinbartes Zeichen setzen.",
        "The cell holds a word by which a program means 'no number' (such as NaN). Empty it or put an agreed sign.",
    ),
    "digit_groups": (
        "Die Ziffern der Zahl sind durch Leerzeichen oder Apostroph gruppiert. Ungruppiert liefern oder mit dem Betrieb „digit_groups: {detail}“ vereinbaren.",
        "The digits of the number are grouped by blanks or apostrophes. Deliver it ungrouped, or agree 'digit_groups: {detail}' with operations.",
    ),
    "control_character": (
        "Der Eintrag enthält ein Steuerzeichen. Eintrag neu eintippen statt einfügen.",
        "The entry holds a control character. Type it anew instead of pasting it.",
    ),
    "replacement_character": (
        "Im Eintrag ist ein Zeichen verloren gegangen (�). Eintrag berichtigen.",
        "A character of the entry is lost (�). Correct the entry.",
    ),
    "invisible_character": (
        "Der Schlüssel enthält ein unsichtbares Zeichen oder einen Umbruch. Schlüssel neu eintippen statt einfügen.",
        "The key holds an invisible character or a line break. Type it anew instead of pasting it.",
    ),
    "cell_too_long": (
        "Der Eintrag ist länger, als eine Zelle sein kann. Anführungszeichen prüfen oder Eintrag kürzen.",
        "The entry is longer than a cell can be. Check the quotes or shorten it.",
    ),
    "repeated_name": (
        "Im JSON-Objekt steht ein Name zweimal; welcher Wert gilt, ist nicht zu erkennen. Einen davon entfernen.",
        "The JSON object holds a name twice; which value counts cannot be told. Remove one of them.",
    ),
    "total_row": (
        "Eine Summenzeile ist keine Angabe ihrer Spalten. Zeile weglassen oder mit dem Betrieb als „total_row“ vereinbaren.",
        "A total row is no entry of its columns. Leave the row out, or agree it with operations as 'total_row'.",
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
        "Der Zeichensatz ist nicht der vereinbarte (vereinbart / gefunden: {detail}). Als UTF-8 speichern und neu liefern.",
        "The character set is not the agreed one (agreed / found: {detail}). Save as UTF-8 and deliver again.",
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
        "Ein Eintrag enthält ein halbes Zeichen ({detail}), wie es von einem abgeschnittenen Emoji bleibt. Eintrag berichtigen; neu liefern.",
        "An entry holds half a character ({detail}), as a cut-off emoji leaves it. Correct the entry; deliver again.",
    ),
    "too_many_members": (
        "Das ZIP enthält mehr als {detail} Dateien. Nur die vereinbarten Dateien packen und neu liefern.",
        "The ZIP holds more than {detail} files. Pack the agreed files only and deliver again.",
    ),
    "unpacks_too_large": (
        "Beim Entpacken entsteht mehr, als eine Lieferung sein kann (über {detail}). Inhalt prüfen; in kleineren Teilen neu liefern.",
        "Unpacking makes more than a delivery can be (above {detail}). Check the content; deliver it in smaller parts.",
    ),
    "file_too_large": (
        "Die Datei ist größer, als eine Lieferung sein kann (über {detail}). Inhalt prüfen; in kleineren Teilen neu liefern.",
        "The file is larger than a delivery can be (above {detail}). Check the content; deliver it in smaller parts.",
    ),
    "table_too_large": (
        "Die Datei hat mehr Zeilen, Spalten oder Zellen, als eine Lieferung haben kann. Inhalt prüfen; in kleineren Teilen neu liefern.",
        "The file has more rows, columns or cells than a delivery can have. Check the content; deliver it in smaller parts.",
    ),
    "reading_too_large": (
        "Das Lesen der Datei braucht mehr Speicher, als eine Lieferung brauchen kann (über {detail}). Inhalt prüfen; in kleineren Teilen neu liefern.",
        "Reading the file takes more memory than a delivery can need (above {detail}). Check the content; deliver it in smaller parts.",
    ),
    "reading_too_long": (
        "Das Lesen der Datei dauert länger, als eine Lieferung dauern kann (über {detail} s). Inhalt prüfen; in kleineren Teilen neu liefern.",
        "Reading the file takes longer than a delivery can take (above {detail} s). Check the content; deliver it in smaller parts.",
    ),
    "reading_broke_off": (
        "Beim Lesen der Datei brach das Leseprogramm ab ({detail}); sie wird nicht verwendet. Neu erzeugen und liefern; bricht es wieder ab, die Datei der Entwicklung zeigen.",
        "The reading programme broke off while it read the file ({detail}); it is not used. Make it anew and deliver; if it breaks off again, show the file to the developers.",
    ),
    "sheet_too_large": (
        "Das Blatt {detail} reicht viel weiter als seine Tabelle: weit entfernt steht noch eine Zelle. Leere Zeilen und Spalten dahinter löschen; neu speichern und liefern.",
        "The sheet {detail} reaches far beyond its table: a cell stands far away. Delete the empty rows and columns behind it; save and deliver again.",
    ),
    "member_in_folder": (
        "Im ZIP liegt die vereinbarte Datei in einem Ordner ({detail}). Ohne Ordner neu packen und liefern.",
        "In the ZIP the agreed file lies in a folder ({detail}). Pack it again without the folder and deliver.",
    ),
    "member_repeated": (
        "Im ZIP liegt dieselbe Datei zweimal: {detail}. Eine davon entfernen; neu liefern.",
        "The ZIP holds the same file twice: {detail}. Remove one of them; deliver again.",
    ),
    "quality_column_missing": (
        "Die Spalte {detail} mit den Qualitätskennzeichen fehlt. Beim Abruf der Tabelle die Qualitätskennzeichen einschalten (voreingestellt sind sie aus); neu liefern.",
        "The column {detail} with the quality signs is missing. Switch the quality signs on when downloading the table (the default is off); deliver again.",
    ),
    "code_lost_zero": (
        "In den Schlüsseln fehlt die führende Null (Spalte, vereinbarte Stellen: {detail}). Spalte als Text speichern; neu liefern.",
        "The codes have lost their leading zero (column, agreed digits: {detail}). Save the column as text; deliver again.",
    ),
    "code_too_long": (
        "Der vereinbarte Schlüssel fehlt, es gibt nur längere (Spalte, Stellen vereinbart / gefunden: {detail}). Mit den vereinbarten Schlüsseln neu liefern.",
        "The agreed code is missing, there are longer ones only (column, digits agreed / found: {detail}). Deliver with the agreed codes.",
    ),
    "no_agreed_code": (
        "In keiner Zeile steht ein vereinbarter Schlüssel (Spalte und Schlüssel: {detail}). Auswahl beim Abruf prüfen; neu liefern.",
        "No row holds an agreed code (column and codes: {detail}). Check the selection of the download; deliver again.",
    ),
    "nothing_in_scope": (
        "Keine Zeile trägt die vereinbarten Schlüssel zusammen oder eine vereinbarte Angabe (Spalten: {detail}). Auswahl beim Abruf prüfen; neu liefern.",
        "No row holds the agreed codes together or any agreed entry (columns: {detail}). Check the selection of the download; deliver again.",
    ),
    "count_open": (
        "Nicht jeder Datensatz ist angenommen, abgewiesen oder vereinbart ausgelassen ({detail}). Betrieb verständigen: Die Lieferung wird nicht verwendet.",
        "Not every record is accepted, rejected or left out as agreed ({detail}). Tell operations: the delivery is not used.",
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
        "Die Datei enthält unter der Kopfzeile keine Zeile. Datei mit Inhalt liefern.",
        "The file holds no row below its header. Deliver a file with content.",
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
        "Der Dienst darf diese Datei nicht lesen. Leserecht geben.",
        "The service may not read this file. Give it the right to read.",
    ),
    "inbox_link": (
        "Ein Verweis; gelesen wird nur, was selbst hier liegt. Die Datei oder den Ordner selbst ablegen statt des Verweises.",
        "A link; only what lies here itself is read. Put the file or folder itself there instead of the link.",
    ),
    "inbox_hard_link": (
        "Die Datei liegt unter einem zweiten Namen auch anderswo (harter Verweis). Eine Kopie ablegen statt des Verweises.",
        "The file lies elsewhere under a second name too (a hard link). Put a copy there instead of the link.",
    ),
    "inbox_special": (
        "Keine Datei, sondern ein Gerät, ein Socket oder eine Pipe; wird nie geöffnet. Entfernen.",
        "No file but a device, a socket or a pipe; it is never opened. Remove it.",
    ),
    "inbox_name": (
        "Der Name enthält unsichtbare, Steuer- oder unlesbare Zeichen (hier als ? gezeigt). Datei umbenennen.",
        "The name holds invisible, control or unreadable characters (shown as ? here). Rename the file.",
    ),
    "inbox_closed": (
        "Der Ordner lässt sich nicht öffnen; niemand weiß, was darin liegt. Dem Dienst das Recht geben, ihn zu lesen und zu betreten, und neu starten.",
        "The folder cannot be opened; nobody knows what lies there. Give the service the right to read and enter it, and start again.",
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


def shown(name: str) -> str:
    """A name found in a delivery, short and on one line."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= 100 else f"{plain[:99]}…"


def address_in_words(address: str, language: str) -> str:
    """An address as a reader says it: 'line 14' is 'Zeile 14' in German, 'feature 3' is 'Objekt 3'."""
    if language != "de":
        return address
    return re.sub(r"\b(line|feature)(?= \d+$)", lambda word: _GERMAN_ADDRESS_WORDS[word.group()], address)


def rule_sentence(rule_id: str, language: str, detail: str = "") -> str:
    """The sentence of a rule; KeyError for a rule that is not catalogued."""
    german, english = RULES[rule_id]
    return (german if language == "de" else english).format(detail=detail)
