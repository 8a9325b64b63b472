"""A tiny city as landed Parquet, small enough to reckon every figure by hand.

Writes the folder dbt reads, in the layout and the types of the contract: nine canonical tables, the
programme's declarations and the records of the refresh. Two Stadtbezirke of two Unterbezirke each, one
Sozialraum across them; variant `core` takes district 1 whole and a quarter of Unterbezirk 21. All figures
are made up. `write_city` takes a seed to shuffle rows, since no figure may depend on their order.
"""

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from refresh.delivery_tables import REFRESH_TABLES
from refresh.programme_tables import PROGRAMME_TABLES
from programmes.canonical import CANONICAL
from programmes.catalogue import Indicator

Row = dict[str, Any]

DECIMAL = pa.decimal128(24, 8)
TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": DECIMAL,
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
PROVENANCE = {"_source": pa.string(), "_table": pa.string(), "_delivery": pa.string(), "_row": pa.string()}

DELIVERY = {name: name[0] * 64 for name in ("statistics", "agency", "register", "platform", "opinion", "volunteers")}
DELIVERY["programme"] = "f" * 64
START = dt.date(2011, 1, 1)


def landed_schemas() -> dict[str, pa.Schema]:
    """Columns and types of every landed folder dbt reads, by name of the folder."""
    schemas = {
        name: pa.schema({field.name: TYPES[field.type] for field in table.fields} | PROVENANCE)
        for name, table in CANONICAL.items()
    }
    schemas |= {name: pa.schema(columns | PROVENANCE) for name, columns in PROGRAMME_TABLES.items()}
    schemas |= {name: pa.schema(columns) for name, columns in REFRESH_TABLES.items()}
    return schemas


def _landed(source: str, table: str, rows: list[Row]) -> list[Row]:
    return [
        row | {"_source": source, "_table": f"{source}__{table}", "_delivery": DELIVERY[source], "_row": f"line {n}"}
        for n, row in enumerate(rows, start=2)
    ]


def _figures(source: str, unit: str, year: int, level: str, cells: dict[str, dict[str, Any]]) -> list[Row]:
    """Cells are area code → measure → number, or a (symbol, status) pair where there is no figure."""
    rows = []
    for code, measures in cells.items():
        for measure, cell in measures.items():
            symbol, status = cell if isinstance(cell, tuple) else (None, "final")
            rows.append(
                {
                    "measure_id": measure,
                    "area_level": level,
                    "area_id": f"{level}-{code}",
                    "period": str(year),
                    "reference_on": dt.date(year, 12, 31),
                    "value": None if isinstance(cell, tuple) else Decimal(str(cell)),
                    "symbol": symbol,
                    "status": status,
                    "unit": unit,
                }
            )
    return _landed(source, "figures", rows)


def _area_figures() -> list[Row]:
    people = {
        2015: {"011": 1000, "012": 500, "021": 800, "022": 1200},
        2016: {"011": 1100, "012": 500, "021": 900, "022": 1250},
    }
    jobless = {
        2015: {"011": 200, "012": 50, "021": 80, "022": 60},
        2016: {"011": 220, "012": ("*", "suppressed"), "021": 90, "022": 50},
    }
    rows: list[Row] = []
    for year in people:
        rows += _figures(
            "statistics", "persons", year, "unterbezirk", {c: {"people": v} for c, v in people[year].items()}
        )
        rows += _figures(
            "agency", "persons", year, "unterbezirk", {c: {"jobless": v} for c, v in jobless[year].items()}
        )
        # the agency knows another number of people in whole districts: never a denominator of Unterbezirke
        rows += _figures("agency", "persons", year, "stadtbezirk", {"1": {"people": 9999}, "2": {"people": 9999}})
    rows += _figures(
        "statistics",
        "m2",
        2015,
        "unterbezirk",
        {c: {"flat_size": v} for c, v in {"011": 60, "012": 80, "021": 70, "022": 90}.items()},
    )
    rows += _figures(
        "statistics",
        "pupils",
        2015,
        "unterbezirk",
        {
            "011": {"pupils": 0, "pupils_up": 0},
            "012": {"pupils": 20, "pupils_up": 5},
            "021": {"pupils": 40, "pupils_up": 10},
            "022": {"pupils": 40, "pupils_up": 30},
        },
    )
    # nobody measured noise in Unterbezirk 022, and not at all in 2016
    rows += _figures(
        "statistics", "persons", 2015, "unterbezirk", {"011": {"noisy": 100}, "012": {"noisy": 50}, "021": {"noisy": 0}}
    )
    rows += _figures("statistics", "firms", 2015, "city", {"1": {"firms_in": 90, "firms_out": 70, "people_city": 4000}})
    rows += _figures("statistics", "ug_per_m3", 2015, "city", {"1": {"no2": 33.4}})
    rows += _figures("statistics", "ug_per_m3", 2016, "city", {"1": {"no2": (".", "missing")}})
    return rows


