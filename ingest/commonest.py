"""What most rows of a delivery were rejected for: findings by rule and column, the commonest first, with their first place."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.findings import Finding


@dataclass(frozen=True)
class CommonFinding:
    """One rule that rows of one column break: in how many rows, and the first of them."""

    row_count: int
    first: Finding

    def sentence(self, language: str) -> str:
        """How often, and the first finding in words; `language` is 'de' or 'en'."""
        if self.row_count == 1:
            return f"{'Einmal' if language == 'de' else 'Once'}, {self.first.sentence(language)}"
        how_often = f"{self.row_count}-mal, zuerst" if language == "de" else f"{self.row_count} times, first"
        return f"{how_often} {self.first.sentence(language)}"


def commonest(findings: Iterable[Finding]) -> list[CommonFinding]:
    """Findings by rule and column, the commonest first; where two are as common, the one that comes first in the file."""
    first: dict[tuple[str, str | None], Finding] = {}
    rows: dict[tuple[str, str | None], set[str]] = {}
    for finding in findings:
        key = (finding.rule_id, finding.column_name)
        first.setdefault(key, finding)
        rows.setdefault(key, set()).add(finding.row_address)
    return sorted((CommonFinding(len(rows[key]), first[key]) for key in first), key=lambda each: -each.row_count)
