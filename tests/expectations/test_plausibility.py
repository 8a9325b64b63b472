"""Every rule of plausibility on made-up rows: what it doubts, what it lets pass, and that both runners agree."""

import datetime as dt
import math
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from made_up_rows import FACTS, figure, landed, verdicts

from expectations import direct, runner
from expectations.doubts import REASONS, SENTENCES, Asked, Doubt
from expectations.plausibility import NAMES, Forms, doubts_of
from expectations.rules import CheckCrashed, Rule, Seen, shrunk_pct
from programmes.expected import RULES, SEVERITIES, Agreement, Expected, Reference, Sum

Rows = list[dict[str, Any]]
AREAS, YEARS, ITEMS = [f"{n:03}" for n in range(1, 21)], range(2011, 2021), ("population", "unemployed", "dwellings")
DAY = dt.date(2021, 3, 1)


def city(seed: int = 1) -> Rows:
    """Three items in twenty areas and ten years that move by a few per cent."""
    dice = random.Random(seed)
    rows = []
    for item, size in zip(ITEMS, (4000, 600, 1800), strict=True):
        for area in AREAS:
            level = size * math.exp(dice.gauss(0, 0.4))
            for year in YEARS:
                level *= math.exp(dice.gauss(0.005, 0.02))
                rows.append(figure(area, year, round(level), measure_id=item))
    return rows


def change(rows: Rows, value: Callable[[float], float | None], **where: Any) -> Rows:
    """The rows with the value changed where the fields are as given."""
    return [
        row | {"value": None if (new := value(float(row["value"]))) is None else Decimal(round(new))}
        if all(row[name] in (wanted if isinstance(wanted, tuple) else (wanted,)) for name, wanted in where.items())
        else row
        for row in rows
    ]


def asked(rule: str, rows: Rows, before: Rows | None = None, canonical: str = "area_figure", **limits: Any) -> set[str]:
    """The reasons a rule finds."""
    return {doubt.reason for doubt in doubts(rule, rows, before, canonical, **limits)}


def doubts(
    rule: str, rows: Rows, before: Rows | None = None, canonical: str = "area_figure", **limits: Any
) -> list[Doubt]:
    beside = limits.pop("beside", {})
    history = None if before is None else Forms(landed(canonical, before))
    what = Asked(Expected(**limits), day=DAY, beside=beside)
    return doubts_of(rule, Forms(landed(canonical, rows)), history, what)


def moved(rows: Rows, by: int = 1, **where: Any) -> Rows:
    """The values of these rows moved on to the next area."""
    chosen = [n for n, row in enumerate(rows) if all(row[name] == wanted for name, wanted in where.items())]
    values = [rows[n]["value"] for n in chosen]
    result = list(rows)
    for n, value in zip(chosen, values[-by:] + values[:-by], strict=True):
        result[n] = rows[n] | {"value": value}
    return result


def again(rows: Rows, areas: list[str] = AREAS, items: tuple[str, ...] = ITEMS) -> Rows:
    """The last year with the figures of the year before, in these areas and items."""
    old = {(row["measure_id"], row["area_id"]): row["value"] for row in rows if row["period"] == "2019"}
    ids = {f"unterbezirk-{area}" for area in areas}
    return [
        row | {"value": old[row["measure_id"], row["area_id"]]}
        if row["period"] == "2020" and row["area_id"] in ids and row["measure_id"] in items
        else row
        for row in rows
    ]


def exchanged(rows: Rows, column: str, one: str, other: str) -> Rows:
    names = {one: other, other: one}
    return [row | {column: names.get(row[column], row[column])} if row["period"] == "2020" else row for row in rows]


def blank(rows: Rows, symbol: str | None = None, **where: Any) -> Rows:
    return [
        row | {"value": None, "status": "missing", "symbol": symbol}
        if all(row[name] in (wanted if isinstance(wanted, tuple) else (wanted,)) for name, wanted in where.items())
        else row
        for row in rows
    ]


CITY = city()
LAST = {"period": "2020"}
TEN = tuple(f"unterbezirk-{area}" for area in AREAS[:10])


@pytest.mark.parametrize("rule", [*RULES["area_figure"], "sums"])
@pytest.mark.parametrize("before", [None, [row for row in CITY if row["period"] != "2020"], CITY, city(1)])
def test_a_clean_city_raises_no_doubt(rule: str, before: Rows | None) -> None:
    assert doubts(rule, CITY, before) == []


