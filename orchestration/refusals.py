"""A refusal as Dagster's pages show it: a failed check, or a failed step, with its sentences in German and English.

Belongs here: how reasons and results of checks are laid out for the UI. Does not belong here: when something is refused,
and the record of it, which steps of refresh/ keep.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import dagster as dg

from expectations.rules import CheckResult
from refresh.outcomes import RefreshRefused
from refresh.run import RefreshRun
from release.reason import Reason

Metadata = dict[str, dg.MarkdownMetadataValue]


@contextmanager
def step(run: RefreshRun, phase: str | None = None) -> Iterator[None]:
    """A step of the refresh, noted on its record; raises Failure where it refuses, and whatever else it raises."""
    try:
        with run.step(phase):
            yield
    except RefreshRefused as refused:
        raise refusal(refused.reasons) from None


def refusal(reasons: Sequence[Reason]) -> dg.Failure:
    """The failure of a step that a gate refused: the first sentence, and all of them below it."""
    first = f"{reasons[0].text('de')} / {reasons[0].text('en')}" if reasons else None
    return dg.Failure(description=first, metadata=told(reasons), allow_retries=False)


def told(reasons: Sequence[Reason]) -> Metadata:
    """Reasons with their remedies, a list per language; nothing where there is none."""
    return _listed("Gründe", (reason.text("de") for reason in reasons)) | _listed(
        "reasons", (reason.text("en") for reason in reasons)
    )


def not_met(checks: Sequence[CheckResult]) -> Metadata:
    """Rules that are not met, with what was found, a list per language; nothing where all are met."""
    return _listed("nicht erfüllt", (f"{check.sentence('de')} ({check.figures('de')})" for check in checks)) | _listed(
        "not met", (f"{check.sentence('en')} ({check.figures('en')})" for check in checks)
    )


def _listed(label: str, sentences: Iterable[str]) -> Metadata:
    """Sentences as a list in Markdown, file names with * and _ as they are."""
    lines = ["- " + re.sub(r"([*_`<\[])", r"\\\1", sentence) for sentence in sentences]
    return {label: dg.MarkdownMetadataValue("\n".join(lines))} if lines else {}
