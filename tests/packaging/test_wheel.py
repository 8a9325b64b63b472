"""The wheel holds every package and the dbt project whole, and an installation from it refreshes a city."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TINY_CITY = ROOT / "tests" / "recipes" / "tiny_city"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MEASURING = {"benchmarks", "trials"}  # measure the project from a checkout, and are no part of it
PACKAGES = [*(set(PROJECT["tool"]["importlinter"]["root_packages"]) - MEASURING), "dbt_project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make` builds the editable installation: without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", str(ROOT), "--no-build-isolation", "--wheel-dir", str(folder))
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel in it; third-party packages are those of this one.

    A path that a .pth file adds is not searched for more of them, so the editable installation stays outside.
    """
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    [ours] = Path(sys.prefix).glob("lib/python*/site-packages")
    (site / "third_party.pth").write_text(f"{ours}\n", encoding="utf-8")
    _pip("--python", str(folder / "bin" / "python"), "install", str(wheel))
    return folder


def _pip(*arguments: str) -> None:
    offline = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", *arguments, *offline], check=True)


def _nordwaerts(installed: Path, cwd: Path, *arguments: str, **places: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NORDWAERTS_", "PYTHONPATH"))}
    return subprocess.run(
        [str(installed / "bin" / "nordwaerts"), *arguments],
        cwd=cwd,
        env={**kept, "LANG": "C.UTF-8", **places},
        capture_output=True,
        text=True,
        check=False,
    )


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if "__pycache__" not in path.parts}


def test_every_file_of_every_package_is_in_the_wheel(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    expected = {name: (ROOT / name).stat().st_size for name in tracked if name and (ROOT / name).is_file()}
    assert {name.split("/")[0] for name in expected} == set(PACKAGES)
    with zipfile.ZipFile(wheel) as archive:
        packed = {info.filename: info.file_size for info in archive.infolist() if ".dist-info/" not in info.filename}
    assert packed == expected, "complete `packages` of [tool.hatch.build.targets.wheel] in pyproject.toml"


def test_every_package_of_the_project_is_a_root_package() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "docs"} - MEASURING
    assert found == set(PACKAGES) - {"dbt_project"}


@pytest.mark.slow
def test_an_installation_refreshes_a_city_and_writes_nothing_beside_its_packages(
    installed: Path, tmp_path: Path
) -> None:
    before = _files(installed)
    done = _nordwaerts(
        *(installed, tmp_path, "refresh", "--sample", "--programme", str(TINY_CITY)),
        NORDWAERTS_VAR=str(tmp_path / "office"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "office" / "kleinstadt" / "releases" / "current" / "monitoring.duckdb").is_file()
    assert _files(installed) == before


@pytest.mark.slow
def test_an_installation_is_told_where_to_write_and_never_guesses(installed: Path, tmp_path: Path) -> None:
    unnamed = _nordwaerts(installed, tmp_path, "status")
    assert (unnamed.returncode, "Set NORDWAERTS_VAR to a folder" in unnamed.stderr) == (1, True), unnamed.stderr
    without_inbox = _nordwaerts(installed, tmp_path, "refresh", NORDWAERTS_VAR=str(tmp_path / "office"))
    assert (without_inbox.returncode, "Set NORDWAERTS_INBOX" in without_inbox.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []
