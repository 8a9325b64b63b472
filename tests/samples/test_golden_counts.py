"""The golden counts of sub-projects and of the participation funnel, counted again from the sample files.

tests/samples/golden/*.csv hold what the marts must show (tests/acceptance/test_golden_marts.py compares
them); here plain Python counts the same from the workbook and the platform. Each row says why it is there.
"""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, Any]
GOLDEN = Path(__file__).parent / "golden"
STATUS = {
    "initiated": "initiiert",
    "qualifying": "in Qualifizierung",
    "idea_store": "Themenspeicher",
    "planned": "geplant",
    "started": "gestartet",
    "done": "umgesetzt",
    "shelved": "zurückgestellt",
    "merged": "zusammengelegt",
    "handed_over": "an Fachbereich übergeben",
}
EXITS = ("shelved", "merged", "handed_over")
GENERATION = {
    "1": "1. Generation",
    "2": "2. Generation",
    "3": "3. Generation",
    "round_2019": "Runde 2019",
}


def golden(name: str) -> list[dict[str, str]]:
    """Rows of a golden file."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


def counted_on(register: dict[str, list[Row]], day: dt.date, generation: str) -> dict[str, int]:
    """Adopted sub-projects by status on a day, straight from the three sheets."""
    members = {
        row["Projekt-Nr."]
        for row in register["Teilprojekte"]
        if row["Ratsbeschluss"] <= day and generation in ("all", _key(row["Einordnung | Generation"]))
    }
    latest: dict[str, tuple[dt.date, str]] = {}
    for row in register["Statusverlauf"]:
        number = row["Projekt-Nr."]
        if number in members and row["Datum"] <= day and row["Datum"] >= latest.get(number, (dt.date.min, ""))[0]:
            latest[number] = (row["Datum"], row["Status"])
    by_word = Counter(status for _, status in latest.values())
    return {name: by_word[word] for name, word in STATUS.items()} | {"without_status": len(members) - len(latest)}


def _key(word: str) -> str:
    return next((key for key, name in GENERATION.items() if name == word), word)


@pytest.mark.parametrize(
    "row", golden("project_status.csv"), ids=lambda r: f"{r['on']}-{r['generation']}-{r['denominator']}"
)
def test_golden_project_status_is_what_the_workbook_holds(row: dict[str, str], register: dict[str, list[Row]]) -> None:
    found = counted_on(register, dt.date.fromisoformat(row["on"]), row["generation"])
    assert {name: int(row[name]) for name in found} == found, row["comment"]
    ever = sum(found.values())
    denominator = ever - sum(found[name] for name in EXITS) if row["denominator"] == "stock" else ever
    going = found["started"] + found["done"]
    assert (int(row["started_or_done"]), int(row["denominator_count"])) == (going, denominator), row["comment"]
    assert float(row["started_or_done_pct"]) == round(100 * going / denominator, 6), row["comment"]


@pytest.mark.parametrize("row", golden("participation_funnel.csv"), ids=lambda r: f"{r['round']}-{r['stage']}")
def test_golden_funnel_is_what_the_files_hold(
    row: dict[str, str], register: dict[str, list[Row]], platform: dict[str, list[Row]]
) -> None:
    assessed = [r for r in register["Bewertung"] if r["Runde"] == row["round"]]
    adopted = {r["Projekt-Nr."] for r in register["Teilprojekte"] if r["Einordnung | Runde"] == row["round"]}
    last = {r["Projekt-Nr."]: r["Status"] for r in sorted(register["Statusverlauf"], key=lambda r: r["Datum"])}
    found = {
        "idea": sum(r["taxonomies/round"] == row["round"] for r in platform["proposals"]),
        "assessed_proposal": len({r["Vorschlag-Nr."] for r in assessed}),
        "recommended_proposal": sum(r["Empfehlung | empfohlen"] == "ja" for r in assessed),
        "sub_project": len(adopted),
        "started_or_done": sum(last[number] in ("gestartet", "umgesetzt") for number in adopted),
    }[row["stage"]]
    assert (row["items"] or None) == (str(found) if found else None), row["comment"]


def test_every_golden_row_says_why_it_is_there() -> None:
    rows = golden("project_status.csv") + golden("participation_funnel.csv")
    assert [row for row in rows if len(row["comment"]) < 20] == []
    assert len(golden("project_status.csv")) >= 20
    assert {row["denominator"] for row in golden("project_status.csv")} == {"stock", "ever_adopted"}
