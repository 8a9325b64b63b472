"""What codes are called where people read them, German and English: the one glossary of labels.

Declared in dbt_project/seeds/label.csv, which also becomes the mart `dim_label`; commands read the declaration, so that an
older release is told in the words of today. No code has a label anywhere else.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_DECLARED = Path(__file__).parents[1] / "dbt_project" / "seeds" / "label.csv"


@cache
def labels(subject: str) -> Mapping[str, tuple[str, str]]:
    """Code → its German and English name, of one subject, in the declared order."""
    with _DECLARED.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["subject"] == subject]
    return {row["code"]: (row["text_de"], row["text_en"]) for row in rows}


def label(subject: str, code: str) -> tuple[str, str]:
    """German and English name of a code; the code itself where a city has one of its own."""
    return labels(subject).get(code, (code, code))
