"""WATCHING OVER THE NIGHTS: what is to be told, by which channel, and whether the night took place at all.

Belongs here: notices made from ledger and releases, channels that carry them, the watchdog, metrics.
Does not belong here: whatever refreshes or decides (refresh, release), printing on a terminal (cli), the orchestrator.
It only reads what `release` keeps, works where Dagster does not, and is the only package that opens a connection:
to the channels somebody declared, and to nothing else.
"""
