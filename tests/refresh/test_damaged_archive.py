"""A night over an archive to which something was done: refused with the name of the file, and over once it is mended."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nightly_office
import pytest
from made_up_office import places
from nightly_office import NightlyOffice

from ingest.archive import Archive
from programmes.stored import stored_at
from release import ledger
from release.archive_damage import ArchiveDamaged


def _change(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b"\n")


def _replace(path: Path) -> None:
    other = next(each for each in sorted(path.parent.iterdir()) if each.is_file() and each != path)
    path.unlink()
    shutil.copyfile(other, path)


DAMAGES: dict[str, Callable[[Path], None]] = {"changed": _change, "removed": Path.unlink, "replaced": _replace}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place where two nights published, and one found two files under other names."""
    place = tmp_path_factory.mktemp("nights")
    office = nightly_office.before_the_second_night(place)
    assert office.night().outcome == "published"
    for year in ("2020", "2021"):
        (office.inbox / "vereine" / f"{year}.csv").rename(office.inbox / "vereine" / f"{year}_neu.csv")
    assert office.night().outcome == "published"
    return place


@pytest.fixture
def office(made: Path, tmp_path: Path) -> NightlyOffice:
    return nightly_office.the_morning_after(made, tmp_path)


def find(office: NightlyOffice, kind: str) -> Path:
    """A file of the archive, of the oldest delivery of the clubs."""
    receipts = office.var.archive / "receipts" / "vereine"
    if kind == "note":
        return min((receipts / "names").iterdir())
    if kind == "receipt":
        return min(receipts.glob("*.json"))
    first = Archive(office.var.archive).receipts("vereine")[0]
    found = stored_at(office.var.archive / "objects", first.delivery_id)
    assert found
    return found


@pytest.mark.attack(
    "a receipt or note of the archive damaged · the night is refused and names it, whatever was delivered"
)
@pytest.mark.parametrize("is_news", [False, True])
@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("kind", ["receipt", "note"])
def test_a_night_names_a_damaged_receipt(
    kind: str, how: str, is_news: bool, office: NightlyOffice, tmp_path: Path
) -> None:
    path = find(office, kind)
    kept = shutil.copy2(path, tmp_path / "kept")
    DAMAGES[how](path)
    if is_news:
        office.put("vereine", "2022.csv", places(2022))
    for _ in range(2):  # it stays so until somebody mends it
        found = office.night()
        assert found.outcome == "refused"
        assert [reason.file for reason in found.reasons] == [path.relative_to(office.var.folder).as_posix()]
    path.unlink(missing_ok=True)
    shutil.copy2(kept, path)
    assert office.night().outcome == ("published" if is_news else "unchanged")


@pytest.mark.attack("a delivery in force damaged in the archive · the night that reads it breaks off and names it")
@pytest.mark.parametrize("how", DAMAGES)
def test_a_night_names_a_damaged_delivery_it_reads(how: str, office: NightlyOffice, tmp_path: Path) -> None:
    path = find(office, "delivery")
    kept = shutil.copy2(path, tmp_path / "kept")
    shutil.rmtree(office.var.vintages)  # what it became when it landed before: with that, nobody reads it
    DAMAGES[how](path)
    office.put("vereine", "2022.csv", places(2022))
    with suppress(ArchiveDamaged):
        office.night()
    line = ledger.last(office.var)
    assert line and line.outcome == ("refused" if how == "removed" else "broken")
    assert path.name[:12] in line.reasons[0].en and line.reasons[0].remedy_de
    path.unlink(missing_ok=True)
    shutil.copy2(kept, path)
    assert office.night().outcome == "published"
