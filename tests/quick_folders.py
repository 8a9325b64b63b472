"""The folders of tests that neither refresh nor start dbt or Dagster: what `make quick` runs."""

QUICK = (
    "programmes",
    "ingest",
    "expectations",
    "release",
    "refresh",
    "samples",
    "tracing",
    "watch",
    "attacker",
    "quick",
)
