"""Texts as somebody wrote them: what identifies a person, what a spreadsheet would run, and words nobody declared.

Read are the fields a delivered column or answer fills without a vocabulary or pattern (`Table.free_texts`). A doubt names
column, delivery and line, never the text and no key, which may hold a name as well.
"""

import re
import unicodedata
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from expectations.doubts import Compared, Doubt

_SHORT = 12  # characters of a delivery's hash by which people name it
_GAP = r"[\s/()–-]*"
_PERSON = (
    re.compile(r"[\w.+-]\s?(?:@|[(\[]at[)\]])\s?[\w-]+\.\w{2,}", re.IGNORECASE),
    # a number with its area code, which no date begins like; with the word for it also one without
    re.compile(rf"(?:\+\d\d|(?<![\w.])(?<!\d-)0){_GAP}\d(?:{_GAP}\d){{6,}}|\b0\d{{2,4}}\.\d{{4,}}"),
    re.compile(rf"\b(?:tel|telefon|handy|fax)\b\W{{0,3}}\d(?:{_GAP}\d){{5,}}", re.IGNORECASE),
)
# a form of address or a title, and the word that follows: a name where that begins with a capital letter
_TITLED = re.compile(
    r"\b(?:(?:frau|herrn?)\s+|(?<![–/-])(?:hr|fr)\.\s*|(?:dr|prof|dipl)\.(?:\s?-?[a-z]+\.)*\s*)(?:(?:von|van)\s)?([^\W\d_]\w+)",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"^\s*[=@]|^\s*[+-]\s*[A-Za-z(]")


def texts(compared: Compared[pa.Table]) -> list[Doubt]:
    """Texts that identify a person, that are a formula, or that are not among the declared words of their column.

    A text that readers see in that column already is not raised again; somebody let it pass.
    """
    rows, before, expected = compared.now, compared.before, compared.asked.expected
    found: list[Doubt] = []
    for column in sorted(compared.asked.free_texts):
        known = set() if before is None else set(before[column].unique().to_pylist())
        new = [text for text in rows[column].unique().drop_null().to_pylist() if text not in known]
        foreign = [text for text in new if text not in expected.words.get(column, new)]
        for reason, doubtful in (
            ("person", [text for text in new if names_a_person(text)]),
            ("formula", [text for text in new if _FORMULA.search(text)]),
            ("unlisted", foreign),
        ):
            found += [Doubt(reason, column, "", place) for place in _places(rows, column, doubtful)]
    return found


def names_a_person(text: str) -> bool:
    """Whether a text holds a mail address, a telephone number, or a form of address or title before a name."""
    plain = unicodedata.normalize("NFKC", text)
    return any(pattern.search(plain) for pattern in _PERSON) or any(
        match[1][0].isupper() for match in _TITLED.finditer(plain)
    )


def _places(rows: pa.Table, column: str, texts: Sequence[str]) -> list[str]:
    """Delivery and line of the rows that hold one of these texts in a column."""
    held = rows.filter(pc.is_in(rows[column], value_set=pa.array(texts, pa.string())))
    lines = zip(held["_delivery"].to_pylist(), held["_row"].to_pylist(), strict=True)
    return sorted({f"{delivery[:_SHORT]} {line or ''}".strip() for delivery, line in lines})