@pytest.mark.parametrize(
    ("rule", "rows", "reason"),
    [
        ("continuity", change(CITY, lambda v: v * 10, measure_id="unemployed", **LAST), "jump"),
        ("continuity", change(CITY, lambda v: v / 1000, measure_id="population", period="2015"), "jump"),
        ("continuity", change(CITY, lambda v: v * 10, measure_id="population", area_id=TEN[0], **LAST), "cell"),
        ("continuity", change(CITY, lambda _: 0, measure_id="population", area_id=TEN[0], period="2014"), "cell"),
        ("continuity", moved(CITY, measure_id="population", **LAST), "disorder"),
        ("continuity", exchanged(CITY, "measure_id", "population", "dwellings"), "exchanged"),
        ("continuity", exchanged(CITY, "area_id", "unterbezirk-003", "unterbezirk-005"), "exchanged"),
        ("repeats", again(CITY), "frozen"),
        ("repeats", again(CITY, items=("unemployed",)), "frozen"),
        ("repeats", again(CITY, areas=AREAS[:6]), "copied"),
        ("blanks", blank(CITY, **LAST), "blank_period"),
        ("blanks", blank(CITY, measure_id="unemployed", **LAST), "blank_item"),
        ("blanks", blank(CITY, area_id=TEN[0]), "blank_area"),
        ("gaps", blank(CITY, measure_id="unemployed", area_id=TEN, **LAST), "missing"),
        ("gaps", change(CITY, lambda _: 0, measure_id="unemployed", area_id=TEN, **LAST), "zero"),
        ("days", [row | {"reference_on": dt.date(2051, 12, 31)} for row in CITY], "future"),
    ],
)
def test_what_is_wrong_without_any_history_is_doubted(rule: str, rows: Rows, reason: str) -> None:
    assert reason in asked(rule, rows)


@pytest.mark.parametrize(
    ("rule", "rows", "reason"),
    [
        ("continuity", change(CITY, lambda v: v * 10, measure_id="unemployed"), "jump against what was published"),
        ("continuity", [r for y in YEARS for r in moved([c for c in CITY if c["period"] == str(y)], measure_id="population")], "disorder against what was published"),
        ("continuity", change(CITY, lambda v: v * 3, measure_id="population", area_id=TEN[1], period="2015"), "cell against what was published"),
        ("blanks", [row for row in CITY if row["period"] != "2020"], "gone_period"),
        ("blanks", [row for row in CITY if row["measure_id"] != "dwellings"], "gone_item"),
        ("blanks", [row for row in CITY if row["area_id"] != TEN[0]], "gone_area"),
        ("gaps", blank(CITY, measure_id="unemployed", area_id=TEN, period=("2015", "2016", "2017", "2018", "2019", "2020")), "missing"),
    ],
)  # fmt: skip
def test_what_differs_from_what_was_published_is_doubted(rule: str, rows: Rows, reason: str) -> None:
    assert reason in asked(rule, rows, CITY)
    assert doubts(rule, rows, rows) == [], "what is in force already raises no doubt again"


@pytest.mark.parametrize(
    ("rule", "rows", "before"),
    [
        ("continuity", change(CITY, lambda v: v * 1.15, measure_id="unemployed", **LAST), CITY),
        ("continuity", change(CITY, lambda v: v * 1.03), CITY),
        ("continuity", change(CITY, lambda v: v * 1.15, area_id=TEN[0], **LAST), None),
        ("repeats", again(CITY, areas=AREAS[:2]), None),
        ("blanks", blank(CITY, symbol=".", measure_id="unemployed", **LAST), None),
        ("blanks", [*CITY, *(figure("099", year, 900 + year, measure_id=item) for year in YEARS for item in ITEMS)], CITY),
        ("gaps", blank(CITY, measure_id="unemployed", area_id=TEN[:1], **LAST), CITY),
        ("gaps", [row | {"value": None, "status": "suppressed"} if row["area_id"] in TEN[:5] else row for row in CITY], CITY),
    ],
)  # fmt: skip
def test_what_a_year_can_bring_by_right_passes(rule: str, rows: Rows, before: Rows | None) -> None:
    assert doubts(rule, rows, before) == []


def test_small_counts_may_jump_and_an_item_may_be_declared_restless() -> None:
    small = [row | {"value": Decimal((int(row["value"]) * 7) % 4 + 1)} for row in CITY]
    assert doubts("continuity", small) == []
    doubled = change(CITY, lambda v: v * 2, measure_id="unemployed", **LAST)
    assert asked("continuity", doubled) == {"jump"}
    loose = Asked(Expected(), {"unemployed": 150.0})
    assert doubts_of("continuity", Forms(landed("area_figure", doubled)), None, loose) == []


