"""WHAT MUST BE TRUE: rules as records, built from declarations, and two ways to execute them.

Where to look: what a rule is in rules.py, which rules a table is held to in suites.py, rules that doubt figures in
plausibility.py and the modules it names, what a failed rule means for a delivery in judging.py.

Belongs here: rules, the runner through Great Expectations (the gates), the direct runner through one
DuckDB query (the deliverer's self-check). Does not belong here: what a single cell must look like (that
is the contract in ingest), and what happens after a failure (orchestration, release).
"""
