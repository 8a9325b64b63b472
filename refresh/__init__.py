"""THE STEPS of a refresh and what they hand to each other: plain functions and small records, no Dagster.

Belongs here: receiving, the fingerprint of the inputs, landing with gate 1, the dbt build, export with gate 2,
publication, and the one ledger line of a refresh. Does not belong here: when and in what order steps run, and
how they are shown (orchestration); reading files (ingest), rules (expectations), what readers see (release).
"""