def _survey_cases() -> list[Row]:
    answers = [
        # case, Unterbezirk, weight, outlook, grade
        ("1", "011", "1.5", "improve", "2"),
        ("2", "011", "0.5", "worsen", "4"),
        ("3", "012", "1", "unchanged", "3"),
        ("4", "021", "2", "worsen", "5"),
        ("5", "021", "1", "improve", "no_answer"),
        ("6", "022", "1", "improve", None),
    ]
    # thirty of each, so that the city and its districts have enough answers to be shown
    asked = [
        ("2015", f"{case}-{copy}", code, weight, item, answer)
        for case, code, weight, outlook, grade in answers
        for item, answer in (("outlook", outlook), ("grade", grade))
        for copy in range(30)
    ]
    # the outlook alone was asked again: 40 of 100 in district 1 are optimists, and district 2 has too few answers
    again = [("011", "improve", 40), ("011", "worsen", 60), ("021", "improve", 29)]
    asked += [
        ("2016", f"{code}-{answer}-{copy}", code, "1", "outlook", answer)
        for code, answer, count in again
        for copy in range(count)
    ]
    rows = [
        {
            "case_id": case,
            "period": period,
            "area_id": f"unterbezirk-{code}",
            "item_id": item,
            "answer": answer,
            "weight": Decimal(weight),
        }
        for period, case, code, weight, item, answer in asked
    ]
    return _landed("opinion", "cases", rows)


def _volunteer_counts() -> list[Row]:
    reports = [
        # organisation, district, year, unit, method, value
        ("a", "1", 2015, "persons", "counted", 40),
        ("b", "1", 2015, "persons", "counted", 60),
        ("c", "2", 2015, "persons", "counted", 100),
        ("a", "1", 2016, "persons", "counted", 50),
        ("b", "1", 2016, "persons", "counted", 75),
        ("c", "2", 2016, "persons", "counted", None),
        ("b", "1", 2016, "persons", "estimated", 500),
        ("a", "1", 2016, "hours", "counted", 800),
    ]
    rows = [
        {
            "organisation_id": organisation + ("-estimate" if method == "estimated" else ""),
            "area_id": f"stadtbezirk-{district}",
            "period": str(year),
            "reference_on": dt.date(year, 12, 31),
            "counting_unit": unit,
            "method": method,
            "value": None if value is None else Decimal(value),
            "symbol": None,
            "status": "missing" if value is None else "final",
            "unit": unit,
        }
        for organisation, district, year, unit, method, value in reports
    ]
    return _landed("volunteers", "counts", rows)


