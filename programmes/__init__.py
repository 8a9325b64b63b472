"""WHAT is monitored: one folder of declarations per city, and the loader that reads it strictly.

Belongs here: areas, area sets, indicators, sources, and the vocabulary of canonical tables they map to.
Does not belong here: reading deliveries (ingest), rules on data (expectations), arithmetic (dbt_project).
"""
