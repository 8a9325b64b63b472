"""The verdicts on the sample deliveries, each with the reason a reader accepts, and what every verdict must carry."""

import csv
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from moved_city import Verdicts

from programmes.loading import load_programme

ROOT = Path(__file__).parents[2]
REGISTER = load_programme("nordwaerts").claim_register
CLAIMS = {claim.claim_id: claim for claim in REGISTER.claims}
with (Path(__file__).parent / "golden" / "claims.csv").open(encoding="utf-8", newline="") as handle:
    GOLDEN = {row["claim_id"]: row for row in csv.DictReader(handle, delimiter=";")}

pytestmark = pytest.mark.slow


def of(base: Verdicts, claim_id: str, evaluation: str) -> dict[str, Any]:
    (row,) = [row for (claim, side, _), row in base.items() if (claim, side) == (claim_id, evaluation)]
    return row


@pytest.mark.parametrize("claim_id", GOLDEN)
def test_verdict_is_the_one_a_reader_expects(claim_id: str, base: Verdicts) -> None:
    golden = GOLDEN[claim_id]
    assert golden["comment"]
    then, now = of(base, claim_id, "as_of"), of(base, claim_id, "current")
    assert (then["verdict"], now["verdict"]) == (golden["as_of"], golden["current"])
    assert (now["superseded_since"] or "") == golden["superseded_since"]


def test_every_claim_is_judged_golden_ones_exist_and_every_verdict_occurs(base: Verdicts) -> None:
    assert {claim for claim, side, _ in base if side == "current"} == set(CLAIMS) >= set(GOLDEN)
    assert len(GOLDEN) >= 70, "a new claim needs no golden verdict; those there are stay"
    assert {row["verdict"] for row in base.values()} == {
        "supported", "not_supported", "undecidable", "not_checkable", "superseded",
    }  # fmt: skip
    assert {key[1] for key, row in base.items() if row["verdict"] == "superseded"} == {"current"}


def test_nothing_is_supported_without_n_and_limits_or_a_full_count(base: Verdicts) -> None:
    supported = [row for row in base.values() if row["verdict"] == "supported"]
    assert len(supported) > 50
    for row in supported:
        legs = [leg.claim for leg in CLAIMS[row["claim_id"]].legs]
        has_limits = bool(legs) or (row["lower"] is not None and row["upper"] is not None)
        assert (row["n"] and has_limits) or row["is_full_count"], row


def test_every_verdict_says_why_in_both_languages(base: Verdicts) -> None:
    for row in base.values():
        assert row["reason_de"].endswith(".") and row["reason_en"].endswith("."), row["reason_code"]
        assert (row["verdict"] == "superseded") == (row["superseded_since"] is not None)


def test_unmeasured_claims_say_what_would_be_needed(base: Verdicts) -> None:
    for row in base.values():
        if row["claim_type"] in ("causal", "awareness", "normative"):
            assert row["verdict"] == "not_checkable" and row["needed_de"] and row["needed_en"]


def test_the_gap_sentence_is_decided_by_the_city_with_the_rest_beside_it(base: Verdicts) -> None:
    row = of(base, "gap_leg_unemployed", "as_of")
    assert row["comparator"] == "city" and row["tipping_margin"] == row["upper"]
    assert abs(row["rest_estimate"]) > abs(row["estimate"])
    assert row["is_post_hoc"] and row["process_half_width"] > 0


def test_gap_legs_are_the_headline_indicators(base: Verdicts) -> None:
    headline = {i.indicator_id for i in load_programme("nordwaerts").indicators if i.is_headline}
    for claim_id in ("deck_gap_not_widened", "deck_harmonisation_closer"):
        legs = [CLAIMS[leg.claim].metric for leg in CLAIMS[claim_id].legs]
        assert {metric.of for metric in legs if metric} == headline


def test_history_has_a_verdict_for_every_period_of_data(base: Verdicts) -> None:
    periods = sorted(period or "" for claim, side, period in base if (claim, side) == ("mood_leg_optimists", "history"))
    assert periods == [str(year) for year in range(2016, 2023)]


