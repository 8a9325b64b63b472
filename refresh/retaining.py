"""The retention rule of a programme, as it is declared: what the release package decides by which releases go.

Days are those of the programme's time zone and count by the clock of the refresh. Every sentence of the register keeps
the release readers saw on the day it was said.
"""

from zoneinfo import ZoneInfo

from programmes.model import Programme
from refresh.context import RefreshContext
from refresh.knowledge import day_said
from release import listing, retention
from release.retention import Rule


def retention_rule(programme: Programme) -> Rule:
    """What is kept, for how long, and for the sentences of which days."""
    declared, register = programme.settings.retention, programme.claim_register
    return Rule(
        all_for_days=declared.all_for_days,
        month_ends_for_days=declared.month_ends_for_days,
        zone=ZoneInfo(programme.settings.time_zone),
        said_on=tuple(sorted({day_said(register, claim) for claim in register.claims})),
    )


def releases_due(context: RefreshContext, published: str | None) -> list[str]:
    """Releases that nothing keeps once `published` is what readers see; none where the clock leapt."""
    return retention.due(context.var, retention_rule(context.programme), context.now(), published)


def note_grounds(context: RefreshContext) -> None:
    """Write down why each release is kept, for `releases`; those let go are no longer named."""
    grounds = retention.kept(context.var, retention_rule(context.programme), context.now())
    gone = retention.let_go(context.var)
    listing.remember(context.var, {name: found for name, found in grounds.items() if name not in gone})
