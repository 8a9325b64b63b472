"""Every change of a ledger is found, by the full verification and by the file in the release: bits, lines, end, signatures."""

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import verified_office
from verified_office import LINES, Office

from release import ledger
from release.verifying_ledger import verified_ledger


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return verified_office.make(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(made: Office, tmp_path: Path) -> Office:
    return made.copy(tmp_path / "elsewhere")


def unseen(office: Office, path: Path, damages: Iterator[bytes | None]) -> list[int]:
    """Numbers of damages to a file that one of the two verifiers does not find."""
    before, missed = path.read_bytes(), []
    script, folder = verified_office.loaded(verified_office.SHIPPED), office.var.releases / office.new
    keys = [script.public_key(str(folder / "public_key.pem"))]
    with patch.object(script, "is_signed", functools.cache(script.is_signed)):  # the same lines again and again
        for number, content in enumerate(damages):
            path.write_bytes(content) if content is not None else path.unlink()
            is_found = bool(verified_ledger(office.var).findings)
            if not is_found or next(script.ledger(office.var.ledger, folder, keys), None) is None:
                missed.append(number)
    path.write_bytes(before)
    return missed


def flipped(content: bytes, places: Iterable[int]) -> Iterator[bytes | None]:
    """The content with one bit turned over, at each place (counted in bits)."""
    for place in places:
        changed = bytearray(content)
        changed[place // 8] ^= 1 << (place % 8)
        yield bytes(changed)


def sampled(content: bytes, are_all: bool) -> list[int]:
    """A bit of each line and each kind of field, in its name or its value, and of line ends; another bit each time."""
    if are_all:
        return list(range(len(content) * 8))
    places, begins, number = [], 0, 0
    for at, line in enumerate(content.splitlines(keepends=True)):
        for field, name in enumerate(json.loads(line)):
            number += 1
            if (at + field) % 9 == 0:
                found = line.index(f'"{name}":'.encode()) + (1 if number % 2 else len(name) + 4)
                places.append((begins + min(found, len(line) - 1)) * 8 + number % 8)
        begins += len(line)
        if at % 10 == 9:
            places.append((begins - 1) * 8 + number % 8)
    return places


def test_untouched_at_another_path_there_is_nothing_to_find(office: Office) -> None:
    found = verified_ledger(office.var)
    assert (found.findings, len(found.lines), found.unsigned_count, len(found.keys)) == ((), LINES, 0, 1)
    assert office.alone() == [] and office.alone(office.old) == []


@pytest.mark.attack("a bit of the ledger turned over · found by verify and verify.py")
@pytest.mark.slow
def test_a_bit_in_every_line_and_every_kind_of_field_is_found(office: Office, request: pytest.FixtureRequest) -> None:
    content = office.var.ledger.read_bytes()
    places = sampled(content, request.config.getoption("--all-bits"))
    lines = {content.count(b"\n", 0, place // 8) for place in places}
    assert lines == set(range(LINES)) and len(places) > LINES * 2
    assert unseen(office, office.var.ledger, flipped(content, places)) == []


@pytest.mark.slow
def test_the_last_line_and_the_head_are_held(office: Office, request: pytest.FixtureRequest) -> None:
    """The last line has no line after it that keeps its hash; nothing keeps the head but its signature."""
    step = 1 if request.config.getoption("--all-bits") else 79  # in bits, so that each time another is turned over
    content = office.var.ledger.read_bytes()
    last = content.rindex(b"\n", 0, -1) + 1
    assert unseen(office, office.var.ledger, flipped(content, range(last * 8, len(content) * 8, step))) == []
    head = office.var.ledger_head.read_bytes()
    assert unseen(office, office.var.ledger_head, flipped(head, range(0, len(head) * 8, step))) == []


@pytest.mark.attack(
    "a line of the ledger removed, doubled, swapped, or the end cut off · found by verify and verify.py"
)
def test_every_line_removed_doubled_swapped_and_every_end_cut_off_is_found(office: Office) -> None:
    lines = office.var.ledger.read_bytes().splitlines(keepends=True)
    damages = {
        "removed": [[*lines[:at], *lines[at + 1 :]] for at in range(LINES)],
        "doubled": [[*lines[: at + 1], lines[at], *lines[at + 1 :]] for at in range(LINES)],
        "swapped": [[*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]] for at in range(LINES - 1)],
        "cut off": [lines[:at] for at in range(LINES)],
        "the last first": [[lines[-1], *lines[:-1]]],
    }
    for what, contents in damages.items():
        assert unseen(office, office.var.ledger, iter([b"".join(each) for each in contents])) == [], what
    whole = b"".join(lines)
    cut_in_a_line = iter([whole[:-20], whole[: len(whole) // 2], whole + b"x", whole + b"\n", whole + lines[-1]])
    assert unseen(office, office.var.ledger, cut_in_a_line) == []
    assert unseen(office, office.var.ledger, iter([None])) == [], "the ledger is gone"
    assert unseen(office, office.var.ledger_head, iter([None, b"", b"{}\n"])) == [], "the head is gone"


def rechained(lines: list[bytes], edit: Callable[[int, dict[str, object]], None]) -> bytes:
    """Lines edited by somebody who knows the format and has no key: digests and chain are right, signatures as they were."""
    made: list[str] = []
    for number, line in enumerate(lines):
        body = json.loads(line)
        edit(number, body)
        body.pop("digest")
        body["previous"], body["sequence"] = (ledger._digest(made[-1]) if made else None), number + 1
        made.append(ledger._dump({**body, "digest": ledger._digest(ledger._dump(body))}))
    return "".join(f"{line}\n" for line in made).encode()


@pytest.mark.attack("a ledger written anew by somebody without the key · found by verify and verify.py")
@pytest.mark.parametrize("at", [0, 7, LINES - 1])
def test_who_knows_the_format_and_has_no_key_is_found(office: Office, at: int) -> None:
    lines = office.var.ledger.read_bytes().splitlines()

    def reason(number: int, body: dict[str, object]) -> None:
        body["as_of_on"] = "2026-01-01" if number == at else body["as_of_on"]

    def unsigned(number: int, body: dict[str, object]) -> None:
        if number >= at:
            del body["key"], body["signature"]

    edited = [
        rechained(lines, reason),
        rechained(lines, unsigned),
        rechained(lines[:at] + lines[at + 1 :], lambda *_: None),
    ]
    head = office.var.ledger_head.read_bytes()
    office.var.ledger_head.unlink()  # whoever may write there takes it away
    for content in edited:
        office.var.ledger.write_bytes(content)
        assert office.full() and office.alone()
    office.var.ledger_head.write_bytes(head)


def test_lines_from_before_signing_are_told_and_one_after_it_is_found(office: Office, tmp_path: Path) -> None:
    var = office.var
    before = [json.loads(line) for line in var.ledger.read_bytes().splitlines()[:2]]
    old = rechained(
        [json.dumps(body).encode() for body in before], lambda _, body: (body.pop("key"), body.pop("signature"))
    )  # type: ignore[arg-type, return-value]
    var.ledger.write_bytes(old)
    var.ledger_head.unlink()
    assert ledger.append(var, "unchanged", at=ledger.read(var)[0].at).sequence == 3
    found = verified_ledger(var)
    assert (found.findings, found.unsigned_count) == ((), 2)
    unsigned = rechained(var.ledger.read_bytes().splitlines() + old.splitlines()[:1], lambda *_: None)
    var.ledger.write_bytes(unsigned)
    var.ledger_head.unlink()
    assert [reason.rule for reason in verified_ledger(var).findings][-1] == "ledger_signed"


def test_another_key_is_found_until_it_is_named(office: Office) -> None:
    var = office.var
    var.signing_key.unlink()  # as after a restore without the key
    entry = ledger.append(var, "unchanged", at=ledger.read(var)[0].at)
    found = verified_ledger(var)
    assert [(reason.rule, reason.file) for reason in found.findings] == [
        ("ledger_key", f"ledger.jsonl:{entry.sequence}"),
        ("ledger_head", "ledger_head.json"),
    ][:1]
    old, new = found.keys[0], found.lines[-1].key
    assert new is not None and new != old
    assert verified_ledger(var, [old, new]).findings == ()
    assert len(verified_ledger(var, [new]).findings) == LINES


def test_a_crash_between_the_line_and_the_head_is_no_finding(office: Office) -> None:
    head = office.var.ledger_head.read_bytes()
    ledger.append(office.var, "unchanged", at=ledger.read(office.var)[0].at)
    office.var.ledger_head.write_bytes(head)
    assert verified_ledger(office.var).findings == ()
    ledger.append(office.var, "unchanged", at=ledger.read(office.var)[0].at)
    assert len(ledger.read(office.var)) == LINES + 2
    office.var.ledger_head.write_bytes(head)
    assert [reason.rule for reason in verified_ledger(office.var).findings] == ["ledger_head"]


def test_whoever_reads_or_adds_a_line_notices_that_the_end_is_cut_off(office: Office) -> None:
    lines = office.var.ledger.read_bytes().splitlines(keepends=True)
    office.var.ledger.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(ledger.LedgerError, match="cut off at the end; there were 50, there are 49"):
        ledger.read(office.var)
    with pytest.raises(ledger.LedgerError, match="ledger_head"):
        ledger.append(office.var, "unchanged", at=ledger.parse_lines(lines[0])[0].entry.at)
