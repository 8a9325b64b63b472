"""The trial of the tests on a tiny made-up package: what its tests miss survives, what they hold is noticed."""

from pathlib import Path

import pytest

from trials.document import replaced
from trials.mutants import Declared, chosen, mutants
from trials.mutations import HEADING, PACKAGES, Package, UnchangedFails, main, section, try_package

CODE = '''"""A made-up rule: `or` and 1 < 2 in a docstring are text."""


def is_large(number: "int | None") -> bool:
    if number is None:
        raise ValueError("not " * 3 + "a number")
    return number > 100
'''
TEST = """from tiny.sizes import is_large


def test_size():
    assert is_large(500) and not is_large(7)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with one package: its test holds the `None` and the direction, never the limit itself."""
    for name, text in {"tiny/__init__.py": "", "tiny/sizes.py": CODE, "tests/tiny/test_sizes.py": TEST}.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "tree"


def test_a_planted_survivor_and_a_planted_kill(tree: Path) -> None:
    tried = try_package(tree, Package("tiny", 9, (Declared(r"number (>) 100", ">="),)), jobs=2)
    assert {one.mutant.new: one.is_noticed for one in tried} == {"is not": True, ">=": False}
    assert (tree / "tiny" / "sizes.py").read_text(encoding="utf-8") == CODE, "the tree itself is never changed"
    text = section(tried, ["gone"])
    assert "**1 of 2 were noticed (50.0 %)" in text and "`gone/` is not there" in text
    assert "### Survivors\n\n- tiny/sizes.py:7 (d) `>` → `>=` in `` return number > 100 ``\n" in text
    assert "### Noticed\n\n- tiny/sizes.py:5 `is` → `is not` in `` if number is None: ``\n" in text


def test_tests_that_fail_anyway_notice_nothing(tree: Path) -> None:
    (tree / "tests" / "tiny" / "test_sizes.py").write_text("def test_size():\n    assert 0\n", encoding="utf-8")
    with pytest.raises(UnchangedFails, match="tests/tiny"):
        try_package(tree, Package("tiny"), jobs=1)


def test_a_change_that_runs_for_ever_is_noticed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "def is_large(number):\n    while number == 0:\n        pass\n    return number > 100\n"
    (tree / "tiny" / "sizes.py").write_text(endless, encoding="utf-8")
    monkeypatch.setattr("trials.mutations._PATIENCE", (1, 1))
    [tried] = try_package(tree, Package("tiny", 0, (Declared(r"number (==) 0", "!="),)), jobs=1)
    assert tried.is_noticed


def test_what_changes_no_behaviour_is_no_candidate() -> None:
    text = '''
import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

Either = int | None


class Shape:
    sides: "int | str" = 4

    def __repr__(self):
        return "Shape" * 2

    @functools.lru_cache(128)
    def name(self, other: int | None = 3) -> str | None:
        """At least 5 < 6."""
        assert other is not None
        return f"{other:>{10}}" + " and " + "x"
'''
    assert {one.old for one in mutants("shape.py", text)} == {"4", "3"}
    sql = """
{# 1 < 2 or 3 #}
{% macro spark__x() %}5 > 4{% endmacro %}
select *, cast(a as decimal(24, 8)) as b, 'a or b' as c -- 7 < 8
from t
where day between first_on and last_on
"""
    assert mutants("model.sql", sql) == []


def test_operators_of_both_languages_are_candidates() -> None:
    python = "def f(a, b):\n    return a < 5 and not b or len(a) - 1 in b if b else 'block'\n"
    changes = {(one.old, one.new) for one in mutants("f.py", python)}
    assert changes >= {
        ("<", "<="),
        ("5", "6"),
        ("and", "or"),
        ("or", "and"),
        ("not b", "(b)"),
        ("-", "+"),
        ("in", "not in"),
    }
    assert ("b", "not b") in changes
    sql = "select coalesce(a, 0) * 100, a / b from t left join u on t.a = u.a and t.n < 30 where v > 0.95\n"
    changes = {(one.old, one.new) for one in mutants("m.sql", sql)}
    assert changes >= {("0", "1"), ("*", "/"), ("/", "*"), ("left join", "inner join"), ("and", "or"), ("<", "<=")}
    assert changes >= {("30", "300"), ("0.95", "1.9"), ("100", "1000"), (">", ">=")}


def test_the_choice_stays_where_lines_are_added_above(tree: Path) -> None:
    before = chosen(tree, "tiny", 2)
    path = tree / "tiny" / "sizes.py"
    path.write_text(
        path.read_text(encoding="utf-8").replace("\n\n\n", "\n\n\n# one line more\n\n", 1), encoding="utf-8"
    )
    after = chosen(tree, "tiny", 2)
    assert [(one.code, one.new) for one in before] == [(one.code, one.new) for one in after]
    assert [one.line + 2 for one in before] == [one.line for one in after]


def test_a_declared_place_that_is_gone_is_an_error(tree: Path) -> None:
    with pytest.raises(LookupError, match="0 places"):
        chosen(tree, "tiny", 0, (Declared("(nowhere)", ""),))


def test_the_declared_places_of_this_tree_are_there(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setattr("sys.argv", ["mutations", "--list"])
    assert main() == 0
    listed = capsys.readouterr().out
    assert listed.count(" → ") >= 60
    assert sum(len(package.declared) for package in PACKAGES) >= 5


def test_other_sections_of_the_document_stay() -> None:
    document = f"# Trials\n\n## One\n\nkept\n\n{HEADING}\n\nold\n\n### Survivors\n\n## Two\n\nkept too\n"
    assert (
        replaced(document, f"{HEADING}\n\nnew\n")
        == f"# Trials\n\n## One\n\nkept\n\n{HEADING}\n\nnew\n\n## Two\n\nkept too\n"
    )
