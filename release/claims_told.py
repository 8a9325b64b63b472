"""One public sentence told in full: what was said, what the figures say, how sure that is, and what would turn it.

Words of a council member, for then and for now; equal answers are told once. Codes are called by the labels of
release/labels.py. Belongs here: telling a row of fct_claim_verdict. Does not belong here: any arithmetic but rounding.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import groupby

from release.claims_words import Row, change_in_words, figure, growth_in_words, text_of, with_unit
from release.labels import label, labels
from release.spoken import current_language, day, number, words

_COUNTED = ("count", "threshold")
# How the side of a threshold is said: whether it is below, and whether the bound itself counts.
_SIDES = {
    (False, False): ("mehr als", "more than"),
    (False, True): ("mindestens", "at least"),
    (True, False): ("weniger als", "less than"),
    (True, True): ("höchstens", "at most"),
}
_IN_WINDOW = ("count", "share", "growth", "level")


def told(rows: Iterable[Row], others: Mapping[tuple[str, str], Row]) -> Iterator[str]:
    """Lines of one claim out of its rows; `others` are all rows by claim and evaluation, of which legs are named."""
    answers = list(rows)
    row = answers[0]
    mark = words(" (Teil, von uns abgetrennt)", " (a part, split off by us)") if row["is_leg"] else ""
    yield from ("", f"  {text_of(row, 'wording')}{mark}  [{row['claim_id']}]")
    if row["note_" + current_language()]:
        yield f"    {text_of(row, 'note')}"
    if any(each["is_post_hoc"] and each["verdict"] != "not_checkable" for each in answers):
        rule = words(
            "Wie diese Aussage geprüft wird, haben wir erst festgelegt, als die Daten schon bekannt waren.",
            "How this sentence is checked was set by us when the data were known already.",
        )
        yield f"    {rule}"
    for answer, same in groupby(answers, key=lambda each: tuple(_lines(answered(each, others)))):
        verdict, *more = answer
        yield f"    {_when(list(same))}: {verdict}"
        yield from (f"      {line}" for line in more)


@dataclass(frozen=True)
class Answer:
    """What is said of one claim at one time: the word of the verdict, its reason, and parts with a name each."""

    verdict: str
    reason: str
    parts: tuple[tuple[str, str], ...]


def answered(row: Row, others: Mapping[tuple[str, str], Row]) -> Answer:
    """One row of fct_claim_verdict in words."""
    verdict = words(*label("verdict", row["verdict"]))
    if row["superseded_since"]:
        verdict += words(f" seit {row['superseded_since']}", f" since {row['superseded_since']}")
    parts = (
        (words("Zahlen", "Figures"), _figures(row, others)),
        (words("Wie sicher", "How sure"), _certainty(row)),
        (words("Grenze", "Limit"), _limit(row)),
        (words("Nötig wäre", "Needed"), _needed(row)),
    )
    told_parts = ((name, " ".join(found)) for name, found in parts)
    capital = f"{verdict[0].upper()}{verdict[1:]}"
    return Answer(capital, text_of(row, "reason"), tuple((name, text) for name, text in told_parts if text))


def _lines(answer: Answer) -> Iterator[str]:
    yield f"{answer.verdict}. {answer.reason}"
    yield from (f"{name}: {text}" for name, text in answer.parts)


# --- what the figures say ------------------------------------------------------------------------------


def _figures(row: Row, others: Mapping[tuple[str, str], Row]) -> Iterator[str]:
    if row["leg_count"]:
        yield from _legs(row, others)
    if row["estimate"] is None:
        return
    is_change_of_gap = row["metric_kind"] == "gap" and row["claim_type"] in ("direction", "non_widening")
    kind = "gap" if is_change_of_gap else "spread" if row["metric_kind"] == "harmonisation" else row["claim_type"]
    if kind == "growth" and row["metric_kind"] != "volunteering":
        kind = "relative"
    yield from _TELL.get(kind, _tell_level)(row)
    if row["rest_estimate"] is not None and row["comparator"] != "rest":
        change = change_in_words(row["rest_estimate"], row["unit"], ("größer", "kleiner"), ("wider", "narrower"))
        yield words(
            f"Daneben, ohne Einfluss auf das Urteil: gegen den Rest der Stadt {change}.",
            f"Beside it, without influence on the verdict: against the rest of the city {change}.",
        )


def _legs(row: Row, others: Mapping[tuple[str, str], Row]) -> Iterator[str]:
    met, legs = number(row["supported_leg_count"]), number(row["leg_count"])
    yield words(
        f"Es treffen zu: {met} von {legs} notwendigen Teilen.", f"Parts that hold: {met} of {legs} necessary ones."
    )
    leg = others.get((row["deciding_leg_id"], row["evaluation"]))
    if leg:
        verdict = words(*label("verdict", leg["verdict"]))
        yield words(
            f"Es entscheidet „{text_of(leg, 'wording')}“: {verdict}.",
            f'"{text_of(leg, "wording")}" decides: {verdict}.',
        )
        yield from _figures(leg, others)


def _tell_level(row: Row) -> Iterator[str]:
    digits = 0 if is_exact(row) else 2
    value = with_unit(row["estimate"], row["unit"], digits)
    of = ""
    if row["denominator"] is not None:
        total = number(row["denominator"])
        of = words(f" von {total} Teilprojekten", f" of {total} sub-projects")
    yield f"{value}{of} ({_time(row)})."
    if row["reason_code"] == "lower_bound_only":
        yield words("Das ist das Mindeste; manche Angaben fehlen.", "That is the least; some figures are missing.")
    elif row["is_full_count"] and row["lower"] != row["upper"] and row["measured_from_on"] != row["measured_to_on"]:
        least, most = figure(row["lower"], digits), figure(row["upper"], digits)
        yield words(
            f"Im Lauf dieser Zeit waren es {least} bis {most}.", f"In the course of it there were {least} to {most}."
        )


def _tell_growth(row: Row) -> Iterator[str]:
    begun, ended = figure(row["baseline_estimate"], 0), figure(row["level_estimate"], 0)
    grown = growth_in_words(row["estimate"])
    yield words(
        f"Gemeldet wurden {ended} ({row['period']}) gegen {begun} ({row['baseline_id']}): {grown}.",
        f"Reported were {ended} ({row['period']}) against {begun} ({row['baseline_id']}): {grown}.",
    )
    if row["panel_n"] is not None and row["panel_estimate"] is not None:
        panel, same = number(row["panel_n"]), growth_in_words(row["panel_estimate"])
        came, went = number(row["entered_n"]), number(row["left_n"])
        yield words(
            f"Die {panel} Organisationen, die in beiden Jahren meldeten, meldeten {same}; {came} kamen dazu, {went} fielen weg.",
            f"The {panel} organisations that reported in both years reported {same}; {came} came, {went} went.",
        )


def _tell_relative(row: Row) -> Iterator[str]:
    begun, ended, grown = (
        figure(row["baseline_estimate"]),
        figure(row["level_estimate"]),
        growth_in_words(row["estimate"]),
    )
    yield words(
        f"{row['baseline_id']} waren es {begun}, {row['period']} sind es {ended}: {grown}.",
        f"It was {begun} in {row['baseline_id']} and is {ended} in {row['period']}: {grown}.",
    )


def _tell_change(row: Row) -> Iterator[str]:
    begun, ended = figure(row["baseline_estimate"]), figure(row["level_estimate"])
    change = change_in_words(row["estimate"], row["unit"], ("mehr", "weniger"), ("more", "less"))
    yield words(
        f"{row['baseline_id']} waren es {begun}, {row['period']} sind es {ended}: {change}.",
        f"It was {begun} in {row['baseline_id']} and is {ended} in {row['period']}: {change}.",
    )


def _tell_gap(row: Row) -> Iterator[str]:
    other = words(*label("role", row["comparator"]))
    begun, ended = figure(abs(row["baseline_estimate"])), figure(abs(row["level_estimate"]))
    change = change_in_words(row["estimate"], row["unit"], ("größer", "kleiner"), ("wider", "narrower"))
    yield words(
        f"Abstand zum Vergleich ({other}): {begun} ({row['baseline_id']}), {ended} ({row['period']}). "
        f"Der Nachteil ist {change}.",
        f"Distance to the comparator ({other}): {begun} ({row['baseline_id']}), {ended} ({row['period']}). "
        f"The disadvantage is {change}.",
    )


def _tell_ranking(row: Row) -> Iterator[str]:
    ahead = with_unit(abs(row["estimate"]), row["unit"])
    if row["comparator"]:
        more = (
            words("mehr", "more") if (row["estimate"] >= 0) == (row["direction"] == "up") else words("weniger", "less")
        )
        yield words(f"{ahead} {more} als das andere Gebiet ({row['period']}).", f"{ahead} {more} than the other area ({row['period']}).")  # fmt: skip
    elif row["estimate"] >= 0:
        yield words(f"Vorsprung vor dem nächsten Gebiet: {ahead} ({row['period']}).", f"Ahead of the next area by {ahead} ({row['period']}).")  # fmt: skip
    else:
        yield words(f"Ein anderes Gebiet liegt {ahead} davor ({row['period']}).", f"Another area is {ahead} ahead ({row['period']}).")  # fmt: skip


def _tell_spread(row: Row) -> Iterator[str]:
    begun, ended = figure(row["baseline_estimate"]), figure(row["level_estimate"])
    change = change_in_words(row["estimate"], row["unit"], ("größer", "kleiner"), ("wider", "narrower"))
    yield words(
        f"Streuung zwischen den Gebieten: {begun} ({row['baseline_id']}), {ended} ({row['period']}), {change}.",
        f"Spread between the areas: {begun} ({row['baseline_id']}), {ended} ({row['period']}), {change}.",
    )


def _tell_class(row: Row) -> Iterator[str]:
    yield f"{words(*label('unit', row['unit']))}: {_class(row, 'estimate')} ({row['period']})."


def _class(row: Row, figure_of: str) -> str:
    return words(*label(row["unit"], figure(row[figure_of], 0)))


_TELL = {
    "spread": _tell_spread,
    "class": _tell_class,
    "growth": _tell_growth,
    "relative": _tell_relative,
    "direction": _tell_change,
    "gap": _tell_gap,
    "ranking": _tell_ranking,
}


# --- how sure that is ----------------------------------------------------------------------------------


def _certainty(row: Row) -> Iterator[str]:
    if row["estimate"] is None:
        return
    yield _basis(row)
    lower, upper = row["lower"], row["upper"]
    has_no_chance = row["metric_kind"] in ("projects", "participation")  # limits of such shares are those of rounding
    if has_no_chance or lower is None or upper is None or lower == upper:
        return
    if row["metric_kind"] == "volunteering":
        span = words(f"{figure(lower, 1)} bis {figure(upper, 1)}", f"{figure(lower, 1)} to {figure(upper, 1)}")
        yield words(f"Je nach Lesart: {span} %.", f"As one reads them: {span} %.")
    else:
        yield words(f"Mit 95 % Sicherheit: {_span(row)}.", f"With 95 % certainty: {_span(row)}.")


def is_exact(row: Row) -> bool:
    """Whether it is a count of the register or of the list of events."""
    return row["claim_type"] in _COUNTED and row["metric_kind"] in ("projects", "participation")


def _span(row: Row) -> str:
    """The limits in words: of a change which way, of a level from where to where."""
    lower, upper, unit = row["lower"], row["upper"], words(*label("unit", row["unit"]))
    if row["claim_type"] not in ("direction", "non_widening"):
        return words(f"{figure(lower)} bis {figure(upper)} {unit}", f"{figure(lower)} to {figure(upper)} {unit}")
    is_distance = row["metric_kind"] in ("gap", "harmonisation")
    more, less = (words("größer", "wider"), words("kleiner", "narrower")) if is_distance else (words("mehr", "more"), words("weniger", "less"))  # fmt: skip
    to = words("bis", "to")
    if upper <= 0:
        return f"{figure(-upper)} {to} {figure(-lower)} {unit} {less}"
    if lower >= 0:
        return f"{figure(lower)} {to} {figure(upper)} {unit} {more}"
    return f"{figure(-lower)} {less} {to} {figure(upper)} {unit} {more}"


def _basis(row: Row) -> str:
    if row["metric_kind"] == "area_class":
        return words(
            "Die Klasse folgt aus dem Verfahren; wie unsicher sie ist, sagt es nicht.",
            "The class follows from the method, which does not say how uncertain it is.",
        )
    if row["is_full_count"] and row["lower"] is not None and row["lower"] != row["upper"]:
        return words(
            "Vollerhebung; auch gezählte Zahlen schwanken von Jahr zu Jahr durch Zufall oder sind gerundet.",
            "Full count; counted figures too vary by chance from year to year, or are rounded.",
        )
    if row["is_full_count"]:
        return words("Vollerhebung.", "Full count.")
    of = number(row["n"]) if row["n"] is not None else "?"
    if row["metric_kind"] == "volunteering":
        return words(f"Meldungen von {of} Organisationen, keine Zählung der Menschen.", f"Reports of {of} organisations, no count of people.")  # fmt: skip
    if row["metric_kind"] == "harmonisation":
        return words(f"Vergleich von {of} Gebieten.", f"Comparison of {of} areas.")
    if row["metric_kind"] == "participation":
        return words(f"Angaben zu {of} Veranstaltungen.", f"Figures on {of} events.")
    return words(f"Befragung, {of} Antworten.", f"Survey, {of} answers.")


# --- what would have to be different -------------------------------------------------------------------


def _needed(row: Row) -> Iterator[str]:
    if row["needed_" + current_language()]:
        yield text_of(row, "needed").rstrip(".") + "."
    elif row["reason_code"] in labels("remedy"):
        yield words(*label("remedy", row["reason_code"]))


def _limit(row: Row) -> Iterator[str]:
    kind = row["claim_type"]
    if row["leg_count"]:
        yield words("Sie stimmt, wenn jeder notwendige Teil zutrifft.", "It is right if every necessary part holds.")
    elif row["estimate"] is None:
        return
    elif kind in _IN_WINDOW:
        yield words(f"Die Aussage stimmt, wenn es {_window(row)} sind.", f"The statement is right at {_window(row)}.")
        if row["is_inside_second_window"] is not None:
            coarser = figure(row["second_rounding_unit"])
            german, english = ("wäre sie richtig", "it would be right") if row["is_inside_second_window"] else ("wäre sie nicht sicher richtig", "it would not certainly be right")  # fmt: skip
            yield words(
                f"Auf {coarser} gerundet {german}; das entscheidet nicht.",
                f"Rounded to {coarser} {english}; that does not decide.",
            )
    elif kind == "threshold":
        bound = with_unit(row["expected_value"], row["unit"])
        side = words(*_SIDES[row["direction"] == "down", bool(row["is_bound_included"])])
        yield words(f"Die Aussage stimmt, wenn es {side} {bound} sind.", f"The statement is right at {side} {bound}.")
    elif kind == "class":
        stated = _class(row, "expected_value")
        yield words(
            f"Die Aussage stimmt bei der Klasse „{stated}“.", f"The statement is right at the class '{stated}'."
        )
    elif kind == "non_widening":
        yield from _margin(row)
    elif kind == "ranking":
        others = words("dem anderen", "the other") if row["comparator"] else words("jedem anderen", "every other")
        yield words(f"Sie stimmt, wenn das Gebiet sicher vor {others} liegt.", f"It is right if the area is certainly ahead of {others}.")  # fmt: skip
    elif kind == "direction":
        yield from _way(row)


def _way(row: Row) -> Iterator[str]:
    if row["metric_kind"] in ("gap", "harmonisation"):
        german, english = ("der Abstand", "the gap") if row["metric_kind"] == "gap" else ("die Streuung", "the spread")
        way = words(f"{german} sicher größer", f"{english} has certainly widened") if row["direction"] == "up" else words(f"{german} sicher kleiner", f"{english} has certainly narrowed")  # fmt: skip
        yield words(f"Sie stimmt, wenn {way} geworden ist.", f"It is right if {way}.")
    else:
        way = words("weniger", "less") if row["direction"] == "down" else words("mehr", "more")
        yield words(f"Sie stimmt, wenn es sicher {way} geworden ist.", f"It is right if it has certainly become {way}.")
    if row["is_strong"]:
        clear = with_unit(row["margin"], row["unit"])
        yield words(
            f"„Deutlich“ heißt hier: gemessen mindestens {clear}; das haben wir festgelegt.",
            f"'Clearly' means here: at least {clear} as measured; we set that.",
        )


def _margin(row: Row) -> Iterator[str]:
    margin = with_unit(row["margin"], row["unit"])
    yield words(
        f"Nicht größer heißt hier: höchstens {margin} mehr; das haben wir festgelegt, nicht die Stadt.",
        f"Not wider means here: at most {margin} more; we set that, not the city.",
    )
    if row["tipping_margin"] is None:
        return
    tipping = with_unit(row["tipping_margin"], row["unit"])
    if row["tipping_margin"] <= 0:
        yield words("Gewachsen ist der Abstand sicher nicht.", "The gap has certainly not grown.")
    elif row["verdict"] == "supported":
        yield words(
            f"Sie bliebe auch richtig, wenn man nur {tipping} zuließe.",
            f"It would be right even if only {tipping} were allowed.",
        )
    else:
        yield words(
            f"Sicher wäre sie erst, wenn man {tipping} oder mehr zuließe.",
            f"It would be certain only if {tipping} or more were allowed.",
        )


def _window(row: Row) -> str:
    lower, upper, unit = row["window_lower"], row["window_upper"], words(*label("unit", row["unit"]))
    if row["claim_type"] != "count":
        return words(f"mindestens {figure(lower)} und weniger als {figure(upper)} {unit}", f"no less than {figure(lower)} and less than {figure(upper)} {unit}")  # fmt: skip
    least = Decimal(str(lower)).to_integral_value(ROUND_CEILING)
    most = Decimal(str(upper)).to_integral_value(ROUND_CEILING) - 1
    if least == most:
        return words(f"genau {number(int(least))} {unit}", f"exactly {number(int(least))} {unit}")
    return words(f"{number(int(least))} bis {number(int(most))} {unit}", f"{number(int(least))} to {number(int(most))} {unit}")  # fmt: skip


# --- pieces --------------------------------------------------------------------------------------------


def _time(row: Row) -> str:
    begun, ended = row["measured_from_on"], row["measured_to_on"]
    if row["metric_kind"] not in ("projects", "participation"):
        return str(row["period"])
    return day(ended) if begun == ended else words(f"{day(begun)} bis {day(ended)}", f"{day(begun)} to {day(ended)}")


def _when(rows: list[Row]) -> str:
    whens = []
    for row in rows:
        when = words(*label("evaluation", row["evaluation"])) if row["evaluation"] != "history" else str(row["period"])
        if row["evaluation"] == "as_of" and row["known_by"] == "period":
            when += f" ({words(*label('known_by', 'period'))})"
        whens.append(when)
    if [row["evaluation"] for row in rows] == ["as_of", "current"]:
        return words(f"{whens[0]} und {whens[1].lower()}", f"{whens[0]} and {whens[1].lower()}")
    return ", ".join(whens)
