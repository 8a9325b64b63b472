"""Entries of the register beside the sub-projects: bodies, research cooperations, accompanied large projects.

Names of bodies and cooperations, and the months of DoNaPart, are published. Which field of action or
Stadtbezirk an entry belongs to is made up, and so are the large projects altogether: their names say it.
"""

import datetime as dt
from dataclasses import dataclass

from samples.projects import DAY, FIELDS

BODY, RESEARCH, LARGE = "Gremium", "Forschungskooperation", "Großprojekt"


@dataclass(frozen=True)
class Entry:
    """One entry; a date that is not known stays empty, no district means the whole city."""

    number: str
    kind: str
    name: str
    fields: tuple[str, ...] = FIELDS
    districts: tuple[str, ...] = ()
    begins_on: dt.date | None = None
    ends_on: dt.date | None = None


ENTRIES = (
    Entry("G-01", BODY, "Kuratorium"),
    Entry("G-02", BODY, "Kuratoriumsvorstand"),
    *(Entry(f"G-0{n + 2}", BODY, f"Strategiekreis {n}", (field,)) for n, field in enumerate(FIELDS, start=1)),
    Entry("G-07", BODY, "Koordinierungsstelle nordwärts"),
    Entry("G-08", BODY, "Verwaltungskooperation"),
    Entry("F-01", RESEARCH, "FH Dortmund", ("jobs", "education"), ("20",)),
    Entry("F-02", RESEARCH, "ILS", ("environment", "land")),
    Entry(
        "F-03", RESEARCH, "Wuppertal Institut (DoNaPart)", ("environment", "education"), ("20", "8"),
        DAY(2016, 11, 1), DAY(2019, 12, 31),
    ),
    Entry("F-04", RESEARCH, "KoopLab", ("environment",), ("20",)),
    Entry("F-05", RESEARCH, "SuPraStadt", ("environment", "land"), ("1", "2")),
    Entry("F-06", RESEARCH, "TU Dortmund", ("land", "jobs")),
    Entry("P-01", LARGE, "Musterhafen (erfunden)", ("land", "jobs"), ("20",), DAY(2016, 3, 1)),
    Entry("P-02", LARGE, "Musterhalde (erfunden)", ("environment", "land"), ("8", "7"), DAY(2017, 5, 2)),
    Entry("P-03", LARGE, "Mustercampus (erfunden)", ("jobs", "education"), ("10",), DAY(2018, 9, 3), DAY(2023, 6, 30)),
    Entry("P-04", LARGE, "Musterachse (erfunden)", ("environment",), ("1", "2", "9"), DAY(2019, 4, 1)),
)  # fmt: skip
