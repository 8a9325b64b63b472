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

from ingest.archive import Archive
from ingest.connectors import AvailableFile
from ingest.landing import ARROW_TYPES
from programmes.areas import Area, AreaSetMember
from programmes.catalogue import AgeStratum, ComparabilityBreak, Indicator
from programmes.classes import ClassException
from programmes.corrections import Correction
from programmes.declaration import Declaration
from programmes.disclosure import PRINTING, Disclosure
from programmes.model import Programme
from programmes.outlines import OUTLINES_FILE, Outline
from programmes.settings import Baseline, Variant
from refresh.claim_tables import CLAIM_TABLES, claim_rows
from refresh.context import RefreshContext
from refresh.staged import write_landed

_MEDIA_TYPES = {".csv": "text/csv", ".yml": "application/yaml", ".geojson": "application/geo+json"}
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
    "programme__area_set": _model_schema(AreaSetMember, without=["weight_basis", "note"]),
    "programme__indicator": _model_schema(Indicator),
    "programme__break": _model_schema(ComparabilityBreak),
    "programme__age_stratum": _model_schema(AgeStratum),
    "programme__baseline": _model_schema(Baseline, without=["name_de", "name_en"]),
    "programme__measure_part": dict.fromkeys(("measure_id", "unit", "part_measure_id"), _TEXT),
    "programme__variant": _model_schema(Variant, without=["name_de", "name_en"]),
    "programme__level": {"level": _TEXT, "level_rank": _INTEGER, "name_de": _TEXT, "name_en": _TEXT},
    "programme__term": {
        **dict.fromkeys(("vocabulary", "term_id"), _TEXT),
        "term_rank": _INTEGER,
        **dict.fromkeys(("name_de", "name_en"), _TEXT),
    },
    "programme__source": dict.fromkeys(("source_id", "name_de", "name_en", "publisher", "licence"), _TEXT),
    "programme__programme": {
        **dict.fromkeys(("default_variant", "population_measure_id", "activity_level"), _TEXT),
        "starts_on": _DATE,
        "ends_on": _DATE,
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
    "programme__correction": _model_schema(Correction),
    "programme__outline": _model_schema(Outline),
    "programme__disclosure": {"first_period": _TEXT, **dict.fromkeys(PRINTING, _INTEGER)},
    "programme__disclosure_scope": dict.fromkeys(("scope", "code"), _TEXT),
    **CLAIM_TABLES,
}


_FILES = {
    **dict.fromkeys(CLAIM_TABLES, "claims.yml"),
    "programme__area": "areas.csv",
    "programme__area_set": "area_sets.csv",
    "programme__indicator": "indicators.csv",
    "programme__break": "breaks.csv",
    "programme__age_stratum": "age_strata.csv",
    "programme__class_index": "class_indices.yml",
    "programme__class_component": "class_indices.yml",
    "programme__class_exception": "exceptions.yml",
    "programme__correction": "corrections.csv",
    "programme__outline": OUTLINES_FILE,
    **dict.fromkeys(("programme__disclosure", "programme__disclosure_scope"), "disclosure.yml"),
}


def write_programme_tables(context: RefreshContext, archive: Archive) -> dict[str, int]:
    """Archive the declarations and land them; rows per table."""
    delivery_ids = _archived(context, archive)
    rows = declared_rows(context.programme)
    for name, schema in PROGRAMME_TABLES.items():
        for row in rows[name]:
            row.update(_source="programme", _table=name, _delivery=delivery_ids[row["_file"]])
        write_landed(context.var, name, rows[name], {**schema, **dict.fromkeys(_PROVENANCE, _TEXT)})
    return {name: len(found) for name, found in rows.items()}


