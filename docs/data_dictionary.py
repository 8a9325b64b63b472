"""`python -m docs.data_dictionary`: docs/data-dictionary.md, made from the YAML beside the dbt models.

Reads the declarations of the marts as plain YAML, without dbt, their shared texts from columns.md, and the
edition of each mart from release.disclosure. Nothing is added: a column without a type or a description is an error here, so that
it is mended where it is declared. The same declarations give the same bytes.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from release.disclosure import FORMED_MARTS, INTERNAL_MARTS, PUBLIC_MARTS

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "dbt_project" / "models"
PUBLISHED: tuple[str, ...] = ("bridge_", "dim_", "fct_")
TARGET = ROOT / "docs" / "data-dictionary.md"

_HEAD = """# Data dictionary

Made by `make docs` from the YAML beside the dbt models. Do not edit it by hand.

Every mart is a table of `monitoring.duckdb` and a Parquet file of the release; `string` is text. The unit or kind of a column stands in brackets at the end of its description. "Filled" means that a check
refuses the release where the column is empty. Marts marked *internal* do not leave the office; the reason
is given. German terms are explained in the [glossary](glossary.md).
"""

_SHARED = re.compile(r"\{\{ doc\('(\w+)'\) \}\}")
_BLOCK = re.compile(r"\{% docs (\w+) %\}(.*?)\{% enddocs %\}", re.S)

Declaration = Mapping[str, Any]


class DictionaryError(Exception):
    """A mart or a column is not fully declared; the message names file, mart and column."""


def declared_marts(folder: Path = MODELS, begin: tuple[str, ...] = PUBLISHED) -> list[Declaration]:
    """Declarations of all marts below a folder, by name, as the YAML files have them, shared texts put in.

    Marts are the models whose names begin so.

    Raises DictionaryError for a model without a declaration or a declaration without a model, and for a shared text
    that is not there.
    """
    texts = _shared_texts(folder)
    declared: dict[str, Declaration] = {}
    for path in _published(folder, "yml", begin):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            declared[model["name"]] = model
            for column in model.get("columns", []):
                if named := _SHARED.fullmatch(column.get("description", "")):
                    if named[1] not in texts:
                        raise DictionaryError(f"{model['name']}.{column['name']}: there is no text '{named[1]}'.")
                    column["description"] = texts[named[1]]
    differing = sorted(declared.keys() ^ {path.stem for path in _published(folder, "sql", begin)})
    if differing:
        raise DictionaryError(f"Model and declaration do not match: {', '.join(differing)}.")
    return [declared[name] for name in sorted(declared)]


def _published(folder: Path, suffix: str, begin: tuple[str, ...]) -> list[Path]:
    return sorted(path for path in folder.rglob(f"*.{suffix}") if path.name.startswith(begin))


@cache
def _forms() -> dict[str, Declaration]:
    """Mart → the model that is its public form."""
    return {form["name"].removeprefix("public_"): form for form in declared_marts(MODELS, ("public_",))}


def _shared_texts(folder: Path) -> dict[str, str]:
    blocks = [path.read_text(encoding="utf-8") for path in folder.rglob("*.md")]
    return {name: text.strip() for block in blocks for name, text in _BLOCK.findall(block)}


def dictionary(marts: list[Declaration]) -> str:
    """The whole data dictionary as Markdown; raises DictionaryError where a declaration is incomplete."""
    blocks = [_HEAD, _contents(marts)]
    blocks += ["\n".join(_mart(mart)) for mart in marts]
    return "\n".join(blocks)


def grain(mart: Declaration) -> str:
    """The sentence a mart opens with, 'One row per …'; raises DictionaryError if it has none."""
    text = _one_line(mart.get("description", ""))
    if not text.startswith("One row per "):
        raise DictionaryError(f"{mart['name']}: the description must begin with 'One row per'.")
    return text.partition(". ")[0].removesuffix(".") + "."


def _contents(marts: list[Declaration]) -> str:
    lines = ["| mart | edition | grain |", "|---|---|---|"]
    for mart in marts:
        name = mart["name"]
        edition = "public" if name in PUBLIC_MARTS else "public in a form" if name in FORMED_MARTS else "internal"
        lines.append(f"| [{mart['name']}](#{mart['name']}) | {edition} | {_cell(grain(mart))} |")
    return "\n".join([*lines, ""])


def _mart(mart: Declaration) -> Iterator[str]:
    name = mart["name"]
    yield f"## {name}"
    yield ""
    yield grain(mart)
    further = _one_line(mart["description"])[len(grain(mart)) :].strip()
    if further:
        yield ""
        yield further
    yield ""
    key = _key(mart)
    yield f"- Key: {', '.join(f'`{column}`' for column in key)}." if key else "- Key: none declared."
    yield f"- {_edition(name)}"
    yield ""
    yield "| column | type | filled | description |"
    yield "|---|---|---|---|"
    for column in mart.get("columns", []):
        yield _column(name, column)
    yield ""


def _edition(name: str) -> str:
    if name in PUBLIC_MARTS:
        return f"Edition: public ({PUBLIC_MARTS[name]})."
    if name in FORMED_MARTS:
        form = _forms()[name]
        return (
            f"Edition: internal ({FORMED_MARTS[name]}). Public in a form of its own where the programme has a rule of disclosure"
            f" control (`disclosure.yml`): {_one_line(form['description'])} Columns of the form: "
            + ", ".join(f"`{column['name']}`" for column in form["columns"])
            + "."
        )
    return f"Edition: internal ({INTERNAL_MARTS.get(name, 'not named in release/disclosure.py')})."


def _column(mart: str, column: Declaration) -> str:
    description, data_type = _one_line(column.get("description", "")), column.get("data_type", "")
    if not description or not data_type:
        raise DictionaryError(f"{mart}.{column['name']}: type and description must be declared.")
    names = [test if isinstance(test, str) else next(iter(test)) for test in column.get("data_tests", [])]
    values = _arguments(column, "accepted_values").get("values", [])
    if values:
        description += f" One of: {', '.join(f'`{value}`' for value in values)}."
    target = _arguments(column, "relationships")
    if target:
        description += f" Refers to `{target['to'].removeprefix('ref(').strip(chr(39) + ')')}.{target['field']}`."
    filled = "yes" if "not_null" in names else ""
    return f"| `{column['name']}` | {data_type} | {filled} | {_cell(description)} |"


def _key(mart: Declaration) -> list[str]:
    return list(_arguments(mart, "unique_combination").get("columns", []))


def _arguments(declared: Declaration, test: str) -> Declaration:
    for entry in declared.get("data_tests", []):
        if isinstance(entry, dict) and test in entry:
            arguments: Declaration = entry[test]["arguments"]
            return arguments
    return {}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


if __name__ == "__main__":
    TARGET.write_text(dictionary(declared_marts()), encoding="utf-8")
    sys.stdout.write(f"{TARGET.relative_to(ROOT)} is up to date.\n")
