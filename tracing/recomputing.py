"""Which function computes the figures of a mart again, by the name its walk gives; imported when it is called.

Each takes the rows of the release and one row of the mart and returns, by column, what the cell should hold: a plain value,
`Within` where it is printed rounded, `Unknown` where the release alone cannot tell. Does not belong here: any arithmetic.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from tracing.rows import Row, Rows

Recompute = Callable[[Rows, Row], dict[str, Any]]
_WHERE = {
    "measure": "tracing.measures:computed",
    "indicator_value": "tracing.values:computed",
    "development_gap": "tracing.gap_rows:computed",
    "gap_family": "tracing.gap_families:computed",
    "harmonisation": "tracing.dispersion:computed",
    "change_decomposition": "tracing.decomposition:computed",
    "sentiment": "tracing.sentiment:computed",
    "claim_verdict": "tracing.claims:computed",
    "project": "tracing.projects:project",
    "project_stock": "tracing.projects:stock",
    "project_status": "tracing.projects:status",
    "assessment": "tracing.projects:assessment",
    "funnel": "tracing.participation:funnel",
    "event": "tracing.participation:event",
    "intensity": "tracing.intensity:computed",
    "volunteering": "tracing.volunteering:computed",
    "volunteering_panel": "tracing.volunteering:panel",
    "area_class": "tracing.area_classes:computed",
    "area_class_component": "tracing.area_classes:component",
    "area": "tracing.declarations:area",
    "area_outline": "tracing.declarations:area_outline",
    "area_set": "tracing.area_sets:computed",
    "indicator": "tracing.declarations:indicator",
    "comparability_break": "tracing.declarations:comparability_break",
    "label": "tracing.declarations:label",
    "correction": "tracing.declarations:correction",
    "term": "tracing.declarations:named",
    "register_entry": "tracing.declarations:register_entry",
    "delivery": "tracing.receipts:computed",
}


def known(by: str) -> bool:
    """Whether a function of that name is registered."""
    return by in _WHERE


def recompute(by: str) -> Recompute:
    """The function of a name."""
    module, name = _WHERE[by].split(":")
    found: Recompute = getattr(import_module(module), name)
    return found
