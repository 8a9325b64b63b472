"""What the verdicts on public sentences are called, and the present one of each sentence of a release.

Belongs here: reading `fct_claim_verdict`. Does not belong here: judging (dbt_project/models/claims), printing (cli).
"""

from dataclasses import dataclass

from release.labels import labels
from release.reading import Release

MART = "fct_claim_verdict"
VERDICTS = labels("verdict")


@dataclass(frozen=True)
class CurrentVerdict:
    """One public sentence and what the latest data say about it; no figure but those the sentence itself states."""

    claim_id: str
    wording_de: str
    wording_en: str
    verdict: str


def current_verdicts(release: Release) -> dict[str, CurrentVerdict]:
    """Claim → its verdict with the latest data, in order of id; empty where the release judges no claims."""
    if MART not in release.manifest.tables:
        return {}
    import duckdb

    offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
    with duckdb.connect(config={**offline}) as connection:
        rows = connection.execute(
            "select claim_id, wording_de, wording_en, verdict from read_parquet(?) "
            "where evaluation = 'current' order by claim_id",
            [str(release.mart_path(MART))],
        ).fetchall()
    return {row[0]: CurrentVerdict(*row) for row in rows}
