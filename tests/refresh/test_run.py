"""A whole refresh ends with exactly one ledger line; a few steps of one leave none."""

import json
import re
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from made_up_office import Office

from cli.refresh import exit_code, summary
from ingest.connectors import FolderClosed
from orchestration.launch import refresh_now
from refresh import receiving
from refresh.landing import land_table
from refresh.outcomes import RefreshRefused
from refresh.run import RefreshRun, open_run
from release import ledger, reading, start_mark, whole
from release.lock import RefreshRunning, refresh_lock
from release.manifest import DeliveryInForce, Manifest
from release.reason import Reason

RunOf = Callable[..., RefreshRun]
ROOT = Path(__file__).resolve().parents[2]
REASON = Reason("Grund", "reason", rule="rule")


def land_all(run: RefreshRun) -> None:
    for table in run.context.programme.landed_tables():
        run.record.landed(land_table(run.context, run.deliveries, table))


def test_a_refresh_that_ends_without_a_word_is_broken_and_names_what_it_died_of(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    with pytest.raises(ZeroDivisionError), open_run(run), run.step("landing"):
        _ = 1 / 0
    assert office.outcomes() == ["broken"]
    assert "ZeroDivisionError" in run.record.reasons[0].en
    assert "ZeroDivisionError" in office.var.last_refusal.read_text(encoding="utf-8")
    assert run.context.stopwatch.seconds["landing"] > 0
    [trace] = office.var.log.glob("broken-*.txt")
    assert f"das Protokoll log/{trace.name} der Entwicklung geben" in run.record.reasons[0].remedy_de
    assert trace.read_text(encoding="utf-8").startswith("ZeroDivisionError\n")


def test_a_step_that_broke_is_named_also_where_its_runner_swallows_the_error(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    with open_run(run):
        try:
            with run.step():
                raise KeyError("x")
        except KeyError:
            pass
    assert "KeyError" in run.record.reasons[0].en
    [trace] = office.var.log.glob("broken-*.txt")
    assert "test_a_step_that_broke" in trace.read_text(encoding="utf-8"), "where the step broke, not who ran it"


def test_the_step_that_broke_is_named_and_not_the_runner_that_says_so(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    with pytest.raises(RuntimeError), open_run(run):
        try:
            with run.step():
                raise KeyError("x")
        except KeyError:
            raise RuntimeError("a step failed") from None
    assert "KeyError" in run.record.reasons[0].en


def test_a_refresh_is_in_the_log_from_beginning_to_end(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    with pytest.raises(RefreshRefused), open_run(run), run.step("landing"):
        raise RefreshRefused(REASON)
    begun, ended = map(json.loads, (office.var.log / "refresh.jsonl").read_text(encoding="utf-8").splitlines())
    assert (begun["event"], begun["programme"], begun["is_whole"]) == ("begun", "kleinstadt", True)
    assert (ended["event"], ended["outcome"], ended["release_id"], ended["ledger_line"]) == (
        "ended",
        "refused",
        None,
        1,
    )
    assert ended["seconds"] > ended["phase_seconds"]["landing"] >= 0


def test_a_refusal_is_on_the_record_with_its_reasons(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    with pytest.raises(RefreshRefused), open_run(run), run.step():
        raise RefreshRefused(REASON, REASON)
    assert office.outcomes() == ["refused"]
    assert ledger.read(office.var)[-1].reasons == (REASON,), "the same reason counts once"
    assert ledger.read(office.var)[-1].inputs_sha256 == run.arrival_sha256


def test_a_few_steps_are_no_refresh(office: Office, run_of: RunOf) -> None:
    for error in (RefreshRefused(REASON), ZeroDivisionError()):
        run = run_of(office, is_whole=False)
        with pytest.raises(type(error)), open_run(run), run.step():
            raise error
    with open_run(run_of(office, is_whole=False)):
        pass
    assert office.outcomes() == []
    assert not office.var.last_refusal.exists()


def test_the_same_inputs_as_the_last_refusal_repeat_it(office: Office, run_of: RunOf) -> None:
    office.city().unlink()
    run = run_of(office)
    with open_run(run):
        assert not run.answer_without_work()
        land_all(run)
    assert office.outcomes() == ["refused"]
    again = run_of(office)
    with open_run(again):
        assert again.answer_without_work()
    assert office.outcomes() == ["refused", "refused"]
    assert again.record.reasons == run.record.reasons


def test_something_new_ends_the_repetition(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    with pytest.raises(RefreshRefused), open_run(run), run.step():
        raise RefreshRefused(REASON)
    office.city().write_text(office.city().read_text(encoding="utf-8") + "\n", encoding="utf-8")
    again = run_of(office)
    with open_run(again):
        assert not again.answer_without_work()


def test_the_inputs_of_the_current_release_are_an_unchanged_night(
    office: Office, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(office)
    with open_run(run):
        land_all(run)
        accepted = run.accepted_sha256()

    deliveries = tuple(
        DeliveryInForce(found.table.name, receipt.delivery_id, receipt.source_id, receipt.received_on)
        for found in run.record.tables.values()
        for receipt in found.in_force
    )
    manifest = Manifest("2022-03-01-00000000", accepted, office.as_of_on, True, "", deliveries, {}, "")
    monkeypatch.setattr(reading, "current", lambda _var: reading.Release(office.var.releases, manifest))
    monkeypatch.setattr(whole, "confirm", lambda _var, _release_id: None)  # there are no files of it
    later = run_of(office)
    assert later.arrival_sha256 == accepted, "what a refresh leaves is what the next night finds"
    with open_run(later):
        assert later.answer_without_work()
    assert office.outcomes()[-1] == "unchanged"


def test_accepted_inputs_are_known_only_when_every_table_passed(yearly_office: Office, run_of: RunOf) -> None:
    run = run_of(yearly_office)
    first, second = run.context.programme.landed_tables()
    run.record.landed(land_table(run.context, run.deliveries, first))
    with pytest.raises(RefreshRefused) as refused:
        run.accepted_sha256()
    assert [reason.rule for reason in refused.value.reasons] == ["whole_refresh"]
    assert second.name in refused.value.reasons[0].en
    run.record.landed(land_table(run.context, run.deliveries, second))
    assert len(run.accepted_sha256()) == 64
    run.record.refuse(REASON)
    with pytest.raises(RefreshRefused):
        run.accepted_sha256()


def test_one_refresh_at_a_time(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    with refresh_lock(office.var), pytest.raises(RefreshRunning), open_run(run):
        pass
    assert office.outcomes() == []


def test_deliveries_that_cannot_be_received_are_a_refusal_and_not_a_fault(office: Office, run_of: RunOf) -> None:
    office.deliveries().available(office.table("statistik__viertel").source)
    run = run_of(office)
    mixed = RefreshRun.of(replace(run.context, is_synthetic=False))
    with pytest.raises(RefreshRefused), open_run(mixed):
        mixed.answer_without_work()
    assert office.outcomes() == ["refused"]
    assert [reason.rule for reason in mixed.record.reasons] == ["sample_and_real"]


def test_a_folder_of_the_inbox_that_cannot_be_opened_is_a_refusal_that_names_it(
    office: Office, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_source: object, inbox: Path, _is_sample: bool) -> None:
        raise FolderClosed(inbox / "statistik")

    monkeypatch.setattr(receiving, "connector_for", lambda _source: closed)
    run = run_of(office)
    with pytest.raises(RefreshRefused), open_run(run):
        run.answer_without_work()
    assert office.outcomes() == ["refused"]
    [reason] = ledger.read(office.var)[-1].reasons
    assert (reason.rule, reason.source) == ("inbox_closed", "statistik")
    assert reason.de == (
        f"{office.inbox / 'statistik'}: Der Ordner lässt sich nicht öffnen; niemand weiß, was darin liegt. "
        "Dem Dienst das Recht geben, ihn zu lesen und zu betreten, und neu starten."
    )
    assert list(office.var.log.glob("broken-*.txt")) == []


@pytest.mark.parametrize("torn", ["receipts", "listing"])
def test_receiving_that_breaks_leaves_a_line_too(
    office: Office, run_of: RunOf, torn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A torn receipt, or a folder of somebody else: whatever asks for the deliveries again breaks again."""
    office.deliveries().available(office.table("statistik__viertel").source)
    if torn == "receipts":
        [receipt] = (office.var.archive / "receipts" / "statistik").glob("*.json")
        receipt.chmod(0o600)
        receipt.write_text("{", encoding="utf-8")
    else:

        def closed(_source: object, _inbox: object, _is_sample: bool) -> None:
            raise PermissionError(13, "Permission denied", "inbox")

        monkeypatch.setattr(receiving, "connector_for", lambda _source: closed)
    run = run_of(office)
    with pytest.raises((PermissionError, ValueError)), open_run(run):
        run.answer_without_work()
    assert office.outcomes() == ["broken"]
    assert len(list(office.var.log.glob("broken-*.txt"))) == 1


def test_what_breaks_beside_a_refusal_is_broken_and_traced(office: Office, run_of: RunOf) -> None:
    """A refusal of the same inputs would be repeated without work, and the break never be seen again."""
    run = run_of(office)
    with open_run(run):
        run.record.refuse(REASON)
        with suppress(KeyError), run.step():
            raise KeyError("x")
    assert office.outcomes() == ["broken"]
    assert [reason.rule for reason in ledger.read(office.var)[-1].reasons] == ["rule", None]
    [trace] = office.var.log.glob("broken-*.txt")
    assert trace.read_text(encoding="utf-8").startswith("KeyError\n")


def test_what_breaks_after_the_line_is_written_is_traced_and_told(office: Office, run_of: RunOf) -> None:
    run = run_of(office)
    with open_run(run):
        run.record.close("unchanged", None)
        with suppress(KeyError), run.step():
            raise KeyError("x")
    assert office.outcomes() == ["unchanged"]
    [trace] = office.var.log.glob("broken-*.txt")
    assert run.record.broken_afterwards is not None
    assert f"log/{trace.name}" in run.record.broken_afterwards.text("en")


def test_a_broken_refresh_is_told_like_any_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_run: RefreshRun) -> bool:
        with _run.step():
            raise KeyError("x")

    monkeypatch.setattr(RefreshRun, "answer_without_work", breaks)
    record = refresh_now(office.context())
    assert (record.outcome, exit_code(record)) == ("broken", 1)
    told = "\n".join(summary(record, 1.0))
    assert "KeyError" in told
    [trace] = office.var.log.glob("broken-*.txt")
    assert f"log/{trace.name}" in told
    assert str(office.var.last_refusal) in told


def test_without_a_ledger_line_the_error_itself_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger, "append", full)
    monkeypatch.setattr(RefreshRun, "answer_without_work", lambda run: run.record.close("unchanged", None))
    with pytest.raises(OSError, match="No space"):
        refresh_now(office.context())


def test_the_mark_of_a_refresh_follows_its_phases_and_goes_with_its_line(office: Office, run_of: RunOf) -> None:
    run, seen = run_of(office), []
    with open_run(run):
        for phase in (None, "landing", "gate_1"):
            with run.step(phase):
                mark = start_mark.read(office.var)
                assert mark is not None and mark.seen.run_id == run.known_as.run_id
                seen.append(mark.seen.phase)
        run.record.close("unchanged", None)
        assert start_mark.read(office.var) is None
        with run.step("export"):
            assert not office.var.begun.exists(), "its line stands"
    assert seen == ["receiving", "landing", "gate_1"]


def test_every_phase_a_step_names_has_words() -> None:
    named = set()
    for path in (*ROOT.glob("refresh/*.py"), *ROOT.glob("orchestration/*.py")):
        named |= set(re.findall(r'(?:timed|step)\((?:run, )?"(\w+)"', path.read_text(encoding="utf-8")))
    assert named
    assert named | {"receiving", "unknown"} == start_mark.PHASES.keys()


def test_a_few_steps_leave_no_mark_and_tell_of_a_refresh_that_died(office: Office, run_of: RunOf) -> None:
    died = run_of(office)
    office.var.create()
    died.begin()
    with open_run(run_of(office, is_whole=False)):
        assert office.outcomes() == ["died"]
        assert not office.var.begun.exists()


@pytest.mark.attack("a disk so full that not even the ledger line can be written · the next start writes it")
def test_a_refresh_whose_line_cannot_be_written_is_told_at_the_next_start(
    office: Office, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    run = run_of(office)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"), open_run(run), run.step("landing"):
        patch.setattr(ledger, "write_whole", full)
        raise OSError(28, "No space left on device")
    assert office.outcomes() == []
    with open_run(run_of(office)):
        assert office.outcomes() == ["died"]
        line = ledger.read(office.var)[0]
    assert line.last_seen is not None and line.last_seen.phase == "landing"


@pytest.mark.parametrize("is_swallowed", [False, True])
@pytest.mark.attack("a run stopped in the orchestrator's UI · a line that says so, not one that says it broke")
def test_a_run_that_is_interrupted_was_stopped_and_did_not_break(
    office: Office, run_of: RunOf, is_swallowed: bool
) -> None:
    run = run_of(office)
    swallowed = suppress(KeyboardInterrupt) if is_swallowed else nullcontext()
    with suppress(KeyboardInterrupt), open_run(run), swallowed, run.step("landing"):
        raise KeyboardInterrupt
    [line] = ledger.read(office.var)
    assert line.last_seen is not None
    assert (line.outcome, line.last_seen.phase) == ("stopped", "landing")
    assert not office.var.begun.exists()
