"""From archive and ledger alone the last published state comes back byte for byte, or the refresh says what is missing."""

import shutil
from pathlib import Path

import pytest
from refreshed_city import TINY_CITY, City
from refreshing import refresh_here

from programmes.loading import load_programme
from programmes.stored import stored_at
from release import ledger
from release.layout import VarFolder
from release.standing import standing


@pytest.fixture
def lost(tmp_path: Path) -> VarFolder:
    """A var folder with one release of the tiny city."""
    return City.tiny(tmp_path / "lost").var


@pytest.fixture
def restored(lost: VarFolder, tmp_path: Path) -> VarFolder:
    """Another place that holds the archive and the ledger of the lost one, as the guide restores them."""
    var = VarFolder("kleinstadt", tmp_path / "restored")
    shutil.copytree(lost.archive, var.archive)
    shutil.copy(lost.ledger, var.ledger)
    shutil.copytree(lost.build / "dbt", var.build / "dbt")  # spares a parse; of the figures nothing is in it
    return var


def _marts(var: VarFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((var.current / "internal").iterdir())}


def test_an_empty_inbox_brings_the_last_state_back_byte_for_byte(
    lost: VarFolder, restored: VarFolder, tmp_path: Path
) -> None:
    empty = tmp_path / "inbox"
    empty.mkdir()
    record = refresh_here(restored, empty, load_programme(TINY_CITY))
    assert (record.outcome, record.reasons) == ("published", [])
    assert [entry.outcome for entry in ledger.read(restored)] == ["published", "recovered", "published"]
    assert _marts(restored) == _marts(lost)
    assert restored.current.readlink() == lost.current.readlink()


@pytest.mark.parametrize("what", ["bytes", "receipt"])
def test_what_is_missing_in_the_archive_refuses_and_is_named(restored: VarFolder, tmp_path: Path, what: str) -> None:
    (delivery_id,) = standing(restored).in_force["statistik__viertel"]
    if what == "bytes":
        stored_at(restored.archive / "objects", delivery_id).unlink()
    else:
        next((restored.archive / "receipts" / "statistik").iterdir()).unlink()
    record = refresh_here(restored, tmp_path / "no inbox", load_programme(TINY_CITY))
    assert record.outcome == "refused"
    assert [reason.rule for reason in record.reasons] == ["archive_complete"]
    assert delivery_id[:12] in record.reasons[0].en
    assert not restored.current.exists()
