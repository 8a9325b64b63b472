"""The one strict reader of numbers, dates and statistical signs.

Decimal comma or decimal point is declared, never guessed: `1.5` in a decimal-comma file is an error, not
fifteen. A figure is a triple of value, sign and status, because missing, suppressed and zero are three
things. Signs as in the tables of German statistical offices (KoStatIS, GENESIS, Bundesagentur).
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

# `-` stands for "exactly zero" and for "not delivered" in the same official tables (GENESIS
# 13111-01-03-4, 30.06.2025: every Dortmund cell), so it is never read as zero.
SIGNS = {
    "-": "missing",
    "–": "missing",
    "...": "missing",
    "…": "missing",
    "x": "missing",
    "X": "missing",
    "k. A.": "missing",
    "k.A.": "missing",
    ".": "suppressed",
    "/": "suppressed",
    "*": "suppressed",
}

QUALITY_FLAGS = {
    "": "final",
    "e": "final",
    "p": "provisional",
    "r": "revised",
    "s": "estimated",
    "()": "estimated",
}

# No group of thousands begins with a zero: `0.123` in a decimal-comma file is a decimal point gone astray.
_NUMBER = {
    "comma": re.compile(r"([+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d+)?) ?[%€]?", re.ASCII),
    "point": re.compile(r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?) ?[%€]?", re.ASCII),
}
# Sign, groups of three digits parted by blanks, and the rest, as statistical offices set tables.
_GROUPED = {
    sign: re.compile(rf"(\(?[+\-\u2212]?) *(\d{{1,3}}(?:{sign}\d{{3}})*|\d+)((?:[.,]\d+)? ?[%€]?\)?)", re.ASCII)
    for sign in (" ", "'")
}
# Blanks of pasted text; a control character at the end of an entry is none.
_BLANKS = " \t\n\r\v\f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(8192, 8203)))
_WHOLE = {
    "comma": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,00?)?", re.ASCII),
    "point": re.compile(r"[+-]?\d+(?:\.00?)?", re.ASCII),
}
_LARGEST = Decimal(10) ** 15
_KEPT = Decimal("0.00000001")  # landed decimals hold eight places
# Days of 1900 to 2099 only: a year 0023 or 3023 is a slip of the pen.
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d{2})", re.ASCII)
_ISO_DATE = re.compile(r"(?:19|20)\d{2}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"((?:19|20)\d{2}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)? ?(UTC|Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_YEAR = re.compile(r"(?:19|20)\d{2}", re.ASCII)


@dataclass(frozen=True)
class Figure:
    """A delivered number: value or null, the sign beside or instead of it, and its status."""

    value: Decimal | None
    symbol: str | None
    status: str


def clean(text: str) -> str:
    """Text without blanks at the ends, hard spaces and soft hyphens, in composed form (NFC)."""
    if text.isascii():
        return text.strip(_BLANKS)
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u00ad", "")).strip(
        _BLANKS
    )


def digit_groups_of(text: str, decimal: str) -> str | None:
    """How the digits of a number are grouped that is none else, 'blank' (`1 675`, `-  23`) or 'apostrophe' (`1'675`)."""
    for groups in ("blank", "apostrophe"):
        plain = ungrouped(text, groups)
        if plain != clean(text) and _NUMBER[decimal].fullmatch(plain.replace("\u2212", "-")):
            return groups
    return None


def ungrouped(text: str, groups: str) -> str:
    """A number without the blanks or apostrophes that group its digits, or as it is where groups are 'none'.

    Blanks that part a sign go with them; any other text comes back clean and else as it is.
    """
    if groups == "none":
        return text
    sign = " " if groups == "blank" else "'"
    plain = clean(text).replace("\u2009", " ").replace("\u2019", "'")
    match = _GROUPED[sign].fullmatch(plain)
    return match[1] + match[2].replace(sign, "") + match[3] if match else clean(text)


def read_number(text: str, decimal: str) -> Decimal:
    """The number in the declared notation, 'comma' or 'point', to eight places; ValueError for anything else."""
    match = _NUMBER[decimal].fullmatch(clean(text).replace("\u2212", "-"))
    if not match:
        raise ValueError("not a number in the declared notation")
    plain = match.group(1)
    if decimal == "comma":
        plain = plain.replace(".", "").replace(",", ".")
    number = Decimal(plain)
    if abs(number) >= _LARGEST:
        raise ValueError("too large for a figure")
    exponent = number.as_tuple().exponent
    return number.quantize(_KEPT) if isinstance(exponent, int) and exponent < -8 else number


def is_written_whole(text: str, decimal: str) -> bool:
    """Whether a number is written as counts are: digits, at most grouped, no power, no unit.

    Software that knows no whole numbers writes `45.0` (Berlin's MSS does); `45.000` may be forty-five thousand.
    """
    return _WHOLE[decimal].fullmatch(clean(text).strip("()").replace("\u2212", "-")) is not None


def read_figure(text: str, decimal: str) -> Figure:
    """A figure with its sign and status; blank is missing, `(7)` is a value marked uncertain."""
    plain = clean(text)
    if plain == "":
        return Figure(None, None, "missing")
    if plain in SIGNS:
        return Figure(None, plain, SIGNS[plain])
    if plain.startswith("(") and plain.endswith(")"):
        return Figure(read_number(plain[1:-1], decimal), "()", "estimated")
    return Figure(read_number(plain, decimal), None, "final")


def read_date(text: str, zone: str) -> dt.date:
    """A day, from DD.MM.YYYY, YYYY-MM-DD or a moment; moments with offset become the local day in `zone`."""
    plain = clean(text)
    if match := _GERMAN_DATE.fullmatch(plain):
        day, month, year = (int(part) for part in match.groups())
        return dt.date(year, month, day)
    if _ISO_DATE.fullmatch(plain):
        return dt.date.fromisoformat(plain)
    if match := _MOMENT.fullmatch(plain):
        date, time, offset = match.groups()
        moment = dt.datetime.fromisoformat(f"{date}T{time}{'+00:00' if offset in ('UTC', 'Z') else offset or ''}")
        return moment.astimezone(ZoneInfo(zone)).date() if moment.tzinfo else moment.date()
    raise ValueError("not a date")


def read_year(text: str, zone: str = "UTC") -> str:
    """A year of four digits, also from a date or a moment; ValueError otherwise."""
    plain = clean(text)
    if _YEAR.fullmatch(plain):
        return plain
    return str(read_date(plain, zone).year)


def read_reference_date(text: str, zone: str) -> dt.date:
    """A reference date; a bare year stands for its 31 December."""
    plain = clean(text)
    if _YEAR.fullmatch(plain):
        return dt.date(int(plain), 12, 31)
    return read_date(plain, zone)


def name_key(name: str) -> str:
    """An area name as a comparison key: case, hyphens, blanks and ß/ss do not distinguish names."""
    return re.sub(r"[\s\-\u2010\u2011–/.,]+", " ", clean(name).casefold()).strip()
