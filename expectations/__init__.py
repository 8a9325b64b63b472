"""WHAT MUST BE TRUE: rules as records, built from declarations, and two ways to execute them.

Belongs here: rules, the runner through Great Expectations (the gates), the direct runner through one
DuckDB query (the deliverer's self-check). Does not belong here: what a single cell must look like (that
is the contract in ingest), and what happens after a failure (orchestration, release).
"""
