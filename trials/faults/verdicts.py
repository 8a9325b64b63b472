"""What became of an arriving delivery, and whether that was for the right reason.

Only what the clean file does not bring too counts: the samples hold a few bad rows of their own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from expectations.rules import CheckResult
from ingest.findings import Finding
from refresh.outcomes import TableOutcome
from release.reason import Reason
from trials.faults.corpus import Entry

Outcome = Literal["stopped", "held", "rejected_rows", "flagged", "missed"]
CAUGHT = ("stopped", "held", "rejected_rows")


@dataclass(frozen=True)
class Said:
    """One thing a night said: a rule, and its sentences in German and English."""

    rule: str
    sentences: tuple[str, str]


@dataclass(frozen=True)
class Verdict:
    """The outcome of one night and everything it said about the arriving delivery."""

    outcome: Outcome
    said: tuple[Said, ...] = ()

    def reason(self, entry: Entry) -> str:
        """The sentence that gives the right reason; '' where none does."""
        fitting = [each for each in self.said if any(_is(each.rule, rule) for rule in entry.by)]
        worded = [text for each in fitting for text in each.sentences if _says(text, entry.says)]
        return worded[0] if worded else ""

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that spoke, each once."""
        return tuple(dict.fromkeys(each.rule for each in self.said))


@dataclass(frozen=True)
class TableNight:
    """One landed table after a night: its outcome, and what landing found in the arriving deliveries."""

    outcome: TableOutcome
    findings: tuple[Finding, ...]
    is_in_force: bool  # whether an arriving delivery is in force now
    is_held: bool = False  # whether one waits for a person


def verdict(nights: Sequence[TableNight], clean: Sequence[TableNight], others: Iterable[Reason] = ()) -> Verdict:
    """The verdict over all tables a delivery feeds; `others` are reasons that belong to no table."""
    said: list[Said] = [_of_reason(reason) for reason in others]
    outcomes: set[Outcome] = {"stopped"} if said else set()
    for night in nights:
        usual = next(each for each in clean if each.outcome.table.name == night.outcome.table.name)
        found = _new_findings(night.findings, usual.findings)
        failed = [check for check in night.outcome.checks if not check.is_passed]
        new = [
            check
            for check in failed
            if check.check_id not in {c.check_id for c in usual.outcome.checks if not c.is_passed}
        ]
        said += [_of_reason(reason) for reason in night.outcome.open_reasons]
        said += [_of_check(check) for check in new] + [_of_finding(finding) for finding in found]
        outcomes.add(_outcome(night, found, new))
    ranked: tuple[Outcome, ...] = ("stopped", "held", "rejected_rows", "flagged")
    return Verdict(next((each for each in ranked if each in outcomes), "missed"), tuple(said))


def _outcome(night: TableNight, found: Sequence[Finding], failed: Sequence[CheckResult]) -> Outcome:
    if night.is_held:
        return "held"
    if night.outcome.reasons or not night.is_in_force:
        return "stopped"
    if found:
        return "rejected_rows"
    return "flagged" if failed else "missed"


def _new_findings(found: Iterable[Finding], usual: Iterable[Finding]) -> list[Finding]:
    """Findings of rules that break more often than in the clean file."""
    many = list(found)
    before, now = Counter(each.rule_id for each in usual), Counter(each.rule_id for each in many)
    return [each for each in many if now[each.rule_id] > before[each.rule_id]]


def _says(text: str, wanted: str) -> bool:
    """Whether a sentence holds one of the pieces, parted by bars; upper and lower case are the same."""
    return any(piece in text.lower() for piece in wanted.lower().split("|"))


def _is(rule: str, wanted: str) -> bool:
    return rule == wanted or rule.startswith(f"{wanted}:")


def _of_reason(reason: Reason) -> Said:
    return Said(_short(reason.rule or ""), (reason.text("de"), reason.text("en")))


def _of_check(check: CheckResult) -> Said:
    texts = (f"{check.sentence('de')} ({check.figures('de')})", f"{check.sentence('en')} ({check.figures('en')})")
    return Said(_short(check.check_id), texts)


def _of_finding(finding: Finding) -> Said:
    return Said(finding.rule_id, (finding.sentence("de"), finding.sentence("en")))


def _short(check_id: str) -> str:
    """A check without the name of its table: kind, column and restriction."""
    table, _, rest = check_id.partition(":")
    return rest if "__" in table else check_id
