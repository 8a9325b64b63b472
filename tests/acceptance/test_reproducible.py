"""The same inputs give the same bytes, and the order of delivered rows means nothing."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from refreshed_city import City

from release import reading
from release.layout import VarFolder

_ADDRESSES = {"delivery_id", "row_address"}


def _marts(var: VarFolder) -> dict[str, Path]:
    release = reading.current(var)
    assert release is not None
    return {mart: release.mart_path(mart) for mart in release.manifest.tables}


def test_two_refreshes_in_two_folders_give_identical_parquet(
    published: Path, empty_city: Callable[[str], City]
) -> None:
    other = empty_city("elsewhere")
    assert other.refresh().outcome == "published"
    here, there = _marts(VarFolder("nordwaerts", published)), _marts(other.var)
    assert set(here) == set(there)
    differing = [mart for mart in here if here[mart].read_bytes() != there[mart].read_bytes()]
    assert not differing
    assert reading.current(other.var) is not None
    assert (here["fct_measure"].parent.parent / "manifest.json").read_bytes() == (
        there["fct_measure"].parent.parent / "manifest.json"
    ).read_bytes()


def test_permuted_rows_change_nothing_but_delivery_hash_and_row_address(
    published: Path, empty_city: Callable[[str], City]
) -> None:
    city = empty_city("permuted")
    shuffle = random.Random(62)
    small_area = next((city.place / "statistikportal").glob("kleinraeumig_*.jsonl"))
    lines = small_area.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) != json.loads(lines[1])
    shuffle.shuffle(lines)
    small_area.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path in sorted((city.place / "buergerbefragung").glob("*.csv")):
        header, *rows = path.read_bytes().decode("utf-8-sig").splitlines()
        shuffle.shuffle(rows)
        path.write_bytes(("\ufeff" + "\n".join([header, *rows]) + "\n").encode())
    assert city.refresh().outcome == "published"
    before, after = _marts(VarFolder("nordwaerts", published)), _marts(city.var)
    differing = []
    for mart in before:
        if mart == "fct_delivery":  # lists the deliveries themselves
            continue
        if _without_addresses(before[mart]) != _without_addresses(after[mart]):
            differing.append(mart)
    assert not differing


def _without_addresses(path: Path) -> list[str]:
    table: pa.Table = pq.read_table(path)
    kept = [name for name in table.column_names if name not in _ADDRESSES and not name.endswith("delivery_id")]
    return sorted(map(str, table.select(kept).to_pylist()))


def test_a_rerun_in_the_same_folder_gives_identical_parquet(city: City) -> None:
    """What lies in the var folder from earlier refreshes must not show in the marts."""
    before = {mart: path.read_bytes() for mart, path in _marts(city.var).items()}
    release = reading.current(city.var)
    assert release is not None
    city.var.current.unlink()
    release.folder.rename(city.var.folder / "set_aside")
    assert city.refresh().outcome == "published"
    after = _marts(city.var)
    assert [mart for mart in before if before[mart] != after[mart].read_bytes()] == []
