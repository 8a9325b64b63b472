"""The recipes of CONTRIBUTING.md on nordwärts itself: how many files each touches, and that no guard asks for more.

Each recipe is carried out in a copy of the repository. Counted is what differs from the original afterwards. The slow
test carries all of them out, runs the guards that would name a further file, refreshes once and looks for the figures.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from refreshing import parsed

from programmes.loading import load_programme
from programmes.model import Programme
from release.layout import VarFolder

ROOT = Path(__file__).resolve().parents[2]
CITY = Path("programmes") / "nordwaerts"
# Seconds a refresh or the guards may take before they are killed: a recipe that multiplies rows does not end.
PATIENCE = 480
GUARDS = (
    "tests/docs",
    "tests/programmes",
    "tests/samples/test_sample_files.py",
    "tests/orchestration/test_definitions.py::test_programmes_differ_in_their_deliveries_and_landed_tables_alone",
    "tests/expectations/test_expectations_suites.py",
    "tests/claims/test_claim_declarations.py",
    "tests/cli/test_cli_programme.py",
)

SOURCE = """source_id: kita
name_de: Kindertagesstätten (erfunden)
name_en: day care (made up)
publisher: Jugendamt (erfunden)
licence: internal
cadence: yearly
max_age_days: 500
on_failure: block
connector: {protocol: folder, files: "*.csv"}
tables:
  plaetze:
    canonical: area_figure
    description_de: Betreuungsplätze je Stadtbezirk
    description_en: day-care places per district
    format: {kind: csv}
    mode: snapshot
    minimum_rows: 12
    columns:
      - {from: stadtbezirk_nr, to: area_id, type: area, level: stadtbezirk}
      - {from: stichtag, to: reference_on, type: reference_date}
    items:
      - {from: plaetze, item: day_care_places, unit: places}
"""
RECEIPT = "kita;kita_2024.csv;2026-02-01T08:00:00Z;Stand 2024"
INDICATOR = {
    "indicator_id": "recipe_new_dwellings_per_1000",
    "numerator_measure_id": "new_dwellings",
    "subtracted_measure_id": "",
    "denominator_measure_id": "population",
    "factor": "1000",
    "unit": "per_1000",
    "is_headline": "false",
}
RULE = "      - {column: value, item: dwellings, minimum: 0, maximum: 20000}\n"
CLAIM = """
  - claim_id: recipe_more_than_100
    document: deck
    wording_de: Mehr als 100 Teilprojekte
    wording_en: more than 100 sub-projects
    type: threshold
    metric: {kind: projects, of: stock}
    expected: 100
    dependencies: [project, project_event]
    declared_on: 2026-03-01
"""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def add_source(city: Path) -> None:
    """One YAML, one sample delivery, one line of the receipts."""
    districts = [area.area_code for area in load_programme("nordwaerts").areas if area.area_level == "stadtbezirk"]
    rows = [f"{code};31.12.2024;{100 + number};synthetisch" for number, code in enumerate(districts)]
    receipts = (city / "sample" / "receipts.csv").read_text(encoding="utf-8").splitlines()
    _write(city / "sources" / "kita.yml", SOURCE)
    delivery = "\n".join(["stadtbezirk_nr;stichtag;plaetze;hinweis", *rows]) + "\n"
    _write(city / "sample" / "kita" / "kita_2024.csv", delivery)
    _write(city / "sample" / "receipts.csv", "\n".join([receipts[0], *sorted([*receipts[1:], RECEIPT])]) + "\n")


def add_indicator(city: Path) -> None:
    """One row, like that of another share of the statistics portal."""
    text = (city / "indicators.csv").read_text(encoding="utf-8")
    names = text.splitlines()[0].split(";")
    model = next(line for line in text.splitlines() if line.startswith("living_space_m2_per_inhabitant;"))
    row = dict(zip(names, model.split(";"), strict=True)) | INDICATOR
    _write(city / "indicators.csv", text + ";".join(row.values()) + "\n")


def add_rule(city: Path) -> None:
    """One line below the plausibility of the portal's figures."""
    declared = city / "sources" / "statistikportal.yml"
    text = declared.read_text(encoding="utf-8")
    assert text.count("    plausibility:\n") == 1
    _write(declared, text.replace("    plausibility:\n", f"    plausibility:\n{RULE}"))


def add_claim(city: Path) -> None:
    """One entry at the end of the register."""
    register = city / "claims.yml"
    _write(register, register.read_text(encoding="utf-8").rstrip("\n") + "\n" + CLAIM)


