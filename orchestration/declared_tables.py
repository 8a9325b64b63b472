"""The programme folder and the refresh itself, landed like any delivery so that dbt can read them.

`programme__*` hold areas, area sets, indicators and vocabularies with file and line; `refresh__*` hold
deliveries, the results of gate 1 and the rejected rows. Nothing is computed here, only written down.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from expectations.rules import CheckResult
from ingest.connectors import Offered
from ingest.landing import ARROW_TYPES
from orchestration.claim_tables import CLAIM_TABLES, claim_rows
from orchestration.outcomes import TableOutcome
from orchestration.session import RefreshSession
from programmes.catalogue import AgeStratum, ComparabilityBreak, Indicator
from programmes.classes import ClassException
from programmes.declaration import Declaration
from programmes.model import Area, AreaSetMember, Baseline, Programme, Variant

_PROVENANCE = ("_source", "_table", "_delivery", "_row")
_MOMENT = pa.timestamp("us")


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


_TEXT, _INTEGER, _BOOLEAN, _DATE = pa.string(), pa.int64(), pa.bool_(), pa.date32()

PROGRAMME_TABLES: dict[str, dict[str, pa.DataType]] = {
    "programme__area": _model_schema(Area, "area_id", without=["aliases"]),
    "programme__area_set": _model_schema(AreaSetMember, without=["weight_basis", "note"]),
    "programme__indicator": _model_schema(Indicator),
    "programme__break": _model_schema(ComparabilityBreak),
    "programme__age_stratum": _model_schema(AgeStratum),
    "programme__baseline": _model_schema(Baseline, without=["name_de", "name_en"]),
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
    **CLAIM_TABLES,
}

REFRESH_TABLES: dict[str, dict[str, pa.DataType]] = {
    "refresh__delivery": {
        **dict.fromkeys(("delivery_id", "source_id", "file_name", "media_type"), _TEXT),
        "size_bytes": _INTEGER,
        "received_at": _MOMENT,
        "received_on": _DATE,
        **dict.fromkeys(("publisher_version", "licence"), _TEXT),
        "is_synthetic": _BOOLEAN,
        "verdict": _TEXT,
        "accepted_row_count": _INTEGER,
        "rejected_row_count": _INTEGER,
        "reason": _TEXT,
    },
    "refresh__check": {
        **dict.fromkeys(("check_id", "table_name", "gate", "rule_id", "column_name", "severity"), _TEXT),
        "is_passed": _BOOLEAN,
        "failed_count": _INTEGER,
        **dict.fromkeys(("observed", "expected", "sentence_de", "sentence_en"), _TEXT),
    },
    "refresh__rejected_row": dict.fromkeys(
        (
            "table_name",
            "source_id",
            "delivery_id",
            "row_address",
            "column_name",
            "rule_id",
            "sentence_de",
            "sentence_en",
        ),
        _TEXT,
    ),
}


# --- programme__* ------------------------------------------------------------------------------------


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
}


def write_programme_tables(session: RefreshSession) -> dict[str, int]:
    """Archive the declarations and land them; rows per table."""
    delivery_ids = _archive_declarations(session)
    rows = declared_rows(session.programme)
    for name, schema in PROGRAMME_TABLES.items():
        for row in rows[name]:
            row.update(_source="programme", _table=name, _delivery=delivery_ids[row["_file"]])
        _write(session, name, rows[name], {**schema, **dict.fromkeys(_PROVENANCE, _TEXT)})
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
        **claim_rows(programme),
    }
    for name, found in rows.items():
        for row in found:
            row.setdefault("_file", _FILES.get(name, "programme.yml"))
    return rows


def _row(declaration: Declaration, **more: Any) -> dict[str, Any]:
    """A declaration as a row: its fields, what else is known about it, and the line it begins in."""
    return {**declaration.model_dump(), **more, "_row": f"line {declaration.line}"}


def _archive_declarations(session: RefreshSession) -> dict[str, str]:
    """Delivery id of every declaration file, by its name in the folder."""
    folder = session.programme.folder
    # Declarations count from the day of the refresh that first saw them, so that a rerun is repeatable.
    moment = dt.datetime.combine(session.as_of_on, dt.time(), dt.UTC)
    found = {}
    for path in session.programme.declaration_files():
        name = path.relative_to(folder).as_posix()
        offered = Offered(
            name=name,
            locator=f"programmes/{folder.name}/{name}",
            media_type="text/csv" if path.suffix == ".csv" else "application/yaml",
            read=path.read_bytes,
            received_at=moment,
        )
        receipt = session.archive.receive(offered, "programme", "Apache-2.0", session.now(), session.is_synthetic)
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


# --- refresh__* --------------------------------------------------------------------------------------


def write_refresh_tables(session: RefreshSession) -> dict[str, int]:
    """Land what this refresh saw: deliveries, results of gate 1, rejected rows; rows per table."""
    outcomes = [session.outcomes[name] for name in sorted(session.outcomes)]
    rows = {
        "refresh__delivery": _deliveries(session, outcomes),
        "refresh__check": [check_row("gate_1", check) for outcome in outcomes for check in outcome.checks],
        "refresh__rejected_row": [
            {
                "table_name": outcome.name,
                "source_id": outcome.source_id,
                "delivery_id": receipt.delivery_id,
                "row_address": finding.row_address,
                "column_name": finding.column_name,
                "rule_id": finding.rule_id,
                "sentence_de": german,
                "sentence_en": english,
            }
            for outcome in outcomes
            for (receipt, finding), german, english in zip(
                outcome.findings, outcome.finding_sentences("de"), outcome.finding_sentences("en"), strict=True
            )
        ],
    }
    for name, schema in REFRESH_TABLES.items():
        _write(session, name, rows[name], schema)
    return {name: len(found) for name, found in rows.items()}


def check_row(gate: str, check: CheckResult) -> dict[str, Any]:
    """A check result as a row of fct_data_quality and of a release's checks.parquet."""
    rule = check.rule
    return {
        "check_id": check.check_id,
        "table_name": check.table_name,
        "gate": gate,
        "rule_id": rule.kind,
        "column_name": rule.column,
        "severity": rule.severity,
        "is_passed": check.is_passed,
        "failed_count": check.failed_count,
        "observed": check.observed,
        "expected": rule.expected,
        "sentence_de": rule.sentence_de,
        "sentence_en": rule.sentence_en,
    }


