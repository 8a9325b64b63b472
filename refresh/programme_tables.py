"""The programme folder, archived and landed like any delivery so that dbt can read it.

`programme__*` hold areas, area sets, indicators, sources and vocabularies with file and line. Nothing is computed
here, only written down.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, get_args

import pyarrow as pa
from pydantic import BaseModel

from ingest.archive import Archive, Receipt
from ingest.connectors import AvailableFile
from ingest.landing import ARROW_TYPES
from programmes.catalogue import AgeStratum, ComparabilityBreak, Indicator
from programmes.classes import ClassException
from programmes.model import Area, AreaSetMember, Baseline, Programme, Variant
from refresh.claim_tables import CLAIM_TABLES, claim_rows
from refresh.context import RefreshContext
from refresh.staged import write_landed

_PROVENANCE = ("_source", "_table", "_delivery", "_row")


def _type_of(annotation: Any) -> pa.DataType:
    for python, arrow in (
        (bool, ARROW_TYPES["boolean"]),
        (int, ARROW_TYPES["integer"]),
        (Decimal, ARROW_TYPES["decimal"]),
        (dt.date, ARROW_TYPES["date"]),
    ):
        if annotation is python or python in get_args(annotation):
            return arrow
    return ARROW_TYPES["text"]


def _model_schema(model: type[BaseModel], *extra: str, without: Sequence[str] = ()) -> dict[str, pa.DataType]:
    fields = {name: _type_of(field.annotation) for name, field in model.model_fields.items() if name not in without}
    return {**{name: pa.string() for name in extra}, **fields}


_TEXT, _INTEGER, _DATE = pa.string(), pa.int64(), pa.date32()

PROGRAMME_TABLES: dict[str, dict[str, pa.DataType]] = {
    "programme__area": _model_schema(Area, "area_id", without=["aliases"]),
    "programme__area_set": _model_schema(AreaSetMember),
    "programme__indicator": _model_schema(Indicator),
    "programme__break": _model_schema(ComparabilityBreak),
    "programme__age_stratum": _model_schema(AgeStratum),
    "programme__baseline": _model_schema(Baseline),
    "programme__variant": _model_schema(Variant),
    "programme__level": {"level": _TEXT, "level_rank": _INTEGER, "name_de": _TEXT, "name_en": _TEXT},
    "programme__term": {
        **dict.fromkeys(("vocabulary", "term_id"), _TEXT),
        "term_rank": _INTEGER,
        **dict.fromkeys(("name_de", "name_en"), _TEXT),
    },
    "programme__source": {
        **dict.fromkeys(("source_id", "name_de", "name_en", "publisher", "licence", "cadence"), _TEXT),
        "max_age_days": _INTEGER,
        "on_failure": _TEXT,
    },
    "programme__programme": {
        **dict.fromkeys(
            ("programme_id", "name", "city", "default_variant", "population_measure_id", "activity_level"), _TEXT
        ),
        "starts_on": _DATE,
        "ends_on": _DATE,
        "time_zone": _TEXT,
    },
    "programme__class_index": {
        **dict.fromkeys(("index_id", "period", "name_de", "name_en", "area_level"), _TEXT),
        **dict.fromkeys(("population_measure_id", "population_source_id", "population_level"), _TEXT),
        "minimum_population": _INTEGER,
        "frozen_period": _TEXT,
    },
    "programme__class_component": {
        **dict.fromkeys(("index_id", "dimension", "indicator_id"), _TEXT),
        "change_over_years": _INTEGER,
    },
    "programme__class_exception": _model_schema(ClassException),
    **CLAIM_TABLES,
}


def write_programme_tables(context: RefreshContext, archive: Archive) -> dict[str, int]:
    """Archive the declarations and land them; rows per table."""
    receipts = {receipt.file_name: receipt for receipt in _archived(context, archive)}
    programme = context.programme
    rows: dict[str, list[dict[str, Any]]] = {
        "programme__area": [{"area_id": a.area_id, **a.model_dump()} for a in programme.areas],
        "programme__area_set": [member.model_dump() for member in programme.area_sets],
        "programme__indicator": [indicator.model_dump() for indicator in programme.indicators],
        "programme__break": [row.model_dump() for row in programme.breaks],
        "programme__age_stratum": [stratum.model_dump() for stratum in programme.age_strata],
        "programme__baseline": [baseline.model_dump() for baseline in programme.head.baselines],
        "programme__variant": [variant.model_dump() for variant in programme.head.variants],
        "programme__level": [
            {"level": level.level, "level_rank": rank, "name_de": level.name_de, "name_en": level.name_en}
            for rank, level in enumerate(programme.head.levels)
        ],
        "programme__term": _terms(programme),
        "programme__source": [_own_source(programme), *(s.model_dump() for s in programme.sources.values())],
        "programme__programme": [programme.head.model_dump()],
        "programme__class_index": _class_indices(programme),
        "programme__class_component": [
            {"index_id": index.index_id, "dimension": dimension, "indicator_id": indicator, "change_over_years": years}
            for index in programme.class_indices
            for dimension, indicator, years in index.components
        ],
        "programme__class_exception": [exception.model_dump() for exception in programme.class_exceptions],
        **claim_rows(programme),
    }
    files = {
        **dict.fromkeys(CLAIM_TABLES, "claims.yml"),
        "programme__area": "areas.csv",
        "programme__area_set": "area_sets.csv",
        "programme__indicator": "indicators.csv",
        "programme__break": "breaks.csv",
        "programme__age_stratum": "age_strata.csv",
        "programme__class_index": "class_indices.yml",
        "programme__class_component": "class_indices.yml",
        "programme__class_exception": "exceptions.yml",
    }
    for name, schema in PROGRAMME_TABLES.items():
        file = files.get(name, "programme.yml")
        for line, row in enumerate(rows[name], start=2):
            own = f"sources/{row['source_id']}.yml" if name == "programme__source" else file
            receipt = receipts.get(own, receipts["programme.yml"])
            place = f"line {line}" if own.endswith(".csv") else receipt.file_name
            row.update(_source="programme", _table=name, _delivery=receipt.delivery_id, _row=place)
        write_landed(context.var, name, rows[name], {**schema, **dict.fromkeys(_PROVENANCE, _TEXT)})
    return {name: len(found) for name, found in rows.items()}


def _archived(context: RefreshContext, archive: Archive) -> list[Receipt]:
    folder = context.programme.folder
    # Declarations count from the day of the refresh that first saw them, so that a rerun is repeatable.
    moment = dt.datetime.combine(context.as_of_on, dt.time(), dt.UTC)
    return [
        archive.receive(
            AvailableFile(
                name=path.relative_to(folder).as_posix(),
                locator=f"programmes/{folder.name}/{path.relative_to(folder).as_posix()}",
                media_type="text/csv" if path.suffix == ".csv" else "application/yaml",
                read=path.read_bytes,
                received_at=moment,
            ),
            "programme",
            "Apache-2.0",
            context.now(),
            context.is_synthetic,
        )
        for path in context.programme.declaration_files()
    ]


def _terms(programme: Programme) -> list[dict[str, Any]]:
    vocabularies = programme.head.vocabularies
    return [
        {
            "vocabulary": name,
            "term_id": term.id,
            "term_rank": rank,
            "name_de": term.name_de,
            "name_en": term.name_en,
        }
        for name in type(vocabularies).model_fields
        for rank, term in enumerate(getattr(vocabularies, name), start=1)
    ]


def _class_indices(programme: Programme) -> list[dict[str, Any]]:
    return [
        {
            **index.model_dump(include={"index_id", "name_de", "name_en", "area_level", "frozen_period"}),
            "period": period,
            "population_measure_id": index.population.measure_id,
            "population_source_id": index.population.source_id,
            "population_level": index.population.level,
            "minimum_population": index.population.minimum,
        }
        for index in programme.class_indices
        for period in index.periods
    ]


def _own_source(programme: Programme) -> dict[str, Any]:
    return {
        "source_id": "programme",
        "name_de": "Programmordner",
        "name_en": "programme folder",
        "publisher": programme.head.name,
        "licence": "Apache-2.0",
        "cadence": "once",
        "max_age_days": 36500,
        "on_failure": "block",
    }
