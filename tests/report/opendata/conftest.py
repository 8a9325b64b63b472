"""The public edition of the sample as `nordwaerts public` lays it, read once; tests alter copies."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from programmes.loading import load_programme
from programmes.settings import ProgrammeSettings
from release import reading
from release.layout import VarFolder
from release.public_edition import lay
from report.opendata.edition import Edition, read_edition

WHOLE, ROWS = 500, 40  # tables up to WHOLE rows stay whole in a copy, of others the first ROWS are kept


@pytest.fixture(scope="session")
def laid(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the laid edition."""
    release = reading.current(VarFolder("nordwaerts", published))
    assert release
    return lay(release, tmp_path_factory.mktemp("public") / "nordwaerts")


@pytest.fixture(scope="session")
def edition(published: Path, laid: Path) -> Edition:
    release = reading.current(VarFolder("nordwaerts", published))
    assert release
    return read_edition(laid, release.manifest)


@pytest.fixture(scope="session")
def real(edition: Edition) -> Edition:
    """The same edition as if its figures were none of a sample."""
    return replace(edition, is_synthetic=False)


@pytest.fixture(scope="session")
def settings() -> ProgrammeSettings:
    return load_programme("nordwaerts").settings


@pytest.fixture(scope="session")
def undeclared(settings: ProgrammeSettings) -> ProgrammeSettings:
    """A programme that declares nothing on its publication."""
    return settings.model_copy(update={"publication": None})


@pytest.fixture(scope="session")
def verdict_rows(laid: Path) -> list[dict[str, Any]]:
    found = duckdb.read_parquet(str(laid / "fct_claim_verdict.parquet"))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="session")
def verdicts(laid: Path) -> dict[str, tuple[str, str]]:
    """Code of a verdict → its German and English word, of `dim_label`."""
    query = "select code, text_de, text_en from read_parquet(?) where subject = 'verdict'"
    rows = duckdb.execute(query, [str(laid / "dim_label.parquet")]).fetchall()
    return {code: (german, english) for code, german, english in rows}


@pytest.fixture
def short_copy(laid: Path, edition: Edition, tmp_path: Path) -> Path:
    """A copy of the edition whose long CSV files are cut, for validators that read every cell in Python."""
    shutil.copytree(laid, tmp_path / "edition")
    for path in (tmp_path / "edition").rglob("*"):
        path.chmod(0o700)
    for table in edition.tables:
        for folder in ("csv", "csv_de"):
            path = tmp_path / "edition" / folder / f"{table.name}.csv"
            if table.row_count > WHOLE:
                path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[: ROWS + 1]))
    return tmp_path / "edition"
