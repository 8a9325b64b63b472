"""Refreshes of the tiny city in this process, and read access to what each of them published."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.launch import refresh_now
from programmes.loading import load_programme
from refresh.context import refresh_context
from release.layout import VarFolder


@dataclass(frozen=True)
class Published:
    """What a refresh of a var folder published; older releases stay readable when others follow."""

    var: VarFolder
    release: Path

    @classmethod
    def current(cls, var: VarFolder) -> "Published":
        """What was published last."""
        return cls(var, var.current.resolve())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query on the Parquet of this release; tables are named as their files."""
        with duckdb.connect() as connection:
            for file in (self.release / "internal").glob("*.parquet"):
                connection.execute(f"create view {file.stem} as select * from '{file}'")
            return connection.execute(sql).fetchall()


Refresh = Callable[..., Published]  # of a programme folder, and into which var folder if not the common one


def refresh_into(root: Path, programme_folder: Path) -> Published:
    """Refresh a programme folder from its sample set; fails the test unless it was published."""
    programme = load_programme(programme_folder)
    var = VarFolder(programme.settings.programme_id, root)
    record = refresh_now(refresh_context(programme, var, is_sample=True))
    assert record.outcome == "published", [reason.text("en") for reason in record.reasons]
    return Published.current(var)
