"""The landed sample deliveries with some inputs moved, and what dbt makes of the claims then.

An input is named as in claims.yml: '<canonical table>' or '<canonical table>/<item>'. `stir` changes every figure
of an input somehow; `worsen` and `improve` push all inputs across every margin, against or for the programme
area. Only landed Parquet is touched; unmoved tables are linked.
"""

import tempfile
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from compiled_models import compiled
from once import computed_once

Row = dict[str, Any]
Change = Callable[[Row], Row | None]
Verdicts = dict[tuple[str, str, str | None], Row]

ITEM_COLUMN = {"area_figure": "measure_id", "survey_case": "item_id", "volunteer_count": "counting_unit"}
PROGRAMME_STARTED = "2015"
BETTER_IF_HIGHER = {"living_space_m2", "accessible_green_m2", "care_places_under_3"}
BETTER_IF_LOWER = {"unemployed", "sgb2_recipients", "sgb2_children_under_15", "basic_security_65_plus"}
SHARE_OF_PESSIMISTS = 26


def judged(
    landed: Path, scratch: Path, changes: dict[str, Change] | None = None, claims: list[Row] | None = None
) -> Verdicts:
    """Rows of fct_claim_verdict by claim, evaluation and period, with tables changed row by row (None drops a row).

    `claims` are landed claims that stand in place of the declared ones, which then have no legs.
    """
    moved, database = scratch / "landed", scratch / "monitoring.duckdb"
    moved.mkdir(parents=True)
    for table in landed.iterdir():
        if claims is not None and table.name.startswith("programme__claim"):
            _write(table, moved / table.name, claims if table.name == "programme__claim" else [])
        elif table.name in (changes or {}):
            _rewrite(table, moved / table.name, (changes or {})[table.name])
        else:
            (moved / table.name).symlink_to(table)
    compiled(False).build(moved, database, wanted="fct_claim_verdict")
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute("select * from fct_claim_verdict")
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    database.unlink()
    return {(row["claim_id"], row["evaluation"], row["period"]): row for row in rows}


def judged_once(name: str, landed: Path, changes: dict[str, Change] | None = None) -> Verdicts:
    """The same, once for a whole run of tests."""

    def judge() -> Verdicts:
        with tempfile.TemporaryDirectory() as scratch:
            return judged(landed, Path(scratch), changes)

    found: Verdicts = computed_once(f"verdicts_{name}", judge)
    return found


def _write(table: Path, target: Path, rows: list[Row]) -> None:
    target.mkdir()
    path = next(table.glob("*.parquet"))
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(path)), target / path.name)


def programme_areas(landed: Path) -> frozenset[str]:
    """Unterbezirke that belong to the programme area in any variant, by the declared parts of `wide`."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""
            with recursive parts as (
                select area_id from read_parquet('{landed}/programme__area_set/*.parquet')
                where variant_id = 'wide' and role = 'programme' and valid_to is null
                union
                select areas.area_id
                from read_parquet('{landed}/programme__area/*.parquet') as areas
                inner join parts on areas.parent_id = parts.area_id
            )
            select area_id from parts where area_id like 'unterbezirk-%'
            """
        ).fetchall()
    return frozenset(area for (area,) in rows)


def _rewrite(table: Path, target: Path, change: Change) -> None:
    target.mkdir()
    for path in table.iterdir():
        found = pq.read_table(path)
        rows = [changed for row in found.to_pylist() if (changed := change(row)) is not None]
        pq.write_table(pa.Table.from_pylist(rows, schema=found.schema), target / path.name)


# --- stirring: every figure of an input changes ------------------------------------------------------


def stir(inputs: Iterable[str]) -> dict[str, Change]:
    """Changes, by table, that touch every figure of the inputs named and no other."""
    by_table: dict[str, set[str]] = {}
    for name in inputs:
        table, _, item = name.partition("/")
        by_table.setdefault(table, set()).add(item)
    return {table: _stirring(table, items) for table, items in by_table.items()}


def _stirring(table: str, items: set[str]) -> Change:
    def change(row: Row) -> Row | None:
        if table in ITEM_COLUMN and row[ITEM_COLUMN[table]] not in items:
            return row
        return STIRRED[table](row) if table in STIRRED else None

    return change


