"""The same inputs give the same bytes, and the order of delivered rows means nothing."""

import json
import random
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


def test_permuted_rows_change_nothing_but_delivery_hash_and_row_address(published: Path, empty_city: City) -> None:
    """In a folder in which nothing was published before: marts without addresses are the same byte for byte."""
    city = empty_city
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
        if not _has_addresses(before[mart]) and before[mart].read_bytes() != after[mart].read_bytes():
            differing.append(f"{mart}, in its bytes")
    assert not differing


def _has_addresses(path: Path) -> bool:
    return any(map(_is_address, pq.read_schema(path).names))


def _is_address(name: str) -> bool:
    return name in _ADDRESSES or name.endswith("delivery_id")


def _without_addresses(path: Path) -> list[str]:
    table: pa.Table = pq.read_table(path)
    kept = [name for name in table.column_names if not _is_address(name)]
    return sorted(map(str, table.select(kept).to_pylist()))


def test_two_refreshes_give_identical_parquet_and_manifest(published: Path, city: City) -> None:
    """At another path than the first, and what lies in the var folder from that must not show in the marts."""
    before = {mart: path.read_bytes() for mart, path in _marts(VarFolder("nordwaerts", published)).items()}
    release = reading.current(city.var)
    assert release is not None
    city.var.current.unlink()
    release.folder.rename(city.var.folder / "set_aside")
    assert city.refresh().outcome == "published"
    after = _marts(city.var)
    assert set(before) == set(after)
    assert [mart for mart in before if before[mart] != after[mart].read_bytes()] == []
    again = reading.current(city.var)
    assert again is not None
    assert (again.folder / reading.MANIFEST).read_bytes() == (
        city.var.folder / "set_aside" / reading.MANIFEST
    ).read_bytes()
