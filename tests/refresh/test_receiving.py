"""What is offered goes into the archive once, with its receipt; sample and real never meet."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from made_up_office import Office

from ingest.archive import Archive
from ingest.connectors import Look, folder
from ingest.vintages import Vintages
from programmes.sources import Source
from refresh.outcomes import RefreshRefused
from refresh.receiving import Deliveries
from release.standing import Standing


def test_an_offer_is_archived_once_and_the_same_bytes_are_no_new_delivery(office: Office) -> None:
    deliveries = office.deliveries()
    table = office.table("statistik__viertel")
    (first,) = deliveries.available(table.source)
    assert deliveries.archive.read(first.delivery_id) == office.city().read_bytes()
    shutil.copy(office.city(), office.city().with_name("kopie.csv"))
    assert office.deliveries().available(table.source) == [first]


def test_every_file_and_folder_of_the_inbox_is_told(office: Office) -> None:
    shutil.copy(office.city(), office.city().with_name("kopie.csv"))
    (office.inbox / "statistik" / "liesmich.txt").write_text("x", encoding="utf-8")
    (office.inbox / "verirrt.csv").write_text("x", encoding="utf-8")
    source = office.table("statistik__viertel").source
    for is_new in (True, False):
        deliveries = office.deliveries()
        deliveries.available(source)
        inbox = deliveries.inbox()
        names = sorted(arrival.file_name for arrival in inbox.arrivals)
        assert names == ["kopie.csv", office.city().name]
        assert {arrival.receipt.number for arrival in inbox.arrivals} == {1}, "the same bytes, two names"
        assert {arrival.is_new for arrival in inbox.arrivals} == {is_new}
        assert [(one.locator, one.rule_id) for one in inbox.passed_over] == [
            ("statistik/liesmich.txt", "inbox_pattern"),
            ("verirrt.csv", "inbox_root"),
        ]


def test_what_is_in_force_is_considered_when_its_file_is_gone(office: Office) -> None:
    table = office.table("statistik__viertel")
    (receipt,) = office.deliveries().available(table.source)
    office.city().unlink()
    assert office.deliveries().considered(table) == []
    office.in_force = {table.name: (receipt.delivery_id,)}
    assert office.deliveries().considered(table) == [receipt]


def test_only_a_sample_states_when_it_was_received(office: Office) -> None:
    table = office.table("statistik__viertel")
    (sample,) = office.deliveries().available(table.source)
    assert sample.received_at == "2022-02-01T08:00:00+00:00"
    inbox = office.folder.parent / "inbox"
    shutil.copytree(office.inbox, inbox)
    (inbox / "statistik" / office.city().name).write_text("anders", encoding="utf-8")
    real = replace(
        office.context(), inbox=inbox, is_synthetic=False, var=replace(office.var, root=office.folder.parent / "real")
    )
    real.var.create()
    (received,) = Deliveries(real).available(table.source)
    assert received.received_at[:4] >= "2026"
    assert not received.is_synthetic


@pytest.mark.attack("a file swapped for a link after it was looked at · passed over by name, all others are received")
def test_what_is_no_file_any_more_when_it_is_read_costs_no_other_delivery(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = office.city().with_name("vertauscht.csv")
    shutil.copy(office.city(), place)
    secret = office.folder / "secret.csv"
    secret.write_text("secret", encoding="utf-8")
    look = folder.look

    def look_and_swap(source: Source, inbox: Path, is_sample: bool) -> Look:
        found = look(source, inbox, is_sample)
        place.unlink()
        place.symlink_to(secret)
        return found

    monkeypatch.setattr(folder, "look", look_and_swap)
    deliveries = office.deliveries()
    [received] = deliveries.available(office.table("statistik__viertel").source)
    assert received.file_name == office.city().name
    told = [(one.locator, one.rule_id) for one in deliveries.inbox().passed_over]
    assert told == [("statistik/vertauscht.csv", "inbox_link")]


def test_sample_and_real_deliveries_are_never_mixed(office: Office) -> None:
    table = office.table("statistik__viertel")
    office.deliveries().available(table.source)
    with pytest.raises(RefreshRefused) as refused:
        Deliveries(replace(office.context(), is_synthetic=False)).available(table.source)
    assert [reason.rule for reason in refused.value.reasons] == ["sample_and_real"]
    assert str(office.var.folder) in refused.value.reasons[0].en


def test_a_sample_file_in_the_inbox_is_not_taken_for_real(office: Office) -> None:
    inbox = office.folder.parent / "inbox"
    shutil.copytree(office.inbox, inbox)
    context = replace(office.context(), inbox=inbox, is_synthetic=False)
    with pytest.raises(RefreshRefused, match="is a sample delivery, not a real one"):
        Deliveries(context).available(office.table("statistik__viertel").source)


def test_inputs_name_overdue_tables_by_what_is_in_force(office: Office) -> None:
    table = office.table("statistik__viertel")
    (receipt,) = office.deliveries().available(table.source)
    in_force = {table.name: (receipt.delivery_id,)}
    assert office.deliveries().inputs(Standing(in_force)).overdue == []
    office.as_of_on = office.as_of_on.replace(year=2024)
    office.city().unlink()
    office.in_force = in_force
    assert office.deliveries().inputs(Standing(in_force)).overdue == [table.name]


def test_a_new_delivery_is_not_read_from_the_archive_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    table = office.table("statistik__viertel")
    read: list[str] = []
    from_archive = Archive.read
    monkeypatch.setattr(Archive, "read", lambda self, key: read.append(key) or from_archive(self, key))
    new = office.deliveries()
    (receipt,) = new.available(table.source)
    first = new.landed(table, receipt)
    assert read == []
    shutil.rmtree(office.var.vintages)
    again = office.deliveries().landed(table, receipt)
    assert read == [receipt.delivery_id], "known bytes come from the archive, verified"
    assert again.accepted.equals(first.accepted)


def test_a_vintage_is_asked_for_once_per_table(yearly_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    look_up = Vintages.landed
    monkeypatch.setattr(
        Vintages, "landed", lambda self, table, *rest: asked.append(table.name) or look_up(self, table, *rest)
    )
    deliveries = yearly_office.deliveries()
    tables = [yearly_office.table(name) for name in ("statistik__viertel", "vereine__plaetze", "statistik__viertel")]
    for table in tables:
        for _ in range(2):
            deliveries.landed(table, deliveries.available(table.source)[0])
    assert asked == [table.name for table in tables], "kept for the table at work, no longer"
