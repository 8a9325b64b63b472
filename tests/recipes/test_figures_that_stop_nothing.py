"""Cities whose figures or areas once stopped the refresh: a year like the one before, and a membership that ends."""

from pathlib import Path

import pytest
from tiny_city_refresh import Refresh


def _edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def test_a_year_like_the_one_before_is_published_without_a_test(
    refresh_city: Refresh, folder: Path, tmp_path: Path
) -> None:
    """In a var folder of its own: what it delivers would go on counting in the common one."""
    sample = folder / "sample" / "statistik" / "synthetisch_viertel.csv"
    head, *rows = sample.read_text(encoding="utf-8").splitlines()
    first = [row for row in rows if "2020" in row]
    sample.write_text("\n".join([head, *first, *(row.replace("2020", "2021") for row in first), ""]), encoding="utf-8")
    found = refresh_city(folder, tmp_path / "var").rows(
        "select indicator_id, sigma_verdict, is_inference_allowed, inference_refused_reason, pitman_morgan_t, beta_t "
        "from fct_harmonisation where period = '2021' and area_level = 'viertel' order by all"
    )
    assert found == [
        (indicator, "undecidable", False, "exactly_linear", None, None)
        for indicator in ("living_space_m2_per_inhabitant", "unemployed_pct")
    ]


def test_an_area_that_left_the_programme_area_stops_nothing(refresh_city: Refresh, folder: Path) -> None:
    """Markt was half in the north until the end of 2020: 12.0 and 5.0 per cent as then, without Markt as of today."""
    _edit(
        folder / "area_sets.csv",
        (";half of the residents;2020-01-01;;", ";half of the residents;2020-01-01;2020-12-31;"),
    )
    found = refresh_city(folder).rows(
        "select territory, role, period, value from fct_indicator_value where indicator_id = 'unemployed_pct' "
        "and role in ('programme', 'rest') order by all"
    )
    assert found == [
        ("as_then", "programme", "2020", 12.0),
        ("as_then", "programme", "2021", pytest.approx(100 * 200 / 1800, abs=1e-6)),
        ("as_then", "rest", "2020", 5.0),
        ("as_then", "rest", "2021", 6.25),
        ("today", "programme", "2020", pytest.approx(100 * 220 / 1800, abs=1e-6)),
        ("today", "programme", "2021", pytest.approx(100 * 200 / 1800, abs=1e-6)),
        ("today", "rest", "2020", 5.3125),
        ("today", "rest", "2021", 6.25),
    ]
