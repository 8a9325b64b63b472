"""The files of figures: exactly their data as Parquet, CSV in two dialects and a workbook, their pictures as SVG and PNG.

Data are the same in both languages, pictures and workbooks are not. What is made of an SVG or a Parquet file is made again only where that file
is another one than in the site before; it is linked otherwise.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import cast

import pyarrow.parquet as pq

from release import spreadsheet
from release.reason import Language
from report.figure import Figure
from report.workbook import About, SheetColumn, workbook

DATA = {"csv": "CSV", "de.csv": "CSV (Excel, deutsch)", "parquet": "Parquet"}
BOOK = "xlsx"
PICTURES = {"svg": "SVG", "png": "PNG"}
_MADE_OF = {"png": "svg", "csv": "parquet", "de.csv": "parquet"}
_PROCESSES = 2


@dataclass(frozen=True)
class Derived:
    """A file that is made of another one beside it."""

    folder: str
    figure_id: str
    ending: str

    @property
    def path(self) -> str:
        """Where it lies in the site."""
        return f"{self.folder}/{self.figure_id}.{self.ending}"

    @property
    def source(self) -> str:
        """What it is made of."""
        return f"{self.folder}/{self.figure_id}.{_MADE_OF[self.ending]}"


def write_data(figure: Figure, site: Path) -> list[Derived]:
    """`figures/<figure>.parquet`; what is still to be made of it."""
    pq.write_table(figure.data, site / "figures" / f"{figure.figure_id}.parquet", compression="zstd")
    return [Derived("figures", figure.figure_id, ending) for ending in ("csv", "de.csv")]


def write_book(figure: Figure, site: Path, language: Language, about: About) -> None:
    """The data as a workbook that says in one language what they are."""
    columns = [SheetColumn(name, name) for name in figure.data.column_names]
    rows = (list(row.values()) for row in figure.data.to_pylist())
    target = site / "figures" / language / f"{figure.figure_id}.{BOOK}"
    target.write_bytes(workbook(language, columns, rows, about))


def write_picture(figure: Figure, site: Path, language: str, note: str) -> list[Derived]:
    """The wide picture with its title, and below it what it is and whence; what is still to be made of it."""
    if figure.drawing is None:
        return []
    folder = f"figures/{language}"
    picture = figure.drawing.file(figure.title, note)
    (site / folder / f"{figure.figure_id}.svg").write_text(picture + "\n", encoding="utf-8")
    return [Derived(folder, figure.figure_id, "png")]


@contextmanager
def deriving(site: Path, before: Path | None) -> Iterator[Callable[[Iterable[Derived]], None]]:
    """Makes what it is handed, in processes of its own while pages are written; all of it is there in the end.

    Files whose source is unchanged are linked from the site before.
    """
    with ProcessPoolExecutor(_PROCESSES, get_context("spawn"), _end_with_maker) as processes:
        begun: list[Future[None]] = []

        def derive(wanted: Iterable[Derived]) -> None:
            begun.extend(processes.submit(_make, site, each) for each in wanted if not _linked(each, site, before))

        yield derive
        for one in begun:
            one.result()


def _end_with_maker() -> None:
    """A process of the pool outlives a maker that was killed, and would write into what the next one makes."""

    def ends() -> None:
        cast(BaseProcess, parent_process()).join()
        os._exit(1)

    Thread(target=ends, daemon=True).start()


def _linked(each: Derived, site: Path, before: Path | None) -> bool:
    if before is None:
        return False
    made, source = before / each.path, before / each.source
    if not made.is_file() or not source.is_file() or source.read_bytes() != (site / each.source).read_bytes():
        return False
    os.link(made, site / each.path)
    return True


def _make(site: Path, each: Derived) -> None:
    source, target = site / each.source, site / each.path
    if each.ending == "png":
        target.write_bytes(_png(source.read_text(encoding="utf-8")))
    else:
        spreadsheet.write_csv(source, target, spreadsheet.DIALECTS["de" if each.ending == "de.csv" else "plain"])


def _png(svg: str) -> bytes:
    import resvg_py

    folder = files("font_source_sans_pro") / "files"
    fonts = [str(folder / f"SourceSansPro-{weight}.ttf") for weight in ("Regular", "Semibold")]
    name = "Source Sans Pro"
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=1.25, font_files=fonts, skip_system_fonts=True, font_family=name, sans_serif_family=name))  # fmt: skip
