"""A thousand random functions of six causes, split: the parts are the mean over all orders, and sum to the change."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.landing import canonical_schema
from programmes.canonical import CANONICAL
from refresh.causes import LandingPair
from refresh.modelling import DBT_PROJECT, DbtBroken
from refresh.splitting import Build, Side, split_changes

DECLARED = {"definition": "programme__indicator", "area": "programme__area", "correction": "programme__correction"}
CAUSES = ("new_period", "revised", "withheld", "correction", "definition", "area")
CELLS = 1000
Values = list[dict[frozenset[str], Any]]  # of every cell: what it is when these causes took effect


def _figure(measure: str, period: str, value: str | None, delivery: str) -> dict[str, Any]:
    status = "final" if value is not None else "suppressed"
    return {
        "measure_id": measure, "area_level": "district", "area_id": "district-1", "period": period,
        "reference_on": dt.date(int(period), 12, 31), "value": None if value is None else Decimal(value),
        "symbol": None if value is not None else "*", "status": status, "unit": "persons",
        "_source": "office", "_table": "office__people", "_delivery": delivery, "_row": f"{measure} {period}",
    }  # fmt: skip


def _write(landed: Path, name: str, rows: list[dict[str, Any]], folder: str, schema: pa.Schema | None = None) -> None:
    (landed / folder).mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, landed / folder / f"{name}.parquet")
    pq.write_table(table.schema.empty_table(), landed / folder / "empty.parquet")


def _landing(folder: Path, causes: frozenset[str], delivery: str = "new") -> Path:
    """Landed tables in which these causes took effect: one figure, or one declared row, for each."""
    rows = [
        _figure("jobs", "2020", "11" if "revised" in causes else "10", delivery),
        _figure("firms", "2020", None if "withheld" in causes else "7", delivery),
        *([_figure("jobs", "2021", "12", delivery)] if "new_period" in causes else []),
    ]
    _write(folder, "office__people", rows, "area_figure", canonical_schema(CANONICAL["area_figure"]))
    for cause, table in DECLARED.items():
        _write(folder, table, [{"said": str(cause in causes), "_delivery": "d", "_row": "line 2"}], table)
    return folder


def _effective(landed: Path) -> frozenset[str]:
    """Which causes took effect in a landing."""
    figures = pq.read_table(landed / "area_figure" / "office__people.parquet").to_pylist()
    values = {(row["measure_id"], row["period"]): row["value"] for row in figures}
    found = {"revised": values["jobs", "2020"] == 11, "withheld": values["firms", "2020"] is None}
    found["new_period"] = ("jobs", "2021") in values
    for cause, table in DECLARED.items():
        found[cause] = pq.read_table(landed / table / f"{table}.parquet")["said"].to_pylist() == ["True"]
    return frozenset(cause for cause, is_there in found.items() if is_there)


def _marts(values: Values, state: frozenset[str], path: Path) -> dict[str, Path]:
    rows = [{"cell": f"{number:04}", "value": value[state]} for number, value in enumerate(values)]
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema({"cell": pa.string(), "value": pa.float64()})), path)
    return {"fct_made_up": path}


def _build(values: Values, folder: Path, seen: list[frozenset[str]]) -> Build:
    def build(landed: Path, project: Path) -> Path:
        assert project == DBT_PROJECT
        state = _effective(landed)
        seen.append(state)
        database = folder / "made_up.duckdb"
        database.unlink(missing_ok=True)
        [path] = _marts(values, state, folder / "state.parquet").values()
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"create table fct_made_up as from read_parquet('{path}')")
        return database

    return build


def _subsets() -> Iterator[frozenset[str]]:
    for number in range(2 ** len(CAUSES)):
        yield frozenset(cause for bit, cause in enumerate(CAUSES) if number >> bit & 1)


def _random_values(seed: int) -> Values:
    """Random functions; of every tenth cell one cause decides alone, every seventh is sometimes not there at all."""
    draw = random.Random(seed)
    found: Values = []
    for number in range(CELLS):
        alone = CAUSES[number % len(CAUSES)] if number % 10 == 0 else None
        value = {
            state: (1.5 if alone in state else -2.25)
            if alone
            else (None if number % 7 == 0 and draw.random() < 0.3 else draw.uniform(-1e6, 1e6))
            for state in _subsets()
        }
        found.append(value)
    return found


def _mean_over_orders(value: Mapping[frozenset[str], Any]) -> dict[str, float]:
    """Shapley's value by its definition: cause after cause, in every order."""
    everything = frozenset(CAUSES)
    is_number = all(each is not None for each in value.values())
    worth = {state: each if is_number else float(each == value[everything]) for state, each in value.items()}
    found, orders = dict.fromkeys(CAUSES, 0.0), list(permutations(CAUSES))
    for order in orders:
        for place, cause in enumerate(order):
            found[cause] += worth[frozenset(order[: place + 1])] - worth[frozenset(order[:place])]
    return {cause: total / len(orders) for cause, total in found.items()}


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    return _landing(tmp_path / "before", frozenset(), "old"), _landing(tmp_path / "after", frozenset(CAUSES))


