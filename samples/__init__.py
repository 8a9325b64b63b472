"""Sample deliveries: a complete synthetic set, in the publishers' own formats and with their own dirt.

Belongs here: what a publisher would send, calibrated to published figures (ASSUMPTIONS.md lists them).
Does not belong here: reading or checking deliveries (ingest, expectations). Nothing in the pipeline
imports this package; the same seed gives the same bytes.
"""
