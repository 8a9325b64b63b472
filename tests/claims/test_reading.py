"""The reading test: whoever sees only the print of a sentence can say its verdict, its ground and its limit.

`reading/` keeps ten prints for each verdict word with the questions and the expected answers, and the rows they are made
of. Here is held that the command prints just that, that the answers can be read off, and that no jargon comes back.
"""

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from release.claims_told import told
from release.claims_words import figure
from release.labels import labels

FOLDER = Path(__file__).parent / "reading"
READING = yaml.safe_load((FOLDER / "reading.yml").read_text(encoding="utf-8"))
PRINTS = {f"{each['claim_id']}-{each['evaluation']}": each for each in READING["prints"]}
COLUMNS = [
    column["name"]
    for column in yaml.safe_load(
        (Path(__file__).parents[2] / "dbt_project/models/claims/fct_claim_verdict.yml").read_text(encoding="utf-8")
    )["models"][0]["columns"]
]
JARGON = ("(unsere)", "(ours)", "gerundet stimmt", "hält ab einer Marge", "Marge", "−0 ", "−0,0", "n = ", "None")


def _rows() -> dict[tuple[str, str], dict[str, Any]]:
    found = {}
    for kept in json.loads((FOLDER / "rows.json").read_text(encoding="utf-8")):
        days = {key: dt.date.fromisoformat(text) for key, text in kept.items() if key.endswith("_on")}
        found[kept["claim_id"], kept["evaluation"]] = dict.fromkeys(COLUMNS) | kept | days
    return found


def _printed(claim_id: str, evaluation: str) -> str:
    rows = _rows()
    return "\n".join(told([rows[claim_id, evaluation]], rows)).strip("\n") + "\n"


def test_there_are_ten_prints_for_each_verdict_word() -> None:
    assert Counter(each["verdict_code"] for each in PRINTS.values()) == dict.fromkeys(labels("verdict"), 10)
    assert READING["questions"].keys() == {"verdict", "ground", "limit"}


@pytest.mark.parametrize("name", PRINTS)
def test_the_command_prints_what_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    kept = PRINTS[name]
    assert _printed(kept["claim_id"], kept["evaluation"]) == kept["print"]


@pytest.mark.parametrize("name", PRINTS)
def test_a_figure_without_limits_is_told_without_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum that leaves out a withheld figure has a value and no limits: no least, no certainty, no tipping point."""
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    rows = _rows()
    row = rows[PRINTS[name]["claim_id"], PRINTS[name]["evaluation"]]
    bare = row | {"lower": None, "upper": None, "tipping_margin": None, "reason_code": "withheld"}
    text = "\n".join(told([bare], {}))
    assert not any(word in text for word in ("None", "Mit 95 % Sicherheit", "Das ist das Mindeste", "trifft sicher zu"))


@pytest.mark.parametrize("name", PRINTS)
def test_verdict_ground_and_limit_can_be_read_off_the_print(name: str) -> None:
    kept = PRINTS[name]
    answers, text = kept["answers"], kept["print"]
    assert answers["verdict"].lower().startswith(labels("verdict")[kept["verdict_code"]][0])
    for answer in (answers["verdict"], *answers["ground"], answers["limit"]):
        assert answer in text
    assert all(word not in text for word in JARGON)


@pytest.mark.parametrize("name", PRINTS)
def test_every_figure_that_decides_is_in_the_print(name: str) -> None:
    """Told from the row itself: the stated limit, and for a composite the leg that decides."""
    kept, rows = PRINTS[name], _rows()
    row, text = rows[kept["claim_id"], kept["evaluation"]], kept["print"]
    if row["claim_type"] == "share" and row["estimate"] is not None:
        assert f"{row['window_lower']:g}".replace(".", ",") in text
        assert f"{row['window_upper']:g}".replace(".", ",") in text
    if row["claim_type"] == "non_widening":
        assert f"{round(row['margin'], 2):g}".replace(".", ",") in text
    if row["deciding_leg_id"]:
        assert rows[row["deciding_leg_id"], row["evaluation"]]["wording_de"] in text
    if row["panel_n"]:
        assert f"{row['panel_n']} Organisationen" in text and f"{row['entered_n']} kamen dazu" in text


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(-0.001, 2, "0"), (0.005, 2, "0,01"), (1234.5, 0, "1.235"), (-3.5, 2, "−3,5"), (70.0, 2, "70"), (0.0, 0, "0")],
)
def test_figures_are_rounded_half_up_and_nothing_has_no_sign(
    value: float, digits: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert figure(value, digits) == said