def test_parts_are_the_mean_over_all_orders(sides: tuple[Path, Path], tmp_path: Path) -> None:
    values, seen, everything = _random_values(seed=20150324), [], frozenset(CAUSES)
    one = Side(_marts(values, frozenset(), tmp_path / "before.parquet"), sides[0], "code")
    other = Side(_marts(values, everything, tmp_path / "after.parquet"), sides[1], "code")
    with duckdb.connect() as connection:
        split = split_changes(
            connection, one, other, {"fct_made_up": ["cell"]}, _build(values, tmp_path, seen), tmp_path
        )
        rows = connection.execute("select key, cause, change, part, share from part").fetchall()
    assert split.causes == CAUSES
    assert sorted(seen, key=sorted) == sorted(set(_subsets()) - {frozenset(), everything}, key=sorted), "each once"
    parts: dict[int, dict[str, Any]] = {}
    for key, cause, change, part, share in rows:
        parts.setdefault(int(key.strip('[]"')), {})[cause] = (change, part, share)
    assert len(parts) == sum(value[frozenset()] != value[everything] for value in values) > 900
    for number, found in parts.items():
        value = values[number]
        before, after = value[frozenset()], value[everything]
        expected = _mean_over_orders(value)
        is_number = all(each is not None for each in value.values())
        for cause, (change, part, share) in found.items():
            if is_number:
                assert part == pytest.approx(expected[cause], abs=1e-9 * max(1, abs(change)))
            elif before is not None and after is not None:
                assert part == pytest.approx(expected[cause] * (after - before), abs=1e-9 * max(1, abs(after - before)))
            else:
                assert part is None and share == pytest.approx(expected[cause], abs=1e-9)
        total = sum(part for _, part, _ in found.values() if part is not None)
        if before is not None and after is not None:
            assert total == pytest.approx(after - before, abs=1e-9 * max(1, abs(after - before)))
        assert sum(share for _, _, share in found.values()) == pytest.approx(1, abs=1e-9)
        if number % 10 == 0:
            assert {cause for cause, (_, part, _) in found.items() if part} == {CAUSES[number % len(CAUSES)]}


def _states(
    connection: duckdb.DuckDBPyConnection, before: Path, after: Path, target: Path
) -> dict[str, frozenset[str]]:
    pair = LandingPair(connection, before, after)
    found = {}
    for cause in pair.causes:
        pair.write([cause], target / cause)
        found[cause] = _effective(target / cause)
    return found


