"""What a finished refresh says to its caller: one exit code per outcome, as README names them."""

from types import SimpleNamespace

import pytest

from cli.refresh import exit_code, inbox_lines
from ingest.findings import PassedOver
from refresh.outcomes import Arrival, Inbox
from release.standing import Standing

ALL_WELL, KEPT = Standing(), Standing(kept={"a": ("d" * 64,)})


@pytest.mark.parametrize(
    ("outcome", "standing", "code"),
    [
        pytest.param("published", ALL_WELL, 0, id="published"),
        pytest.param("published", KEPT, 3, id="published with a kept delivery"),
        pytest.param("unchanged", ALL_WELL, 0, id="unchanged"),
        pytest.param("unchanged", KEPT, 3, id="unchanged while a delivery is kept"),
        pytest.param("refused", KEPT, 2, id="refused"),
        pytest.param("broken", ALL_WELL, 1, id="broken"),
        pytest.param(None, ALL_WELL, 1, id="never ended"),
    ],
)
def test_exit_code_of_a_refresh(outcome: str | None, standing: Standing, code: int) -> None:
    assert exit_code(SimpleNamespace(outcome=outcome, standing=standing)) == code


def test_the_summary_names_every_file_of_the_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")

    def arrival(name: str, first: str, source_id: str, is_new: bool) -> Arrival:
        return Arrival(name, SimpleNamespace(file_name=first, source_id=source_id), is_new)  # type: ignore[arg-type]

    inbox = Inbox(
        (
            arrival("neu.csv", "neu.csv", "ehrenamt", True),
            arrival("a.csv", "a.csv", "ehrenamt", False),
            arrival("richtig.csv", "falsch.csv", "ehrenamt", False),
        ),
        (PassedOver("verirrt.csv", "inbox_root", "ehrenamt"),),
    )
    lines = [" ".join(line.split()) for line in inbox_lines(inbox)]
    assert lines[:2] == [
        "neu eingegangen ehrenamt: neu.csv",
        "bekannt ehrenamt: a.csv, richtig.csv (kam schon als falsch.csv)",
    ]
    assert lines[2].startswith("nicht übernommen verirrt.csv: Liegt neben den Ordnern der Quellen")
    assert len(lines) == 3
