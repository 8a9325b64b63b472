"""A walk as one standing page that can be handed over: no outside host, prints on A4, in one language or in both.

The delivered line itself never stands on it: it may hold what no mart takes over. Does not belong here: what is told.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from release.reason import Language
from tracing.keys import command_of
from tracing.sections import Words
from tracing.telling import outcome, sections
from tracing.walking import Trace

_TEMPLATE = Path(__file__).with_suffix(".html.jinja")


def render(traces: Sequence[Trace], languages: Sequence[Language], column: str | None = None) -> str:
    """The page of some walks, once in each language."""
    import jinja2  # only a page needs it

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    walks = [_walk(trace, language, column) for language in languages for trace in traces]
    page: str = environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        languages=languages, title=walks[0]["title"], walks=walks
    )
    return page


def _walk(trace: Trace, language: Language, column: str | None) -> dict[str, Any]:
    say = Words(language)
    key = " ".join(part for part in command_of(trace.walk, trace.row).split(" ")[2:])
    return {
        "language": language,
        "title": say(f"Prüfweg: {key}", f"Walk: {key}"),
        "is_whole": trace.is_whole,
        "outcome": outcome(trace, language, column),
        "sections": sections(trace, language, column),
    }