def test_each_cause_alone_takes_effect_in_a_landing_of_its_own(sides: tuple[Path, Path], tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        found = _states(connection, *sides, tmp_path / "mixed")
    assert found == {cause: frozenset({cause}) for cause in CAUSES}


def test_a_figure_that_stayed_goes_with_what_its_delivery_brought(tmp_path: Path) -> None:
    before = _landing(tmp_path / "before", frozenset(), "old")
    for cause in ("new_period", "withheld"):
        after = _landing(tmp_path / cause, frozenset({cause}))
        with duckdb.connect() as connection:
            assert LandingPair(connection, before, after).causes == (cause,), "and nothing was revised"
    with duckdb.connect() as connection:
        again = LandingPair(connection, before, _landing(tmp_path / "again", frozenset(), "new"))
        assert again.causes == ("revised",), "the same figures, delivered anew"


def test_the_same_deliveries_read_otherwise_are_code_or_definition(tmp_path: Path) -> None:
    before = _landing(tmp_path / "before", frozenset(), "same")
    after = _landing(tmp_path / "after", frozenset({"revised", "new_period"}), "same")
    with duckdb.connect() as connection:
        assert LandingPair(connection, before, after, has_other_code=True, has_other_reader=True).causes == ("code",)
        assert LandingPair(connection, before, after).causes == ("definition",)


def _office(folder: Path, rows: list[dict[str, Any]], **column: str) -> Path:
    """A landing of these figures alone; `column` is one the other side does not have."""
    schema = canonical_schema(CANONICAL["area_figure"])
    for name in column:
        schema = schema.append(pa.field(name, pa.string()))
    _write(folder, "office__people", [{**row, **column} for row in rows], "area_figure", schema)
    return folder


@pytest.mark.parametrize("has_other_reader", [True, False])
def test_a_delivery_read_otherwise_is_told_from_one_that_came_beside_it(tmp_path: Path, has_other_reader: bool) -> None:
    before = _office(tmp_path / "before", [_figure("jobs", "2020", "10", "first")])
    both = [_figure("jobs", "2020", "20", "first"), _figure("jobs", "2021", "12", "second")]
    read = "code" if has_other_reader else "definition"
    with duckdb.connect() as connection:
        after = _office(tmp_path / "after", both)
        assert LandingPair(connection, before, after, has_other_reader=has_other_reader).causes == ("new_period", read)
        moved = _office(tmp_path / "moved", [{**_figure("jobs", "2020", "10", "first"), "_row": "line 9"}])
        assert LandingPair(connection, before, moved, has_other_reader=has_other_reader).causes == (read,)
        more = _office(tmp_path / "more", [_figure("jobs", "2020", "10", "first")], added="x")
        pair = LandingPair(connection, before, more, has_other_reader=has_other_reader)
        pair.write((read,), tmp_path / "state")
    assert pair.causes == (read,)
    state = pq.read_table(tmp_path / "state" / "area_figure" / "office__people.parquet")
    assert state["added"].to_pylist() == ["x"], "a new column comes with its cause"


def test_of_a_withdrawn_delivery_the_one_before_counts_again_and_is_no_other_reading(tmp_path: Path) -> None:
    first = [_figure("jobs", period, "10", "first") for period in ("2020", "2021")]
    second = [first[0], _figure("jobs", "2021", "11", "second")]
    with duckdb.connect() as connection:
        pair = LandingPair(connection, _office(tmp_path / "b", second), _office(tmp_path / "a", first))
        assert pair.causes == ("revised",)


def test_figures_of_another_type_do_not_stop_a_comparison(tmp_path: Path) -> None:
    before = _office(tmp_path / "before", [_figure("jobs", "2020", "10", "first")])
    table = pq.read_table(before / "area_figure" / "office__people.parquet")
    place = table.schema.get_field_index("value")
    (tmp_path / "after" / "area_figure").mkdir(parents=True)
    other = table.set_column(place, "value", pa.array(["x20"]))
    pq.write_table(other, tmp_path / "after" / "area_figure" / "office__people.parquet")
    with duckdb.connect() as connection:
        assert LandingPair(connection, before, tmp_path / "after", has_other_reader=True).causes == ("code",)


def test_what_a_refresh_wrote_down_goes_with_the_deliveries(sides: tuple[Path, Path], tmp_path: Path) -> None:
    for side, said in zip(sides, ("old", "new"), strict=True):
        _write(side, "refresh__delivery", [{"delivery_id": said}], "refresh__delivery")

    def recorded(pair: LandingPair, causes: tuple[str, ...]) -> list[str]:
        target = tmp_path / "_".join(causes)
        pair.write(causes, target)
        return pq.read_table(target / "refresh__delivery" / "refresh__delivery.parquet")["delivery_id"].to_pylist()

    with duckdb.connect() as connection:
        pair = LandingPair(connection, *sides)
        assert "record" not in pair.causes
        assert recorded(pair, ("revised",)) == ["new"]
        assert recorded(pair, ("area",)) == ["old"], "areas bring no delivery"
    alone = _landing(tmp_path / "alone", frozenset(), "old")
    _write(alone, "refresh__delivery", [{"delivery_id": "newer"}], "refresh__delivery")
    with duckdb.connect() as connection:
        assert LandingPair(connection, sides[0], alone).causes == ("record",), "where nothing else differs"


def test_a_table_that_is_newly_declared_is_a_definition(sides: tuple[Path, Path], tmp_path: Path) -> None:
    more = _landing(tmp_path / "more", frozenset(), "old")
    _write(
        more,
        "office__homes",
        [_figure("homes", "2020", "3", "old")],
        "area_figure",
        canonical_schema(CANONICAL["area_figure"]),
    )
    with duckdb.connect() as connection:
        assert LandingPair(connection, sides[0], more).causes == ("definition",)
        assert LandingPair(connection, more, sides[0]).causes == ("definition",)


@pytest.mark.parametrize("why", ["too many", "does not build"])
def test_causes_that_cannot_be_told_apart_stay_together(sides: tuple[Path, Path], tmp_path: Path, why: str) -> None:
    values, everything = _random_values(seed=2)[:5], frozenset(CAUSES)
    one = Side(_marts(values, frozenset(), tmp_path / "before.parquet"), sides[0], "code")
    other = Side(_marts(values, everything, tmp_path / "after.parquet"), sides[1], "code")

    def refusing(_landed: Path, _project: Path) -> Path:
        raise DbtBroken("läuft nicht", "does not run")

    with duckdb.connect() as connection:
        at_most = 5 if why == "too many" else None
        split = split_changes(connection, one, other, {"fct_made_up": ["cell"]}, refusing, tmp_path, at_most)
        rows = connection.execute("select distinct cause, share from part").fetchall()
    assert (split.causes, split.together) == (("joint",), CAUSES)
    assert rows == [("joint", 1.0)]
