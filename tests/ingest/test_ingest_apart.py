"""Landing apart: what breaks the process that reads deliveries is refused with a sentence, and the next delivery lands."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO

import pytest
import small_city
from written_workbook import SHEET, written

from ingest import apart, limits
from ingest.apart import Question, land_apart
from ingest.areas import locality_of
from ingest.findings import DeliveryRefused
from ingest.landing import Landed, land
from ingest.opened import OpenedDelivery
from programmes.sources import Table

LOCALITY = locality_of(small_city.city())
GOOD = OpenedDelivery(b"stichtag;nr;einwohner;arbeitslose\n2020;011;1.234;zw\xc3\xb6lf\n2021;011;7;8\n", "gut.csv")


@pytest.fixture(autouse=True)
def own_process() -> Iterator[None]:
    """Limits are given to a process when it begins."""
    apart.end()
    yield
    apart.end()


def landed(delivery: OpenedDelivery, declared: Table | None = None) -> Landed:
    return land_apart(delivery, Question("d", small_city.landed_table(declared or small_city.figures()), LOCALITY))[0]


def assert_landed_as_here(found: Landed) -> None:
    here = land(GOOD, "d", small_city.landed_table(small_city.figures()), LOCALITY)
    assert (found, found.accepted) == (here, here.accepted)


def refusal(delivery: OpenedDelivery, declared: Table | None = None) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        landed(delivery, declared)
    assert all(refused.value.sentence(language).startswith(delivery.file_name) for language in ("de", "en"))
    return refused.value


def process_id() -> int:
    [only] = apart._processes
    return only.process.pid


def test_what_lands_apart_is_what_lands() -> None:
    assert_landed_as_here(landed(GOOD))
    first = process_id()
    assert refusal(OpenedDelivery(b"", "leer.csv")).rule_id == "empty"
    assert landed(GOOD).accepted.num_rows
    assert process_id() == first, "one process for all"


def workbook_of_one_long_text(cells: int) -> OpenedDelivery:
    """A workbook of some 100 kB whose every cell is the same text of a megabyte."""
    rows = "".join(f'<row r="{n}">' + '<c t="s"><v>0</v></c>' * 100 + "</row>" for n in range(2, cells // 100 + 2))
    texts = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 10**6}</t></si></sst>'
    )
    return OpenedDelivery(written(SHEET % rows, **{"xl/sharedStrings.xml": texts}), "bombe.xlsx")


@pytest.mark.attack(
    "a small workbook whose cells all repeat one long text, terabytes as cells · refused with a sentence"
)
def test_memory_without_end_costs_that_delivery_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_MEMORY", 512 * limits.MIB)
    bomb = workbook_of_one_long_text(5_000)
    assert len(bomb.content) < limits.MIB
    excel = small_city.figures(format={"kind": "excel"})
    refused = refusal(bomb, excel)
    assert (refused.rule_id, refused.detail) == ("reading_broke_off", "SIGABRT")
    assert landed(GOOD).accepted.num_rows


def endless() -> tuple[OpenedDelivery, Table]:
    """A delivery and a table of which one cell against its pattern takes years."""
    columns = [{"from": "id", "to": "event_id", "pattern": "^(a|aa)+$"}, {"from": "id", "to": "event_format"}]
    return OpenedDelivery(b"id\n" + b"a" * 200 + b"!\n", "endlos.csv"), small_city.table("event", columns)


@pytest.mark.attack("text on which an agreed pattern takes years · refused with a sentence")
def test_time_without_end_costs_that_delivery_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", 1)
    assert refusal(*endless()).rule_id == "reading_too_long"
    assert landed(GOOD).accepted.num_rows


@pytest.mark.attack(
    "a delivery on which our own reading fails in a way nobody foresaw · refused, with the place in the code"
)
def test_an_error_nobody_foresaw_costs_that_delivery_only() -> None:
    impossible = small_city.figures().model_copy(update={"constants": {"reference_on": "no date"}})
    refused = refusal(GOOD, impossible)
    assert refused.rule_id == "reading_broke_off"
    assert refused.detail.startswith("ValueError, german.py:")
    assert landed(GOOD).accepted.num_rows


@pytest.mark.attack("the process that reads deliveries is killed · begun anew, nothing is refused for it")
def test_a_process_somebody_killed_is_begun_anew() -> None:
    first = landed(GOOD)
    os.kill(process_id(), signal.SIGKILL)
    assert landed(GOOD) == first


_ASKING = """
import sys, threading, time
sys.path[:0] = {path!r}
import test_ingest_apart as apart_tests
threading.Thread(target=apart_tests.landed, args=apart_tests.endless(), daemon=True).start()
while not apart_tests.apart._processes:
    time.sleep(0.01)
time.sleep(0.5)
print(apart_tests.process_id(), flush=True)
time.sleep(60)
"""


@pytest.mark.attack(
    "a refresh killed while a delivery is read that never ends · the process that reads it ends with it"
)
def test_it_ends_with_the_process_that_asked() -> None:
    code = _ASKING.format(path=[path for path in sys.path if path])
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout
        worker = int(asking.stdout.readline())
        os.kill(worker, 0)
        asking.kill()
    until = time.monotonic() + 10
    while time.monotonic() < until and _is_at_work(worker):
        time.sleep(0.05)
    assert not _is_at_work(worker)


def _is_at_work(process: int) -> bool:
    """Whether it lives, and is not only a name its parent has not read yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_delivery_that_kills_it_every_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[OpenedDelivery] = []

    def kill(pipe: object, content: bytes) -> None:
        tried.append(GOOD)
        os.kill(process_id(), signal.SIGABRT)
        raise BrokenPipeError

    monkeypatch.setattr(apart, "send", kill)
    refused = refusal(GOOD)
    assert (refused.rule_id, refused.detail, len(tried)) == ("reading_broke_off", "SIGABRT", 2)


def test_a_machine_that_slept_before_the_question_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def slept(pipe: IO[bytes], content: bytes) -> None:
        asked.append(len(content))
        if len(asked) < 4:
            apart._processes[0].process.wait()
        send(pipe, content)

    send = apart.send
    monkeypatch.setattr(limits, "PATIENCE", 0.2)
    monkeypatch.setattr(apart, "send", slept)
    assert_landed_as_here(landed(GOOD))
    assert len(asked) == 3 + 2, "three processes ended before they were asked, the fourth got question and delivery"


def test_a_process_that_does_not_begin_is_no_fault_of_a_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart.sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="did not begin"):
        landed(GOOD)


def test_a_forked_process_has_its_own(tmp_path: Path) -> None:
    landed(GOOD)
    mine = process_id()
    if not (child := os.fork()):
        code = 1
        try:
            code = int(not landed(GOOD).accepted.num_rows or process_id() == mine)
            apart.end()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert landed(GOOD).accepted.num_rows
    assert process_id() == mine


def test_what_stops_a_question_does_not_leave_its_answer_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    landed(GOOD)

    def stopped(_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(apart, "receive", stopped)
        with pytest.raises(KeyboardInterrupt):
            landed(OpenedDelivery(b"", "leer.csv"))
    values = landed(GOOD).accepted.column("value").to_pylist()
    assert Decimal(1234) in values
