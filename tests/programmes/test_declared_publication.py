"""The section `publication`: what it takes, what it refuses with place and remedy, and that a programme can do without."""

import shutil
from pathlib import Path

import pytest

from programmes.loading import PROGRAMMES_DIR, load_programme
from programmes.model import DeclarationError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the declarations of nordwärts, to be corrupted by a test."""
    return Path(
        shutil.copytree(PROGRAMMES_DIR / "nordwaerts", tmp_path / "copy", ignore=shutil.ignore_patterns("sample"))
    )


def test_what_nordwaerts_declares_is_marked_as_made_up() -> None:
    declared = load_programme("nordwaerts").settings.publication
    assert declared
    names = (declared.publisher.name, declared.contact.name, declared.accessibility_contact.name)
    assert all(name.startswith("Musterangabe: ") for name in names)
    for address in (declared.publisher.homepage, declared.base_url):
        assert address and address.split("/")[2].endswith(".example")
    assert all(mail.endswith(".example") for mail in (declared.contact.email, declared.accessibility_contact.email))
    assert declared.licence.uri == "http://dcat-ap.de/def/licenses/dl-by-de/2.0"


def test_what_is_still_a_sample_entry_is_known(folder: Path) -> None:
    declared = load_programme("nordwaerts").settings.publication
    assert declared and set(declared.sample_entries()) >= {"publisher.name", "contact.email", "base_url", "imprint_de"}
    path = folder / "programme.yml"
    told, _, ours = path.read_text(encoding="utf-8").partition("\npublication:")
    for marked, real in (("Musterangabe: ", ""), ("sample entry: ", ""), ("Sample entry: ", ""), (".example", ".de")):
        ours = ours.replace(marked, real)
    path.write_text(f"{told}\npublication:{ours}", encoding="utf-8")
    replaced = load_programme(folder).settings.publication
    assert replaced and replaced.sample_entries() == ()


def test_a_programme_can_do_without(folder: Path) -> None:
    path = folder / "programme.yml"
    path.write_text(path.read_text(encoding="utf-8").partition("\npublication:")[0], encoding="utf-8")
    assert load_programme(folder).settings.publication is None


@pytest.mark.parametrize(
    ("written", "spoiled", "said"),
    [
        (
            "email: daten@amt.example",
            "email: daten",
            r"publication.contact.email: an e-mail address like .* is demanded",
        ),
        ("id: dl-by-de/2.0", "id: cc-by-nc", r"publication.licence.id: only 'cc-by/4.0', .* is allowed"),
        ("base_url: https://nordwaerts.amt.example/", "base_url: nordwaerts.amt.example", r"base_url: an address like"),
        (
            "base_url: https://nordwaerts.amt.example/",
            "base_url: https://amt.example/a?b=/",
            r"base_url: an address like",
        ),
        ("base_url: https://nordwaerts.amt.example/", "base_url: https://amt.example", r"the address must end with /"),
        ("  geocoding_level_uri: http", "  geocoding_level: http", r"there is no such entry"),
        ("  imprint_de: ", "  imprint_fr: ", r"imprint_de: required entry is missing|no such entry"),
        ('{name: "Musterangabe: Datenstelle",', '{name: "",', r"publication.contact.name: must not be empty"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_rule(folder: Path, written: str, spoiled: str, said: str) -> None:
    path = folder / "programme.yml"
    text = path.read_text(encoding="utf-8")
    assert written in text
    path.write_text(text.replace(written, spoiled), encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"programme.yml, line \d+, .*Correct this entry") as raised:
        load_programme(folder)
    assert raised.match(said)
