"""The OUTSIDE WORLD: bytes in, typed Parquet out.

Belongs here: connectors (one per protocol), formats (bytes → text cells), the archive, and landing by
contract. Does not belong here: rules on whole tables (expectations), arithmetic (dbt_project), the order
of things (orchestration). Never imports dagster, dbt or Great Expectations.
"""
