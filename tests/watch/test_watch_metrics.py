"""The metrics file: Prometheus' text format, moments and names only."""

import re
from pathlib import Path

from click.testing import CliRunner
from made_up_nights import REASON, VALUE

from cli.main import main
from watch.metrics import exposition

SAMPLE = re.compile(r'[a-z_]+\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\} \d+')


def test_before_the_first_refresh_there_is_nothing_but_the_empty_ledger(nights) -> None:
    text = exposition(nights.var)
    assert 'nordwaerts_ledger_lines{programme="nordwaerts",outcome="published"} 0' in text
    assert "timestamp" not in text


def test_what_the_nights_came_to(nights) -> None:
    release = nights.publish("a", deck_1="supported")
    nights.end("refused", REASON, label="b")
    text = exposition(nights.var)
    own = 'programme="nordwaerts"'
    for line in (
        f'nordwaerts_ledger_lines{{{own},outcome="published"}} 1',
        f"nordwaerts_last_refresh_timestamp_seconds{{{own}}} 1772506800",
        f'nordwaerts_last_refresh_outcome{{{own},outcome="refused"}} 1',
        f'nordwaerts_last_refresh_outcome{{{own},outcome="published"}} 0',
        f"nordwaerts_last_success_timestamp_seconds{{{own}}} 1772420400",
        f'nordwaerts_release_info{{{own},release_id="{release}",is_synthetic="true"}} 1',
        f'nordwaerts_source_newest_delivery_timestamp_seconds{{{own},source="ehrenamt"}} 1751328000',
        f'nordwaerts_source_due_timestamp_seconds{{{own},source="ehrenamt"}} 1772409600',
        f'nordwaerts_source_overdue{{{own},source="ehrenamt"}} 0',
    ):
        assert line in text.splitlines()
    assert VALUE not in text and "Zeile" not in text


def test_the_format_is_that_of_the_collector(nights) -> None:
    nights.publish("a")
    text = exposition(nights.var)
    assert text.endswith("\n")
    typed: list[str] = []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed.append(line.split()[2])
        elif not line.startswith("# HELP "):
            assert SAMPLE.fullmatch(line), line
            assert line.partition("{")[0] == typed[-1]
    assert len(typed) == len(set(typed))


def test_the_command_replaces_the_file_whole(nights, tmp_path: Path) -> None:
    folder = tmp_path / "collected"
    folder.mkdir()
    environment = {"NORDWAERTS_VAR": str(nights.var.root)}
    for _ in range(2):
        done = CliRunner().invoke(main, ["metrics", "--out", str(folder / "n.prom")], env=environment)
        assert done.exit_code == 0, done.output
    assert [path.name for path in folder.iterdir()] == ["n.prom"]
    done = CliRunner().invoke(main, ["metrics", "--out", str(tmp_path / "no" / "n.prom")], env=environment)
    assert done.exit_code == 1


def test_recovering_from_a_crash_is_no_successful_refresh(nights) -> None:
    """Every refresh that dies leaves one as the next begins; an alarm for nights without success must see through it."""
    nights.publish("a")
    before = [line for line in exposition(nights.var).splitlines() if "last_" in line]
    nights.end("recovered")
    assert [line for line in exposition(nights.var).splitlines() if "last_" in line] == before
