"""The trial of a year of nights times commands that answer, and none that fails."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "watch"))

from made_up_nights import Nights

from release.layout import VarFolder
from trials import year
from trials.year import BEGINNING, CommandFailed, Year, reading_seconds

TINY_CITY = Path(__file__).parents[1] / "recipes" / "tiny_city"


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Year:
    """A year of one published night; of the commands, two that read it."""
    var = VarFolder("kleinstadt", tmp_path / "var").create()
    Nights(var, tmp_path).publish("a", deck_1="supported")
    monkeypatch.setattr(year, "READING", ("status", "releases"))
    return Year(TINY_CITY, var, BEGINNING)


def test_every_reading_command_is_timed(lived: Year) -> None:
    assert reading_seconds(lived).keys() == {"status", "releases"}


def test_a_command_that_fails_is_not_timed_but_told(lived: Year) -> None:
    lived.var.current.unlink()
    with pytest.raises(CommandFailed, match="status ended with 1: "):
        reading_seconds(lived)
