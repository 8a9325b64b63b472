"""The attacker as a gate: what somebody could compute from the public edition and all earlier ones, as check results.

The attacker is code of its own that sees the edition, what earlier ones told and what is assumed to be known. A table that is
told as it was the last time, and withstood, is not attacked again.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from attacker.edition import attack
from expectations.rules import CheckResult
from programmes.disclosure import Disclosure
from refresh.public_forms import BESIDE
from release.atomic import write_whole
from release.disclosure import FORMED_MARTS
from release.gate import PUBLIC, attack_of
from release.layout import VarFolder

_TOLD = 3  # cells that a result names


def attack_checks(var: VarFolder, rule: Disclosure, export: Path, hashes: Mapping[str, str]) -> list[CheckResult]:
    """One result for every mart whose public edition is a form of its own; the edition is attacked as a whole."""
    kept = var.build / "withstood.json"
    came = attack(export / PUBLIC, export / BESIDE, _kept(kept))
    write_whole(kept, json.dumps(sorted(came.withstood)).encode())
    cells = [f"{table}: {each.target.name}" for table, found in sorted(came.findings.items()) for each in found]
    cells += came.unfit
    observed = f"{len(cells)}: {', '.join(cells[:_TOLD])}" if cells else f"0 of {len(came.withstood)} tables"
    return [
        CheckResult(
            check_id=attack_of(path.stem),
            table_name=path.stem,
            gate="gate_2",
            rule_id="attack",
            column_name=None,
            severity="block",
            is_passed=not cells,
            failed_count=len(cells),
            observed=observed,
            expected=f"at least {rule.protection_width.value + 1} possible counts",
            sentence_de=(
                "Wer alles Veröffentlichte zusammennimmt, kann keine verborgene oder gerundete Anzahl von Menschen näher "
                "bestimmen, als die Regel erlaubt."
            ),
            sentence_en=(
                "Whoever puts together all that was published cannot tell a hidden or rounded count of people more closely "
                "than the rule allows."
            ),
            table_sha256=hashes[path.stem],
        )
        for path in sorted((export / PUBLIC).glob("*.parquet"))
        if path.stem in FORMED_MARTS
    ]


def _kept(path: Path) -> list[str]:
    try:
        kept = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return []
    return kept if isinstance(kept, list) else []
