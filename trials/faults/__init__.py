"""The corpus: deliveries that a bad night brings, and those that only look unusual; each a small named function.

`corpus` says what an entry is, `clean` where deliveries without fault come from, `editing` how a cell of a format is
changed, `nights` how an entry meets landing and gate 1, `verdicts` what became of it. Entries stand in the modules of
`defects` and `legitimate`, one module a kind. Nothing here is used by a refresh.
"""