def _is_odd(text: str) -> bool:
    return sum(text.encode()) % 2 == 1


def _stirred_figure(row: Row) -> Row:
    factor = Decimal("1.25") if _is_odd(row["area_id"] + row["period"]) else Decimal("0.9")
    return row | {"value": None if row["value"] is None else round(row["value"] * factor, 2)}


def _stirred_answer(row: Row) -> Row:
    turned = {"improve": "worsen", "worsen": "unchanged", "unchanged": "improve", "1": "6", "2": "5", "3": "1"}
    return row | {"answer": turned.get(row["answer"], row["answer"])} if _is_odd(row["case_id"]) else row


def _stirred_event(row: Row) -> Row | None:
    if row["event_on"].month == 6 and _is_odd(row["event_id"]):
        return None
    return row | {name: row[name] and 2 * row[name] for name in ("participant_count", "idea_count")}


STIRRED: dict[str, Change] = {
    "area_figure": _stirred_figure,
    "survey_case": _stirred_answer,
    "volunteer_count": lambda row: row | {"value": row["value"] and row["value"] * int(row["period"][-2:])},
    "event": _stirred_event,
    "project": lambda row: None if int(row["project_id"][-3:]) % 8 == 0 else row,
    "project_event": lambda row: None if int(row["project_id"][-3:]) % 8 == 0 else row,
}


# --- pushing: every margin is crossed ----------------------------------------------------------------


def worsen(areas: frozenset[str]) -> dict[str, Change]:
    """The programme area falls behind after 2015; projects, people and volunteers are other than stated."""
    return {
        "area_figure": _pushed_figures(areas, Decimal("0.5"), Decimal(2)),
        "survey_case": _pushed_answers(areas, "worsen", "6", 0, SHARE_OF_PESSIMISTS),
        "volunteer_count": lambda row: row | {"value": row["value"] and row["value"] * (1 + (row["period"] == "2020"))},
        "event": lambda row: None if row["event_on"].month == 6 else _scaled(row, Decimal("0.5")),
        "project": lambda row: None if int(row["project_id"][-3:]) % 8 == 0 else row,
        "project_event": lambda row: None if int(row["project_id"][-3:]) % 8 == 0 else row,
    }


def improve(areas: frozenset[str]) -> dict[str, Change]:
    """The programme area gains on the city after 2015; nothing leaves the stock; more people came."""
    left = ("merged", "handed_over", "shelved")
    return {
        "area_figure": _pushed_figures(areas, Decimal(2), Decimal("0.5")),
        "survey_case": _pushed_answers(areas, "improve", "1", 100, 0),
        "event": lambda row: _scaled(row, Decimal("2.315")),
        "project_event": lambda row: row | {"status": "planned"} if row["status"] in left else row,
    }


def _pushed_figures(areas: frozenset[str], higher: Decimal, lower: Decimal) -> Change:
    def change(row: Row) -> Row:
        if row["area_id"] not in areas or row["period"] <= PROGRAMME_STARTED or row["value"] is None:
            return row
        factor = {**dict.fromkeys(BETTER_IF_HIGHER, higher), **dict.fromkeys(BETTER_IF_LOWER, lower)}
        return row | {"value": row["value"] * factor.get(row["measure_id"], 1)}

    return change


def _pushed_answers(areas: frozenset[str], outlook: str, grade: str, optimists: int, pessimists: int) -> Change:
    def change(row: Row) -> Row:
        if row["period"] <= PROGRAMME_STARTED or row["answer"] is None:
            return row
        if row["item_id"] == "city_outlook":
            place = sum(int(digit) for digit in row["case_id"] if digit.isdigit()) * 37 % 100
            answer = "improve" if place < optimists else "worsen" if place < pessimists else "unchanged"
            return row | {"answer": answer}
        if row["area_id"] not in areas:
            return row
        return row | {"answer": outlook if row["item_id"] == "neighbourhood_outlook" else grade}

    return change


def _scaled(row: Row, factor: Decimal) -> Row:
    return row | {name: row[name] and round(row[name] * factor) for name in ("participant_count", "idea_count")}
