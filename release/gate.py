"""The last door before publication: an export passes only with the results of its own checks.

Reads `export.json`, `checks.parquet` and the marts of one export folder and refuses, with sentences,
whatever is missing, altered, unchecked or failed. Knows nothing of how checks are made. It fails closed:
a severity or verdict it does not know counts as a blocking failure.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from release.atomic import sha256_of
from release.disclosure import FORMED_MARTS, may_be_public
from release.reading import CHECKS
from release.reason import Reason, ReleaseError

PUBLIC = "public"  # the folder of the public edition, of an export as of a release
CHECK_COLUMNS = (
    "check_id",
    "table_name",
    "gate",
    "rule_id",
    "column_name",
    "severity",
    "is_passed",
    "failed_count",
    "observed",
    "expected",
    "sentence_de",
    "sentence_en",
    "table_sha256",
)
_REMEDY = (
    "Aktualisieren Sie noch einmal von vorn; der bisherige Stand bleibt gültig.",
    "Run the refresh again from the start; the previous release stays in place.",
)


class ReleaseRefused(ReleaseError):
    """The export may not be published; `reasons` holds every cause found, `reason` the first."""


@dataclass(frozen=True)
class CheckedExport:
    """An export that passed: mart → SHA-256 and mart → rows, and the SHA-256 of its check results."""

    folder: Path
    tables: dict[str, str]
    row_counts: dict[str, int]
    checks_sha256: str
    public: dict[str, str] = field(default_factory=dict)  # mart → SHA-256 of its public edition
    public_row_counts: dict[str, int] = field(default_factory=dict)


def admit(folder: Path, inputs_sha256: str, is_synthetic: bool) -> CheckedExport:
    """The export of this build, if every mart in it is the checked one and no blocking check failed.

    Raises ReleaseRefused with every cause found.
    """
    declared = _declaration(folder)
    tables, public = declared["tables"], declared.get("public", {})
    results = _results(folder)
    reasons = [
        *_inputs_differ(declared["inputs_sha256"], inputs_sha256),
        *_altered(folder, tables),
        *_altered(folder / PUBLIC, public),
        *_not_for_the_public(public, tables),
        *_unattacked(public, results),
        *_checks_missing(results, declared["expected_checks"], tables),
        *_checked_other_bytes(results, tables, declared.get("landed_sha256")),
        *_failed(results),
    ]
    if not reasons:
        reasons = [
            *_origin_unmarked(folder, tables, is_synthetic),
            *_origin_unmarked(folder / PUBLIC, public, is_synthetic),
        ]
    if reasons:
        raise ReleaseRefused(*reasons)
    return CheckedExport(
        folder=folder,
        tables=tables,
        row_counts=_row_counts(folder, tables),
        checks_sha256=sha256_of(folder / CHECKS),
        public=public,
        public_row_counts=_row_counts(folder / PUBLIC, public),
    )


def _row_counts(folder: Path, tables: Iterable[str]) -> dict[str, int]:
    return {mart: pq.read_metadata(folder / f"{mart}.parquet").num_rows for mart in tables}


def _refusal(rule: str, de: str, en: str, file: str | None = None) -> Reason:
    return Reason(de=de, en=en, remedy_de=_REMEDY[0], remedy_en=_REMEDY[1], file=file, rule=rule)


def _declaration(folder: Path) -> dict[str, Any]:
    no_sheet = _refusal(
        "export_declared",
        "Zu diesem Export fehlt das lesbare Begleitblatt export.json.",
        "This export has no readable export.json.",
        "export.json",
    )
    try:
        declared = json.loads((folder / "export.json").read_bytes())
    except (OSError, ValueError):
        raise ReleaseRefused(no_sheet) from None
    kinds = {"inputs_sha256": str, "tables": dict, "expected_checks": list}
    if not isinstance(declared, dict) or any(not isinstance(declared.get(key), kinds[key]) for key in kinds):
        raise ReleaseRefused(no_sheet)
    if not declared["tables"] or not declared["expected_checks"]:
        de, en = "Der Export nennt keine Tabellen oder keine Prüfungen.", "The export names no tables or no checks."
        raise ReleaseRefused(_refusal("export_declared", de, en, "export.json"))
    return declared


def _results(folder: Path) -> list[dict[str, Any]]:
    no_results = _refusal(
        "checks_present",
        "Zu diesem Export fehlen die Prüfergebnisse; ungeprüft wird nichts veröffentlicht.",
        "This export has no check results; nothing is published unchecked.",
        CHECKS,
    )
    try:
        table = pq.read_table(folder / CHECKS)
    except (OSError, pa.ArrowException):
        raise ReleaseRefused(no_results) from None
    if table.num_rows == 0 or not set(CHECK_COLUMNS) <= set(table.column_names):
        raise ReleaseRefused(no_results)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _inputs_differ(declared: str, inputs_sha256: str) -> list[Reason]:
    if declared == inputs_sha256:
        return []
    return [
        _refusal(
            "same_inputs",
            "Der Export gehört zu anderen Lieferungen als diese Aktualisierung.",
            "The export belongs to other deliveries than this refresh.",
            "export.json",
        )
    ]


def _altered(folder: Path, tables: dict[str, str]) -> list[Reason]:
    found = {path.stem: path for path in folder.glob("*.parquet") if path.name != CHECKS}
    reasons = [
        _refusal(
            "only_declared_marts",
            f"Die Datei {mart}.parquet liegt im Export, ist aber nicht angemeldet.",
            f"File {mart}.parquet lies in the export but is not declared.",
            f"{mart}.parquet",
        )
        for mart in sorted(found.keys() - tables.keys())
    ]
    for mart, sha256 in sorted(tables.items()):
        if mart not in found:
            de, en = f"Die Tabelle {mart} fehlt im Export.", f"Table {mart} is missing from the export."
        elif sha256_of(found[mart]) != sha256:
            de = f"Die Tabelle {mart} wurde nach dem Export verändert."
            en = f"Table {mart} was altered after the export."
        else:
            continue
        reasons.append(_refusal("mart_unaltered", de, en, f"{mart}.parquet"))
    return reasons


def _not_for_the_public(public: Iterable[str], tables: Iterable[str]) -> list[Reason]:
    return [
        _refusal(
            "disclosure",
            f"Die Tabelle {mart} ist nicht zur Veröffentlichung freigegeben.",
            f"Table {mart} is not released to the public.",
            f"{PUBLIC}/{mart}.parquet",
        )
        for mart in sorted(public)
        if mart not in tables or not may_be_public(mart)
    ]


def _unattacked(public: Iterable[str], results: list[dict[str, Any]]) -> list[Reason]:
    attacked = {result["check_id"] for result in results if result["is_passed"] is True and _is_blocking(result)}
    return [
        _refusal(
            "every_form_attacked",
            f"Die öffentliche Fassung von {mart} hat kein Angreifer geprüft.",
            f"No attacker tried the public edition of {mart}.",
            CHECKS,
        )
        for mart in sorted(public)
        if mart in FORMED_MARTS and attack_of(mart) not in attacked
    ]


def attack_of(mart: str) -> str:
    """The id of the check that an attacker cannot compute hidden counts from the public edition of a mart."""
    return f"{mart}:attack"


def _checks_missing(results: list[dict[str, Any]], expected: list[str], tables: dict[str, str]) -> list[Reason]:
    present = Counter(result["check_id"] for result in results)
    reasons = [
        _refusal(
            "every_check_ran", f"Die Prüfung {check_id} hat kein Ergebnis.", f"Check {check_id} has no result.", CHECKS
        )
        for check_id in sorted(set(expected) - present.keys())
    ]
    reasons += [
        _refusal(
            "one_result_per_check",
            f"Die Prüfung {check_id} hat mehr als ein Ergebnis.",
            f"Check {check_id} has more than one result.",
            CHECKS,
        )
        for check_id, count in present.items()
        if count > 1
    ]
    guarded = {result["table_name"] for result in results if _is_blocking(result)}
    reasons += [
        _refusal(
            "every_mart_checked",
            f"Für die Tabelle {mart} gibt es keine sperrende Prüfung.",
            f"Table {mart} has no blocking check.",
            f"{mart}.parquet",
        )
        for mart in sorted(tables.keys() - guarded)
    ]
    return reasons


def _checked_other_bytes(
    results: list[dict[str, Any]], tables: dict[str, str], landed_sha256: str | None
) -> list[Reason]:
    """Results about other bytes: of a mart than those to be published, of any other table than those it was made from."""
    foreign = sorted(
        {
            str(result["table_name"])
            for result in results
            if result["table_sha256"] != tables.get(result["table_name"], landed_sha256)
        }
    )
    return [
        _refusal(
            "checks_of_these_bytes",
            f"Die Prüfergebnisse zu {mart} gehören zu einem anderen Export.",
            f"The check results of {mart} belong to another export.",
            CHECKS,
        )
        for mart in foreign
    ]


def _is_blocking(result: dict[str, Any]) -> bool:
    return bool(result["severity"] != "warn")


def _failed(results: list[dict[str, Any]]) -> list[Reason]:
    return [
        Reason(
            de=f"Tabelle {result['table_name']}: verletzt die Regel „{result['sentence_de'] or result['check_id']}“.",
            en=f"Table {result['table_name']}: breaks the rule '{result['sentence_en'] or result['check_id']}'.",
            remedy_de="Klären Sie die Lieferung, auf der diese Tabelle beruht, und aktualisieren Sie neu.",
            remedy_en="Clear up the delivery this table rests on, then refresh again.",
            file=f"{result['table_name']}.parquet",
            rule=result["rule_id"],
        )
        for result in results
        if _is_blocking(result) and result["is_passed"] is not True
    ]


def _origin_unmarked(folder: Path, tables: dict[str, str], is_synthetic: bool) -> list[Reason]:
    reasons = []
    for mart in sorted(tables):
        path = folder / f"{mart}.parquet"
        if "is_synthetic" in pq.read_schema(path).names:
            values = pq.read_table(path, columns=["is_synthetic"]).column(0)
            if pc.unique(values).to_pylist() in ([], [is_synthetic]):
                continue
        reasons.append(
            _refusal(
                "origin_marked",
                f"Die Tabelle {mart} sagt nicht in jeder Zeile richtig, ob ihre Zahlen synthetisch sind.",
                f"Table {mart} does not say rightly in every row whether its figures are synthetic.",
                f"{mart}.parquet",
            )
        )
    return reasons
