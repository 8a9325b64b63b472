"""What pages say of who publishes: what is declared, in the reader's language, or that nothing is; never a sample entry."""

from dataclasses import replace
from pathlib import Path

import pytest

from programmes.loading import load_programme
from release import reading
from release.layout import VarFolder
from release.reason import ReleaseError
from report.addresses import addresses_of
from report.declared import declared
from report.site import make_site


def test_what_is_declared_is_said_in_the_readers_language() -> None:
    publication = load_programme("nordwaerts").settings.publication
    german, english = declared(publication, "de"), declared(publication, "en")
    assert german.imprint.startswith("Musterangabe: Hier steht das Impressum")
    assert english.imprint.startswith("Sample entry: the imprint")
    assert (german.privacy, german.licence) != (english.privacy, english.licence)
    assert german.contact and german.contact.email == "daten@amt.example"
    assert german.accessibility_contact and german.homepage == "https://www.amt.example/"


def test_where_nothing_is_declared_it_says_that() -> None:
    for language, word in (("de", "nichts angegeben"), ("en", "declared nothing")):
        none = declared(None, "de" if language == "de" else "en")
        assert all(word in text for text in (none.publisher, none.licence, none.imprint, none.privacy))
        assert none.contact is None and none.accessibility_contact is None and none.licence_uri is None
    assert addresses_of(None) is None


def test_addresses_lie_below_the_declared_one() -> None:
    addresses = addresses_of(load_programme("nordwaerts").settings.publication)
    assert addresses
    assert addresses.file("2026-03-02-8f47dd59", "csv/a b.csv") == (
        "https://nordwaerts.amt.example/2026-03-02-8f47dd59/data/csv/a%20b.csv"
    )
    assert addresses.node("x", "a b") == "https://nordwaerts.amt.example/catalogue#x/a%20b"


def test_real_figures_do_not_appear_under_sample_entries(published: Path, tmp_path: Path) -> None:
    release = reading.current(VarFolder("nordwaerts", published))
    assert release
    real = replace(release, manifest=replace(release.manifest, is_synthetic=False))
    with pytest.raises(ReleaseError, match=r"contact\.email, .*programme\.yml"):
        make_site(real, load_programme("nordwaerts"), tmp_path / "site")
    assert not (tmp_path / "site").exists()
