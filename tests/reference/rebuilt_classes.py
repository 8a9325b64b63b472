"""The class models of a release, run once more from their compiled SQL with single fragments replaced.

Production has no switch for a wrong method. So a wrong way is made here: a fragment that must stand in the
compiled model exactly once is replaced, and the models after it are built anew over the untouched rest of
the build database.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from reference_programme import Released

CHAIN = (
    "int_area_class__component",
    "int_area_class__judged",
    "int_area_class__standardised",
    "int_area_class__indexed",
    "fct_area_class",
    "fct_area_class_component",
)

Change = tuple[str, str, str]  # model, fragment, replacement

# --- the wrong ways of the table of negative tests -------------------------------------------------------

_NO_EXCEPTIONS: Change = ("int_area_class__judged", "when is_excluded then", "when false then")
_NO_MINIMUM: Change = ("int_area_class__judged", "when population < minimum_population then", "when false then")
_DEVIATION = "/ valid_area_count) as standard_deviation"
_SAMPLE_DEVIATION = "/ (valid_area_count - 1)) as standard_deviation"
_SQUARES = "sqrt(cast(sum(cast(deviation * deviation as decimal(38, 18))) as double) / valid_area_count)"
_WEIGHTED_SQUARES = "sqrt(sum(deviation * deviation * cast(population as double)) / sum(cast(population as double)))"


def _mean(column: str) -> str:
    return f"cast(sum(cast({column} as decimal(38, 18))) as double) / count(*)"


def _weighted_mean(column: str) -> str:
    return f"sum({column} * cast(population as double)) / sum(cast(population as double))"


def _weighted(model: str, *changes: tuple[str, str]) -> tuple[Change, ...]:
    return tuple((model, fragment, replacement) for fragment, replacement in changes)


WRONG_WAYS: dict[str, tuple[Change, ...]] = {
    "all delivered rows": (_NO_EXCEPTIONS, _NO_MINIMUM),
    "population rule only": (_NO_EXCEPTIONS,),
    "divisor n - 1": (
        ("int_area_class__standardised", _DEVIATION, _SAMPLE_DEVIATION),
        ("int_area_class__indexed", _DEVIATION, _SAMPLE_DEVIATION),
    ),
    "weighted by population": (
        *_weighted(
            "int_area_class__standardised",
            (
                "select index_id, period, area_id, frozen_period",
                "select population, index_id, period, area_id, frozen_period",
            ),
            (
                "components.definition_version, components.value\n",
                "components.definition_version, components.value, population\n",
            ),
            (_mean("value"), _weighted_mean("value")),
            ("select means.*, valid.value", "select means.*, valid.population, valid.value"),
            (_SQUARES, _WEIGHTED_SQUARES),
            (
                "    judged.area_id,\n    declared.dimension",
                "    judged.area_id,\n    judged.population,\n    declared.dimension",
            ),
        ),
        *_weighted(
            "int_area_class__indexed",
            (
                "index_id, period, area_id, dimension,\n",
                "index_id, period, area_id, dimension, max(population) as population,\n",
            ),
            (_mean("z_sum"), _weighted_mean("z_sum")),
            ("select means.*, summed.z_sum", "select means.*, summed.population, summed.z_sum"),
            (_SQUARES, _WEIGHTED_SQUARES),
        ),
    ),
    "a third of the sum": (
        (
            "int_area_class__indexed",
            "(summed.z_sum - moments.mean_value) / nullif(moments.standard_deviation, 0) as index_value",
            "summed.z_sum / 3 as index_value",
        ),
    ),
    "classes of printed indices": tuple(
        ("fct_area_class", f"cast({name}_index as decimal(38, 12))", f"round({name}_index, 2)")
        for name in ("status", "dynamics")
    ),
    "zero is missing": (
        ("int_area_class__component", "valued.value as end_value", "nullif(valued.value, 0) as end_value"),
    ),
}


@contextmanager
def rebuilt(released: Released, changes: tuple[Change, ...] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
    """The class tables, built in memory over the release's build database with the changes applied."""
    compiled = released.var.build / "dbt" / "compiled" / "nordwaerts" / "models"
    models = {path.stem: path.read_text(encoding="utf-8") for path in compiled.rglob("*.sql") if path.stem in CHAIN}
    for model, fragment, replacement in changes:
        assert models[model].count(fragment) == 1, f"{model} holds {models[model].count(fragment)} times: {fragment}"
        models[model] = models[model].replace(fragment, replacement)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{released.var.build / 'monitoring.duckdb'}' as monitoring (read_only)")
        for model in CHAIN:
            sql = models[model]
            for earlier in CHAIN:
                sql = sql.replace(f'"monitoring"."main"."{earlier}"', earlier)
            connection.execute(f"create table {model} as {sql}")
        yield connection
