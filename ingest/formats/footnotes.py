"""Which record below a table is a footnote: a rule that can be stated, so that no row passes for one.

A footnote is one cell below the last row. By default it begins with a mark or a word that footnotes begin with, or is
prose of three words; nothing in it parts it as another delimiter would part a row. A source that writes others declares a
pattern (`format: {footnote: …}`), which then is the rule.
"""

import re

from ingest.formats.german import clean
from programmes.sources import Format

TOTAL_WORDS = frozenset(
    ("summe", "gesamt", "insgesamt", "gesamtsumme", "endsumme", "zusammen", "alle", "total", "sum", "all", "overall")
)
_BEGINNING = re.compile(
    r"[*†‡§©¹²³⁰⁴-⁹–—_=]|\(?\d{1,2}\)|-{2}|#|"
    r"(?:anm(?:erkung(?:en)?)?|fu(?:ß|ss)noten?|hinweise?|(?:daten)?quellen?|legende|erl(?:äuterung(?:en)?)?|stand|"
    r"herausgeber(?:in)?|copyright|zeichenerklärung|ende|notes?|sources?|remarks?)\b",
    re.IGNORECASE,
)
# Prose holds no tab and no upright stroke, and has a blank behind a comma or semicolon; `1,5` is one comma.
_PARTED = re.compile(r"\t|\||;\S|,[^\s,].*,[^\s,]")


def is_footnote(text: str, declared: Format) -> bool:
    """Whether a record of this one cell, below the last row, is a footnote."""
    plain = clean(text)
    if declared.footnote is not None:
        return re.search(declared.footnote, plain) is not None
    if is_total(plain) or _PARTED.search(plain):
        return False
    return _BEGINNING.match(plain) is not None or len(plain.split()) >= 3


def is_total(text: str | None) -> bool:
    """Whether an entry names a total instead of what its column is about."""
    return text is not None and text.casefold().rstrip(":") in TOTAL_WORDS
