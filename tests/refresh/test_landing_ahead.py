"""Landing ahead: new deliveries land side by side while a refresh works, and whoever asks for one is told what came of it."""

import threading
import time

import pytest
from made_up_office import Office, places

from ingest import apart, limits, vintages
from ingest.apart import Question
from ingest.archive import Receipt
from ingest.findings import DeliveryRefused
from ingest.landing import Landed
from ingest.opened import OpenedDelivery
from programmes.sources import LandedTable
from refresh.receiving import Deliveries

YEARLY = "vereine__plaetze"


class Watched:
    """Stands before `land_apart`: which files were landed, and how many at once."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.at_once = self.most = 0
        self.open = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, delivery: OpenedDelivery, question: Question) -> tuple[Landed, bytes]:
        with self._lock:
            self.files.append(delivery.file_name)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        assert self.open.wait(30)
        try:
            return apart.land_apart(delivery, question)
        finally:
            with self._lock:
                self.at_once -= 1


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    watch = Watched()
    monkeypatch.setattr(vintages, "land_apart", watch)
    monkeypatch.setattr(limits, "PROCESSES", 2)
    return watch


def asked(deliveries: Deliveries, table: LandedTable) -> dict[str, tuple[Receipt, Landed | str]]:
    """By file: what landed, or the rule of the refusal."""
    found: dict[str, tuple[Receipt, Landed | str]] = {}
    for receipt in deliveries.considered(table):
        try:
            found[receipt.file_name] = (receipt, deliveries.landed(table, receipt))
        except DeliveryRefused as refused:
            found[receipt.file_name] = (receipt, refused.rule_id)
    return found


def test_new_deliveries_land_side_by_side_once_and_as_they_would_alone(yearly_office: Office, watched: Watched) -> None:
    for year in (2022, 2023):
        yearly_office.deliver("vereine", f"{year}.csv", places(year))
    watched.open.set()
    alone = asked(yearly_office.deliveries(), yearly_office.table(YEARLY))
    for path in yearly_office.var.vintages.iterdir():
        path.unlink()
    watched.files, watched.open = [], threading.Event()
    deliveries = yearly_office.deliveries()
    deliveries.land_ahead()
    until = time.monotonic() + 30
    while watched.at_once < 2 and time.monotonic() < until:
        time.sleep(0.01)
    watched.open.set()
    assert asked(deliveries, yearly_office.table(YEARLY)) == alone
    deliveries.end_ahead()
    assert watched.most == 2
    assert sorted(watched.files) == sorted([*alone, yearly_office.city().name])


def test_who_asks_for_a_delivery_that_was_refused_is_told_and_it_was_read_once(
    yearly_office: Office, watched: Watched
) -> None:
    yearly_office.deliver("vereine", "leer.csv", "")
    watched.open.set()
    deliveries = yearly_office.deliveries()
    deliveries.land_ahead()
    assert asked(deliveries, yearly_office.table(YEARLY))["leer.csv"][1] == "empty"
    deliveries.end_ahead()
    assert watched.files.count("leer.csv") == 1


def test_what_landed_before_is_not_landed_again(yearly_office: Office, watched: Watched) -> None:
    watched.open.set()
    first = yearly_office.deliveries()
    first.land_ahead()
    for name in (YEARLY, "statistik__viertel"):
        asked(first, yearly_office.table(name))
    first.end_ahead()
    yearly_office.deliver("vereine", "2023.csv", places(2023))
    watched.files = []
    again = yearly_office.deliveries()
    again.land_ahead()
    asked(again, yearly_office.table(YEARLY))
    again.end_ahead()
    assert watched.files == ["2023.csv"]


def test_what_nobody_asked_for_is_not_begun_when_the_refresh_ends(
    yearly_office: Office, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PROCESSES", 1)
    for year in (2022, 2023):
        yearly_office.deliver("vereine", f"{year}.csv", places(year))
    deliveries = yearly_office.deliveries()
    deliveries.land_ahead()
    threading.Timer(0.3, watched.open.set).start()
    deliveries.end_ahead()
    assert len(watched.files) == 1


def test_what_is_larger_than_may_be_read_at_once_is_read_alone_and_before_any_table_is_checked(
    yearly_office: Office, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "AT_ONCE", len(places(2020)) - 1)
    watched.open.set()
    deliveries = yearly_office.deliveries()
    deliveries.land_ahead()
    city = yearly_office.table("statistik__viertel")
    deliveries.landed(city, deliveries.considered(city)[-1])
    assert watched.most == 1
    assert sorted(watched.files) == ["2020.csv", "2021.csv", yearly_office.city().name], "though one was asked for"
    deliveries.end_ahead()


def test_deliveries_share_the_room_there_is(
    yearly_office: Office, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of the same size, room for two of them; the one of the other source takes all of it."""
    yearly_office.deliver("vereine", "2022.csv", places(2022))
    monkeypatch.setattr(limits, "AT_ONCE", 2 * len(places(2020)))
    assert yearly_office.city().stat().st_size > limits.AT_ONCE
    monkeypatch.setattr(limits, "PROCESSES", 3)
    deliveries = yearly_office.deliveries()
    deliveries.land_ahead()
    threading.Timer(0.5, watched.open.set).start()
    asked(deliveries, yearly_office.table(YEARLY))
    deliveries.end_ahead()
    assert (watched.most, len(watched.files)) == (2, 4)


def test_what_waits_for_room_is_not_begun_when_the_refresh_ends(
    yearly_office: Office, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "AT_ONCE", 1)
    deliveries = yearly_office.deliveries()
    deliveries.land_ahead()
    threading.Timer(0.5, watched.open.set).start()
    deliveries.end_ahead()
    assert len(watched.files) == 1
