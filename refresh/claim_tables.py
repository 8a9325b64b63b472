"""claims.yml as landed tables: claims with their document and metric, and legs.

One row per claim with everything that was fixed beforehand; a city without claims.yml gets empty tables.
"""

from typing import Any

import pyarrow as pa

from ingest.landing import ARROW_TYPES
from programmes.claims import Claim, ClaimRegister
from programmes.model import Programme

_TEXT, _INTEGER, _DECIMAL = pa.string(), ARROW_TYPES["integer"], ARROW_TYPES["decimal"]
_DATE, _BOOLEAN = ARROW_TYPES["date"], ARROW_TYPES["boolean"]

CLAIM_TABLES: dict[str, dict[str, pa.DataType]] = {
    "programme__claim": {
        **dict.fromkeys(("claim_id", "type", "wording_de", "wording_en", "document", "page", "publisher"), _TEXT),
        "said_first_on": _DATE,
        "said_last_on": _DATE,
        "is_date_assumed": _BOOLEAN,
        "is_leg": _BOOLEAN,
        "is_checkable": _BOOLEAN,
        **dict.fromkeys(("metric_kind", "metric_of", "area", "method"), _TEXT),
        "definition_version": _INTEGER,
        "counted_from_on": _DATE,
        **dict.fromkeys(("comparator", "baseline", "period"), _TEXT),
        "is_dated": _BOOLEAN,
        "first_on": _DATE,
        "last_on": _DATE,
        **dict.fromkeys(("expected", "rounding_unit", "second_rounding_unit"), _DECIMAL),
        "expected_class": _TEXT,
        "denominator": _INTEGER,
        "direction": _TEXT,
        "is_bound_included": _BOOLEAN,
        "is_strong": _BOOLEAN,
        "margin": _DECIMAL,
        **dict.fromkeys(("margin_reason_de", "margin_reason_en"), _TEXT),
        "declared_on": _DATE,
        **dict.fromkeys(("needed_de", "needed_en", "note_de", "note_en"), _TEXT),
    },
    "programme__claim_leg": {"claim_id": _TEXT, "leg_claim_id": _TEXT, "is_necessary": _BOOLEAN},
}


def claim_rows(programme: Programme) -> dict[str, list[dict[str, Any]]]:
    """Rows of both tables, in the order of claims.yml."""
    register = programme.claim_register
    return {
        "programme__claim": [_claim(register, claim) for claim in register.claims],
        "programme__claim_leg": [
            {
                "claim_id": claim.claim_id,
                "leg_claim_id": leg.claim,
                "is_necessary": leg.is_necessary,
                "_row": f"line {leg.line}",
            }
            for claim in register.claims
            for leg in claim.legs
        ],
    }


def _claim(register: ClaimRegister, claim: Claim) -> dict[str, Any]:
    document, metric = register.document_of(claim), claim.metric
    blank = dict.fromkeys(("metric_kind", "metric_of", "area", "method", "definition_version", "counted_from_on"))
    measured = {"metric_kind": metric.kind, "metric_of": metric.of, **metric.model_dump()} if metric else blank
    fixed = claim.model_dump(exclude={"document", "metric", "legs", "dependencies"})
    row = {
        **{name: value if value != "" else None for name, value in fixed.items()},
        **measured,
        "is_checkable": claim.is_checkable,
        "is_dated": claim.names_a_time,
        "document": document.title,
        "publisher": document.publisher,
        "said_first_on": document.first_on,
        "said_last_on": document.last_on,
        "is_date_assumed": document.is_date_assumed,
        "first_on": claim.first_on or document.first_on,
        "last_on": claim.last_on or document.last_on,
        "_row": f"line {claim.line}",
    }
    return {name: row[name] for name in (*CLAIM_TABLES["programme__claim"], "_row")}
