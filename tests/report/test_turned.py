"""A verdict that turned is told with both verdicts, the reason and since when; nothing else is."""

from typing import Any

import pytest

from report.turned import turned_between, turned_in_history


def row(claim_id: str = "a", evaluation: str = "current", period: str | None = "2024", **more: Any) -> dict[str, Any]:
    return {
        "claim_id": claim_id, "evaluation": evaluation, "period": period, "is_leg": False, "verdict": "supported",
        "wording_de": f"Satz {claim_id}", "wording_en": f"sentence {claim_id}", "reason_de": "Grund", "reason_en": "reason",
        "superseded_since": None, **more,
    }  # fmt: skip


def history(*verdicts: str) -> list[dict[str, Any]]:
    return [row(evaluation="history", period=str(2020 + n), verdict=each) for n, each in enumerate(verdicts)]


def test_the_same_verdict_has_not_turned() -> None:
    assert turned_between([row()], [row(period="2025", reason_de="anders")]) == []


def test_a_turned_verdict_is_told_with_both_and_the_later_reason() -> None:
    [turned] = turned_between([row(reason_de="alt")], [row(verdict="not_supported", reason_de="neu")])
    assert (turned.claim_id, turned.before, turned.after) == ("a", "supported", "not_supported")
    assert (turned.wording_de, turned.wording_en, turned.reason_de) == ("Satz a", "sentence a", "neu")


@pytest.mark.parametrize(
    ("past", "now", "since"),
    [
        ([], {}, "2024"),
        (["supported", "not_supported", "not_supported"], {}, "2021"),
        (["not_supported", "supported", "not_supported"], {}, "2022"),
        (["not_supported", "supported"], {}, "2024"),
        (["not_supported"], {"verdict": "superseded", "superseded_since": "2017"}, "2017"),
        ([], {"period": None}, None),
    ],
)
def test_since_when_is_where_the_last_run_begins(past: list[str], now: dict[str, Any], since: str | None) -> None:
    current = [*history(*past), row(**{"verdict": "not_supported", **now})]
    assert [turned.since for turned in turned_between([row()], current)] == [since]


def test_sentences_come_in_order_and_new_gone_and_split_ones_do_not() -> None:
    earlier = [row("c"), row("gone"), row("a"), row("part", is_leg=True), row("b", evaluation="as_of")]
    current = [row(each, verdict="undecidable") for each in ("c", "new", "a", "b")]
    current.append(row("part", verdict="undecidable", is_leg=True))
    assert [turned.claim_id for turned in turned_between(earlier, current)] == ["a", "c"]


def test_every_turn_of_the_history_is_told() -> None:
    rows = [
        *history("undecidable", "supported", "supported", "not_supported"),
        row("b", "history", "2030", verdict="x"),
    ]
    assert [(turned.before, turned.after, turned.since) for turned in turned_in_history(rows[::-1])] == [
        ("undecidable", "supported", "2021"),
        ("supported", "not_supported", "2023"),
    ]
