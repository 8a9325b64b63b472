"""What had been received by the day a sentence was said: new periods, corrected figures, receipts that begin too late."""

from typing import Any

import pytest
import yaml
from made_up_office import Office, places

from refresh.knowledge import known_rows

YEARLY = "vereine__plaetze"
ROW = (
    "places_per_head;1;Plätze;places;;housing;ratio;ratio;places;;population;1;places_per_inhabitant;higher_is_better;"
    "viertel;viertel;areas_not_persons;0.1;1;10;2020;false;2020-01-01;vereine;31.12.;Plätze;places;;;2011-01-01;\n"
)


def _say(office: Office, *days: str, rests_on: str = "area_figure/places") -> None:
    """Sentences on the places, one said on each of these days."""
    with (office.folder / "indicators.csv").open("a", encoding="utf-8") as catalogue:
        catalogue.write(ROW)
    documents: list[dict[str, Any]] = []
    claims: list[dict[str, Any]] = []
    for number, day in enumerate(days):
        said = {"document_id": f"d{number}", "title": "t", "publisher": "p", "first_on": day, "last_on": day}
        documents.append(said | {"found_at": "f"})
        claims.append(
            {
                "claim_id": f"said_{day}", "document": f"d{number}", "wording_de": "mehr", "wording_en": "more",
                "type": "direction", "metric": {"kind": "indicator", "of": "places_per_head", "area": "city"},
                "direction": "up", "baseline": "2020", "dependencies": [rests_on], "declared_on": "2026-01-01",
            }
        )  # fmt: skip
    content = yaml.safe_dump({"documents": documents, "claims": claims})
    (office.folder / "claims.yml").write_text(content, encoding="utf-8")


def _known(office: Office, table: str = YEARLY) -> dict[tuple[str, str], tuple[str, str]]:
    outcome = office.land(table)
    assert outcome.verdict == "accepted", outcome.reasons
    rows = known_rows(office.deliveries(), {table: outcome})
    return {(row["claim_id"], row["period"]): (row["state"], str(row["received_on"])) for row in rows}


def test_what_came_later_was_not_known(yearly_office: Office) -> None:
    _say(yearly_office, "2020-12-31", "2021-12-31", "2022-02-01")
    assert _known(yearly_office) == {
        # before the first receipt nobody can tell
        ("said_2020-12-31", "2020"): ("by_period", "2021-02-01"),
        ("said_2020-12-31", "2021"): ("by_period", "2022-02-01"),
        ("said_2021-12-31", "2020"): ("received", "2021-02-01"),
        ("said_2021-12-31", "2021"): ("not_received", "2022-02-01"),
        # on the very day is in time
        ("said_2022-02-01", "2020"): ("received", "2021-02-01"),
        ("said_2022-02-01", "2021"): ("received", "2022-02-01"),
    }


def test_what_was_corrected_later_is_not_what_was_known(yearly_office: Office) -> None:
    yearly_office.deliver("vereine", "neu.csv", places(2020, ("03", "11")), "2022-02-20T08:00:00Z")
    _say(yearly_office, "2021-12-31", "2022-02-20")
    found = _known(yearly_office)
    assert found["said_2021-12-31", "2020"] == ("revised", "2022-02-20")
    assert found["said_2021-12-31", "2021"][0] == "not_received"
    assert found["said_2022-02-20", "2020"] == ("received", "2022-02-20")


def test_the_same_figures_again_were_known(yearly_office: Office) -> None:
    """A file that only orders its rows otherwise brings nothing new."""
    head, *rows = places(2020).splitlines()
    yearly_office.deliver("vereine", "neu.csv", "\n".join([head, *reversed(rows)]) + "\n", "2022-02-20T08:00:00Z")
    _say(yearly_office, "2021-12-31")
    assert _known(yearly_office)["said_2021-12-31", "2020"] == ("received", "2022-02-20")


@pytest.mark.parametrize(("figure", "state"), [("2.000", "received"), ("1.999", "revised")])
def test_a_whole_history_delivered_again_is_compared_item_by_item(
    yearly_office: Office, figure: str, state: str
) -> None:
    """Of a snapshot every figure comes again; one that changed is a correction, the others were known."""
    yearly_office.redeliver_city(lambda lines: [*_with_residents(lines, figure), ""])
    _say(yearly_office, "2022-02-10", rests_on="area_figure/population")
    found = _known(yearly_office, "statistik__viertel")
    assert {period: state for (_, period), (state, _) in found.items()} == {"2020": "received", "2021": state}


def _with_residents(lines: list[str], figure: str) -> list[str]:
    """The delivery with other residents of the first quarter in 2021."""
    place = next(number for number, line in enumerate(lines) if line.startswith("01;31.12.2021;"))
    cells = lines[place].split(";")
    return [*lines[:place], ";".join([*cells[:2], figure, *cells[3:]]), *lines[place + 1 :]]


def test_a_claim_that_rests_on_other_items_is_not_asked(yearly_office: Office) -> None:
    yearly_office.redeliver_city(lambda lines: _with_residents(lines, "1.999"))
    _say(yearly_office, "2022-02-10", rests_on="area_figure/unemployed")
    assert {state for state, _ in _known(yearly_office, "statistik__viertel").values()} == {"received"}
