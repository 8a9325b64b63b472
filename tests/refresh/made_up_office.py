"""A made-up office: a small programme folder with deliveries to alter, an archive, and no refresh of any sample.

The programme is tests/recipes/tiny_city with a second source whose deliveries come year by year.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from programmes.loading import load_programme
from programmes.sources import LandedTable
from refresh.context import RefreshContext, refresh_context
from refresh.landing import land_table
from refresh.outcomes import TableOutcome
from refresh.promoting import promote_all
from refresh.receiving import Deliveries
from release import ledger
from release.layout import VarFolder
from release.standing import Standing

TINY_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"
YEARLY = """
source_id: vereine
name_de: Vereine (erfunden)
name_en: clubs (made up)
publisher: Kleinstadt
licence: internal
cadence: yearly
max_age_days: 400
on_failure: keep_last_good
max_rejected_pct: 20
connector: {protocol: folder, files: "*.csv"}
tables:
  plaetze:
    canonical: area_figure
    description_de: Plätze je Viertel
    description_en: places per quarter
    format: {kind: csv}
    mode: by_period
    minimum_rows: 5
    columns:
      - {from: nr, to: area_id, type: area, level: viertel}
      - {from: jahr, to: reference_on, type: reference_date}
    items:
      - {from: plaetze, item: places, unit: places}
"""
DAY = dt.date(2022, 3, 1)


@dataclass
class Office:
    """One programme folder and its var folder; `in_force` stands for what the release readers see rests on."""

    folder: Path
    var: VarFolder
    in_force: dict[str, tuple[str, ...]] = field(default_factory=dict)
    as_of_on: dt.date = DAY

    @property
    def inbox(self) -> Path:
        """Where deliveries lie."""
        return self.folder / "sample"

    def context(self) -> RefreshContext:
        """What a refresh of this day works on."""
        self.var.create()
        return refresh_context(load_programme(self.folder), self.var, is_sample=True, as_of_on=self.as_of_on)

    def deliveries(self) -> Deliveries:
        """The deliveries of a new refresh."""
        found = Deliveries(self.context())
        if self.in_force:
            found.__dict__["standing"] = Standing(self.in_force)
        return found

    def table(self, name: str) -> LandedTable:
        """A landed table by name."""
        return next(table for table in load_programme(self.folder).landed_tables() if table.name == name)

    def land(self, name: str = "statistik__viertel") -> TableOutcome:
        """One landing of a table, as a new refresh does it in which every other table passes."""
        deliveries = self.deliveries()
        outcome = land_table(deliveries.context, deliveries, self.table(name))
        if outcome.verdict != "refused":
            promote_all(self.var, [outcome])
        return outcome

    def accept(self, outcome: TableOutcome) -> None:
        """Let a later refresh find these deliveries in force."""
        self.in_force = {**self.in_force, outcome.table.name: tuple(r.delivery_id for r in outcome.in_force)}

    def deliver(self, source: str, name: str, text: str, received_at: str = "2022-02-01T08:00:00Z") -> Path:
        """Put a file among the deliveries and state its receipt."""
        path = self.inbox / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        with (self.inbox / "receipts.csv").open("a", encoding="utf-8") as receipts:
            receipts.write(f"{source};{name};{received_at};\n")
        return path

    def city(self) -> Path:
        """The delivery of the city's statistics."""
        return self.inbox / "statistik" / "synthetisch_viertel.csv"

    def redeliver_city(self, change: Callable[[list[str]], list[str]], name: str = "neu.csv") -> None:
        """A later delivery of the city's statistics, made from the first by changing its lines; the old file stays."""
        lines = self.city().read_text(encoding="utf-8").splitlines()
        self.deliver("statistik", name, "\n".join(change(lines)) + "\n", "2022-02-20T08:00:00Z")

    def outcomes(self) -> list[str]:
        """What the ledger says of every refresh."""
        return [entry.outcome for entry in ledger.read(self.var)]


def places(year: int, *changes: tuple[str, str]) -> str:
    """A delivery of the yearly source: five quarters with the given number of places, else 10."""
    figures = {"01": "10", "02": "10", "03": "10", "04": "10", "05": "10", **dict(changes)}
    return "nr;jahr;plaetze\n" + "".join(f"{area};{year};{figure}\n" for area, figure in figures.items())
