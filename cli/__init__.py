"""The commands people use: the top layer, thin words over release, ingest, expectations and orchestration.

Belongs here: options, sentences in two languages, exit codes. Does not belong here: anything that decides
or computes. One module per command, imported only when that command is called, so that a command which
only reads answers at once; nothing here imports dagster, dbt or Great Expectations.
"""
