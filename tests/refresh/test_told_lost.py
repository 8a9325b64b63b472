"""What public editions told is kept: without it no further one is made."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from refresh.outcomes import RefreshRefused
from refresh.protected_tables import TOLD
from refresh.public_forms import told_earlier
from release.files import TOLD_BEFORE
from release.layout import VarFolder


@pytest.fixture
def var(tmp_path: Path) -> VarFolder:
    """A folder whose release had a public edition of counts of people."""
    made = VarFolder("kleinstadt", tmp_path).create()
    release = made.releases / "2026-03-02-00000000"
    release.mkdir()
    pq.write_table(TOLD.empty_table(), release / TOLD_BEFORE)
    made.current.symlink_to(release.name)
    pq.write_table(TOLD.empty_table(), made.told)
    return made


def _gone(var: VarFolder) -> None:
    var.told.unlink()


def _torn(var: VarFolder) -> None:
    var.told.write_bytes(var.told.read_bytes()[:-9])


def test_it_is_read_where_it_is_whole(var: VarFolder) -> None:
    assert told_earlier(var).schema.equals(TOLD)


def test_before_the_first_edition_nothing_was_told(tmp_path: Path) -> None:
    assert told_earlier(VarFolder("kleinstadt", tmp_path).create()).num_rows == 0


@pytest.mark.parametrize("damage", [_gone, _torn])
def test_lost_or_damaged_it_refuses_the_night_with_its_name(
    var: VarFolder, damage: Callable[[VarFolder], None]
) -> None:
    damage(var)
    with pytest.raises(RefreshRefused) as refused:
        told_earlier(var)
    [reason] = refused.value.reasons
    assert reason.file == "told.parquet" and "backup" in reason.text("en")
