"""A state: the landed tables of many programmes as one landing, and the part of one programme in the marts built from it.

Nothing is landed differently: each city's own landed files are linked below a folder that names its programme, and the build
with the variable `is_state` writes the programme before every id (dbt_project/macros/state.sql). Taking the ids of one
programme, without it, gives the rows the city's own build has.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from refresh.context import RefreshContext
from refresh.delivery_tables import write_refresh_tables
from refresh.landing import land_table
from refresh.landings import link
from refresh.outcomes import RefreshRefused
from refresh.programme_tables import write_programme_tables
from refresh.promoting import promote_all, write_empty_tables
from refresh.run import RefreshRun, open_run

BETWEEN = ":"  # what stands between programme and id, as in dbt_project/macros/state.sql

# The columns of marts in which ids of a programme stand, those first that every row of a mart has.
IDS = (
    "claim_id", "indicator_id", "index_id", "check_id", "source_id", "variant_id", "generation_id", "round_id", "area_id",
    "alternative_parent_id", "area", "area_level", "base_level", "baseline_id", "break_id", "city_id", "comparator",
    "correction_id", "counting_unit", "criterion_id", "deciding_leg_id", "denominator_measure_id", "denominator_source_id",
    "entry_id", "event_id", "family_id", "field_of_action_id", "item_id", "measure_id", "metric_of", "numerator_measure_id",
    "parent_id", "path_step_id", "permitted_inference_id", "permitted_level", "project_id", "proposal_id",
    "publication_unit_id", "register_id", "subject_id", "subtracted_measure_id", "support_type_id", "verdict_comparator",
)  # fmt: skip


class NotAProgrammeName(ValueError):
    """The id of a programme cannot stand before other ids."""


def land(context: RefreshContext) -> Path:
    """Receive, land and check all deliveries of one city as a refresh does, and build nothing; its landed tables.

    Raises RefreshRefused where gate 1 refuses a table: then none is promoted.
    """
    with open_run(RefreshRun.of(context, is_whole=False)) as run:
        for source in context.programme.sources.values():
            run.deliveries.available(source)
        run.deliveries.land_ahead()
        write_empty_tables(context)
        write_programme_tables(context, run.deliveries.archive)
        for table in context.programme.landed_tables():
            outcome = land_table(context, run.deliveries, table)
            run.record.landed(outcome)
            if outcome.verdict == "refused":
                raise RefreshRefused(*outcome.open_reasons)
        promote_all(context.var, run.record.tables.values())
        write_refresh_tables(context, run.deliveries, run.record.tables)
    return context.var.landed


def landed_together(cities: Mapping[str, Path], landed: Path) -> Path:
    """Programme id → its landed tables, linked as those of a state into `landed`, which is made anew.

    Raises NotAProgrammeName where ids of two programmes could not be told apart.
    """
    shutil.rmtree(landed, ignore_errors=True)
    for programme, folder in cities.items():
        if not programme or BETWEEN in programme or "=" in programme or "/" in programme:
            raise NotAProgrammeName(programme)
        for file in sorted(folder.glob("*/*.parquet")):
            link(file, landed / file.parent.name / f"programme={programme}" / file.name)
    return landed


def part_of(programme: str, relation: str, columns: Iterable[str]) -> str:
    """The rows of one programme in a mart of a state, as SQL to select from, its ids as the city names them.

    A table without an id of a programme, such as the labels, is the same in every city.
    """
    ids = ids_among(columns)
    if not ids:
        return relation
    before = f"{programme}{BETWEEN}".replace("'", "''")
    own = ", ".join(
        f'case when starts_with("{name}", \'{before}\') then substr("{name}", {len(programme) + 2}) else "{name}" end as "{name}"'
        for name in ids
    )
    return f"(select * replace ({own}) from {relation} where starts_with(\"{ids[0]}\", '{before}'))"


def ids_among(columns: Iterable[str]) -> Sequence[str]:
    """Those columns that hold ids of a programme; the first of them is in every row."""
    found = set(columns)
    return [name for name in IDS if name in found]
