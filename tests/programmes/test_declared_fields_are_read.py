"""What is declared is read by somebody: a field nobody reads is used, or gone.

Who reads a field in Python, or in the Python of the guides, the type checker says: in a copy of the packages every
field is marked deprecated, and each mark it reports is a reader. Who reads a landed column in SQL, the models say: the
staging model selects it, and a model or a data test on that staging model names it.
"""

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from programmes.settings import VOCABULARY_OF_FIELD
from refresh.programme_tables import PROGRAMME_TABLES

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["programmes", "ingest", "expectations", "refresh", "orchestration", "release", "report", "cli"]
MODELS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "dbt_project").rglob("*.sql")}
# The landed table a class of declarations becomes, where that is the reader.
LANDED = {
    "Area": "programme__area",
    "AreaSetMember": "programme__area_set",
    "Indicator": "programme__indicator",
    "ComparabilityBreak": "programme__break",
    "AgeStratum": "programme__age_stratum",
    "Baseline": "programme__baseline",
    "Variant": "programme__variant",
    "SummedMeasure": "programme__measure_part",
    "Level": "programme__level",
    "Term": "programme__term",
    "Source": "programme__source",
    "ProgrammeSettings": "programme__programme",
    "ClassIndex": "programme__class_index",
    "ClassException": "programme__class_exception",
    "Outline": "programme__outline",
    "Correction": "programme__correction",
    "Claim": "programme__claim",
    "Metric": "programme__claim",
    "ClaimDocument": "programme__claim",
    "Disclosure": "programme__disclosure",
}
# What the public edition tells as it is declared, so that readers know the rule: no field of it need be named.
TOLD = {
    "Disclosure.is_proposal",
    *(f"{kind}.{name}" for kind in ("Number", "Reasoned") for name in ("reason_de", "reason_en")),
}
TOLD |= {"Number.source"}


def _without_comments(sql: str) -> str:
    return re.sub(r"\{#.*?#\}|--[^\n]*", "", sql, flags=re.S)


