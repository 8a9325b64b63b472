"""Made-up landed tables and the rules they are held to; `CANARY` is a value no result may repeat."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from expectations.rules import CheckResult, DeliveryFacts, Kind, Rule
from programmes.canonical import CANONICAL, PROVENANCE

CANARY = "KANARIENVOGEL"
FACTS = DeliveryFacts(rejected_pct=0.5, shrunk_pct=None, periods_behind=0, age_days=30, fewest_rows=10**6)

_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(24, 8),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}


def rule(kind: Kind, column: str | None = None, severity: Literal["block", "warn"] = "block", **more: Any) -> Rule:
    """A rule with made-up sentences."""
    return Rule(kind, column, severity, "Regel.", "Rule.", **more)


def landed(canonical: str, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows as a landed table; fields a row does not name are null."""
    fields = (*CANONICAL[canonical].fields, *PROVENANCE)
    schema = pa.schema([(field.name, _TYPES[field.type]) for field in fields])
    return pa.Table.from_pylist([{field.name: row.get(field.name) for field in fields} for row in rows], schema=schema)


def figure(area: str = "011", year: int = 2020, value: float | None = 1, **more: Any) -> dict[str, Any]:
    """One figure on population."""
    return {
        "measure_id": "population",
        "area_level": "unterbezirk",
        "area_id": f"unterbezirk-{area}",
        "period": str(year),
        "reference_on": dt.date(year, 12, 31),
        "value": None if value is None else Decimal(str(value)),
        "status": "missing" if value is None else "final",
        "unit": "persons",
        "_source": "quelle",
        "_table": "quelle__tabelle",
        "_delivery": "d",
        "_row": f"line {area}{year}",
    } | more


def verdicts(results: Sequence[CheckResult]) -> list[tuple[str, bool, int]]:
    """What the two ways of running must agree on: check, passed or not, how many failed."""
    return [(result.check_id, result.is_passed, result.failed_count) for result in results]