def _projects() -> dict[str, list[Row]]:
    projects = [("P1", "1", "2015"), ("P2", "1", "2015"), ("P3", "2", "2016"), ("P4", "2", None)]
    events = [
        ("P1", "initiated", dt.date(2015, 12, 10)),
        ("P1", "started", dt.date(2016, 5, 1)),
        ("P1", "done", dt.date(2018, 1, 1)),
        ("P2", "initiated", dt.date(2015, 12, 10)),
        ("P2", "merged", dt.date(2017, 3, 1)),
        ("P3", "planned", dt.date(2017, 1, 1)),
        ("P3", "started", dt.date(2017, 1, 1)),  # two entries of one day: the furthest counts
        ("P4", "idea_store", dt.date(2015, 12, 10)),
    ]
    assessed = [
        ("V1", "P1", True, "board", "recommendation"),
        ("V2", "P2", True, "board", "recommendation"),
        ("V3", None, False, "office", "office_check"),
    ]
    entries = [("P1", "jobs"), ("P1", "land"), ("P2", "jobs")]
    support = [("P1", "financial"), ("P1", "ideational")]
    places = [("P1", "stadtbezirk-1"), ("P1", "stadtbezirk-2"), ("P2", "stadtbezirk-1"), ("P3", None)]
    return {
        "project": _landed(
            "register",
            "projects",
            [
                {
                    "project_id": project,
                    "project_name": f"Teilprojekt {project}",
                    "generation_id": generation_id,
                    "round_id": round_id,
                    "family_id": "economy",
                    "lead_office": None,
                    "adopted_on": dt.date(2015, 12, 10),
                }
                for project, generation_id, round_id in projects
            ],
        ),
        "project_event": _landed(
            "register",
            "events",
            [{"project_id": p, "status": s, "status_on": on, "decided_by": None} for p, s, on in events],
        ),
        "assessment": _landed(
            "register",
            "assessments",
            [
                {
                    "proposal_id": proposal,
                    "project_id": project,
                    "round_id": "2015",
                    "criterion_id": criterion,
                    "is_met": recommended,
                    "is_recommended": recommended,
                    "reason": None if recommended else "not new",
                    "decided_by": body,
                    "path_step_id": step,
                    "decided_on": dt.date(2015, 10, 1),
                }
                for proposal, project, recommended, body, step in assessed
                for criterion in ("new", "useful")
            ],
        ),
        "register_entry": _landed(
            "register",
            "fields",
            [
                {"register_id": "project_field_of_action", "entry_id": p, "item_id": i, "area_id": None}
                for p, i in entries
            ],
        )
        + _landed(
            "register",
            "places",
            [{"register_id": "project_area", "entry_id": p, "item_id": None, "area_id": a} for p, a in places],
        )
        + _landed(
            "register",
            "support",
            [{"register_id": "project_support", "entry_id": p, "item_id": i, "area_id": None} for p, i in support],
        )
        + _directory(),
        "contribution": _landed(
            "platform",
            "ideas",
            [
                {
                    "contribution_id": str(n),
                    "contribution_kind": "idea",
                    "round_id": "2015",
                    "submitted_on": dt.date(2015, 6, n),
                    "state": None,
                    "area_id": f"stadtbezirk-{n}" if n < 3 else None,
                    "project_id": None,
                }
                for n in range(1, 6)
            ],
        ),
        "event": _landed(
            "platform",
            "events",
            [
                {
                    "event_id": str(n),
                    "event_format": "Bürgercafé",
                    "event_on": dt.date(2015, 9, n),
                    "area_id": area,
                    "participant_count": people,
                    "idea_count": None,
                }
                for n, area, people in (
                    (1, "stadtbezirk-1", 40),
                    (2, "stadtbezirk-1", None),
                    (3, "unterbezirk-021", 25),  # finer than the level activity is shown for
                    (4, None, 10),  # online
                )
            ],
        ),
    }


def _directory() -> list[Row]:
    named: Row = {"register_id": "body", "entry_id": "B1", "entry_name": "Board", "valid_from": dt.date(2016, 11, 1)}
    rows = _landed(
        "register",
        "directory",
        [
            named | {"area_id": "stadtbezirk-1"},
            {"register_id": "body", "entry_id": "B2", "entry_name": "Circle"},
        ],
    )
    second_area = rows[0] | {"area_id": "stadtbezirk-2"}  # two areas in one cell: two rows of one line
    fields = [{"register_id": "body", "entry_id": "B1", "item_id": "jobs"}]
    return [*rows, second_area, *_landed("register", "directory_fields", fields)]


