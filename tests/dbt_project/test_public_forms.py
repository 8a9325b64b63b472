"""Public forms say what marts say, rounded by the rule, which is written here a second time, in decimals.

Of the tiny city, where each rule bites, and of the sample, where figures are as many as in earnest. A row that is left out,
a figure that is neither printed nor hidden, a status or a word that is another: all are found.
"""

import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from dbt_run import Build
from landed_city import city_rows, landed_schemas

from programmes.loading import load_programme

MODELS = Path(__file__).parents[2] / "dbt_project" / "models"
DECLARED = {
    path.stem.removeprefix("public_"): yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]
    for path in sorted((MODELS / "public").rglob("*.yml"))
}
SIDES = {"nearest": ROUND_HALF_UP, "lower": ROUND_FLOOR, "upper": ROUND_CEILING}
ADDED = ("decimals", "is_hidden", "hidden_reason", "shown_at_level")  # columns only forms have
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """The numbers and names of a rule, and the levels of areas and units it is asked about."""

    numbers: Mapping[str, int]
    scopes: Mapping[str, Sequence[str]]
    levels: Mapping[str, str]
    cities: Sequence[str]
    default_variant: str

    def is_level(self, row: Row, *scopes: str) -> bool:
        """Whether the row's area lies at a level of one of the scopes."""
        level = row.get("area_level") or self.levels.get(row.get("area_id") or "")
        return any(level in self.scopes[scope] for scope in scopes)

    def is_of_figures(self, row: Row) -> bool:
        """Whether the row is of a variant that prints figures."""
        return row["variant_id"] in self.scopes["variants_with_figures"]

    def is_of_things(self, row: Row) -> bool:
        """Whether the row counts no people."""
        return row["unit"] in self.scopes["units_of_things"]


class Cell(NamedTuple):
    """How a figure is printed: decimals, or None for a multiple of the rounding base, and the side it is rounded to."""

    decimals: int | None
    side: str = "nearest"


def printed(figure: Any, cell: Cell, base: int) -> float:
    """A figure of a mart as the rule prints it."""
    exact, step = (
        Decimal(repr(float(figure))),
        Decimal(base) if cell.decimals is None else Decimal(1).scaleb(-cell.decimals),
    )
    return float((exact / step).to_integral_value(SIDES[cell.side]) * step)


def side_of(column: str) -> str:
    """Limits go outward, and what is a half width or a margin up to which something holds, upward."""
    if "lower" in column and column != "window_lower":
        return "lower"
    upward = ("critical_difference", "smallest_detectable", "process_half_width", "tipping_margin")
    return "upper" if "upper" in column or any(word in column for word in upward) else "nearest"


def by_decimals(*columns: str, **more: int) -> Callable[[Rule, Row], dict[str, Cell]]:
    """Figures that have the decimals the row says, some of them more."""

    def cells(_: Rule, row: Row) -> dict[str, Cell]:
        return {name: Cell(row["decimals"] + more.get(name, 0), side_of(name)) for name in (*columns, *more)}

    return cells


def _figures(mart: str, *left_out: str) -> list[str]:
    return [name for name in DECLARED[mart]["config"]["meta"]["hides"] if name not in (*left_out, "decimals")]


_RELATIVE = dict.fromkeys(
    ("gap_relative", "gap_log", "closed_share", "log_change_since_baseline", "relative_tipping_margin"), 2
)
_COUNT = Cell(None)


def _gap(rule: Rule, row: Row) -> dict[str, Cell]:
    counts = ("programme_n", "comparator_n")
    plain = _figures("fct_development_gap", *_RELATIVE, *counts, "margin", "coverage_pct")
    figures = by_decimals(*plain, **_RELATIVE, margin=1)(rule, row)
    return {**figures, **dict.fromkeys(counts, _COUNT), "coverage_pct": Cell(0)}


def _indicator(rule: Rule, row: Row) -> dict[str, Cell]:
    return {**by_decimals("value", "lower", "upper")(rule, row), "n": _COUNT, "coverage_pct": Cell(0)}


def _harmonisation(_: Rule, row: Row) -> dict[str, Cell]:
    doubles = [column["name"] for column in DECLARED["fct_harmonisation"]["columns"] if column["data_type"] == "double"]
    return {**{name: Cell(row["decimals"], side_of(name)) for name in doubles}, "weighted_mean": Cell(2)}


