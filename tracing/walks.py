"""The declared walk of a mart: its key, the rows it rests on by which columns, its formula, how each column is proven.

Declared beside the model as `meta: trace` of the mart's YAML and carried by the manifest of a release, so that a release is
walked as it was made. A release from before that is walked by what the code of today declares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from release.reading import Release
from release.reason import Reason, ReleaseError

MARTS = Path(__file__).resolve().parents[1] / "dbt_project" / "models"


class NoWalk(ReleaseError):
    """No walk is declared for a mart."""


@dataclass(frozen=True)
class Walk:
    """How a row of one mart is walked; every column is in exactly one of key, figures, taken, ends and unproven.

    `figures` are computed again by the function `by`; `taken` are those of another row; `ends` end at the delivered or
    declared row the row names; `stated` are the same for the whole release; `unproven` name why they cannot be proven.
    """

    mart: str
    key: tuple[str, ...]
    rests_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str | None = None
    figures: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()
    unproven: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    formula_de: str = ""
    formula_en: str = ""
    is_of_release: bool = True

    @property
    def proven(self) -> set[str]:
        """Columns whose walk is declared."""
        return {*self.key, *self.figures, *self.ends, *self.unproven, "is_synthetic"}


def walk_of(release: Release, mart: str) -> Walk:
    """The walk of a mart; raises ReleaseMissing where there is no such mart and NoWalk where none is declared."""
    release.mart_path(mart)
    declared = release.manifest.tables[mart].text.trace
    walk = _walk(mart, declared, True) if declared else _of_today(mart)
    if walk is None:
        raise NoWalk(
            Reason(
                f"Für „{mart}“ ist kein Prüfweg angegeben.",
                f"No walk is declared for '{mart}'.",
                f"Angegeben wird er unter „meta: trace“ in der Datei {mart}.yml neben dem Modell.",
                f"It is declared as 'meta: trace' in the file {mart}.yml beside the model.",
            )
        )
    return walk


def walked(release: Release) -> dict[str, Walk | None]:
    """Every mart of a release with its walk, None where none is declared."""
    found: dict[str, Walk | None] = {}
    for mart in sorted(release.manifest.tables):
        try:
            found[mart] = walk_of(release, mart)
        except NoWalk:
            found[mart] = None
    return found


def declared_today(mart: str) -> Mapping[str, Any] | None:
    """`meta: trace` of a mart as the code of today declares it, None where it declares none."""
    for path in MARTS.glob(f"**/{mart}.yml"):
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        for model in yaml.load(path.read_text(encoding="utf-8"), loader)["models"]:
            if model["name"] == mart:
                found: Mapping[str, Any] | None = model.get("config", {}).get("meta", {}).get("trace")
                return found
    return None


def sql_file(mart: str) -> str | None:
    """Where the SQL of a mart lies in the code, as a path from the project; None where the code is not there."""
    for path in MARTS.glob(f"**/{mart}.sql"):
        return str(path.relative_to(MARTS.parents[1]))
    return None


@cache
def _of_today(mart: str) -> Walk | None:
    declared = declared_today(mart)
    return _walk(mart, declared, False) if declared else None


def _walk(mart: str, declared: Mapping[str, Any], is_of_release: bool) -> Walk:
    key = (mart, id(declared), is_of_release)
    if key not in _KNOWN:
        _KNOWN[key] = Walk(
            mart=mart,
            key=_names(declared["key"]),
            rests_on={table: _names(columns) for table, columns in declared.get("rests_on", {}).items()},
            by=declared.get("by"),
            figures=_names(declared.get("figures", ())),
            ends=_names(declared.get("ends", ())),
            verbatim=_names(declared.get("verbatim", ())),
            unproven={name: (why["de"], why["en"]) for name, why in declared.get("unproven", {}).items()},
            formula_de=declared.get("formula_de", ""),
            formula_en=declared.get("formula_en", ""),
            is_of_release=is_of_release,
        )
    return _KNOWN[key]


_KNOWN: dict[Any, Walk] = {}


def _names(listed: Sequence[str]) -> tuple[str, ...]:
    return tuple(listed)
