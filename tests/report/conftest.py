"""The site made once from the published sample, without PNG, which no test reads; the browser has them made where it looks."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from read_back import Made

from programmes.loading import load_programme
from release import reading
from release.layout import VarFolder
from report import downloads, site


@contextmanager
def deriving_here(folder: Path, _before: Path | None) -> Iterator[Callable[[Iterable[downloads.Derived]], None]]:
    """The files of data, made in this process."""

    def derive(wanted: Iterable[downloads.Derived]) -> None:
        for each in wanted:
            if each.ending != "png":
                downloads._make(folder, each)

    yield derive


@pytest.fixture(scope="session")
def made(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The whole site, never altered, and the public tables it was made from."""
    out = tmp_path_factory.mktemp("report") / "web" / "site"
    release = reading.current(VarFolder("nordwaerts", published))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(downloads, "deriving", deriving_here)
        folder = site.make_site(release, load_programme("nordwaerts"), out)
    return Made(folder, release.folder / "public")
