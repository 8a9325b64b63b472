"""The canonical tables: what every city's sources are mapped onto before dbt sees them.

One entry per table: its fields with type and meaning, its key, and, for tables whose deliveries are
wide, which field takes the name of a delivered column (`item_field`) and which takes its cell
(`cell_field`). Landing types by this, expectations check by this, the staging models read exactly this.
Every landed row also carries the provenance fields, so any figure leads back to a delivered byte.
"""

from dataclasses import dataclass
from typing import Literal

from programmes.laws import COUNT, WEIGHT, Law

FieldType = Literal["text", "integer", "decimal", "date", "boolean"]

STATUSES = ("final", "provisional", "revised", "estimated", "suppressed", "missing")

PROJECT_STATUSES = (
    "initiated",
    "qualifying",
    "planned",
    "started",
    "done",
    "idea_store",
    "shelved",
    "merged",
    "handed_over",
)


@dataclass(frozen=True)
class Field:
    """One column of a canonical table; `choices` is the controlled vocabulary and `law` what a number can be, if any."""

    name: str
    type: FieldType
    description: str
    is_required: bool = True
    choices: tuple[str, ...] = ()
    law: Law | None = None


@dataclass(frozen=True)
class CanonicalTable:
    """One canonical table: grain in `key`; `is_case_table` says a bad row is left out as a whole."""

    name: str
    grain: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    is_case_table: bool = True
    item_field: str | None = None
    cell_field: str | None = None

    def field(self, name: str) -> Field:
        """The field of that name; KeyError if the table has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


PROVENANCE = (
    Field("_source", "text", "id of the source that delivered the row"),
    Field("_table", "text", "name of the landed table, <source>__<table>"),
    Field("_delivery", "text", "SHA-256 of the delivered file"),
    Field("_row", "text", "address in the delivered file: member or sheet, and line"),
)
# The same in all rows of a delivery: in memory each is kept once, for the hash alone would be a third of a table.
REPEATED = tuple(field.name for field in PROVENANCE if field.name != "_row")


def _figure(unit_required: bool = True) -> tuple[Field, ...]:
    return (
        Field("value", "decimal", "the figure in its unit; null when missing or suppressed", False),
        Field("symbol", "text", "the sign delivered instead of or beside the figure", False),
        Field("status", "text", "what kind of figure it is", True, STATUSES),
        Field("unit", "text", "unit of the figure", unit_required),
    )


_TABLES = (
    CanonicalTable(
        "area_figure",
        "one row per measure, area and period of one landed table",
        (
            Field("measure_id", "text", "what is measured"),
            Field("area_level", "text", "level of the area, as named in programme.yml"),
            Field("area_id", "text", "area, <level>-<official code>"),
            Field("period", "text", "year the figure belongs to"),
            Field("reference_on", "date", "reference date of the figure (Stichtag)"),
            *_figure(),
        ),
        ("measure_id", "area_id", "period"),
        is_case_table=False,
        item_field="measure_id",
        cell_field="value",
    ),
    CanonicalTable(
        "project",
        "one row per sub-project ever adopted (Teilprojekt)",
        (
            Field("project_id", "text", "number of the sub-project"),
            Field("project_name", "text", "title of the sub-project"),
            Field("generation_id", "text", "generation of the sub-project (Projektgeneration)"),
            Field("round_id", "text", "participation round it came from", False),
            Field("family_id", "text", "project family (Projektfamilie)", False),
            Field("lead_office", "text", "office in charge (Fachbereich)", False),
            Field("adopted_on", "date", "day of the council decision (Ratsbeschluss)"),
        ),
        ("project_id",),
    ),
    CanonicalTable(
        "project_event",
        "one row per sub-project and change of status",
        (
            Field("project_id", "text", "number of the sub-project"),
            Field("status", "text", "status from that day on", True, PROJECT_STATUSES),
            Field("status_on", "date", "first day of the status"),
            Field("decided_by", "text", "body that decided", False),
        ),
        ("project_id", "status_on", "status"),
    ),
    CanonicalTable(
        "assessment",
        "one row per proposal, round and criterion of the assessment (Bewertungsverfahren)",
        (
            Field("proposal_id", "text", "number of the assessed proposal (Projektvorschlag)"),
            Field("project_id", "text", "sub-project it became, if adopted", False),
            Field("round_id", "text", "participation round"),
            Field("criterion_id", "text", "criterion of the assessment"),
            Field("is_met", "boolean", "whether the criterion is met"),
            Field("is_recommended", "boolean", "whether the proposal was recommended for adoption"),
            Field("reason", "text", "reason given", False),
            Field("decided_by", "text", "body that decided", False),
            Field("path_step_id", "text", "step of the path the deciding body stands for", False),
            Field("decided_on", "date", "day of the decision", False),
        ),
        ("proposal_id", "round_id", "criterion_id"),
        item_field="criterion_id",
        cell_field="is_met",
    ),
    CanonicalTable(
        "event",
        "one row per participation event (Beteiligungsveranstaltung)",
        (
            Field("event_id", "text", "id at the publisher"),
            Field("event_format", "text", "format, such as Bürgercafé or Nordforum"),
            Field("event_on", "date", "day of the event"),
            Field("area_id", "text", "Stadtbezirk it took place in", False),
            Field("participant_count", "integer", "people present; null where not reported", False, law=COUNT),
            Field("idea_count", "integer", "ideas taken down; null where not reported", False, law=COUNT),
        ),
        ("event_id",),
    ),
    CanonicalTable(
        "contribution",
        "one row per contribution on the participation platform: idea or result",
        (
            Field("contribution_id", "text", "id at the publisher"),
            Field("contribution_kind", "text", "what it is", True, ("idea", "result")),
            Field("round_id", "text", "participation round, the year it was submitted in"),
            Field("submitted_on", "date", "day of submission"),
            Field("state", "text", "state at the publisher", False),
            Field("area_id", "text", "Stadtbezirk it concerns", False),
            Field("project_id", "text", "sub-project the result reports on", False),
        ),
        ("contribution_kind", "contribution_id"),
    ),
    CanonicalTable(
        "survey_case",
        "one row per interview and item of one wave (Bürger*innenbefragung)",
        (
            Field("case_id", "text", "number of the interview, unique within its wave"),
            Field("period", "text", "wave, named by its year"),
            Field("area_id", "text", "area of residence"),
            Field("item_id", "text", "question"),
            Field("answer", "text", "answer code; null where not answered", False),
            Field("weight", "decimal", "case weight, mean about 1", law=WEIGHT),
        ),
        ("period", "case_id", "item_id"),
        item_field="item_id",
        cell_field="answer",
    ),
    CanonicalTable(
        "volunteer_count",
        "one row per organisation, reference date and counting unit",
        (
            Field("organisation_id", "text", "id of the reporting organisation (Träger)"),
            Field("area_id", "text", "area of the organisation's seat"),
            Field("period", "text", "year of the reference date"),
            Field("reference_on", "date", "reference date (Stichtag)"),
            Field("counting_unit", "text", "what is counted"),
            Field("method", "text", "how (Erhebungsart)", True, ("counted", "estimated", "projected")),
            *_figure(),
        ),
        ("organisation_id", "period", "counting_unit"),
        item_field="counting_unit",
        cell_field="value",
    ),
    CanonicalTable(
        "register_entry",
        "one row per register, entry and the item or area it is joined to",
        (
            Field("register_id", "text", "which register"),
            Field("entry_id", "text", "id of the entry, such as the number of a sub-project"),
            Field("item_id", "text", "what it is joined to, such as a field of action", False),
            Field("area_id", "text", "area it is joined to", False),
            Field("entry_name", "text", "name of the entry, where the register is the place that names it", False),
            Field("valid_from", "date", "first day of the entry, where stated", False),
            Field("valid_to", "date", "last day of the entry, where stated", False),
        ),
        ("register_id", "entry_id", "item_id", "area_id"),
        item_field="item_id",
        cell_field=None,
    ),
)

CANONICAL: dict[str, CanonicalTable] = {table.name: table for table in _TABLES}