def _sentiment(rule: Rule, row: Row) -> dict[str, Cell]:
    changing = [name for name in row if "change_" in name or "difference" in name]
    return {
        **by_decimals("value", "lower", "upper", *[name for name in changing if name != "change_unit"])(rule, row),
        "n": _COUNT,
    }


def _things(rule: Rule, row: Row) -> Cell:
    return Cell(2) if rule.is_of_things(row) else _COUNT


def _intensity(rule: Rule, row: Row) -> dict[str, Cell]:
    return {"value": _things(rule, row), "resident_count": _COUNT, "value_per_1000": Cell(2)}


def _panel(rule: Rule, row: Row) -> dict[str, Cell]:
    sums = dict.fromkeys(("value", "base_value"), _things(rule, row))
    shares = dict.fromkeys(("panel_growth_pct", "panel_coverage_pct"), Cell(0))
    return {**sums, **shares, "growth_pct": Cell(row["decimals"])}


def _claim(rule: Rule, row: Row) -> dict[str, Cell]:
    names = _figures("fct_claim_verdict", "margin")
    if row["metric_kind"] == "participation" and row["metric_of"] == "people":
        return {name: Cell(None, side_of(name)) for name in names} | {"margin": Cell(3)}
    cells = by_decimals(*names, margin=1)(rule, row)
    if row["metric_kind"] == "volunteering":
        cells |= dict.fromkeys(("level_estimate", "baseline_estimate"), _COUNT)
    return cells if row["metric_kind"] in ("projects", "participation", "volunteering") else {**cells, "n": _COUNT}


def _every_row(_: Rule, __: Row) -> bool:
    return True


@dataclass(frozen=True)
class Form:
    """What of a mart is public: which rows, and how each figure is printed; all else is as in the mart."""

    has: Callable[[Rule, Row], bool] = _every_row
    cells: Callable[[Rule, Row], dict[str, Cell]] = lambda _, __: {}
    # what may be left out where nothing is hidden
    may_lack: tuple[str, ...] = ()


FORMS = {
    "fct_indicator_value": Form(
        lambda rule, row: rule.is_level(row, "open_levels", "rounded_levels") or rule.is_of_figures(row),
        _indicator,
        ("lower", "upper", "interval_method"),
    ),
    "fct_development_gap": Form(cells=_gap),
    "fct_gap_family": Form(),
    "fct_claim_receipt": Form(),
    "fct_delivery": Form(),
    "fct_harmonisation": Form(lambda rule, row: rule.is_level(row, "open_levels", "rounded_levels"), _harmonisation),
    "fct_area_class": Form(
        lambda rule, row: rule.is_level(row, "open_levels", "rounded_levels"), lambda _, __: {"population": _COUNT}
    ),
    "fct_change_decomposition": Form(
        lambda rule, row: rule.is_of_figures(row), lambda rule, row: by_decimals("effect", "change")(rule, row)
    ),
    "fct_sentiment": Form(lambda rule, row: rule.is_level(row, "open_levels") or rule.is_of_figures(row), _sentiment),
    "fct_volunteering": Form(
        lambda rule, row: rule.is_level(row, "open_levels"), lambda rule, row: {"value": _things(rule, row)}
    ),
    "fct_volunteering_panel": Form(lambda rule, row: row["area_id"] in rule.cities, _panel),
    "fct_programme_intensity": Form(
        lambda rule, row: rule.is_level(row, "open_levels"), _intensity, ("value_per_1000",)
    ),
    "fct_participation_event": Form(cells=lambda _, __: {"participant_count": _COUNT}),
    "fct_claim_verdict": Form(cells=_claim),
}


