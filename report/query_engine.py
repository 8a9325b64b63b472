"""DuckDB for the reader's browser: which files of its npm package a site needs, whether they are there, and their place in it.

The office installs the package and names the folder; nothing of it is part of this project. Each file is the one the page was
tried with, by its hash. Licences lie beside what they are about. Does not belong here: the page, which is in pages/query.py.
"""

import filecmp
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from release.reason import Reason, ReleaseError

VERSION = "1.32.0"  # DuckDB 1.4.3, the newest that is no development version; opens what 1.5.6 writes
SETTING = "NORDWAERTS_QUERY_ENGINE"
FOLDER = "query"
OWN = Path(__file__).with_name("query")
_DUCKDB = "@duckdb/duckdb-wasm/dist"
LOADED: Mapping[
    str, tuple[str, str]
] = {  # name in the site (servers know .js, not all .mjs) → file of the package, SHA-256
    "duckdb-browser.js": (
        f"{_DUCKDB}/duckdb-browser.mjs",
        "4f8c0bb3c23d1ec457a451cc27418597b9a40dd772cceacc436a2cb7b9a49c18",
    ),
    "duckdb-browser-eh.worker.js": (
        f"{_DUCKDB}/duckdb-browser-eh.worker.js",
        "f8ab72b6b90b3ad83077d47426d4a99d5d9a4c7e07cba1a2be37d655adc7c1ab",
    ),
    "duckdb-eh.wasm": (
        f"{_DUCKDB}/duckdb-eh.wasm",
        "4c221bfa59c11f24dbd750e70c90b9252eca6eec5633936e6a2ec766e55fd879",
    ),
}
LICENCES = {
    "LICENSE-apache-arrow.txt": "apache-arrow/LICENSE.txt",
    "NOTICE-apache-arrow.txt": "apache-arrow/NOTICE.txt",
    "LICENSE-flatbuffers.txt": "flatbuffers/LICENSE",
    "LICENSE-tslib.txt": "tslib/LICENSE.txt",
}


class QueryEngineMissing(ReleaseError):
    """The named folder does not hold the files of the pinned package."""


@dataclass(frozen=True)
class QueryEngine:
    """The files of the package, all there: name in the site → where each lies now."""

    files: Mapping[str, Path]

    @property
    def size(self) -> int:
        """Bytes of code a click loads."""
        return sum(self.files[name].stat().st_size for name in LOADED) + (OWN / "arrow.js").stat().st_size

    def lay(self, site: Path, before: Path | None) -> None:
        """`query/` of a site; what the site before has already is linked from there."""
        shutil.copytree(OWN, site / FOLDER)
        for name, source in self.files.items():
            target = site / FOLDER / name
            earlier = before / FOLDER / name if before else None
            if earlier and earlier.is_file() and filecmp.cmp(earlier, source, shallow=False):
                os.link(earlier, target)
            else:
                shutil.copyfile(source, target)


def engine_of(folder: Path | None = None) -> QueryEngine | None:
    """The engine npm installed in a folder, else in the one NORDWAERTS_QUERY_ENGINE names; None where none is named.

    Raises QueryEngineMissing where a file is missing or not that of the pinned version.
    """
    if folder is None:
        if not (told := os.environ.get(SETTING)):
            return None
        folder = Path(told)
    faults = [*_faults(folder)]
    if faults:
        raise QueryEngineMissing(faults[0], *faults[1:])
    places = {name: path for name, (path, _) in LOADED.items()} | LICENCES
    return QueryEngine({name: folder / "node_modules" / path for name, path in places.items()})


def _faults(folder: Path) -> Iterator[Reason]:
    for path, digest in (*LOADED.values(), *((path, None) for path in LICENCES.values())):
        file = folder / "node_modules" / path
        if not file.is_file():
            yield _fault(file, "fehlt", "is missing")
        elif digest and hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            yield _fault(file, f"ist nicht die Datei der Version {VERSION}", f"is not the file of version {VERSION}")


def _fault(file: Path, german: str, english: str) -> Reason:
    install = f"npm install --ignore-scripts --prefix FOLDER @duckdb/duckdb-wasm@{VERSION}"
    return Reason(
        de=f"Für die Abfrageseite: {file} {german}.",
        en=f"For the query page: {file} {english}.",
        remedy_de=f"Installieren Sie das Paket ({install}) und nennen Sie FOLDER; oder machen Sie die Seiten ohne Abfrageseite.",
        remedy_en=f"Install the package ({install}) and name FOLDER; or make the pages without the query page.",
        file=file.name,
        rule="query_engine",
    )
