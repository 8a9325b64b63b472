"""Open data beside the pages: what machines read of a public edition, as bytes, the same from the same edition.

Belongs here: data package, column descriptions (CSVW), catalogue (DCAT-AP.de), mark-up of claims, feed. Every function is
pure: from what edition.py read and what the programme declares to the bytes of a file; site.py writes them.
Does not belong here: figures, verdicts, and what may be published.
"""
