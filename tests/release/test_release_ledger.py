"""The ledger: complete, chained, and never torn; and the text a refused refresh leaves beside it."""

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path

import exports
import pytest

from release import ledger, refusal
from release.layout import VarFolder
from release.ledger import LedgerError
from release.reason import Reason
from release.standing import standing

REASON = Reason(
    de="In Zeile 12 steht „k.A.“ statt einer Zahl.",
    en="Line 12 says 'k.A.' instead of a number.",
    remedy_de="Zahl nachtragen und neu liefern.",
    remedy_en="Enter the number and deliver again.",
    source="arbeitsagentur",
    file="arbeitslose_2024.csv, Zeile 12",
    rule="number",
)


def _three_nights(var: VarFolder) -> None:
    ledger.append(var, "published", at=exports.NIGHT, release_id="2026-03-02-aaaaaaaa", is_synthetic=True)
    ledger.append(var, "unchanged", at=exports.NIGHT + dt.timedelta(days=1), release_id="2026-03-02-aaaaaaaa")
    ledger.append(
        var,
        "refused",
        at=exports.NIGHT + dt.timedelta(days=2),
        release_id="2026-03-02-aaaaaaaa",
        reasons=[REASON],
        in_force={"t": ["b", "a"]},
        as_of_on=exports.AS_OF,
    )
    refusal.follow(var)


def test_what_is_appended_is_read_back(var: VarFolder) -> None:
    _three_nights(var)
    entries = ledger.read(var)
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert [entry.outcome for entry in entries] == ["published", "unchanged", "refused"]
    assert entries[2].reasons == (REASON,)
    assert entries[2].in_force == {"t": ("a", "b")}
    assert entries[2].at == exports.NIGHT + dt.timedelta(days=2)
    lines = var.ledger.read_text(encoding="utf-8").splitlines()
    assert entries[0].previous is None
    assert entries[1].previous == exports.sha256(lines[0].encode())
    assert json.loads(lines[0])["at"] == "2026-03-02T03:00:00Z"
    assert ledger.last(var, "published") == entries[0]
    assert ledger.last(var, "recovered") is None
    assert ledger.last(var) == entries[2]
    assert ledger.verify_chain(var) == 3


def test_a_signed_line_is_one_that_earlier_versions_read(var: VarFolder) -> None:
    """They know the digest over all the rest of a line, and pass over what they do not know: a downgrade is possible."""
    _three_nights(var)
    for text in var.ledger.read_text(encoding="utf-8").splitlines():
        body = json.loads(text)
        digest = body.pop("digest")
        assert len(body["key"]) == 64 and len(body["signature"]) == 128
        assert digest == exports.sha256(ledger._dump(body).encode())


def test_an_empty_ledger(var: VarFolder) -> None:
    assert ledger.read(var) == []
    assert ledger.last(var) is None
    assert standing(var).refused_line is None


def test_moments_are_kept_in_utc_and_need_a_zone(var: VarFolder) -> None:
    berlin = dt.timezone(dt.timedelta(hours=2))
    assert ledger.append(var, "unchanged", at=dt.datetime(2026, 7, 1, 4, tzinfo=berlin)).at.hour == 2
    with pytest.raises(ValueError, match="time zone"):
        ledger.append(var, "unchanged", at=dt.datetime(2026, 7, 1, 4))
    assert len(ledger.read(var)) == 1


