"""The one page of `nordwaerts claims`: how many claims have which verdict, and which deserve a look first.

The declared order: claims whose verdict changed between then and now, then those that do not hold, then those that
cannot be decided; among the changed by what they are now (`_ORDER`), and last by the day they were said. Claims that
hold now as then, or cannot be checked, and parts we split off are counted or left out, never listed here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from textwrap import shorten
from typing import Any

from release.spoken import current_language, number, words
from release.verdicts import VERDICTS

Row = Mapping[str, Any]
_ORDER = ("not_supported", "undecidable", "superseded", "supported", "not_checkable")
_SIDES = ("as_of", "current")
_WIDTH, _SHOWN = 100, 25


def page_lines(rows: Iterable[Row]) -> Iterator[str]:
    """At most some 45 lines of at most 100 characters, of rows then and now in the order they are told in."""
    sides = {side: [row for row in rows if row["evaluation"] == side and not row["is_leg"]] for side in _SIDES}
    now = {row["claim_id"]: row for row in sides["current"]}
    pairs = [(row, now[row["claim_id"]]) for row in sides["as_of"]]
    looked_at = sorted((pair for pair in pairs if _deserves_a_look(*pair)), key=_turn)
    yield from ("", *_counts(pairs), "")
    yield words("Zuerst ansehen, damals → heute:", "To be looked at first, then → now:")
    for verdicts, found in groupby(looked_at[:_SHOWN], key=lambda pair: (pair[0]["verdict"], pair[1]["verdict"])):
        yield f"  {_heading(*verdicts)}"
        yield from (_line(row) for _, row in found)
    if len(looked_at) > _SHOWN:
        more = number(len(looked_at) - _SHOWN)
        yield words(f"  und {more} weitere, siehe --all", f"  and {more} more, see --all")
    yield ""
    yield words(
        "Alles: nordwaerts claims --all · eine Aussage: nordwaerts claims KENNUNG · für Programme: --json",
        "All: nordwaerts claims --all · one claim: nordwaerts claims CLAIM_ID · for programs: --json",
    )


def _deserves_a_look(then: Row, now: Row) -> bool:
    return then["verdict"] != now["verdict"] or now["verdict"] in ("not_supported", "undecidable")


def _turn(pair: tuple[Row, Row]) -> tuple[bool, int, int]:
    then, now = (row["verdict"] for row in pair)
    return then == now, _ORDER.index(now), _ORDER.index(then)


def _counts(pairs: list[tuple[Row, Row]]) -> Iterator[str]:
    """A line per verdict with its number of claims then and now."""
    then, now = (Counter(row["verdict"] for row in side) for side in zip(*pairs, strict=True))
    total = words(f"{number(len(pairs))} Aussagen", f"{number(len(pairs))} claims")
    yield f"  {total:<20}{words('damals', 'then'):>8}{words('heute', 'now'):>8}"
    for verdict, names in VERDICTS.items():
        yield f"  {words(*names):<20}{number(then[verdict]):>8}{number(now[verdict]):>8}"


def _heading(then: str, now: str) -> str:
    verdict = words(*VERDICTS[now])
    if then == now:
        return words(f"{verdict}, damals wie heute", f"{verdict}, then as now")
    return f"{words(*VERDICTS[then])} → {verdict}"


def _line(row: Row) -> str:
    """One claim: its wording, shortened where it does not fit, since when it is overtaken, and its id."""
    since = row["superseded_since"]
    end = (words(f" (seit {since})", f" (since {since})") if since else "") + f"  [{row['claim_id']}]"
    room = max(_WIDTH - 4 - len(end), 20)
    return f"    {shorten(row['wording_' + current_language()], room, placeholder=' …')}{end}"