class Tables:
    """The tables of a build database, by key."""

    def __init__(self, database: Path, numbers: Mapping[str, int], scopes: Mapping[str, Sequence[str]]) -> None:
        self.database = database
        areas = self._rows("dim_area")
        self.rule = Rule(
            numbers,
            scopes,
            {row["area_id"]: row["area_level"] for row in areas},
            [row["area_id"] for row in areas if row["level_rank"] == 0],
            self._rows("stg_programme_programme")[0]["default_variant"],
        )

    def _rows(self, table: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(f"select * from main.{table}").to_arrow_table().to_pylist()

    def by_key(self, mart: str, prefix: str = "") -> dict[tuple[Any, ...], dict[str, Any]]:
        """Rows of a mart or its form by the key the form declares."""
        tests = DECLARED[mart]["data_tests"]
        [key] = [test["unique_combination"]["arguments"]["columns"] for test in tests if "unique_combination" in test]
        rows = self._rows(prefix + mart)
        found = {tuple(row[name] for name in key): row for row in rows}
        assert len(found) == len(rows)
        return found


@pytest.fixture(scope="module")
def tiny(built: Build) -> Tables:
    [numbers] = city_rows("programme__disclosure")
    scopes: dict[str, list[str]] = {}
    for row in city_rows("programme__disclosure_scope"):
        scopes.setdefault(row["scope"], []).append(row["code"])
    return Tables(built.database, numbers, scopes)


@pytest.fixture(scope="module")
def sample(published: Path) -> Tables:
    rule = load_programme("nordwaerts").disclosure
    assert rule is not None
    return Tables(published / "nordwaerts" / "build" / "monitoring.duckdb", rule.numbers, rule.scopes)


def differences(tables: Tables, mart: str) -> list[str]:
    """Where a public form says something other than its mart, rounded by the rule."""
    form, rule, hides = FORMS[mart], tables.rule, DECLARED[mart].get("config", {}).get("meta", {}).get("hides", [])
    internal, public = tables.by_key(mart), tables.by_key(mart, "public_")
    found = [f"{key}: there" for key, row in internal.items() if form.has(rule, row) != (key in public)]
    found += [f"{key}: in no mart" for key in public.keys() - internal.keys()]
    for key in public.keys() & internal.keys():
        row, told = public[key], internal[key]
        is_hidden = row.get("is_hidden", False)
        cells = form.cells(rule, {**row, "decimals": row.get("decimals") or 0})
        for name, shown in row.items():
            if name in ADDED:
                continue
            expected = told[name]
            if name == "status" and is_hidden:
                expected = "hidden"
            elif is_hidden and name in hides:
                expected = None
            elif shown is None and (name in form.may_lack or (is_hidden and not hides)):
                continue  # harmonisation hides by columns: see its own test
            elif name in cells and expected is not None:
                expected = printed(expected, cells[name], rule.numbers["rounding_base"])
            if shown != expected and not (
                isinstance(shown, float) and expected is not None and math.isclose(shown, expected, abs_tol=1e-12)
            ):
                found.append(f"{key}, {name}: {shown} for {told[name]}, not {expected}")
    return found


def test_every_form_is_compared() -> None:
    assert FORMS.keys() == DECLARED.keys()


@pytest.mark.parametrize("mart", FORMS)
def test_a_form_says_what_its_mart_says(tiny: Tables, mart: str) -> None:
    assert tiny.by_key(mart, "public_")
    assert differences(tiny, mart) == []


@pytest.mark.slow
@pytest.mark.parametrize("mart", FORMS)
def test_a_form_of_the_sample_says_what_its_mart_says(sample: Tables, mart: str) -> None:
    assert sample.by_key(mart, "public_")
    assert differences(sample, mart) == []


def _decimals(numbers: Mapping[str, int], denominator: float, factor: float) -> int | None:
    """Most decimals of a rate whose last step is worth enough people; None where even whole numbers are not."""
    fit = [
        digits
        for digits in range(numbers["most_decimals"] + 1)
        if denominator >= numbers["people_per_step"] * factor * 10**digits
    ]
    return max(fit, default=None)


def _printed_rates(tables: Tables) -> list[tuple[Any, ...]]:
    """Every rate of people that is printed: decimals, numerator, denominator, factor."""
    things = ", ".join(f"'{unit}'" for unit in tables.rule.scopes["units_of_things"])
    with duckdb.connect(str(tables.database), read_only=True) as connection:
        return connection.execute(
            f"""
            select printed.decimals, figures.numerator, figures.denominator, indicators.factor
            from main.public_fct_indicator_value as printed
            inner join main.fct_indicator_value as figures
                on (printed.indicator_id, printed.definition_version, printed.area_kind, printed.territory, printed.period)
                = (figures.indicator_id, figures.definition_version, figures.area_kind, figures.territory, figures.period)
                and printed.area_id is not distinct from figures.area_id
                and printed.variant_id is not distinct from figures.variant_id
                and printed.role is not distinct from figures.role
            inner join main.dim_indicator as indicators
                on (printed.indicator_id, printed.definition_version)
                = (indicators.indicator_id, indicators.definition_version)
            where printed.value is not null and indicators.kind <> 'survey'
                and indicators.numerator_measure_id not in (select measure_id from main.fct_measure where unit in ({things}))
            """
        ).fetchall()


def _told_too_much(rates: list[tuple[Any, ...]], numbers: Mapping[str, int]) -> list[tuple[Any, ...]]:
    return [
        rate
        for rate in rates
        if rate[0] != _decimals(numbers, rate[2], rate[3])
        or rate[1] < numbers["minimum_count"]
        or (rate[3] == 100 and rate[2] - rate[1] < numbers["minimum_complement"])
    ]


def test_no_rate_is_printed_that_tells_a_count(tiny: Tables) -> None:
    rates = _printed_rates(tiny)
    assert {rate[0] for rate in rates} == {0, 1, 2}
    assert _told_too_much(rates, tiny.rule.numbers) == []


@pytest.mark.slow
def test_no_rate_of_the_sample_is_printed_that_tells_a_count(sample: Tables) -> None:
    rates = _printed_rates(sample)
    assert {rate[0] for rate in rates} == {0, 1, 2}
    assert _told_too_much(rates, sample.rule.numbers) == []


def test_a_rate_that_tells_a_count_is_found() -> None:
    numbers = {"minimum_count": 3, "minimum_complement": 3, "people_per_step": 3, "most_decimals": 2}
    right = [(2, 3000, 30000, 100), (1, 3, 3000, 100), (0, 5, 300, 100)]
    wrong = [(2, 3000, 29999, 100), (1, 2, 3000, 100), (0, 298, 300, 100), (0, 5, 299, 100)]
    assert _told_too_much(right + wrong, numbers) == wrong


def test_a_gap_stands_where_both_sides_do_and_has_their_fewest_decimals(tiny: Tables) -> None:
    series: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in tiny.by_key("fct_indicator_value", "public_").values():
        if row["area_kind"] == "area_set" and row["territory"] == "today":
            series.setdefault((row["indicator_id"], row["variant_id"], row["role"]), []).append(row)
    reasons = set()
    for row in tiny.by_key("fct_development_gap", "public_").values():
        indicator, variant, comparator = row["indicator_id"], row["variant_id"], row["comparator"]
        is_own = comparator in ("rest", "city")
        sides = [
            series.get((indicator, variant, "programme"), []),
            series.get((indicator, variant, comparator) if is_own else (indicator, comparator, "comparison"), []),
        ]
        values = [value for side in sides for value in side]
        hidden = {value["hidden_reason"] for value in values} - {None}
        assert row["hidden_reason"] in (hidden if all(sides) and hidden else {None if all(sides) else "verdict_only"})
        if not row["is_hidden"]:
            assert row["decimals"] == min(value["decimals"] for value in values if value["decimals"] is not None)
        reasons.add(row["hidden_reason"])
    assert reasons >= {None, "verdict_only"}


# hidden where an area is, or where its figures are not everybody's to compute
EXACT_ONLY = {"log_dispersion", "theil_between_share", "variance_between_share", "variance_ratio", "correlation"}
EXACT_ONLY |= {"zero_count", "log_left_out_count", "pair_count", "distinct_pair_count", "degrees_of_freedom"}
EXACT_ONLY |= {"sigma_baseline", "sigma", "sigma_change_pct", "sigma_change_lower_pct", "sigma_change_upper_pct"}
EXACT_ONLY |= {"pitman_morgan_t", "critical_t", "beta_total", "beta_standard_error", "beta_t"}
EXACT_ONLY |= {"convergence_speed_per_year", "half_life_years"}
OF_VARIANT = {"theil_between", "theil_within", "theil_between_share", "variance_between_share"}


def _exact_and_told(tables: Tables) -> set[tuple[bool, bool]]:
    """Compares what rows of the spread lack with what they must; whether all areas were known, and the variant told."""
    internal, seen = tables.by_key("fct_harmonisation"), set()
    levels = {
        (row["indicator_id"], tables.rule.levels[row["area_id"]])
        for row in tables.by_key("fct_indicator_value", "public_").values()
        if row["area_id"] and row["is_hidden"]
    }
    for key, row in tables.by_key("fct_harmonisation", "public_").items():
        is_exact = tables.rule.is_level(row, "open_levels") and (row["indicator_id"], row["area_level"]) not in levels
        is_told = tables.rule.is_of_figures(row)
        lacking = (set() if is_exact else EXACT_ONLY) | (set() if is_told else OF_VARIANT)
        assert {name for name, told in internal[key].items() if told is not None and row[name] is None} == {
            name for name in lacking if internal[key][name] is not None
        }
        assert row["hidden_reason"] == ("verdict_only" if not is_told else None if is_exact else "protected")
        assert row["decimals"] == (4 if is_exact else 2)
        seen.add((is_exact, is_told))
    return seen


def test_the_spread_of_areas_tells_on_none_that_is_hidden(tiny: Tables) -> None:
    assert _exact_and_told(tiny) == {(False, True), (False, False)}


@pytest.mark.slow
def test_the_spread_of_areas_of_the_sample_tells_on_none_that_is_hidden(sample: Tables) -> None:
    assert len(_exact_and_told(sample)) == 4


def _forms_under(built: Build, folder: Path, marts: set[str] | None) -> dict[str, int]:
    """Rows of each form where the rule names these marts alone; None is no rule at all."""
    build = Build(folder)
    shutil.copytree(built.landed, build.landed)
    shutil.copy(built.database, build.database)
    scopes = [
        row
        for row in city_rows("programme__disclosure_scope")
        if row["scope"] != "marts" or row["code"] in (marts or ())
    ]
    rows = {"programme__disclosure": city_rows("programme__disclosure"), "programme__disclosure_scope": scopes}
    for table, kept in rows.items():
        landed = pa.Table.from_pylist(kept if marts is not None else [], schema=landed_schemas()[table])
        pq.write_table(landed, build.landed / table / "rows.parquet")
    build.run("run", "--select", "path:models/public", afresh=False)
    assert set(build.results.values()) == {"success"}
    return {mart: build.rows(f"select count(*) from public_{mart}")[0][0] for mart in FORMS}


def test_without_a_rule_nothing_is_public(built: Build, tmp_path: Path) -> None:
    assert _forms_under(built, tmp_path, None) == dict.fromkeys(FORMS, 0)


@pytest.mark.parametrize(
    "named", [{"fct_indicator_value"}, FORMS.keys() - {"fct_indicator_value"}], ids=["values", "all_but_values"]
)
def test_a_mart_the_rule_does_not_name_has_no_rows(built: Build, tmp_path: Path, named: set[str]) -> None:
    rows = _forms_under(built, tmp_path, named)
    without_series = {"fct_harmonisation", "fct_change_decomposition"} if "fct_indicator_value" not in named else set()
    assert {mart for mart, count in rows.items() if count} == named - without_series


# --- these tests can fail ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mart", "damage", "said"),
    [
        ("fct_volunteering", "update public_fct_volunteering set value = value + 1", "value"),
        ("fct_volunteering", "update public_fct_volunteering set value = 3 where is_hidden", "value"),
        ("fct_volunteering", "update public_fct_volunteering set status = 'final' where is_hidden", "status"),
        ("fct_volunteering", "update public_fct_volunteering set value = null where not is_hidden", "value"),
        ("fct_development_gap", "update public_fct_development_gap set verdict = 'narrowed'", "verdict"),
        (
            "fct_development_gap",
            "update public_fct_development_gap set change_upper = change_upper - 0.01",
            "change_upper",
        ),
        ("fct_development_gap", "update public_fct_development_gap set gap_unit = 'pct'", "gap_unit"),
        ("fct_sentiment", "delete from public_fct_sentiment where area_kind = 'area'", "there"),
        ("fct_claim_receipt", "update public_fct_claim_receipt set period = '1999'", "in no mart"),
        (
            "fct_change_decomposition",
            "insert into public_fct_change_decomposition by name (select *, 2 as decimals, false as is_hidden, "
            "null as hidden_reason, null as shown_at_level from fct_change_decomposition where variant_id = 'narrow')",
            "there",
        ),
    ],
)
def test_what_a_form_says_otherwise_is_found(tiny: Tables, tmp_path: Path, mart: str, damage: str, said: str) -> None:
    spoilt = Path(shutil.copy(tiny.database, tmp_path / "monitoring.duckdb"))
    with duckdb.connect(str(spoilt)) as connection:
        connection.execute(damage)
    found = differences(Tables(spoilt, tiny.rule.numbers, tiny.rule.scopes), mart)
    assert any(said in difference for difference in found)
