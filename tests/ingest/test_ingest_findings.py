"""The catalogue of rules: complete both ways, in two languages, with a remedy and never a value."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.findings import RULES, DeliveryRefused, Finding, address_in_words, rule_sentence

ROOT = Path(__file__).parents[2]
# Which argument of a call is the id of a rule.
_RULE_ARGUMENT = {"DeliveryRefused": 0, "BrokenRule": 0, "_or_rule": 0, "Finding": 2, "reject": 2, "rule_sentence": 0}


def _trees(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name != "findings.py":
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def _used() -> dict[str, str]:
    """Rule ids given as text in calls, with file and line; both arms of `a if b else c` count."""
    found = {}
    for path, tree in _trees("ingest", "refresh", "cli"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            position = _RULE_ARGUMENT.get(name)
            if position is not None and len(node.args) > position:
                for part in ast.walk(node.args[position]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found[part.value] = f"{path.name}:{node.lineno}"
    return found


def test_every_rule_in_use_is_catalogued() -> None:
    missing = [f"{rule} ({where})" for rule, where in _used().items() if rule not in RULES]
    assert len(_used()) > 10
    assert not missing, f"not in ingest.findings.RULES: {missing}"


def test_every_catalogued_rule_is_in_use() -> None:
    texts = {
        node.value
        for _, tree in _trees("programmes", "ingest", "refresh")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = sorted(set(RULES) - texts)
    assert not unused, f"in ingest.findings.RULES but nowhere used: {unused}"


@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_rule_says_in_two_languages_what_is_wrong_and_what_to_do(rule: str) -> None:
    german, english = RULES[rule]
    assert german != english
    assert ("{detail}" in german) == ("{detail}" in english)
    for language in ("de", "en"):
        sentence = rule_sentence(rule, language, "EINZELHEIT")
        assert sentence.endswith(".")
        assert len(sentence.split(". ")) + sentence.count(": ") >= 2, "what is wrong, then what to do"
        assert "{" not in sentence


def test_a_finding_says_address_column_rule_and_remedy() -> None:
    finding = Finding("Blatt line 9", "wert", "required_empty")
    assert finding.sentence("de") == "Blatt Zeile 9, Spalte wert: Pflichtangabe fehlt. Angabe nachtragen."
    assert finding.sentence("en") == "Blatt line 9, column wert: A required entry is empty. Fill it in."
    assert Finding("line 3", None, "required_empty").sentence("de").startswith("Zeile 3: ")
    assert finding.row_address == "Blatt line 9"


@pytest.mark.parametrize(
    ("address", "german"),
    [
        ("line 14", "Zeile 14"),
        ("a.csv line 14", "a.csv Zeile 14"),
        ("feature 3", "Objekt 3"),
        ("line 3 line 4", "line 3 Zeile 4"),
        ("pipeline 4", "pipeline 4"),
        ("line", "line"),
    ],
)
def test_addresses_are_spoken_german_in_german(address: str, german: str) -> None:
    assert address_in_words(address, "de") == german
    assert address_in_words(address, "en") == address


def test_a_refused_delivery_says_file_line_rule_and_remedy() -> None:
    refused = DeliveryRefused("truncated", "werte.csv", "CSV", "line 7")
    assert refused.sentence("de").startswith("werte.csv, Zeile 7: Die Datei bricht mitten im Inhalt ab (CSV).")
    assert str(refused).startswith("werte.csv, line 7: The file ends in mid content (CSV).")
    assert DeliveryRefused("empty", "werte.csv").sentence("de") == "werte.csv: Die Datei ist leer. Datei neu liefern."


def test_a_rule_that_is_not_catalogued_is_an_error() -> None:
    with pytest.raises(KeyError):
        rule_sentence("unheard_of", "de")
