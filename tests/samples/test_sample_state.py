"""The made-up state: every municipality is a programme that loads, differs from the others and is the same when made again."""

from pathlib import Path

import pytest

from programmes.loading import load_programme
from samples.__main__ import main
from samples.state import municipality_ids, write_state


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_municipality_loads_under_a_name_of_its_own(tmp_path: Path) -> None:
    programmes = [load_programme(str(folder)) for folder in write_state(tmp_path, 12)]
    assert [each.settings.programme_id for each in programmes] == municipality_ids(12)
    assert len({each.settings.city for each in programmes}) == 12
    assert all(each.settings.city.startswith("Muster-") for each in programmes)
    assert len({each.settings.starts_on for each in programmes}) > 1
    assert len({len(each.indicators) for each in programmes}) > 1


def test_a_seed_makes_the_same_state_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("one", 0), ("again", 0), ("other", 1)):
        write_state(tmp_path / name, 2, seed)
    assert contents(tmp_path / "one") == contents(tmp_path / "again")
    assert contents(tmp_path / "one") != contents(tmp_path / "other")


def test_a_larger_state_begins_with_the_smaller_one(tmp_path: Path) -> None:
    write_state(tmp_path / "two", 2)
    write_state(tmp_path / "three", 3)
    assert contents(tmp_path / "two").items() <= contents(tmp_path / "three").items()


def test_no_quarter_has_the_residents_of_another_or_of_another_year(tmp_path: Path) -> None:
    for folder in write_state(tmp_path, 396):
        lines = (folder / "sample" / "statistik" / "synthetisch_statistik.csv").read_text("utf-8-sig").splitlines()
        residents = [tuple(line.split(";")[2:4]) for line in lines[1:]]
        assert len(set(residents)) == len(residents) > 0, folder.name


def test_no_municipality_is_no_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="at least one"):
        write_state(tmp_path, 0)
    monkeypatch.setattr("sys.argv", ["samples", "--out", str(tmp_path), "--municipalities", "0"])
    with pytest.raises(SystemExit):
        main()
    assert "at least 1" in capsys.readouterr().err
