"""What the programme folder declared for a release, read from the archived files that its rows name by SHA-256.

Only what marts do not hold: what counts are rounded to, parts of summed measures, age groups, the settings of the programme,
the sentences. Does not belong here: what a declaration means; judging it was the refresh's part.
"""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from release.layout import VarFolder
from release.reason import Reason, ReleaseError
from tracing.files import bytes_of
from tracing.rows import Rows

_PROGRAMME = "programme"


class NotArchived(ReleaseError):
    """A declaration a release was made from is not in the archive beside it."""


class _Declared(dict[str, str]):
    """A declared row; a column that may be left out, and is, is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def archive_of(rows: Rows) -> Path:
    """The archive that lies beside the releases."""
    return rows.release.folder.parent.parent / "archive"


def var_of(rows: Rows) -> VarFolder:
    """The programme's folder the release lies in."""
    folder = rows.release.folder.parent.parent
    return VarFolder(folder.name, folder.parent)


def declared_rows(rows: Rows, file_name: str) -> list[dict[str, str]]:
    """Rows of a declared CSV file as it was used; empty where the programme declares no such file."""
    key = ("declared", file_name)
    if key not in rows.memo:
        content = _declaration(rows, file_name)
        text = "" if content is None else content.decode("utf-8-sig")
        rows.memo[key] = [_Declared(row) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=";")]
    found: list[dict[str, str]] = rows.memo[key]
    return found


def declared_document(rows: Rows, file_name: str) -> Any:
    """Content of a declared YAML or GeoJSON file as it was used; None where the programme declares no such file."""
    key = ("declared", file_name)
    if key not in rows.memo:
        import yaml

        content = _declaration(rows, file_name)
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        if content is None:
            rows.memo[key] = None
        elif file_name.endswith(".geojson"):
            rows.memo[key] = json.loads(content)
        else:
            rows.memo[key] = yaml.load(content.decode("utf-8"), loader)
    return rows.memo[key]


def settings(rows: Rows) -> Mapping[str, Any]:
    """programme.yml as it was used: variants, baselines, levels, default variant, start."""
    found: Mapping[str, Any] = declared_document(rows, "programme.yml")
    return found


def baselines(rows: Rows) -> dict[str, tuple[str, str, bool]]:
    """First and last period of each baseline, and whether it holds for every indicator."""
    return {
        str(one["baseline_id"]): (str(one["first_period"]), str(one["last_period"]), one.get("is_for_all", True))
        for one in settings(rows).get("baselines", ())
    }


def _declaration(rows: Rows, file_name: str) -> bytes | None:
    """The bytes of the declaration in force; raises NotArchived where the archive lost them."""
    found = _in_force(rows).get(file_name)
    if found is None:
        return None
    content = bytes_of(archive_of(rows), found)
    if content is None:
        raise NotArchived(
            Reason(
                f"Die Angabe {file_name} ({found[:12]}) liegt nicht unverändert im Archiv.",
                f"The declaration {file_name} ({found[:12]}) is not in the archive as it was.",
                "Archiv aus der Datensicherung wiederherstellen („nordwaerts restore“).",
                "Restore the archive from its backup ('nordwaerts restore').",
                file=file_name,
            )
        )
    return content


def _in_force(rows: Rows) -> dict[str, str]:
    """File name of each declaration a release was made from → SHA-256 of its bytes."""
    key = ("declarations",)
    if key not in rows.memo:
        rows.memo[key] = {
            row["file_name"]: row["delivery_id"]
            for row in rows.find("fct_delivery", source_id=_PROGRAMME)
            if row["verdict"] == "in_force"
        }
    found: dict[str, str] = rows.memo[key]
    return found