def declared_rows(programme: Programme) -> dict[str, list[dict[str, Any]]]:
    """The rows of every `programme__*` table; `_file` and `_row` are the file of the folder and its line."""
    rows: dict[str, list[dict[str, Any]]] = {
        "programme__area": [_row(area, area_id=area.area_id) for area in programme.areas],
        "programme__area_set": [_row(member) for member in programme.area_sets],
        "programme__indicator": [_row(indicator) for indicator in programme.indicators],
        "programme__break": [_row(entry) for entry in programme.breaks],
        "programme__age_stratum": [_row(stratum) for stratum in programme.age_strata],
        "programme__baseline": [_row(baseline) for baseline in programme.settings.baselines],
        "programme__measure_part": [
            _row(summed, part_measure_id=part) for summed in programme.settings.summed_measures for part in summed.parts
        ],
        "programme__variant": [_row(variant) for variant in programme.settings.variants],
        "programme__level": [_row(level, level_rank=rank) for rank, level in enumerate(programme.settings.levels)],
        "programme__term": _terms(programme),
        "programme__source": _sources(programme),
        "programme__programme": [_row(programme.settings)],
        "programme__class_index": _class_indices(programme),
        "programme__class_component": [
            _row(index, dimension=dimension, indicator_id=indicator, change_over_years=years)
            for index in programme.class_indices
            for dimension, indicator, years in index.components
        ],
        "programme__class_exception": [_row(exception) for exception in programme.class_exceptions],
        "programme__correction": [_row(correction) for correction in programme.corrections],
        "programme__outline": [_row(outline) for outline in programme.outlines],
        "programme__disclosure": [_row(rule, **rule.numbers) for rule in _rule(programme)],
        "programme__disclosure_scope": [
            {"scope": scope, "code": code, "_row": f"line {rule.line}"}
            for rule in _rule(programme)
            for scope, codes in rule.scopes.items()
            for code in codes
        ],
        **claim_rows(programme),
    }
    for name, found in rows.items():
        for row in found:
            row.setdefault("_file", _FILES.get(name, "programme.yml"))
    return rows


def _rule(programme: Programme) -> list[Disclosure]:
    return [programme.disclosure] if programme.disclosure else []


def _row(declaration: Declaration, **more: Any) -> dict[str, Any]:
    """A declaration as a row: its fields, what else is known about it, and the line it begins in."""
    return {**declaration.model_dump(), **more, "_row": f"line {declaration.line}"}


def _archived(context: RefreshContext, archive: Archive) -> dict[str, str]:
    """Delivery id of every declaration file, by its name in the folder."""
    folder = context.programme.folder
    # Declarations count from the day of the refresh that first saw them, so that a rerun is repeatable.
    moment = dt.datetime.combine(context.as_of_on, dt.time(), dt.UTC)
    found = {}
    for path in context.programme.declaration_files():
        name = path.relative_to(folder).as_posix()
        available = AvailableFile(
            name=name,
            locator=f"programmes/{folder.name}/{name}",
            media_type=_MEDIA_TYPES[path.suffix],
            read=path.read_bytes,
            received_at=moment,
        )
        receipt = archive.receive(available, "programme", "Apache-2.0", context.now(), context.is_synthetic)
        found[name] = receipt.delivery_id
    return found


def _terms(programme: Programme) -> list[dict[str, Any]]:
    vocabularies = programme.settings.vocabularies
    return [
        _row(term, vocabulary=name, term_id=term.id, term_rank=rank)
        for name in type(vocabularies).model_fields
        for rank, term in enumerate(getattr(vocabularies, name), start=1)
    ]


def _class_indices(programme: Programme) -> list[dict[str, Any]]:
    return [
        _row(
            index,
            period=period,
            population_measure_id=index.population.measure_id,
            population_source_id=index.population.source_id,
            population_level=index.population.level,
            minimum_population=index.population.minimum,
        )
        for index in programme.class_indices
        for period in index.periods
    ]


def _sources(programme: Programme) -> list[dict[str, Any]]:
    own = {
        "source_id": "programme",
        "name_de": "Programmordner",
        "name_en": "programme folder",
        "publisher": programme.settings.name,
        "licence": "Apache-2.0",
        "_row": f"line {programme.settings.line}",
    }
    delivering = programme.sources.values()
    return [own, *(_row(source, _file=f"sources/{source.source_id}.yml") for source in delivering)]