def test_parts_make_their_whole_within_the_rounding_of_the_publisher() -> None:
    rows = [
        figure("001", 2020, value, measure_id=item)
        for item, value in (("population", 105), ("under_65", 80), ("65_plus", 20))
    ]
    parts = {"whole": "population", "parts": ("under_65", "65_plus")}
    assert asked("sums", rows, sums=(Sum(**parts),)) == {"unequal"}
    assert asked("sums", rows, sums=(Sum(**parts, rounding=Decimal(5)),)) == set()


@pytest.mark.parametrize(("city_population", "found"), [(196, set()), (230, {"disagreeing"}), (None, set())])
def test_all_areas_together_agree_with_the_city_of_another_source(city_population: int | None, found: set[str]) -> None:
    """Of 200 counted in two areas, a band of five per cent lets 196 pass and 230 not; nothing told is no difference."""
    rows = [figure("001", 2020, 120), figure("002", 2020, 80)]
    city = landed("area_figure", [figure("x", 2020, city_population, measure_id="official", area_id="city-1")])
    agreed = Agreement(item="population", table="other__t", other_item="official", area="city-1", band_pct=Decimal(5))
    what = Asked(Expected(agreements=(agreed,)), published={"other__t": city})
    assert {doubt.reason for doubt in doubts_of("agreements", Forms(landed("area_figure", rows)), None, what)} == found


# -- volunteers


def reports(years: range = range(2015, 2021), count: int = 60) -> Rows:
    dice = random.Random(3)
    return [
        figure("01", year, dice.randint(5, 40), organisation_id=f"T-{n:03}", counting_unit=unit, method="counted")
        for year in years
        for n in range(count)
        for unit in ("active_persons", "open_offers")
    ]


REPORTS = reports()


def total(rows: Rows, year: str) -> Rows:
    sums = {
        unit: sum(row["value"] for row in rows if row["period"] == year and row["counting_unit"] == unit)
        for unit in ("active_persons", "open_offers")
    }
    pattern = next(row for row in rows if row["period"] == year)
    return [
        pattern | {"organisation_id": "T-SUM", "counting_unit": unit, "value": value} for unit, value in sums.items()
    ]


def test_reports_of_many_under_two_ids_are_doubted_and_a_few_equal_ones_are_not() -> None:
    rows = reports()

    def copied(count: int) -> Rows:
        old = [row for row in rows if row["period"] == "2020" and row["organisation_id"] < f"T-{count:03}"]
        return [*rows, *(row | {"organisation_id": "C" + row["organisation_id"]} for row in old)]

    assert doubts("composition", copied(3), rows, "volunteer_count") == []
    assert doubts("composition", copied(10), rows, "volunteer_count") == [Doubt("repeated", "", "2020")]


def test_half_of_the_organisations_and_a_total_row_are_doubted() -> None:
    rows = reports()
    clean = {rule: asked(rule, rows, canonical="volunteer_count") for rule in RULES["volunteer_count"]}
    assert not any(clean.values()), clean
    half = [row for row in rows if row["period"] != "2020" or row["organisation_id"] < "T-030"]
    assert asked("reporters", half, canonical="volunteer_count") == {"fewer"}
    assert asked("reporters", half, rows, canonical="volunteer_count") == {"fewer"}
    found = doubts("totals", [*rows, *total(rows, "2019")], canonical="volunteer_count")
    assert found == [Doubt("total_row", "", "2019", "T-SUM")]


# -- surveys


def waves(years: range = range(2013, 2018), cases: int = 800) -> Rows:
    rows: Rows = []
    for year in years:
        dice = random.Random(year)
        for n in range(cases):
            mood = dice.gauss(0, 1)
            outlook = "improve" if mood > 0.8 else "worsen" if mood < -0.4 else "unchanged"
            grade = str(min(6, max(1, round(3 - mood + dice.gauss(0, 0.5)))))
            base = {
                "case_id": f"{year}-{n}",
                "period": str(year),
                "area_id": f"a-{dice.randrange(40)}",
                "weight": Decimal(str(round(math.exp(dice.gauss(-0.08, 0.4)), 3))),
                "_delivery": f"d{year}",
            }
            rows += [base | {"item_id": "outlook", "answer": outlook}, base | {"item_id": "grade", "answer": grade}]
    return rows


