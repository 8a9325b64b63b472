"""A city for the acceptance tests: its var folder, its deliveries, and refreshes of it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from once import once
from refreshing import SAMPLE, TINY_CITY, RefreshContext, RefreshRecord, context, refresh_here, tiny_release

from programmes.loading import load_programme
from release.layout import VarFolder


@dataclass
class City:
    """A var folder and the place its deliveries come from, both private to one test."""

    var: VarFolder
    place: Path
    programme: str | Path = "nordwaerts"

    @classmethod
    def tiny(cls, folder: Path) -> "City":
        """The tiny city in `folder` to alter, after a first refresh that a run of tests shares; for what no figure changes."""
        shutil.copytree(tiny_release(), folder / "var", symlinks=True)
        shutil.copytree(TINY_CITY / "sample", folder / "deliveries")
        return cls(VarFolder("kleinstadt", folder / "var"), folder / "deliveries", TINY_CITY)

    @classmethod
    def copied(cls, var_root: Path, folder: Path, place: Path = SAMPLE) -> "City":
        """A city in `folder` to alter: a copy of a var root and of its deliveries."""
        shutil.copytree(var_root, folder / "var", symlinks=True)
        shutil.copytree(place, folder / "deliveries")
        return cls(VarFolder("nordwaerts", folder / "var"), folder / "deliveries")

    @classmethod
    def made_once(cls, name: str, var_root: Path, night: Callable[["City"], None]) -> "City":
        """The city after a night that only the first who asks for it goes through; never altered afterwards."""
        folder = once(name, lambda scratch: night(cls.copied(var_root, scratch)))
        return cls(VarFolder("nordwaerts", folder / "var"), folder / "deliveries")

    def copy(self, folder: Path) -> "City":
        """A copy of this city to alter."""
        return self.copied(self.var.root, folder, self.place)

    def context(self) -> RefreshContext:
        """What a refresh of this city works on."""
        return context(self.var, self.place, load_programme(self.programme))

    def refresh(self) -> RefreshRecord:
        """Refresh in this process; what came of it."""
        return refresh_here(self.var, self.place, load_programme(self.programme))

    def reader_files(self) -> dict[str, bytes]:
        """Everything readers can see, byte for byte."""
        current = self.var.current.resolve()
        return {str(path.relative_to(self.var.releases)): path.read_bytes() for path in sorted(current.rglob("*.*"))}
