"""The verdicts on the probe, a small programme folder that asks what broke before: each with the reason a reader accepts.

The folder lies beside the project (`../shared/cases/probe`) and is not committed; the golden file is ours.
"""

import csv
from pathlib import Path

import duckdb
import pytest
from once import once
from refreshing import command

PROBE = Path(__file__).parents[3] / "shared" / "cases" / "probe"
with (Path(__file__).parent / "golden" / "probe.csv").open(encoding="utf-8", newline="") as handle:
    GOLDEN = list(csv.DictReader(handle, delimiter=";"))
QUESTIONS = {
    "claim": "select verdict, reason_code from fct_claim_verdict where claim_id = ? and evaluation = ?",
    "gap": (
        "select verdict, undecidable_reason from fct_development_gap"
        " where indicator_id = ? and comparator = ? and period = '2023'"
    ),
    "gap_relative": (
        "select relative_verdict, relative_undecidable_reason from fct_development_gap"
        " where indicator_id = ? and comparator = ? and period = '2023'"
    ),
    "convergence": (
        "select sigma_verdict, inference_refused_reason from fct_harmonisation"
        " where indicator_id = ? and area_level = ? and period = '2023'"
    ),
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def probe() -> Path:
    """The database of the release of the probe; skips where the folder is missing."""
    if not (PROBE / "programme.yml").is_file():
        pytest.skip(f"the probe is not committed, and {PROBE} is missing")

    def refresh(folder: Path) -> None:
        done = command("refresh", "--sample", "--programme", str(PROBE), "--lang", "en", var=folder)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("probe", refresh) / "probe" / "releases" / "current" / "monitoring.duckdb"


@pytest.mark.parametrize("expected", GOLDEN, ids=lambda row: f"{row['what']}-{row['id']}-{row['side']}")
def test_the_probe_has_the_verdict_a_reader_expects(expected: dict[str, str], probe: Path) -> None:
    with duckdb.connect(str(probe), read_only=True) as connection:
        found = connection.execute(QUESTIONS[expected["what"]], [expected["id"], expected["side"]]).fetchall()
    assert found == [(expected["verdict"] or None, expected["reason_code"] or None)], expected["comment"]


def test_every_claim_and_indicator_of_the_probe_is_expected(probe: Path) -> None:
    with duckdb.connect(str(probe), read_only=True) as connection:
        claims = connection.execute("select claim_id, evaluation from fct_claim_verdict where evaluation <> 'history'")
        asked = {("claim", *row) for row in claims.fetchall()}
        indicators = [row for (row,) in connection.execute("select indicator_id from dim_indicator").fetchall()]
    asked |= {(what, each, "rest") for what in ("gap", "gap_relative") for each in indicators}
    asked |= {("convergence", each, "viertel") for each in indicators}
    assert {(row["what"], row["id"], row["side"]) for row in GOLDEN} == asked
    assert all(row["comment"] for row in GOLDEN)