WAVES = waves()


def recoded(names: dict[str, str]) -> Rows:
    return [
        row | {"answer": names.get(row["answer"], row["answer"])} if row["period"] == "2017" else row for row in WAVES
    ]


def doubled_cases() -> Rows:
    first = [row for row in WAVES if row["period"] == "2017"][:200]
    return [*WAVES, *(row | {"case_id": row["case_id"] + "-2"} for row in first)]


@pytest.mark.parametrize(
    ("rule", "rows", "reason"),
    [
        ("answers", [row for row in WAVES if row["period"] != "2017" or int(row["case_id"][5:]) < 400], "fewer_answers"),
        ("answers", recoded({"improve": "worsen", "worsen": "improve"}), "swapped"),
        ("answers", recoded({"unchanged": "improve", "worsen": "improve"}), "shares"),
        ("answers", recoded({"5": "4"}), "unused"),
        ("weights", [row | {"weight": Decimal(1)} if row["period"] == "2017" else row for row in WAVES], "weight_spread"),
        ("weights", [row | {"weight": row["weight"] * 2} if row["period"] == "2017" else row for row in WAVES], "weight_mean"),
        ("respondents", doubled_cases(), "twice"),
    ],
)  # fmt: skip
def test_a_wave_that_is_unlike_the_others_is_doubted(rule: str, rows: Rows, reason: str) -> None:
    assert doubts(rule, WAVES, canonical="survey_case") == []
    found = doubts(rule, rows, canonical="survey_case")
    assert (reason, "2017") in {(doubt.reason, doubt.period) for doubt in found}
    assert {doubt.period for doubt in found} == {"2017"}


def test_a_wave_without_anybody_of_a_large_area_is_doubted_and_of_a_small_one_is_not() -> None:
    small = [row | {"area_id": "a-small"} if row["case_id"].endswith("-7") else row for row in WAVES]

    def without(area: str) -> Rows:
        return [row for row in small if row["period"] != "2017" or row["area_id"] != area]

    assert doubts("answers", without("a-small"), canonical="survey_case") == []
    assert doubts("answers", without("a-3"), canonical="survey_case") == [Doubt("gone_area", "", "2017", "a-3")]


def test_the_delivery_of_the_doubted_wave_is_named_alone() -> None:
    rule = Rule("plausible", None, "hold", "R.", "R.", name="weights", asked=Asked(Expected()))
    rows = [row | {"weight": Decimal(1)} if row["period"] == "2016" else row for row in WAVES]
    (result,) = direct.run_suite(Seen("t", "gate_1", landed("survey_case", rows)), [rule], FACTS)
    assert result.doubted == ("d2016",)
    before = landed("survey_case", [row for row in WAVES if row["period"] != "2017"])
    (result,) = direct.run_suite(Seen("t", "gate_1", landed("survey_case", rows), before=before), [rule], FACTS)
    assert result.doubted == ("d2017",), "a delivery in force is not held for what a new one brings"


# -- registers


def project(number: int, name: str = "Park", adopted: dt.date = dt.date(2015, 12, 10), **more: Any) -> dict[str, Any]:
    fields = {"project_id": f"NW-{number:03}", "project_name": f"{name} {number}", "generation_id": "1"}
    return fields | {"adopted_on": adopted, "_delivery": "d"} | more


def event(number: int, status: str, year: int, body: str | None = None) -> dict[str, Any]:
    return {
        "project_id": f"NW-{number:03}",
        "status": status,
        "status_on": dt.date(year, 1, 1),
        "decided_by": body,
        "_delivery": "d",
    }


PROJECTS = [project(n) for n in range(1, 5)]
EVENTS = [event(n, status, year) for n in range(1, 5) for status, year in (("planned", 2016), ("started", 2018))]
MANY = [project(n) for n in range(10, 40)]
MEETINGS: Rows = [
    {
        "event_id": str(n),
        "event_format": "Forum",
        "event_on": dt.date(2019, 1, 1),
        "participant_count": n,
        "_delivery": "d",
    }
    for n in range(30)
]
PATH = {"path": ("initiated", "planned", "started", "done"), "ends": ("merged",)}