def _edit(old: str, new: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [line.replace(old, new) for line in lines]


@pytest.mark.parametrize(
    ("edit", "number"),
    [
        pytest.param(_edit("published", "unchanged"), 1, id="first line changed"),
        pytest.param(_edit("k.A.", "n.v."), 3, id="last line changed"),
        pytest.param(lambda lines: lines[1:], 1, id="first line removed"),
        pytest.param(lambda lines: [lines[0], lines[2]], 2, id="middle line removed"),
        pytest.param(lambda lines: [lines[1], lines[0], lines[2]], 1, id="lines swapped"),
        pytest.param(lambda lines: [lines[0], lines[0], *lines[1:]], 2, id="line doubled"),
        pytest.param(lambda lines: [lines[0], "no JSON", lines[2]], 2, id="not JSON"),
        pytest.param(lambda lines: [lines[0], "[]", lines[2]], 2, id="not an object"),
        pytest.param(lambda lines: [lines[0], "", *lines[1:]], 2, id="blank line"),
        pytest.param(lambda lines: [lines[0].replace(",", ", "), *lines[1:]], 2, id="other spacing"),
    ],
)
def test_an_edit_shows_with_its_line(var: VarFolder, edit: Callable[[list[str]], list[str]], number: int) -> None:
    _three_nights(var)
    lines = edit(var.ledger.read_text(encoding="utf-8").splitlines())
    var.ledger.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(LedgerError, match=f"line {number}:") as broken:
        ledger.verify_chain(var)
    assert broken.value.reason.file == f"ledger.jsonl:{number}"
    assert broken.value.reason.remedy_de
    before = var.ledger.read_bytes()
    with pytest.raises(LedgerError):
        ledger.append(var, "unchanged", at=exports.NIGHT)
    assert var.ledger.read_bytes() == before


def test_a_well_made_line_with_a_wrong_number_shows(var: VarFolder) -> None:
    _three_nights(var)
    body = json.loads(var.ledger.read_text(encoding="utf-8").splitlines()[0])
    del body["digest"], body["key"], body["signature"]
    body["sequence"] = 7
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    body["digest"] = exports.sha256(text.encode())
    var.ledger.write_text(json.dumps(body) + "\n", encoding="utf-8")
    with pytest.raises(LedgerError, match="line 1: the line does not follow"):
        ledger.read(var)


def test_a_cut_off_line_shows(var: VarFolder) -> None:
    _three_nights(var)
    var.ledger.write_bytes(var.ledger.read_bytes()[:-20])
    with pytest.raises(LedgerError, match="line 3: the line is cut off"):
        ledger.read(var)


def test_a_crash_while_writing_leaves_the_old_ledger(var: VarFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    _three_nights(var)
    before = var.ledger.read_bytes()

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(OSError, match="No space left"):
            ledger.append(var, "unchanged", at=exports.NIGHT)
    assert var.ledger.read_bytes() == before
    assert ledger.append(var, "unchanged", at=exports.NIGHT).sequence == 4


def test_whoever_reads_while_a_line_is_added_reads_the_old_ledger(var: VarFolder) -> None:
    _three_nights(var)
    before = var.ledger.read_bytes()
    with var.ledger.open("rb") as reader:
        ledger.append(var, "unchanged", at=exports.NIGHT)
        assert reader.read() == before, "the ledger was written in place and could be torn"


def test_a_refusal_stands_until_a_refresh_succeeds(var: VarFolder) -> None:
    _three_nights(var)
    refused = standing(var).refused_line
    assert refused is not None
    assert refused.reasons == (REASON,)
    later = exports.NIGHT + dt.timedelta(days=3)
    ledger.append(var, "rolled_back", at=later, release_id="2026-03-02-aaaaaaaa")
    refusal.follow(var)
    assert standing(var).refused_line == refused
    assert var.last_refusal.exists()
    ledger.append(var, "unchanged", at=later)
    refusal.follow(var)
    assert standing(var).refused_line is None
    assert not var.last_refusal.exists()


def test_the_refusal_text_says_when_what_where_and_what_to_do(var: VarFolder) -> None:
    _three_nights(var)
    german, english = var.last_refusal.read_text(encoding="utf-8").split("\n---\n")
    for part in ("04.03.2026", REASON.de, "arbeitsagentur", "Zeile 12", "Regel: number", REASON.remedy_de):
        assert part in german
    assert "sieht weiterhin den Stand 2026-03-02-aaaaaaaa" in german
    for part in ("2026-03-04", REASON.en, REASON.remedy_en, "still see release 2026-03-02-aaaaaaaa"):
        assert part in english


def test_the_first_refusal_says_that_nothing_is_published(var: VarFolder) -> None:
    ledger.append(var, "broken", at=exports.NIGHT, reasons=[REASON])
    refusal.follow(var)
    assert "noch kein Stand" in var.last_refusal.read_text(encoding="utf-8")


def test_the_ledger_is_one_object_a_line_whatever_a_reason_holds(var: VarFolder, tmp_path: Path) -> None:
    odd = Reason(de="Zeile\nmit Umbruch \u2028 und \x85", en="line\nbreak")
    ledger.append(var, "refused", at=exports.NIGHT, reasons=[odd])
    ledger.append(var, "unchanged", at=exports.NIGHT)
    assert var.ledger.read_bytes().count(b"\n") == 2
    assert ledger.read(var)[0].reasons == (odd,)


def test_a_line_of_before_the_hash_had_its_name_is_still_read_and_chained(var: VarFolder) -> None:
    ledger.append(var, "published", at=exports.NIGHT, release_id="2026-03-02-aaaaaaaa", inputs_sha256="a" * 64)
    body = json.loads(var.ledger.read_text(encoding="utf-8"))
    del body["digest"], body["key"], body["signature"]  # nor was anything signed
    var.ledger_head.unlink()
    body["inputs"] = body.pop("inputs_sha256")
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    line = json.dumps({**body, "digest": exports.sha256(text.encode())}, sort_keys=True, separators=(",", ":"))
    var.ledger.write_text(line + "\n", encoding="utf-8")
    ledger.append(var, "unchanged", at=exports.NIGHT)
    assert [entry.inputs_sha256 for entry in ledger.read(var)] == ["a" * 64, None]


def test_a_line_keeps_what_became_of_records_and_lines_without_it_are_still_read(var: VarFolder) -> None:
    counts = {"b__t": {"d2": {"records": 3, "header": 1, "accepted": 2}}, "a__t": {}}
    ledger.append(var, "published", at=exports.NIGHT, counts=counts)
    ledger.append(var, "unchanged", at=exports.NIGHT)
    kept, without = ledger.read(var)
    assert kept.counts == {"b__t": {"d2": {"records": 3, "header": 1, "accepted": 2}}}
    assert (without.counts, "counts" in ledger.to_json(without)) == ({}, False)