def test_the_deck_is_registered_with_every_statement() -> None:
    words = " ".join(c.wording_de for c in CLAIMS.values() if c.document == "deck" and not c.is_leg)
    for part in (
        "237", "70 %", "25 %", "Entwicklungsschere", "Optimist*innen", "Pessimist*innen", "angekommen",
        "an einem Strang", "Resultat der kooperativen Zusammenarbeit", "entscheidend", "Transparentes Bewertungsverfahren",
        "zeigen Wirkung", "Umwelt & Lebensqualität", "Wohnraum", "Attraktivität", "näher gekommen",
        "weitere Aktivitäten", "Forschungsprojekten", "Handlungsfokus", "Masterplan", "Unterstützung",
    ):  # fmt: skip
        assert part in words, part


def test_json_keys_are_the_columns_of_the_mart(published: Path, base: Verdicts, call_claims: Any) -> None:
    done = call_claims(published, "--json", "--evaluation", "as_of")
    rows = json.loads(done.stdout)
    assert {row["claim_id"] for row in rows} == set(CLAIMS)
    assert list(rows[0]) == list(next(iter(base.values())))


def test_a_council_member_reads_verdict_figures_and_since_when(published: Path, call_claims: Any) -> None:
    german = call_claims(published, "--lang", "de", "--all").stdout
    assert "SYNTHETISCHE MUSTERDATEN" in german
    block = german[german.index("[deck_projects_70_pct]") :]
    assert (
        "Damals (nach den Zahlen bis zu diesem Tag; wann sie eingingen, ist nicht bekannt): Trifft zu." in block
        and "Heute: Überholt seit 2023." in block
    )
    assert "Zahlen: 70,04 % von 237 Teilprojekten (01.02.2022 bis 31.12.2022)." in block
    assert "Wie sicher: Vollerhebung." in block and "mindestens 69,5 und weniger als 70,5 %" in block
    composite = german[german.index("[deck_gap_not_widened]") :]
    assert "Es entscheidet „Schere, Register: Grundsicherung 65 und älter“: trifft nicht zu." in composite
    english = call_claims(published, "--lang", "en", "--history").stdout
    assert "Then and now: Cannot be checked." in english and "Needed: " in english
    assert "2024: " in english


def test_without_options_a_page_names_what_deserves_a_look(published: Path, call_claims: Any) -> None:
    page = call_claims(published, "--lang", "de").stdout.splitlines()
    assert len(page) <= 45 and max(map(len, page)) <= 100
    assert any(line.endswith("[deck_projects_70_pct]") for line in page)
    assert all(f"[{claim_id}]" not in line for claim_id, claim in CLAIMS.items() if claim.is_leg for line in page)
    assert all(word in page[-1] for word in ("--all", "nordwaerts claims KENNUNG", "--json"))


def test_claims_by_id_are_told_in_full_as_with_all(published: Path, call_claims: Any) -> None:
    told = call_claims(published, "deck_projects_237", "mood_leg_optimists", "--lang", "de").stdout
    everything = call_claims(published, "--all", "--lang", "de").stdout
    assert set(told.splitlines()) < set(everything.splitlines())
    assert re.findall(r"\[(\w+)\]", told) == ["deck_projects_237", "mood_leg_optimists"]
    rows = json.loads(call_claims(published, "deck_projects_237", "--json").stdout)
    assert [(row["claim_id"], row["evaluation"]) for row in rows] == [
        ("deck_projects_237", "as_of"),
        ("deck_projects_237", "current"),
    ]


def test_an_unknown_id_names_the_nearest(published: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "--lang", "de", "claims", "deck_projects_238"],
        cwd=ROOT,
        env={**os.environ, "NORDWAERTS_VAR": str(published)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Es gibt keine Aussage „deck_projects_238“. Ähnlich heißen: deck_projects_237")


def test_the_command_answers_at_once_and_imports_nothing_heavy(published: Path) -> None:
    spy = (
        "import sys\nfrom cli.main import main\n"
        "try:\n    main(['claims'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'dagster', 'dbt', 'great_expectations', 'pandas', 'pydantic', 'yaml'}\n"
        "sys.exit(bool(heavy & {name.split('.')[0] for name in sys.modules}))\n"
    )
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", spy], cwd=ROOT, env={**os.environ, "NORDWAERTS_VAR": str(published)})
    assert done.returncode == 0
    assert time.perf_counter() - begun < 3, "within a second, three on a busy machine"
