"""The right reasons: which rules may speak for which kind of defect.

A finding or refusal is named by its rule (`ingest.findings.RULES`), a check by kind, then column or name of the rule.
Several stand together where each of them tells the clerk what is wrong.
"""

BROKEN_TEXT = ("encoding", "control_character", "replacement_character", "invisible_character")
CUT_OFF = ("truncated", "unreadable", "field_count")
NO_NUMBER = ("number_format", "not_whole", "digit_groups", "no_number_word")
NO_DATE = ("date_format",)
NOT_WHOLE = ("not_whole",)
NEGATIVE = ("below_minimum", "not_whole")
ABOVE = ("above_maximum",)
PART = ("part_above_whole",)
UNIT = ("unit",)
DATE_AND_PERIOD = ("period_against_date",)
NAMED_PERIOD = ("period_not_as_named",)

JUMP = ("plausible:continuity",)
REPEATED = ("plausible:repeats",)
SUM = ("plausible:sums",)
TOTAL = ("plausible:totals", "total_row")
ABSENT = ("plausible:blanks", "plausible:gaps", "plausible:composition", "plausible:newest")
FEWER = ("plausible:reporters", "plausible:vanished", "fact:shrunk_pct", "fact:fewest_rows", "row_minimum")
MORE = ("plausible:reporters", "plausible:repeats", "plausible:composition")

ANSWERS = ("plausible:answers",)
WEIGHTS = ("plausible:weights", "above_maximum", "below_minimum", "not_positive")
TWICE = ("plausible:respondents", "plausible:answers")

PATH = ("plausible:path",)
FUTURE = ("plausible:days",)
IDENTITY = ("plausible:identity",)
VANISHED = ("plausible:vanished",)
REFERENCES = ("plausible:references",)
TEXTS = ("plausible:texts",)
