"""A delivered line is found again in the archived bytes, and shown by its declared cells alone."""

import csv
import hashlib
import io
import zipfile
from pathlib import Path

from programmes.stored import PACKED, packed
from tracing.ends import stands_in
from tracing.files import bytes_of, line_of, records_of, text_of


def _archived(archive: Path, content: bytes) -> str:
    delivery_id = hashlib.sha256(content).hexdigest()
    small = packed(content)
    (archive / "objects").mkdir(parents=True, exist_ok=True)
    (archive / "objects" / f"{delivery_id}{PACKED if small else ''}").write_bytes(small or content)
    return delivery_id


def test_a_line_is_found_by_its_address_and_a_record_reaches_over_lines(tmp_path: Path) -> None:
    delivery_id = _archived(tmp_path, b'id;text\n1;"two\nlines"\n2;end\n')
    assert line_of(tmp_path, delivery_id, "line 2") == '1;"two\nlines"'
    assert line_of(tmp_path, delivery_id, "line 4") == "2;end"
    assert line_of(tmp_path, delivery_id, "line 9") is None
    assert line_of(tmp_path, delivery_id, None) is None


def test_a_record_that_landed_is_read_however_long_a_field_is() -> None:
    csv.field_size_limit(1000)
    assert list(records_of("id;geometry\n1;" + "x" * 200_000 + "\n", ";"))[1][0] == "1"


def test_a_member_of_an_archive_is_a_part_of_the_address(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "x\n1\n")
        archive.writestr("b.csv", "x\n2\n")
    delivery_id = _archived(tmp_path, packed.getvalue())
    assert line_of(tmp_path, delivery_id, "b.csv line 2") == "2"
    assert line_of(tmp_path, delivery_id, "c.csv line 2") is None
    assert text_of(tmp_path, delivery_id, "ladder", lambda name: name == "b.csv") == ("b.csv", "x\n2\n")


def test_a_line_of_a_packed_delivery_is_found_like_any_other(tmp_path: Path) -> None:
    delivery_id = _archived(tmp_path, b"id;text\n" + b"1;one\n" * 99 + b"2;end\n")
    [path] = (tmp_path / "objects").iterdir()
    assert path.suffix == PACKED
    assert line_of(tmp_path, delivery_id, "line 101") == "2;end"
    assert text_of(tmp_path, delivery_id, "ladder", None)[1].count("one") == 99
    path.write_bytes(path.read_bytes() + b"\0")
    bytes_of.cache_clear()
    assert bytes_of(tmp_path, delivery_id) is None


def test_changed_bytes_are_no_delivery(tmp_path: Path) -> None:
    delivery_id = _archived(tmp_path, b"x\n1\n")
    (tmp_path / "objects" / delivery_id).write_bytes(b"x\n2\n")
    assert bytes_of(tmp_path, delivery_id) is None
    assert line_of(tmp_path, delivery_id, "line 2") is None


def test_a_figure_stands_in_a_line_however_it_is_written() -> None:
    from datetime import date
    from decimal import Decimal

    assert stands_in(Decimal("2844.50000000"), "T-1;2.844,5;x") and stands_in(Decimal(18), '{"places": 18}')
    assert not stands_in(Decimal(19), '{"places": 18}')
    assert stands_in(date(2016, 7, 3), "NW-002\t03.07.2016") and not stands_in(date(2016, 7, 4), "03.07.2016")
    assert stands_in("Rat der Stadt", 'x;"Rat  der Stadt"') and not stands_in("Rat", "x;y")
