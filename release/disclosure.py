"""Which marts leave the office: the decision, with its reason, for every mart there is.

Public as they are are only marts of which no figure counts people in small groups. Others have a public form where a
programme declares a rule of disclosure control (programmes/disclosure.py): models round and hide what is small, and what
must be hidden besides is hidden by release/hiding.py and nowhere else. A mart that is not named is not public.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PUBLIC_MARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "dim_area": "official geography, no figures on people",
        "dim_area_outline": "official geography, no figures on people",
        "bridge_area_set": "the definition of the programme area, decided by the council",
        "dim_indicator": "the catalogue: what is measured and how, no figures",
        "dim_comparability_break": "documented breaks of official series, no figures on people",
        "dim_label": "what codes are called, no figures",
        "dim_project": "sub-projects adopted in public session, things and not people",
        "bridge_project_area": "which Stadtbezirk a sub-project lies in, as in the public register",
        "bridge_project_field_of_action": "which fields of action a sub-project serves, as in the public register",
        "bridge_project_support": "kinds of support of a sub-project, as in the public register; no amounts",
        "dim_register_entry": "bodies, research cooperations and large projects by name, no persons",
        "bridge_register_entry": "which field of action and Stadtbezirk such an entry belongs to",
        "fct_project_stock": "counts and rates of the public register of sub-projects",
        "fct_project_status": "the public register of sub-projects with the council's dates",
        "fct_participation_funnel": "counts of ideas and proposals, which are themselves public; no people",
    }
)

# Public in a form of its own where the rule of the programme names it; why not as it is.
FORMED_MARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fct_indicator_value": "numerators of small areas; complements are recoverable by subtraction",
        "fct_development_gap": "city minus programme area, and variant minus variant, give small counts back",
        "fct_gap_family": "counts verdicts of fct_development_gap, and leaves with it",
        "fct_harmonisation": "rests on unrounded values of small areas",
        "fct_area_class": "classes of areas with few residents, and the sums they are cut from",
        "fct_change_decomposition": "parts by area that sum up: a hidden one is recoverable",
        "fct_participation_event": "people present at single events, often a handful",
        "fct_volunteering": "volunteers by area and organisation, often a handful",
        "fct_volunteering_panel": "volunteers by area and organisation, often a handful",
        "fct_programme_intensity": "participants by area, often a handful",
        "fct_sentiment": "interviews by area and item, with small n",
        "fct_claim_receipt": "days of receipt of the data behind claims, and leaves with their verdicts",
        "fct_claim_verdict": "quotes figures of the internal marts",
        "fct_delivery": "file names as the offices chose them, which may name people",
    }
)

INTERNAL_MARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fct_correction": "single counts of people by sub-district",
        "fct_measure": "landed counts of people by sub-district, unrounded; its sums are told as rates",
        "fct_area_class_component": "unrounded rates of areas with few residents; their classes are told",
        "fct_project_assessment": "free-text reasons and bodies, also of proposals that were turned down",
        "fct_data_quality": "observed values of internal tables",
        "fct_rejected_row": "addresses and faults of rows in internal deliveries",
    }
)


def may_be_public(mart: str) -> bool:
    """Whether a mart can be published outside the office; False for every mart this module does not name as such."""
    return mart in PUBLIC_MARTS or mart in FORMED_MARTS