def _areas() -> list[Row]:
    tree = [
        ("city", "1", None, None),
        ("stadtbezirk", "1", "city-1", None),
        ("stadtbezirk", "2", "city-1", None),
        ("sozialraum", "1", "city-1", None),
        ("unterbezirk", "011", "stadtbezirk-1", "sozialraum-1"),
        ("unterbezirk", "012", "stadtbezirk-1", None),
        ("unterbezirk", "021", "stadtbezirk-2", "sozialraum-1"),
        ("unterbezirk", "022", "stadtbezirk-2", None),
        # gone before the first figure: no sum waits for it
        ("unterbezirk", "023", "stadtbezirk-2", None),
    ]
    return [
        {
            "area_id": f"{level}-{code}",
            "area_level": level,
            "area_code": code,
            "area_name": f"{level} {code}",
            "parent_id": parent,
            "alternative_parent_id": alternative,
            "area_ha": None,
            "valid_from": START,
            "valid_to": dt.date(2012, 12, 31) if code == "023" else None,
        }
        for level, code, parent, alternative in tree
    ]


def _indicator(indicator_id: str, kind: str, scale: str, numerator: str, denominator: str | None, **others: Any) -> Row:
    blank = dict.fromkeys(Indicator.model_fields, None)
    return (
        blank
        | {
            "indicator_id": indicator_id,
            "definition_version": 1,
            "name_de": indicator_id,
            "name_en": indicator_id,
            "kind": kind,
            "scale": scale,
            "numerator_measure_id": numerator,
            "denominator_measure_id": denominator,
            "factor": Decimal(100),
            "unit": "pct",
            "polarity": "lower_is_better",
            "base_level": "unterbezirk",
            "tolerance": Decimal("0.05"),
            "permitted_level": "unterbezirk",
            "permitted_inference_id": "areas",
            "margin_minimum": Decimal("0.5"),
            "margin_pct_of_baseline_gap": Decimal(10),
            "baseline_id": "2015",
            "is_headline": True,
            "declared_on": dt.date(2014, 1, 1),
            "subject_id": "jobs",
            "source_id": "statistics",
            "reference_date": "31.12.",
            "definition_de": "",
            "definition_en": "",
            "caveat_de": "",
            "caveat_en": "",
            "valid_from": START,
        }
        | others
    )


def _indicators() -> list[Row]:
    one = Decimal(1)
    return [
        _indicator("jobless_pct", "ratio", "share", "jobless", "people", source_id="agency"),
        _indicator("people_per_person", "ratio", "ratio", "people", "people", factor=one, unit="per_person"),
        _indicator("pupils_up_pct", "ratio", "share", "pupils_up", "pupils"),
        _indicator("noisy_pct", "ratio", "share", "noisy", "people"),
        _indicator("flat_size_m2", "weighted_mean", "ratio", "flat_size", "people", factor=one, unit="m2"),
        _indicator(
            "net_firms_per_1000",
            "ratio",
            "balance",
            "firms_in",
            "people_city",
            subtracted_measure_id="firms_out",
            factor=Decimal(1000),
            unit="per_1000",
            base_level="city",
            permitted_level="city",
        ),
        _indicator(
            "no2_ug_per_m3",
            "level",
            "ratio",
            "no2",
            None,
            factor=one,
            unit="ug_per_m3",
            base_level="city",
            permitted_level="city",
        ),
        _indicator(
            "grade",
            "survey",
            "grade",
            "grade_weighted_sum",
            "grade_weight",
            factor=one,
            unit="grade_1_to_6",
            source_id="opinion",
        ),
    ]


def _area_sets() -> list[Row]:
    members = [
        ("core", "programme", "stadtbezirk-1", "1"),
        ("core", "programme", "unterbezirk-021", "0.25"),
        ("narrow", "programme", "unterbezirk-011", "1"),
        ("outside", "comparison", "unterbezirk-022", "1"),
    ]
    return [
        {
            "variant_id": variant,
            "role": role,
            "area_id": area,
            "weight": Decimal(weight),
            "weight_basis": "population",
            "valid_from": dt.date(2015, 1, 1),
            "valid_to": None,
            "note": None,
        }
        for variant, role, area, weight in members
    ]


