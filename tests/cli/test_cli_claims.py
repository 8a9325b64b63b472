"""The page of `nordwaerts claims` on made-up verdicts: its order, what it leaves out, and that it stays a page."""

from typing import Any

import pytest

from cli.claims_page import page_lines
from release.verdicts import VERDICTS


def _claim(claim_id: str, then: str, now: str, **more: Any) -> list[dict[str, Any]]:
    said = {
        "claim_id": claim_id,
        "is_leg": False,
        "superseded_since": None,
        "wording_de": "Satz",
        "wording_en": claim_id,
    }
    rows: list[dict[str, Any]] = []
    for evaluation, verdict in (("as_of", then), ("current", now)):
        rows.append({**said, **more, "evaluation": evaluation, "verdict": verdict})
    return rows


def _ids(lines: list[str]) -> list[str]:
    return [line.rpartition("[")[2].rstrip("]") for line in lines if line.endswith("]")]


def test_changed_claims_come_first_then_refuted_then_open_ones_and_no_parts() -> None:
    rows = [
        *_claim("open", "undecidable", "undecidable"),
        *_claim("refuted", "not_supported", "not_supported"),
        *_claim("holds", "supported", "supported"),
        *_claim("unmeasured", "not_checkable", "not_checkable"),
        *_claim("overtaken", "supported", "superseded", superseded_since="2017"),
        *_claim("fallen", "supported", "not_supported"),
        *_claim("part", "supported", "not_supported", is_leg=True),
    ]
    lines = list(page_lines(rows))
    assert _ids(lines) == ["fallen", "overtaken", "refuted", "open"]
    assert "    overtaken (since 2017)  [overtaken]" in lines
    assert lines[lines.index("  does not hold, then as now") + 1] == "    refuted  [refuted]"
    assert lines[1].split() == ["6", "claims", "then", "now"]
    assert lines[2].split() == ["holds", "3", "1"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_stays_a_page_however_many_claims_there_are(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", language)
    long = {
        "wording_de": "sehr langer Satz " * 20,
        "wording_en": "very long sentence " * 20,
        "superseded_since": "2017",
    }
    rows = [
        row
        for number in range(50)
        for now in ("not_supported", "superseded", "undecidable", "supported")
        for row in _claim(f"claim_of_many_{number}_{now}", "undecidable", now, **long)
    ]
    lines = list(page_lines(rows))
    assert len(lines) <= 43, "two more stand above: the release, and that the data are synthetic"
    assert max(map(len, lines)) <= 100
    assert any("175" in line for line in lines), "how many are not shown"
    assert all(word in lines[-1] for word in ("--all", "nordwaerts claims ", "--json"))


def test_every_verdict_is_counted_then_and_now() -> None:
    lines = list(page_lines(_claim("a", "supported", "superseded")))
    counts = [line.rsplit(maxsplit=2) for line in lines[2:7]]
    assert counts == [
        ["  " + en, str(int(verdict == "supported")), str(int(verdict == "superseded"))]
        for verdict, (_, en) in VERDICTS.items()
    ]