@cache
def _tested_columns() -> dict[str, set[str]]:
    """Model → its columns that a data test names."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "dbt_project" / "models").rglob("*.yml"):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", []):
            tested = {column["name"] for column in model.get("columns", []) if column.get("data_tests")}
            found[model["name"]] = tested | set(re.findall(r"\w+", str(model.get("data_tests", ""))))
    return found


def unread_columns(table: str, columns: list[str], models: dict[str, str]) -> list[str]:
    """Columns of a landed table that no staging model selects, or that nobody names who reads the staging model.

    Also who calls a macro reads what the macro does.
    """
    staging = f"stg_{table.replace('__', '_')}"
    selected = _without_comments(models.get(staging, "")).partition("renamed as")[2]
    reading = rf"ref\(\s*'{staging}'\s*\)"
    for name, body in re.findall(r"macro (\w+)\(.*?%\}(.*?)endmacro", "".join(models.values()), flags=re.S):
        reading += rf"|\b{name}\(" if re.search(rf"ref\(\s*'{staging}'\s*\)", body) else ""
    readers = [_without_comments(sql) for sql in models.values() if re.search(reading, sql)]
    tested, unread = _tested_columns().get(staging, set()), []
    for column in columns:
        staged = re.search(rf"\b{column}\b(?:'\))?(?: \}}\}})?(?: as (\w+))?", selected)
        name = staged and (staged[1] or column)
        if not name or not (name in tested or any(re.search(rf"\b{name}\b", sql) for sql in readers)):
            unread.append(column)
    return unread


def _marked(source: str) -> tuple[str, set[str]]:
    """A module of declarations with every field marked, and the names of the fields."""
    lines, fields = source.splitlines(), set()
    for node in ast.parse(source).body:
        if not (isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Declaration" for base in node.bases)):
            continue
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and field.end_lineno:
                name, words = f"{node.name}.{ast.unparse(field.target)}", ast.unparse(field.annotation)
                fields.add(name)
                lines[field.lineno - 1 : field.end_lineno] = [""] * (field.end_lineno - field.lineno + 1)
                lines[field.lineno - 1] = (
                    f'    @property\n    @typing_extensions.deprecated("{name}")\n'
                    f"    def {ast.unparse(field.target)}(self) -> {words}: raise NotImplementedError"
                )
    marked = "\n".join(lines)
    return re.sub(r"^(?=from |import )", "import typing_extensions\n", marked, count=1, flags=re.M), fields


def unread_fields(folder: Path, packages: list[str]) -> set[str]:
    """Fields of the declarations in `folder`/programmes that no code in the packages of `folder` reads."""
    fields: set[str] = set()
    for path in (folder / "programmes").glob("*.py"):
        marked, found = _marked(path.read_text(encoding="utf-8"))
        if found:
            path.write_text(marked, encoding="utf-8")
            fields |= found
    base = folder / "programmes" / "declaration.py"
    plain = base.read_text(encoding="utf-8").replace("(BaseModel)", "").replace("    model_config =", "    settings =")
    base.write_text(plain, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--config-file=", "--follow-imports=skip", "--ignore-missing-imports"),
            *("--check-untyped-defs", "--enable-error-code=deprecated", f"--cache-dir={folder}/cache", *packages),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return fields - set(re.findall(r"is deprecated: (\w+\.\w+)", done.stdout))


@pytest.mark.parametrize("table", PROGRAMME_TABLES)
def test_every_landed_column_is_read(table: str) -> None:
    assert unread_columns(table, list(PROGRAMME_TABLES[table]), MODELS) == []


@pytest.mark.slow
def test_every_declared_field_is_read(tmp_path: Path) -> None:
    packages = [name for name in PACKAGES if (ROOT / name).is_dir()]
    for name in packages:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=lambda _, names: [n for n in names if n == "nordwaerts"])
    guides = [text for path in (ROOT / "docs").glob("*.md") for text in _python_blocks(path)]
    (tmp_path / "guides.py").write_text("\n".join(guides), encoding="utf-8")
    sql = " ".join(MODELS.values())
    landed = {f"{owner}.{column}" for owner, table in LANDED.items() for column in PROGRAMME_TABLES[table]}
    vocabularies = {*re.findall(r"vocabulary = '(\w+)'", sql), *VOCABULARY_OF_FIELD.values()}
    words = {f"Vocabularies.{name}" for name in vocabularies}
    assert sorted(unread_fields(tmp_path, [*packages, "guides.py"]) - landed - words - TOLD) == []


def _python_blocks(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.S | re.M)


# --- these tests can fail ----------------------------------------------------------------------------


def test_a_field_and_a_column_nobody_reads_are_found(tmp_path: Path) -> None:
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / "declaration.py").write_text("class Declaration(BaseModel):\n    pass\n")
    (tmp_path / "programmes" / "model.py").write_text(
        "from programmes.declaration import Declaration\n\n\nclass Inner(Declaration):\n    colour: str\n    size: int = 1\n"
        "\n\nclass Outer(Declaration):\n    inner: Inner\n    size: int\n\n\ndef f(outer: Outer) -> int:\n"
        "    return outer.inner.size\n"
    )
    assert unread_fields(tmp_path, ["programmes"]) == {"Inner.colour", "Outer.size"}
    models = {
        "stg_programme_x": "with source as (select 1), renamed as (select a, b as c, d, {{ t_text('e') }} as e from source)",
        "int_y": "-- e is not read\nselect a, c from {{ ref('stg_programme_x') }}",
    }
    assert unread_columns("programme__x", ["a", "b", "d", "e", "f"], models) == ["d", "e", "f"]
    models["macros"] = "{% macro of_x(name) %}(select {{ name }} from {{ ref('stg_programme_x') }}){% endmacro %}"
    models["int_z"] = "select {{ of_x('d') }} as d, {{ of_y('e') }} as e"
    assert unread_columns("programme__x", ["a", "b", "d", "e", "f"], models) == ["f"]
    models["int_z"] = "select {{ of_y('d') }} as d"
    assert unread_columns("programme__x", ["a", "b", "d", "e", "f"], models) == ["d", "e", "f"]