def _deliveries(session: RefreshSession, outcomes: Sequence[TableOutcome]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    current = {hashlib.sha256(path.read_bytes()).hexdigest() for path in session.programme.declaration_files()}
    counting = [receipt for receipt in session.archive.receipts("programme") if receipt.delivery_id in current]
    # What is offered or in force, and no more: older vintages lie in the archive, but a release must not
    # depend on what else was delivered once.
    counting += [receipt for source in session.programme.sources.values() for receipt in session.receive(source)]
    counting += [receipt for outcome in outcomes for receipt in outcome.in_force]
    for receipt in counting:
        received = dt.datetime.fromisoformat(receipt.received_at).replace(tzinfo=None)
        found[receipt.source_id, receipt.delivery_id] = {
            **{name: getattr(receipt, name) for name in REFRESH_TABLES["refresh__delivery"] if hasattr(receipt, name)},
            "received_at": received,
            "received_on": received.date(),
            "verdict": "in_force" if receipt.source_id == "programme" else "superseded",
            "accepted_row_count": 0,
            "rejected_row_count": 0,
            "reason": None,
        }
    for outcome in outcomes:
        for receipt in outcome.refused:
            row = found[outcome.source_id, receipt.delivery_id]
            row.update(verdict="refused", reason=" ".join(reason.de for reason in outcome.reasons))
        for receipt in outcome.in_force:
            row = found[outcome.source_id, receipt.delivery_id]
            row["verdict"] = "in_force" if row["verdict"] != "refused" else "refused"
            row["accepted_row_count"] += outcome.accepted_by_delivery.get(receipt.delivery_id, 0)
        for receipt, _ in outcome.findings:
            found[outcome.source_id, receipt.delivery_id]["rejected_row_count"] += 1
    return [found[key] for key in sorted(found)]


def _write(session: RefreshSession, name: str, rows: list[dict[str, Any]], schema: dict[str, pa.DataType]) -> None:
    folder: Path = session.var.landed / name
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))
    pq.write_table(table, session.var.staging / f"{name}.parquet")
    (session.var.staging / f"{name}.parquet").replace(folder / f"{name}.parquet")
    pq.write_table(table.schema.empty_table(), folder / "empty.parquet")