def _class_tables() -> dict[str, list[Row]]:
    def index(index_id: str, period: str, level: str, minimum: int) -> Row:
        return {
            "index_id": index_id,
            "period": period,
            "name_de": f"{index_id} de",
            "name_en": f"{index_id} en",
            "area_level": level,
            "population_measure_id": "people",
            "population_source_id": "statistics",
            "population_level": "unterbezirk",
            "minimum_population": minimum,
            "frozen_period": None,
        }

    components = [
        ("small", "status", "jobless_pct", None),
        ("small", "dynamics", "jobless_pct", 1),
        ("districts", "status", "jobless_pct", None),
        ("districts", "dynamics", "pupils_up_pct", None),
    ]
    names = ("index_id", "dimension", "indicator_id", "change_over_years")
    return {
        "class_index": [
            index("small", "2015", "unterbezirk", 600),
            index("small", "2016", "unterbezirk", 600),
            index("districts", "2015", "stadtbezirk", 1500),
        ],
        "class_component": [dict(zip(names, component, strict=True)) for component in components],
        "class_exception": [
            {
                "index_id": "small",
                "period": "2015",
                "area_id": "unterbezirk-022",
                "reason_de": "Neubau im Bezug.",
                "reason_en": "New buildings being moved into.",
            }
        ],
    }


def _claim(claim_id: str, claim_type: str, **others: Any) -> Row:
    blank: Row = dict.fromkeys(PROGRAMME_TABLES["programme__claim"], None)
    said = dt.date(2017, 2, 1)
    days = {"said_first_on": said, "said_last_on": said, "first_on": said, "last_on": said, "declared_on": START}
    flags = dict.fromkeys(("is_leg", "is_dated", "is_strong", "is_date_assumed"), False)
    return blank | days | flags | {"claim_id": claim_id, "type": claim_type, "is_checkable": True} | others


def _claims() -> list[Row]:
    stock = {"metric_kind": "projects", "metric_of": "stock", "definition_version": 1, "rounding_unit": Decimal(1)}
    return [
        _claim("four_projects", "count", expected=Decimal(4), **stock),  # until P2 was merged on 1 March 2017
        _claim("three_projects", "count", expected=Decimal(3), **stock),
        _claim("both", "composite"),
        _claim("good", "normative", is_checkable=False),
    ]


