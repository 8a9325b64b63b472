"""Rules as records: what must be true of a landed table, a delivery or an exported mart.

A rule is a kind, its parameters, a severity and a sentence. `block` rules guard contract, completeness and integrity:
what no legitimate night can bring. `hold` rules doubt what an extraordinary year can bring: the delivery waits for a
person, and the last accepted one counts meanwhile. `warn` rules are worth a look and stop nothing. A new rule is one
line in suites.py; a new kind is one entry in runner.py and direct.py, and the test that makes it fail.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from expectations.doubts import REASONS, Asked, Doubt, doubted_deliveries, in_words
from expectations.plausibility import NAMES, Forms, doubts_of
from programmes.expected import Severity

_NAMED = 3  # missing areas that a sentence names
# What results say in figures and a few words, in German; the longer phrases first.
_IN_GERMAN = (
    *sorted(((english, german) for german, english in REASONS.values()), key=lambda pair: -len(pair[0])),
    ("nothing doubtful", "nichts Zweifelhaftes"),
    ("looked at and accepted on", "angesehen und angenommen am"), ("excepted until", "ausgenommen bis"),
    ("areas each for", "Gebiete je für"), ("items and periods", "Größen und Zeiträume"), ("is missing for", "fehlt für"),
    ("no empty value", "kein leerer Eintrag"), ("at least", "mindestens"), ("at most", "höchstens"), ("no row", "keine Zeile"),
    ("as expected", "wie verlangt"), ("within bounds", "im Rahmen"), ("complete", "vollständig"), ("not run", "nicht gelaufen"),
    ("the query itself failed", "die Abfrage selbst ist gescheitert"),
    ("more", "weitere"), ("of", "von"), ("row", "Zeile"), ("rows", "Zeilen"), ("line", "Zeile"), ("and", "und"),
)  # fmt: skip

Kind = Literal["columns", "row_minimum", "not_null", "unique", "in_set", "between", "complete", "fact", "plausible"]
Gate = Literal["gate_1", "gate_2"]


class EmptySuite(Exception):
    """A suite without rules: Great Expectations would call that success."""


class CheckCrashed(Exception):
    """A check could not be carried out; that is a failure, not a pass."""


@dataclass(frozen=True)
class Rule:
    """One rule on one table. `where` restricts it to rows; parameters depend on the kind."""

    kind: Kind
    column: str | None
    severity: Severity
    sentence_de: str
    sentence_en: str
    minimum: float | None = None
    maximum: float | None = None
    columns: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # how the values are called in a report, where they have names
    where: tuple[tuple[str, str], ...] = ()
    # kind 'complete': every one of `values` must occur for each (item, period) of this grid
    grid: tuple[tuple[str, str], ...] = ()
    # kind 'plausible': the rule of that name, with the limits of the table's source
    name: str | None = None
    asked: Asked | None = field(default=None, hash=False)

    def check_id(self, table_name: str) -> str:
        """Stable name of the check: table, kind, column and restriction."""
        restriction = ".".join(value for _, value in self.where)
        return ":".join(filter(None, (table_name, self.kind, self.column, self.name, restriction)))

    @property
    def looks_at(self) -> tuple[str, ...]:
        """The columns whose rows the rule reads; none where it asks of the table or the delivery as a whole."""
        if self.kind in ("columns", "fact"):
            return ()
        return tuple(filter(None, (self.column, *self.columns, *(column for column, _ in self.where))))

    @property
    def expected(self) -> str:
        """What the rule demands, in figures or names short enough for a report."""
        if self.kind in ("columns", "unique"):
            return ", ".join(self.columns)
        if self.kind == "in_set":
            return ", ".join(self.values)
        if self.kind == "complete":
            return f"{len(self.values)} areas each for {len(self.grid)} items and periods"
        if self.kind == "not_null":
            return "no empty value"
        if self.kind == "plausible":
            return "nothing doubtful"
        return " and ".join(
            text
            for text in (
                "" if self.minimum is None else f"at least {self.minimum:g}",
                "" if self.maximum is None else f"at most {self.maximum:g}",
            )
            if text
        )

    def doubts(self, seen: "Seen", now: Forms, before: Forms | None) -> list[Doubt]:
        """Of a 'plausible' rule: what it doubts in a table in these forms. Raises CheckCrashed where that cannot be found out."""
        assert self.name is not None and self.asked is not None
        try:
            asked = replace(self.asked, day=seen.day, beside=seen.beside, published=seen.published)
            return doubts_of(self.name, now, before, asked)
        except Exception as error:  # its text may quote rows
            check_id = self.check_id(seen.table_name)
            raise CheckCrashed(f"{check_id}: the check could not be carried out ({type(error).__name__}).") from None

    def doubted(self, seen: "Seen", doubts: Sequence[Doubt]) -> "CheckResult":
        """The result of a 'plausible' rule that found these doubts."""
        deliveries = doubted_deliveries(doubts, seen.rows, seen.before)
        return self.answered(seen, not doubts, len(doubts), in_words(doubts), deliveries)

    def answered(
        self, seen: "Seen", is_passed: bool, failed_count: int, observed: str, doubted: tuple[str, ...] = ()
    ) -> "CheckResult":
        """The result of this rule on a table."""
        return CheckResult(
            check_id=self.check_id(seen.table_name),
            table_name=seen.table_name,
            gate=seen.gate,
            rule_id=self.kind,
            column_name=self.column,
            severity=self.severity,
            is_passed=is_passed,
            failed_count=failed_count,
            observed=observed,
            expected=self.expected,
            sentence_de=self.sentence_de,
            sentence_en=self.sentence_en,
            table_sha256=seen.sha256,
            doubted=doubted,
        )


@dataclass(frozen=True)
class Seen:
    """A table as a gate sees it: its rows, and the hash of the bytes they were read from where there are any.

    `before` are the rows in force in the release readers see; None where nothing is in force or nothing else came. No
    day may lie after `day`; `beside` are tables the same deliveries feed, by the name their source gives them;
    `published` are other tables as readers see them, by their full name. `columns` are those of the file where `rows` has
    not all of them.
    """

    table_name: str
    gate: Gate
    rows: pa.Table
    sha256: str | None = None
    before: pa.Table | None = None
    day: dt.date | None = None
    beside: Mapping[str, pa.Table] = field(default_factory=dict)
    published: Mapping[str, pa.Table] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None

    @property
    def column_names(self) -> Sequence[str]:
        """All columns of the table."""
        return self.columns if self.columns is not None else self.rows.column_names


@dataclass(frozen=True)
class CheckResult:
    """One check, from the gate to `fct_data_quality` and `checks.parquet`; aggregates only, never a delivered value.

    `table_sha256` is the hash of the bytes the check looked at; `doubted` are the deliveries whose rows break a `hold` rule.
    """

    check_id: str
    table_name: str
    gate: Gate
    rule_id: str
    column_name: str | None
    severity: Severity
    is_passed: bool
    failed_count: int
    observed: str
    expected: str
    sentence_de: str
    sentence_en: str
    table_sha256: str | None = None
    doubted: tuple[str, ...] = ()

    @property
    def is_holding_failure(self) -> bool:
        """Whether this check alone lets what it looked at wait for a person."""
        return self.severity == "hold" and not self.is_passed

    @property
    def is_blocking_failure(self) -> bool:
        """Whether this check alone refuses what it looked at; a severity nobody knows refuses too."""
        return self.severity not in ("hold", "warn") and not self.is_passed

    def sentence(self, language: str) -> str:
        """What the rule demands, in words; `language` is 'de' or 'en'."""
        return self.sentence_de if language == "de" else self.sentence_en

    def figures(self, language: str) -> str:
        """What was found and what is demanded, short enough to stand in brackets."""
        if language == "de":
            return f"gefunden: {_in_german(self.observed)}; verlangt: {_in_german(self.expected)}"
        return f"found: {self.observed}; demanded: {self.expected}"


def _in_german(text: str) -> str:
    for english, german in _IN_GERMAN:  # whole words: `buildings_completed` is the name of an item
        text = re.sub(rf"(?<!\w){re.escape(english)}(?!\w)", german, text)
    return text


@dataclass(frozen=True)
class DeliveryFacts:
    """What no row of a landed table could show; None means that there is nothing to compare with yet.

    Limits hold for each delivery and period: `rejected_pct` is the largest share of a delivery, `fewest_rows` the rows of
    the smallest one. `shrunk_pct` is how many per cent fewer rows than in force, in all or in a period, `periods_behind`
    how many years the last period lies before the one in force, `age_days` the days since receipt on the day of the
    refresh, `history_missing` how many deliveries in force cannot be read any more, so that nothing can be compared with
    them.
    """

    rejected_pct: float
    shrunk_pct: float | None
    periods_behind: int | None
    age_days: int
    fewest_rows: int
    history_missing: int = 0


def shrunk_pct(rows: pa.Table, before: pa.Table | None) -> float | None:
    """How many per cent fewer rows than before, in all or in the period that lost most; None without a before."""
    if before is None or not before.num_rows:
        return None
    counts: list[tuple[int, int]] = [(rows.num_rows, before.num_rows)]
    if "period" in rows.column_names:
        now, then = (
            {each["values"]: each["counts"] for each in table["period"].value_counts().to_pylist()}
            for table in (rows, before)
        )
        counts += [(now[period], then[period]) for period in now if period in then]
    return max((100 * (1 - few / many) for few, many in counts), default=None)


def require_suite(seen: Seen, rules: Sequence[Rule], facts: DeliveryFacts | None) -> None:
    """Raises EmptySuite for a suite without rules, CheckCrashed for a rule that cannot be answered."""
    if not rules:
        raise EmptySuite(f"There is no rule for table '{seen.table_name}'. Declare at least one.")
    for rule in rules:
        _require_answerable(rule, seen.table_name, seen.column_names, facts)


def doubts_by_rule(seen: Seen, rules: Sequence[Rule]) -> dict[Rule, list[Doubt]]:
    """What every 'plausible' rule doubts; the forms they look at are made once, and not kept. Raises CheckCrashed."""
    now, before = Forms(seen.rows), None if seen.before is None else Forms(seen.before)
    return {rule: rule.doubts(seen, now, before) for rule in rules if rule.kind == "plausible"}


def _require_answerable(rule: Rule, table_name: str, columns: Sequence[str], facts: DeliveryFacts | None) -> None:
    """Raises CheckCrashed if a rule demands nothing, or names a column the table lacks or a fact nobody stated."""
    has_bound = rule.minimum is not None or rule.maximum is not None
    demands_something = {
        "columns": bool(rule.columns),
        "row_minimum": rule.minimum is not None,
        "not_null": rule.column is not None,
        "unique": bool(rule.columns),
        "in_set": bool(rule.values),
        "between": has_bound,
        "complete": bool(rule.values and rule.grid),
        "fact": has_bound,
        "plausible": rule.name in NAMES and rule.asked is not None,
    }
    if not demands_something[rule.kind]:
        raise CheckCrashed(f"{rule.check_id(table_name)}: the rule demands nothing. Mend its declaration.")
    known, needed = columns, rule.looks_at
    if rule.kind == "fact":
        if facts is None:
            raise CheckCrashed(f"{rule.check_id(table_name)}: the rule needs the facts of the delivery.")
        known, needed = list(asdict(facts)), (str(rule.column),)
    for name in needed:
        if name not in known:
            raise CheckCrashed(f"{rule.check_id(table_name)}: there is no column '{name}' in table '{table_name}'.")


def observed_fact(value: float | None, is_outside: bool) -> str:
    """A fact of the delivery in words.

    The number is named only when it breaks the rule: ages and comparisons depend on the day and on what
    was there before, and a release must be the same whenever it is made from the same inputs.
    """
    return f"{value:g}" if is_outside and value is not None else "within bounds"


def observed_missing(rule: Rule, counts: dict[tuple[Any, Any], int], rows: pa.Table) -> tuple[int, str]:
    """Of a 'complete' rule: how many cells of the grid lack areas, and of the first of them which areas, in words."""
    lacking = [cell for cell in rule.grid if counts.get(cell, 0) < len(rule.values)]
    if not lacking:
        return 0, "complete"
    of_cell = [pc.equal(rows[column], value) for column, value in zip(rule.columns, lacking[0], strict=True)]
    present = set(rows.filter(pc.and_(*of_cell))[str(rule.column)].to_pylist())
    labels = dict(zip(rule.values, rule.labels or rule.values, strict=True))
    missing = [labels[value] for value in rule.values if value not in present]
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    return len(lacking), f"{' '.join(lacking[0])} is missing for {', '.join(missing[:_NAMED])}{more}"