@pytest.mark.parametrize(
    ("rule", "canonical", "rows", "before", "reasons"),
    [
        ("days", "project", [*PROJECTS, project(9, adopted=dt.date(2051, 1, 1))], None, {"future"}),
        ("days", "project", PROJECTS, None, set()),
        ("days", "project", [*MANY, project(99, adopted=dt.date(1915, 12, 10))], None, {"early"}),
        ("composition", "project", MANY, MANY, set()),
        ("composition", "project", [row | {"lead_office": "Amt"} for row in MANY], MANY, {"composed"}),
        (
            "composition",
            "event",
            [*MEETINGS, *(row | {"event_id": row["event_id"] + "-2"} for row in MEETINGS[:9])],
            None,
            {"repeated"},
        ),
        ("composition", "event", MEETINGS, None, set()),
        ("identity", "project", [row | {"generation_id": "2"} for row in MANY[:12]] + MANY[12:], MANY, {"changed"}),
        ("vanished", "project", PROJECTS[1:], PROJECTS, {"vanished"}),
        ("vanished", "project", [*PROJECTS, project(9)], PROJECTS, set()),
        ("identity", "project", [project(1, "Halle", dt.date(2019, 1, 1)), *PROJECTS[1:]], PROJECTS, {"reused"}),
        ("identity", "project", [project(1, "Stadtpark"), *PROJECTS[1:]], PROJECTS, set()),
        ("path", "project_event", [*EVENTS, event(1, "planned", 2019)], None, {"backward"}),
        ("path", "project_event", [*EVENTS, event(1, "planned", 2019, "Rat")], None, set()),
        ("path", "project_event", [*EVENTS, event(1, "merged", 2019), event(1, "done", 2020)], None, {"after_end"}),
        ("path", "project_event", EVENTS, None, set()),
    ],
)
def test_registers(rule: str, canonical: str, rows: Rows, before: Rows | None, reasons: set[str]) -> None:
    limits = PATH if rule == "path" else {}
    assert asked(rule, rows, before, canonical, **limits) == reasons


def test_a_project_stands_in_the_register_and_in_its_history_or_in_neither() -> None:
    mutual = {"references": (Reference(field="project_id", table="projects", is_mutual=True),)}
    register = {"projects": landed("project", PROJECTS)}
    assert asked("references", EVENTS, None, "project_event", beside=register, **mutual) == set()
    lost = {"projects": landed("project", PROJECTS[1:])}
    assert doubts("references", EVENTS, None, "project_event", beside=lost, **mutual) == [
        Doubt("unknown", "projects", "", "NW-001")
    ]
    assert asked("references", EVENTS, EVENTS, "project_event", beside=lost, **mutual) == {"unknown"}
    assert asked("references", EVENTS[2:], None, "project_event", beside=register, **mutual) == {"unknown"}


def test_a_body_may_be_renamed_and_its_id_may_not_go_to_another() -> None:
    def body(name: str) -> Rows:
        return [{"register_id": "body", "entry_id": "G-01", "entry_name": name, "_delivery": "d"}]

    assert asked("identity", body("Strategiekreis Wirtschaft"), body("Strategiekreis 1"), "register_entry") == set()
    assert asked("identity", body("Erika Muster"), body("Strategiekreis 1"), "register_entry") == {"reused"}


# -- limits hold for each period


@pytest.mark.parametrize(
    ("rows", "shrunk"),
    [
        ([row for row in CITY if row["area_id"] not in TEN[:2]], 10),
        ([row for row in CITY if row["period"] != "2020" or row["area_id"] not in TEN], 50),
        ([row for row in CITY if row["period"] != "2020"], 10),
        (CITY + CITY, -100),
    ],
)
def test_shrinkage_is_that_of_the_period_that_lost_most(rows: Rows, shrunk: float) -> None:
    assert shrunk_pct(landed("area_figure", rows), landed("area_figure", CITY)) == pytest.approx(shrunk)
    assert shrunk_pct(landed("area_figure", rows), None) is None


def test_an_organisation_may_stop_reporting() -> None:
    rows = reports()
    left = [row for row in rows if row["organisation_id"] != "T-007"]
    assert asked("blanks", left, rows, "volunteer_count") == set()


# -- what all have in common


def test_every_rule_has_a_sentence_a_severity_and_words_for_its_reasons() -> None:
    assert set(SEVERITIES) == set(SENTENCES) == NAMES
    assert {rule for rules in RULES.values() for rule in rules} <= NAMES
    assert all(german.endswith(".") and english.endswith(".") for german, english in SENTENCES.values())
    assert len({english for _, english in REASONS.values()}) == len(REASONS)


