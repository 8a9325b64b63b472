"""A night that finds nothing new in the inbox finds what was done to the release: refused, named, and over once it is mended."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nightly_office
import pytest
from made_up_office import places
from nightly_office import NightlyOffice

from release import reading, store

FILES = (
    "checks.parquet", "fault-certificate.json", "internal/fct_delivery.parquet", "internal/fct_statistik__viertel.parquet",
    "manifest.json", "monitoring.dsse.json", "monitoring.duckdb", "openlineage.jsonl", "provenance.dsse.json",
    "public_key.pem", "refresh.html", "verify.py",
)  # fmt: skip


def _lengthen(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b"\n")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "changed": _lengthen,
    "removed": Path.unlink,
    "emptied": lambda path: (path.unlink(), path.touch())[1],
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place where two nights published."""
    place = tmp_path_factory.mktemp("nights")
    office = nightly_office.before_the_first_night(place)
    assert office.night().outcome == "published"
    office.put("vereine", "2021.csv", places(2021))
    assert office.night().outcome == "published"
    assert office.night().outcome == "unchanged"
    return place


@pytest.fixture
def office(made: Path, tmp_path: Path) -> NightlyOffice:
    return nightly_office.the_morning_after(made, tmp_path)


@pytest.mark.attack("a file of the current release damaged and nothing delivered · the night is refused and names it")
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_a_night_without_news_names_a_damaged_file(name: str, how: str, office: NightlyOffice, tmp_path: Path) -> None:
    seen = reading.current_id(office.var)
    path = office.var.releases / str(seen) / name
    kept = shutil.copy2(path, tmp_path / "kept")
    DAMAGES[how](path)
    for _ in range(2):  # it stays so until somebody mends it
        found = office.night()
        assert (found.outcome, found.release_id) == ("refused", seen)
        assert any(Path(name).name in reason.en for reason in found.reasons)
        assert "Traceback" not in office.var.last_refusal.read_text(encoding="utf-8")
    path.unlink(missing_ok=True)
    shutil.copy2(kept, path)
    assert office.night().outcome == "unchanged"
    assert not office.var.last_refusal.exists()


@pytest.mark.attack("an object or a source archive damaged and nothing delivered · the night is refused and names it")
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("place", ["objects", "sources"])
def test_a_night_without_news_names_a_damaged_object(place: str, how: str, office: NightlyOffice) -> None:
    release = reading.current(office.var)
    assert release is not None
    manifest = release.manifest
    path = office.var.objects / f"{manifest.tables['fct_delivery'].sha256}.parquet"
    if place == "sources":
        path = office.var.source(str(manifest.source_sha256))
    DAMAGES[how](path)
    found = office.night()
    assert (found.outcome, [reason.file for reason in found.reasons]) == ("refused", [f"{place}/{path.name}"])


@pytest.mark.attack(
    "the current release damaged, a rollback, then mended · the rollback works, the next night comes back to it"
)
def test_a_damaged_release_can_be_left_and_come_back_to(office: NightlyOffice, tmp_path: Path) -> None:
    old, new = reading.release_ids(office.var)
    if reading.current_id(office.var) == old:
        old, new = new, old
    path = office.var.releases / new / "manifest.json"
    kept = shutil.copy2(path, tmp_path / "kept")
    _lengthen(path)
    store.rollback(office.var, old, office.clock)
    for _ in range(2):  # the same inputs would publish the damaged release again
        found = office.night()
        assert (found.outcome, found.release_id) == ("refused", old)
        assert "manifest.json" in found.reasons[0].en
    path.unlink()
    shutil.copy2(kept, path)
    found = office.night()
    assert (found.outcome, found.release_id) == ("published", new)


@pytest.mark.attack("the manifest of an old release damaged · nights go on, that release alone is lost")
@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_old_release_stops_no_night(how: str, office: NightlyOffice) -> None:
    old = next(each for each in reading.release_ids(office.var) if each != reading.current_id(office.var))
    DAMAGES[how](office.var.releases / old / "manifest.json")
    assert office.night().outcome == "unchanged"
    office.put("vereine", "2022.csv", places(2022))
    assert office.night().outcome == "published"
    assert (office.var.releases / old).is_dir(), "what is damaged is evidence, and not cleared up"


@pytest.mark.attack(
    "a mart of the current release damaged before new deliveries · published without notes on it, and told"
)
def test_a_damaged_release_is_not_what_new_figures_are_compared_with(office: NightlyOffice) -> None:
    seen = reading.current(office.var)
    assert seen is not None and reading.kept_notes(seen) is not None
    _lengthen(seen.folder / "internal" / "fct_delivery.parquet")
    office.put("vereine", "2022.csv", places(2022))
    assert office.night().outcome == "published"
    new = reading.current(office.var)
    assert new is not None and new.release_id != seen.release_id
    assert reading.kept_notes(new) is None
