"""The counting of the walk is exact: readings, writings, moves and digests of another process."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from benchmarks import counted_hashes
from benchmarks.measuring import measure
from benchmarks.walk import BEGIN, CONTENTS, END, WAY, Night, tables, with_section
from benchmarks.watching import Watch


def _watched(folder: Path, script: str) -> Watch:
    with Watch(folder, leave_out=["uncounted"]) as watch:
        measure(["-c", script], folder.parent / "log", {"FOLDER": str(folder)})
    return watch


_PATHS = "import os, pathlib; folder = pathlib.Path(os.environ['FOLDER'])\n"


def test_a_file_read_twice_written_once_and_one_that_is_only_flushed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    script = """
(folder / 'a').write_bytes(b'x'); (folder / 'a').read_bytes(); (folder / 'a').read_bytes()
(folder / 'b').write_bytes(b'x'); flushed = os.open(folder / 'b', os.O_RDONLY); os.fsync(flushed); os.close(flushed)
"""
    watch = _watched(tmp_path / "in", _PATHS + script)
    one, other = tmp_path / "in" / "a", tmp_path / "in" / "b"
    assert (watch.read[one], watch.written[one], watch.read[other], watch.written[other]) == (2, 1, 0, 1)


def test_a_passing_name_hands_its_counts_on_and_a_place_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    script = """
(folder / '.incoming-1').write_bytes(b'x'); (folder / '.incoming-1').rename(folder / 'staged')
(folder / 'staged').read_bytes(); (folder / 'staged').rename(folder / 'landed'); (folder / 'landed').read_bytes()
"""
    watch = _watched(tmp_path / "in", _PATHS + script)
    staged, landed = tmp_path / "in" / "staged", tmp_path / "in" / "landed"
    assert (watch.written[staged], watch.read[staged]) == (1, 1)
    assert set(watch.written) == {staged}
    assert (watch.written[landed], watch.read[landed]) == (0, 1)


def test_folders_made_meanwhile_are_watched_and_what_was_missed_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "aside").mkdir()
    (tmp_path / "aside" / "early").write_bytes(b"x")
    script = """
import time
(folder / 'new' / 'deep').mkdir(parents=True); (folder / 'uncounted').mkdir(); time.sleep(0.5)
(folder / 'new' / 'deep' / 'late').write_bytes(b'x'); (folder / 'uncounted' / 'u').write_bytes(b'x')
"""
    watch = _watched(tmp_path / "in", _PATHS + script)
    assert {path.name: count for path, count in watch.written.items()} == {"late": 1}
    assert not watch.missed
    with Watch(tmp_path / "in") as other:
        other._add(tmp_path / "aside")
    assert {path.name for path in other.missed} == {"early"}


def test_digests_and_csv_are_counted_by_value_in_a_process_that_does_not_know(tmp_path: Path) -> None:
    shutil.copy(str(counted_hashes.__file__), tmp_path / "sitecustomize.py")
    script = """
import csv, hashlib, hmac, io
digest = hashlib.sha256(b'on'); digest.update(b'ce'); digest.hexdigest(); digest.digest()
hashlib.file_digest(io.BytesIO(b'twice'), 'sha256').hexdigest(); hashlib.sha256(b'twice').digest()
hashlib.sha256(b'never finished'); hashlib.md5(b'once')
assert hmac.new(b'k', b'm', hashlib.sha256).digest() == hmac.digest(b'k', b'm', 'sha256')
assert list(csv.reader(io.StringIO('a;b\\n'), delimiter=';')) == [['a', 'b']]
"""
    counted = tmp_path / "counted"
    measure(["-c", script], tmp_path / "log", {"PYTHONPATH": str(tmp_path), "COUNTED_HASHES": str(counted)})
    lines = counted.read_text().splitlines()
    counts = {
        text: lines.count(f"hashed {hashlib.sha256(text.encode()).hexdigest()}")
        for text in ("once", "twice", "never finished")
    }
    assert counts == {"once": 1, "twice": 2, "never finished": 0}
    assert lines.count(f"decoded {hashlib.sha256(b'a;b' + os.linesep.encode()).hexdigest()}") == 1


def test_the_tables_hold_every_place_and_the_section_is_replaced_alone() -> None:
    before = Night(tuple(range(len(WAY))), (1,) * len(WAY), dict.fromkeys(CONTENTS, 3), 2)
    now = Night((7,) * len(WAY), (0,) * len(WAY), dict.fromkeys(CONTENTS, 1), 0)
    text = tables([before, before], [now, now])
    assert "| archived | `archive/objects/` | 1 → 7 | 1 → 0 | 1 → 7 | 1 → 0 |" in text
    assert "| the delivery | 3 → 1 | 3 → 1 | 2 → 0 | 2 → 0 |" in text
    written = with_section(f"# A\n{BEGIN}\nold\n{END}\nrest\n", "new")
    assert written == f"# A\n{BEGIN}\nnew\n{END}\nrest\n" == with_section(written, "new")
    with pytest.raises(ValueError, match="lacks the marks"):
        with_section("# A\n", "new")