def test_both_ways_of_running_find_the_same_and_repeat_no_figure() -> None:
    rules = [
        Rule("plausible", None, "hold", "R.", "R.", name=name, asked=Asked(Expected())) for name in RULES["area_figure"]
    ]
    rows = change(blank(CITY, measure_id="dwellings", **LAST), lambda v: v * 98765, measure_id="unemployed", **LAST)
    seen = Seen("t", "gate_1", landed("area_figure", rows), before=landed("area_figure", CITY), day=DAY)
    through_gx, through_duckdb = runner.run_suite(seen, rules), direct.run_suite(seen, rules)
    assert verdicts(through_gx) == verdicts(through_duckdb)
    assert [r.observed for r in through_gx] == [r.observed for r in through_duckdb]
    assert [r.doubted for r in through_gx] == [r.doubted for r in through_duckdb]
    failed = {r.check_id.rpartition(":")[2] for r in through_gx if not r.is_passed}
    assert {"continuity", "blanks"} <= failed
    assert "98765" not in repr(through_gx)
    jump = next(r for r in through_gx if not r.is_passed and "continuity" in r.check_id)
    assert "Sprung einer ganzen Größe: unemployed 2020" in jump.figures("de")


def test_a_rule_that_stumbles_crashes_the_check_and_never_passes() -> None:
    rule = Rule("plausible", None, "hold", "R.", "R.", name="continuity", asked=Asked(Expected()))
    for run_suite in (runner.run_suite, direct.run_suite):
        with pytest.raises(CheckCrashed, match="continuity"):
            run_suite(Seen("t", "gate_1", pa.table({"_delivery": ["d"], "value": [1]})), [rule], FACTS)


def test_passed_results_read_the_same_whatever_came_before() -> None:
    rule = Rule("plausible", None, "hold", "R.", "R.", name="continuity", asked=Asked(Expected()))
    rows = landed("area_figure", CITY)
    results = [
        direct.run_suite(Seen("t", "gate_1", rows, before=before), [rule], FACTS)
        for before in (None, rows, landed("area_figure", city(1)))
    ]
    assert results[0] == results[1] == results[2]
    assert results[0][0].observed == "as expected"


def test_periods_that_bear_each_others_published_figures_are_doubted() -> None:
    figures = {(row["measure_id"], row["area_id"], row["period"]): row["value"] for row in CITY}
    years = {"2017": "2018", "2018": "2017"}
    swapped = [
        row | {"value": figures[row["measure_id"], row["area_id"], years.get(row["period"], row["period"])]}
        for row in CITY
    ]
    assert "periods exchanged" in asked("repeats", swapped, CITY)
    assert asked("repeats", CITY, CITY) == set()


def test_an_area_that_nobody_names_in_one_year_is_doubted() -> None:
    both = [
        *REPORTS,
        *(row | {"area_id": "stadtbezirk-02", "organisation_id": "Z" + row["organisation_id"]} for row in REPORTS),
    ]
    without = [row for row in both if (row["area_id"], row["period"]) != ("stadtbezirk-02", "2018")]
    assert asked("composition", both, None, "volunteer_count") == set()
    assert {(doubt.reason, doubt.period) for doubt in doubts("composition", without, None, "volunteer_count")} == {
        ("gone_area", "2018")
    }


def test_a_new_year_that_bears_the_figures_of_another_one_that_moved_is_doubted() -> None:
    one_area = [row for row in CITY if row["area_id"] == TEN[0]]
    before = [row for row in one_area if row["period"] != "2020"]
    crossed = [row | {"period": {"2012": "2020", "2020": "2012"}.get(row["period"], row["period"])} for row in one_area]
    assert asked("repeats", one_area, before) == set()
    assert asked("repeats", crossed, before) == {"periods exchanged"}
    old = {row["measure_id"]: row["value"] for row in before if row["period"] == "2012"}
    as_high = [row | {"value": old[row["measure_id"]]} if row["period"] == "2020" else row for row in one_area]
    assert asked("repeats", as_high, before) == set(), "2012 stands as it was published: as high again is no exchange"


@pytest.mark.parametrize("symbol", ["-", "..."])
def test_a_newest_year_of_signs_alone_is_told_and_holds_nothing(symbol: str) -> None:
    one_series = [row for row in CITY if row["area_id"] == TEN[0] and row["measure_id"] == "population"]
    assert asked("newest", blank(one_series, symbol, **LAST)) == {"blank_period"}
    assert asked("newest", blank(one_series, symbol, period="2015")) == set(), "a gap within a series is no last year"
    assert asked("blanks", blank(one_series, symbol, **LAST)) == set()
    assert SEVERITIES["newest"] == "warn"
