"""The certificate: what became of every entry, under which version of the rules, and whether the trial is passed.

The pass rule was fixed before the first run: at least 95 % of the defects are stopped, held or rejected by row, all are at
least flagged, each for a registered reason; of the legitimate changes none is stopped and at most 2 % are held; the same
for clean refreshes of other seeds; and `nordwaerts check`, given the same history, says of every file what the gate says.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trials.faults.corpus import Entry
from trials.faults.verdicts import CAUGHT, Outcome, Verdict

CAUGHT_PCT, HELD_PCT = 95, 2
HEADING = "## Faults and legitimate changes (`make trial-faults`)"


@dataclass(frozen=True)
class Tried:
    """One entry and what became of it; `error` says why it could not be tried at all.

    `is_check_agreed` says whether the deliverer's own check gave the gate's verdict, where one file arrived.
    """

    entry: Entry
    verdict: Verdict
    error: str = ""
    is_check_agreed: bool = True

    @property
    def reason(self) -> str:
        """The sentence that gives the right reason; '' where none was given."""
        return self.verdict.reason(self.entry)

    @property
    def outcome(self) -> Outcome:
        """Of a defect what became of it for the right reason; without one it is missed, whatever else was said."""
        return self.verdict.outcome if self.reason or not self.entry.is_defect else "missed"

    @property
    def is_wrong_reason(self) -> bool:
        """Whether a defect was noticed, but nothing said why."""
        return self.entry.is_defect and self.verdict.outcome != "missed" and not self.reason


@dataclass(frozen=True)
class CleanNight:
    """What became of the clean deliveries of one seed: file → outcome."""

    seed: int
    outcomes: dict[str, Outcome]

    @property
    def outcome(self) -> str:
        """As of a legitimate change: passed, held or stopped."""
        found = {_as_legitimate(outcome) for outcome in self.outcomes.values()}
        return next(each for each in ("stopped", "held", "passed") if each in found)


def certificate(tried: Sequence[Tried], nights: Sequence[CleanNight], rules_version: str) -> dict[str, Any]:
    """The certificate as written to fault-certificate.json."""
    defects = [one for one in tried if one.entry.is_defect]
    legitimate = [one for one in tried if not one.entry.is_defect]
    return {
        "rules_version": rules_version,
        "is_passed": not failures(tried, nights),
        "totals": {
            "faults": _counted([one.outcome for one in defects]),
            "faults_of_wrong_reason": sum(one.is_wrong_reason for one in defects),
            "legitimate": _counted([_as_legitimate(one.outcome) for one in legitimate]),
            "checks_unlike_the_gate": sum(not one.is_check_agreed for one in tried),
            "clean_refreshes": _counted([night.outcome for night in nights]),
        },
        "faults": [
            {"name": one.entry.name, "kind": one.entry.kind, "outcome": one.outcome, "reason": one.reason}
            for one in defects
        ],
        "legitimate": [{"name": one.entry.name, "outcome": _as_legitimate(one.outcome)} for one in legitimate],
    }


def written(content: dict[str, Any]) -> str:
    """The certificate as text: one entry a line."""
    text = json.dumps({key: value for key, value in content.items() if key not in ("faults", "legitimate")}, indent=1)
    lists = [
        f' "{key}": [\n' + ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in content[key]) + "\n ]"
        for key in ("faults", "legitimate")
    ]
    return text.removesuffix("\n}") + ",\n" + ",\n".join(lists) + "\n}\n"


def failures(tried: Sequence[Tried], nights: Sequence[CleanNight]) -> list[str]:
    """Which parts of the pass rule do not hold, in words; none if the trial is passed."""
    defects = [one for one in tried if one.entry.is_defect]
    missed = [one for one in defects if one.outcome == "missed"]
    caught = sum(one.outcome in CAUGHT for one in defects)
    found = []
    if caught * 100 < CAUGHT_PCT * len(defects):
        found.append(f"{caught} of {len(defects)} defects are stopped, held or rejected; {CAUGHT_PCT} % are needed")
    if missed:
        found.append(f"{len(missed)} defects are not noticed for the right reason")
    if unlike := sum(not one.is_check_agreed for one in tried):
        found.append(f"of {unlike} entries the self-check says something else than the gate")
    groups = {
        "legitimate changes": [_as_legitimate(one.outcome) for one in tried if not one.entry.is_defect],
        "clean refreshes": [night.outcome for night in nights],
    }
    for name, outcomes in groups.items():
        if stopped := outcomes.count("stopped"):
            found.append(f"{stopped} {name} are stopped")
        if (held := outcomes.count("held")) * 100 > HELD_PCT * len(outcomes):
            found.append(f"{held} of {len(outcomes)} {name} are held; {HELD_PCT} % are permitted")
    return found


def _as_legitimate(outcome: Outcome) -> str:
    """A row of a legitimate delivery that is rejected is lost: as bad as if it were stopped."""
    return {"stopped": "stopped", "rejected_rows": "stopped", "held": "held"}.get(outcome, "passed")


def _counted(outcomes: Sequence[str]) -> dict[str, int]:
    return {"all": len(outcomes), **dict(sorted(Counter(outcomes).items()))}


def section(tried: Sequence[Tried], nights: Sequence[CleanNight], rules_version: str) -> str:
    """The section of docs/trials.md."""
    content = certificate(tried, nights, rules_version)
    totals, broken = content["totals"], failures(tried, nights)
    defects = [one for one in tried if one.entry.is_defect]
    lines = [
        HEADING,
        "",
        f"{len(defects)} defects and {len(tried) - len(defects)} legitimate changes of all seven sources of nordwärts, each a named function on",
        "clean deliveries (`trials/faults/`), arrive on top of what was accepted before and go through landing and gate 1 as in a",
        "refresh. A defect counts only if a rule registered as the right reason says so, in the sentence a clerk should read; a",
        "legitimate change of which a row is rejected counts as stopped. Then the clean deliveries of other seeds arrive as a new",
        "edition, their rules asked through DuckDB. The self-check gets every single file with the same history, and must say the",
        "same. All verdicts: `docs/fault-certificate.json`, which every release carries. Written by the trial itself.",
        "",
        f"**{'Passed' if not broken else 'Not passed: ' + '; '.join(broken)}.** Version of the rules: `{rules_version[:12]}`.",
        "",
        "| | all | stopped | held | rejected by row | flagged | missed or passed |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, title in (
        ("faults", "defects"),
        ("legitimate", "legitimate changes"),
        ("clean_refreshes", "clean refreshes"),
    ):
        counts = totals[name]
        cells = [counts.get(each, 0) for each in ("all", "stopped", "held", "rejected_rows", "flagged")]
        cells.append(counts.get("missed", 0) + counts.get("passed", 0))
        lines.append(f"| {title} | " + " | ".join(map(str, cells)) + " |")
    lines += ["", "| kind of defect | tried | caught | flagged | missed |", "|---|---:|---:|---:|---:|"]
    for kind in sorted({one.entry.kind for one in defects}):
        own = [one.outcome for one in defects if one.entry.kind == kind]
        caught = sum(each in CAUGHT for each in own)
        lines.append(f"| {kind} | {len(own)} | {caught} | {own.count('flagged')} | {own.count('missed')} |")
    open_ones = [
        *(_line(one) for one in tried if _is_open(one)),
        *(_night(night) for night in nights if night.outcome != "passed"),
    ]
    return "\n".join([*lines, "", "### What is open", "", *(open_ones or ["Nothing."])]) + "\n"


def _is_open(one: Tried) -> bool:
    if one.error or not one.is_check_agreed:
        return True
    if one.entry.is_defect:
        return one.outcome in ("missed", "flagged")
    return _as_legitimate(one.outcome) != "passed"


def _line(one: Tried) -> str:
    rules = ", ".join(one.verdict.rules[:4]) or "nothing"
    unlike = "" if one.is_check_agreed else "; the self-check says something else"
    return f"- `{one.entry.name}` ({one.entry.kind}): {one.error or one.verdict.outcome}; said: {rules}{unlike}"


def _night(night: CleanNight) -> str:
    files = ", ".join(
        f"{file} {outcome}" for file, outcome in night.outcomes.items() if _as_legitimate(outcome) != "passed"
    )
    return f"- seed {night.seed}: {files}"
