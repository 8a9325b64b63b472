"""What a finished refresh says to its caller: one exit code per outcome, as README names them."""

from types import SimpleNamespace

import pytest

from cli.arrivals import arrival_lines
from cli.refresh import exit_code
from ingest.findings import PassedOver
from refresh.arrivals import passed_over_rows
from refresh.outcomes import Inbox, TableOutcome
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
    assert exit_code(SimpleNamespace(outcome=outcome, standing=standing, broken_afterwards=None)) == code


def test_the_summary_names_every_file_of_the_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    later = {"delivery_id": "b" * 64, "file_name": "später.csv", "received_on": "2026-02-01"}

    def row(name: str, is_new: bool, state: str = "in_force", **more: object) -> dict[str, object]:
        plain = {"other_names": [], "tables": [], "replaced_by": [], "withdrawn_because": None, "delivery_id": "a" * 64}
        return {"source_id": "ehrenamt", "file_name": name, "is_new": is_new, "state": state, **plain, **more}

    table = {
        "table": "ehrenamt__meldungen", "periods": ["2023", "2024"], "row_count": 1200, "rejected_count": 2,
        "added": 3, "changed": 12, "removed": 0, "replaces": [later],
    }  # fmt: skip
    arrivals = [
        row("erste.csv", True, tables=[{**table, "added": None}]),
        row("neu.csv", True, tables=[table]),
        row("a.csv", False),
        row("richtig.csv", False, other_names=["falsch.csv"]),
        row("alt.csv", False, "superseded", replaced_by=[later]),
        row("weg.csv", False, "withdrawn", withdrawn_because="falsches Jahr"),
    ]
    over = passed_over_rows(Inbox((), (PassedOver("verirrt.csv", "inbox_root", "ehrenamt"),)))
    lines = [" ".join(line.split()) for line in arrival_lines(arrivals, over)]
    assert lines[:6] == [
        "neu eingegangen ehrenamt: neu.csv",
        "ehrenamt__meldungen: 2023–2024; 1.200 Zeilen, 2 abgewiesen; gegen den bisherigen Stand 3 neu, 12 geändert, "
        "0 entfallen; ersetzt später.csv (01.02.2026)",
        "bekannt ehrenamt: alt.csv: liegt vor, zählt aber nicht, weil später.csv (01.02.2026) danach kam. "
        "Soll sie wieder zählen: nordwaerts withdraw bbbbbbbbbbbb --because …",
        "bekannt ehrenamt: weg.csv: zurückgezogen (falsches Jahr). "
        "Soll sie wieder zählen: nordwaerts withdraw aaaaaaaaaaaa --undo --because …",
        "neu eingegangen ehrenamt: erste.csv",
        "bekannt ehrenamt: a.csv, richtig.csv (kam schon als falsch.csv)",
    ]
    assert lines[6].startswith("nicht gelesen verirrt.csv: Liegt neben den Ordnern der Quellen")
    assert len(lines) == 7


def test_a_row_that_breaks_two_rules_is_one_rejected_row() -> None:
    receipt = SimpleNamespace(delivery_id="a" * 64)
    found = tuple((receipt, SimpleNamespace(row_address=address)) for address in ("line 2", "line 2", "line 3"))
    assert TableOutcome(None, "accepted", findings=found).rejected_count == 2  # type: ignore[arg-type]
