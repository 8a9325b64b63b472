"""Notes between steps: what passed gate 1, what dbt built of it, each with the fingerprint of the inputs it is about.

Three notes in the build folder tie the steps together: `gate_1.json` says which landed bytes passed gate 1, `build.json`
which database dbt built and tested from them, `export/export.json` which marts were exported from it and must be checked.
A step refuses where the note before it is missing, is about other inputs, or about other bytes than it finds.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from refresh.modelling import DbtWorkspace
from refresh.outcomes import RefreshRefused, TableOutcome
from refresh.promoting import promoted_path
from release.atomic import sha256_of
from release.layout import VarFolder
from release.reason import Reason

_WHOLE = (
    "Den ganzen nächtlichen Lauf starten, nicht einzelne Schritte.",
    "Start the whole nightly job, not single steps.",
)
_GATE_1_MISSING = Reason(
    "Für diese Eingaben hat Prüfung 1 nicht alle Tabellen angenommen.",
    "Gate 1 has not accepted all tables of these inputs.",
    *_WHOLE,
    rule="gate_1_passed",
)
_BUILD_MISSING = Reason(
    "Für diese Eingaben wurden die Tabellen nicht berechnet und getestet.",
    "The tables of these inputs have not been computed and tested.",
    *_WHOLE,
    rule="build_tested",
)


def export_folder(var: VarFolder) -> Path:
    """Where marts wait for their release."""
    return var.build / "export"


def forget_last_build(var: VarFolder) -> None:
    """Take away export and notes of an earlier build, so that no later step can mistake them for its own."""
    shutil.rmtree(export_folder(var), ignore_errors=True)
    for note in (_gate_1_note(var), _build_note(var)):
        note.unlink(missing_ok=True)


def note_gate_one(var: VarFolder, inputs_sha256: str, outcomes: Iterable[TableOutcome]) -> None:
    """Note that every declared table of these inputs passed gate 1, and on which landed bytes."""
    tables = {
        promoted_path(var, outcome.table).relative_to(var.landed).as_posix(): outcome.sha256 for outcome in outcomes
    }
    _write_note(_gate_1_note(var), {"inputs_sha256": inputs_sha256, "landed": tables})


def require_gate_one(var: VarFolder, inputs_sha256: str) -> dict[str, str]:
    """Landed file → SHA-256, as gate 1 saw them; raises RefreshRefused where it did not, or where a file is another."""
    landed: dict[str, str] = _require_note(_gate_1_note(var), inputs_sha256, _GATE_1_MISSING)["landed"]
    for name, sha256 in sorted(landed.items()):
        if _sha256_or_none(var.landed / name) != sha256:
            raise RefreshRefused(_altered("landed", name))
    return landed


def note_build(workspace: DbtWorkspace, inputs_sha256: str, landed: Mapping[str, str]) -> None:
    """Note which database dbt built and tested, and from which landed bytes."""
    note = {
        "inputs_sha256": inputs_sha256,
        "database_sha256": sha256_of(workspace.database),
        "landed_sha256": hashlib.sha256(json.dumps(landed, sort_keys=True).encode()).hexdigest(),
    }
    _write_note(_build_note(workspace.var), note)


def _altered(folder: str, file_name: str) -> Reason:
    return Reason(
        f"Die Datei {file_name} in {folder} wurde nach ihrer Prüfung verändert.",
        f"File {file_name} in {folder} was altered after it was checked.",
        *_WHOLE,
        file=file_name,
        rule="checked_bytes",
    )


def require_build(workspace: DbtWorkspace, inputs_sha256: str) -> None:
    """Raises RefreshRefused if the database is not the one dbt built and tested for these inputs."""
    note = _require_note(_build_note(workspace.var), inputs_sha256, _BUILD_MISSING)
    if _sha256_or_none(workspace.database) != note["database_sha256"]:
        raise RefreshRefused(_altered("build", workspace.database.name))


def built_from(var: VarFolder) -> str:
    """SHA-256 over the landed bytes the last build was made from."""
    return str(_read_note(_build_note(var))["landed_sha256"])


def note_export(var: VarFolder, declaration: Mapping[str, Any]) -> None:
    """Note which marts were exported and which checks they must have."""
    _write_note(export_folder(var) / "export.json", declaration)


def _gate_1_note(var: VarFolder) -> Path:
    return var.build / "gate_1.json"


def _build_note(var: VarFolder) -> Path:
    return var.build / "build.json"


def _write_note(path: Path, note: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(note, sort_keys=True), encoding="utf-8")


def _read_note(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _require_note(path: Path, inputs_sha256: str, missing: Reason) -> dict[str, Any]:
    note = _read_note(path)
    if note.get("inputs_sha256") != inputs_sha256:
        raise RefreshRefused(missing)
    return note


def _sha256_or_none(path: Path) -> str | None:
    return sha256_of(path) if path.is_file() else None
