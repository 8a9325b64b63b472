"""WHEN and in what order: the only package that knows Dagster, and thin.

`session.py` and the steps hold one refresh together without importing Dagster, so that an unchanged
night is answered in seconds; `assets.py` and `definitions.py` show the same steps as assets and checks.
Reading, checking, computing and publishing live in the packages called from here.
"""