def _programme() -> dict[str, list[Row]]:
    levels = ["city", "stadtbezirk", "sozialraum", "unterbezirk"]
    terms = [
        ("families", 1, "economy"),
        ("fields_of_action", 1, "jobs"),
        ("survey_items", 1, "grade"),
        ("criteria", 1, "new"),
        ("criteria", 2, "useful"),
        ("path_steps", 1, "office_check"),
        ("path_steps", 2, "recommendation"),
        ("support_types", 1, "financial"),
        ("support_types", 2, "ideational"),
        ("registers", 1, "body"),
        # one word may stand in two vocabularies
        *(
            ("topics", rank, word)
            for rank, word in enumerate(("recommendation", "useful", "financial", "body", "jobs"))
        ),
    ]
    tables = {
        "area": _areas(),
        "area_set": _area_sets(),
        "claim": _claims(),
        "claim_leg": [
            {"claim_id": "both", "leg_claim_id": leg, "is_necessary": True} for leg in ("four_projects", "three_projects")
        ],
        "indicator": _indicators(),
        "variant": [
            {"variant_id": variant, "name_de": variant, "name_en": variant, "purpose": purpose}
            for variant, purpose in (("core", "programme"), ("narrow", "programme"), ("outside", "comparison"))
        ],
        "baseline": [
            {
                "baseline_id": b,
                "name_de": b,
                "name_en": b,
                "first_period": int(b),
                "last_period": int(b),
                "is_for_all": True,
            }
            for b in ("2015",)
        ],
        "break": [
            {
                "break_id": "new_noise_map",
                "indicator_id": "noisy_pct",
                "measure_id": None,
                "period": 2016,
                "kind": "definition",
                "severity": "blocking",
                "added_tolerance": Decimal(0),
                "note_de": "Neue Karte.",
                "note_en": "Another map.",
                "source": "made up",
            }
        ],
        "level": [
            {"level": level, "level_rank": rank, "name_de": level.title(), "name_en": level}
            for rank, level in enumerate(levels)
        ],
        "term": [
            {
                "vocabulary": vocabulary,
                "term_id": term,
                "term_rank": rank,
                "name_de": f"{term} de",
                "name_en": f"{term} en",
            }
            for vocabulary, rank, term in terms
        ],
        "source": [
            {
                "source_id": source,
                "name_de": source,
                "name_en": source,
                "publisher": "made up",
                "licence": "none",
                "cadence": "yearly",
                "max_age_days": 400,
                "on_failure": "block",
            }
            for source in DELIVERY
            if source != "programme"
        ],
        "programme": [
            {
                "programme_id": "tiny",
                "name": "Tiny",
                "city": "Tiny",
                "default_variant": "core",
                "population_measure_id": "people",
                "activity_level": "stadtbezirk",
                "starts_on": dt.date(2015, 1, 1),
                "ends_on": dt.date(2025, 12, 31),
                "time_zone": "Europe/Berlin",
            }
        ],
    } | _class_tables()
    return {f"programme__{name}": _landed("programme", name, rows) for name, rows in tables.items()}


def _refresh() -> dict[str, list[Row]]:
    return {
        "refresh__delivery": [
            {
                "delivery_id": delivery,
                "source_id": source,
                "file_name": f"{source}.csv",
                "media_type": "text/csv",
                "size_bytes": 100,
                "received_at": dt.datetime(2026, 3, 1, 4, 0),
                "received_on": dt.date(2026, 3, 1),
                "publisher_version": None,
                "licence": "none",
                "is_synthetic": True,
                "verdict": "in_force",
                "accepted_row_count": 10,
                "rejected_row_count": 0,
                "reason": None,
            }
            for source, delivery in DELIVERY.items()
        ],
        "refresh__check": [
            {
                "check_id": "agency__figures.not_null.value",
                "table_name": "agency__figures",
                "gate": "1",
                "rule_id": "not_null",
                "column_name": "value",
                "severity": "warn",
                "is_passed": False,
                "failed_count": 1,
                "observed": "1",
                "expected": "0",
                "sentence_de": "Ein Wert fehlt.",
                "sentence_en": "One value is missing.",
            }
        ],
        "refresh__rejected_row": [
            {
                "table_name": "agency__figures",
                "source_id": "agency",
                "delivery_id": DELIVERY["agency"],
                "row_address": "line 99",
                "column_name": None,
                "rule_id": "known_area",
                "sentence_de": "Das Gebiet ist unbekannt.",
                "sentence_en": "The area is unknown.",
            }
        ],
    }


def city_rows() -> dict[str, list[Row]]:
    """All landed rows of the tiny city, by name of the folder."""
    return (
        _projects()
        | {"area_figure": _area_figures(), "survey_case": _survey_cases(), "volunteer_count": _volunteer_counts()}
        | _programme()
        | _refresh()
    )


def write_city(folder: Path, seed: int | None = None) -> Path:
    """Write the tiny city as landed Parquet into `folder`; a seed shuffles the rows of every table."""
    rows = city_rows()
    for name, schema in landed_schemas().items():
        table = list(rows.get(name, []))  # a declaration this city does not make lands as an empty table
        if seed is not None:
            random.Random(seed).shuffle(table)
        (folder / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(schema.empty_table(), folder / name / "empty.parquet")
        pq.write_table(pa.Table.from_pylist(table, schema=schema), folder / name / "rows.parquet")
    return folder
