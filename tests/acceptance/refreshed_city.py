"""A city for the acceptance tests: its var folder, its deliveries, and refreshes of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from refreshing import SAMPLE, RefreshSession, refresh_here, session

from release.layout import VarFolder


@dataclass
class City:
    """A var folder and the place its deliveries come from, both private to one test."""

    var: VarFolder
    place: Path

    @classmethod
    def copied(cls, var_root: Path, folder: Path, place: Path = SAMPLE) -> "City":
        """A city in `folder` to alter: a copy of a var root and of its deliveries."""
        shutil.copytree(var_root, folder / "var", symlinks=True)
        shutil.copytree(place, folder / "deliveries")
        return cls(VarFolder("nordwaerts", folder / "var"), folder / "deliveries")

    def session(self) -> RefreshSession:
        """A refresh of this city that has not begun."""
        return session(self.var, self.place)

    def refresh(self) -> RefreshSession:
        """Refresh in this process; the outcome is in the session."""
        return refresh_here(self.var, self.place)

    def reader_files(self) -> dict[str, bytes]:
        """Everything readers can see, byte for byte."""
        current = self.var.current.resolve()
        return {str(path.relative_to(self.var.releases)): path.read_bytes() for path in sorted(current.rglob("*.*"))}
