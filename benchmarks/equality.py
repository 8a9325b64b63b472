"""Whether contenders gave the same: marts cell by cell, checks by their ids; a difference stops the benchmark.

Numbers are equal within 1e-9, everything else exactly. Against the script, columns that only say which
delivered byte a row is from are left out, because a script keeps no receipts.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

PROVENANCE = ("delivery_id", "row_address")


class Different(Exception):
    """Two contenders do not give the same; the message says which mart or check."""


def require_equal_marts(folder: Path, other: Path, marts: Iterable[str], without: Iterable[str] = ()) -> int:
    """Compare marts of two folders of Parquet as bags of rows; the number of cells compared.

    Raises Different with mart and number of rows that differ.
    """
    cells = 0
    with duckdb.connect() as con:
        for mart in marts:
            columns = con.execute(f"describe select * from '{folder / mart}.parquet'").fetchall()
            kept = {name: kind for name, kind, *_ in columns if name not in set(without)}
            shown = ", ".join(
                f"round({name}, 9) as {name}" if kind in ("DOUBLE", "FLOAT") else name for name, kind in kept.items()
            )
            left, right = (f"(select {shown} from '{place / mart}.parquet')" for place in (folder, other))
            for one, two in ((left, right), (right, left)):
                found = con.execute(f"select count(*) from (from {one} except all from {two})").fetchone()
                if found != (0,):
                    raise Different(f"{mart}: {found[0] if found else '?'} rows differ")
            rows = con.execute(f"select count(*) from {left}").fetchone()
            cells += (rows[0] if rows else 0) * len(kept)
    return cells


def check_ids(release: Path) -> set[str]:
    """Ids of every check behind a release: gate 1 as the release tells it, gate 2 as it lies beside it."""
    with duckdb.connect() as con:
        found = con.execute(
            f"select 'gate_1 ' || check_id from '{release}/internal/fct_data_quality.parquet' "
            f"union all select 'gate_2 ' || check_id from '{release}/checks.parquet'"
        ).fetchall()
    ids = {check_id for (check_id,) in found}
    if len(ids) != len(found):
        raise Different("a check has more than one result")
    return ids


def require_equal_checks(release: Path, other: Path) -> dict[str, int]:
    """Checks behind both releases, counted by who made them; raises Different unless they are the same ones."""
    ids, others = check_ids(release), check_ids(other)
    if ids != others:
        raise Different(f"checks differ: {', '.join(sorted(ids ^ others)[:5])}")
    tests = sum(check_id.startswith("gate_2 dbt:") for check_id in ids)
    landed = sum(check_id.startswith("gate_1 ") for check_id in ids)
    return {"gate 1": landed, "dbt tests": tests, "gate 2": len(ids) - landed - tests}