def add_city(city: Path) -> None:
    """One folder: the tiny city under a name of its own."""
    shutil.copytree(ROOT / "tests" / "recipes" / "tiny_city", city.parent / "kleinstadt")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the repository: what is tracked, or would be."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def _touched(checkout: Path) -> list[str]:
    """Files that are new or differ from the original, as paths in the repository."""
    paths = (path.relative_to(checkout) for path in sorted(checkout.rglob("*")) if path.is_file())
    return [
        path.as_posix()
        for path in paths
        if not (ROOT / path).is_file() or (checkout / path).read_bytes() != (ROOT / path).read_bytes()
    ]


Recipe = Callable[[Path], None]
TOUCHED: list[tuple[Recipe, list[str]]] = [
    (add_source, ["sample/kita/kita_2024.csv", "sample/receipts.csv", "sources/kita.yml"]),
    (add_indicator, ["indicators.csv"]),
    (add_rule, ["sources/statistikportal.yml"]),
    (add_claim, ["claims.yml"]),
]


def _lines_more(checkout: Path, name: str) -> int:
    added = (checkout / CITY / name).read_text(encoding="utf-8").count("\n")
    return added - (ROOT / CITY / name).read_text(encoding="utf-8").count("\n")


def test_an_untouched_copy_touches_nothing(checkout: Path) -> None:
    assert _touched(checkout) == []
    assert (checkout / CITY / "programme.yml").is_file()


@pytest.mark.parametrize(("recipe", "files"), TOUCHED)
def test_a_recipe_touches_these_files_and_the_folder_loads(recipe: Recipe, files: list[str], checkout: Path) -> None:
    before = _size(load_programme("nordwaerts"))
    recipe(checkout / CITY)
    assert _touched(checkout) == [(CITY / name).as_posix() for name in files]
    after = _size(load_programme(checkout / CITY))
    assert [more - less for more, less in zip(after, before, strict=True)] == [is_it is recipe for is_it in ADDED]


# What each of the four sizes counts is added by its own recipe.
ADDED = (add_source, add_indicator, add_rule, add_claim)


def _size(programme: Programme) -> tuple[int, int, int, int]:
    """Sources, indicators, rules of plausibility, claims."""
    rules = sum(len(table.declared.plausibility) for table in programme.landed_tables())
    return len(programme.sources), len(programme.indicators), rules, len(programme.claim_register.claims)


def test_row_and_line_are_one_line_each(checkout: Path) -> None:
    add_indicator(checkout / CITY)
    add_rule(checkout / CITY)
    assert _lines_more(checkout, "indicators.csv") == 1
    assert _lines_more(checkout, "sources/statistikportal.yml") == 1


def test_a_city_is_one_folder_beside_nordwaerts(checkout: Path) -> None:
    add_city(checkout / CITY)
    assert {Path(name).parts[:2] for name in _touched(checkout)} == {("programmes", "kleinstadt")}
    assert load_programme(checkout / "programmes" / "kleinstadt").settings.programme_id == "kleinstadt"


@pytest.mark.slow
@pytest.mark.long
def test_no_guard_asks_for_a_further_file_and_the_refresh_shows_each(checkout: Path) -> None:
    for recipe, _ in TOUCHED:
        recipe(checkout / CITY)
    add_city(checkout / CITY)
    guarded = _python(checkout, "-m", "pytest", "-n", "0", "-m", "not slow", "--maxfail", "5", *GUARDS)
    assert guarded.returncode == 0, guarded.stdout[-4000:] + guarded.stderr
    var = checkout / "var"
    parsed(VarFolder("nordwaerts", var))
    done = _python(checkout, "-m", "cli.main", "refresh", "--sample", NORDWAERTS_VAR=str(var))
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(var / "nordwaerts" / "releases" / "current" / "monitoring.duckdb"), read_only=True) as db:
        for found in (
            "select 1 from fct_measure where source_id = 'kita' and measure_id = 'day_care_places' having count(*) = 12",
            "select 1 from fct_indicator_value where indicator_id = 'recipe_new_dwellings_per_1000' and value is not null",
            "select 1 from fct_data_quality where check_id = 'statistikportal__unterbezirke:between:value:dwellings'",
            "select 1 from fct_claim_verdict where claim_id = 'recipe_more_than_100' and verdict = 'supported'",
        ):
            assert db.execute(found).fetchall(), found


def _python(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python of this environment on the packages of the copy."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout), "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
