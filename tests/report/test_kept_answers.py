"""Answers a site keeps until it is made take the room of their rows."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from report.edition import Edition

MIB = 1 << 20


def _address_space() -> int:
    """Bytes; also those that were set aside and never written."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmSize"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell of its address space")
def test_an_answer_sets_no_room_aside_for_rows_it_does_not_have() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table mart as select range as area_id, range * 1.5 as value from range(30)")
        edition = Edition("release", dt.date(2026, 3, 1), True, {}, {}, connection)
        kept = [edition.table("from mart")]
        before = _address_space()
        kept += [edition.table("from mart") for _ in range(50)]
        assert len(kept) == 51 and _address_space() - before < 100 * MIB
