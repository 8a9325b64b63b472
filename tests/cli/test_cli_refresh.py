"""What a finished refresh says to its caller: one exit code per outcome, as README names them."""

from types import SimpleNamespace

import pytest

from cli.refresh import exit_code

PASSED, KEPT = SimpleNamespace(verdict="accepted"), SimpleNamespace(verdict="kept")


@pytest.mark.parametrize(
    ("outcome", "tables", "code"),
    [
        pytest.param("published", {"a": PASSED, "b": PASSED}, 0, id="published"),
        pytest.param("published", {"a": PASSED, "b": KEPT}, 3, id="published with a kept delivery"),
        pytest.param("unchanged", {}, 0, id="unchanged"),
        pytest.param("unchanged", {"b": KEPT}, 0, id="unchanged beside a kept delivery"),
        pytest.param("refused", {"a": PASSED, "b": KEPT}, 2, id="refused"),
        pytest.param("broken", {"a": PASSED}, 1, id="broken"),
        pytest.param(None, {}, 1, id="never ended"),
    ],
)
def test_exit_code_of_a_refresh(outcome: str | None, tables: dict[str, SimpleNamespace], code: int) -> None:
    assert exit_code(SimpleNamespace(outcome=outcome, tables=tables)) == code
