"""`nordwaerts export` into spreadsheets: formats by file name, German CSV, workbooks, and formulas that do not run."""

import datetime as dt
from pathlib import Path
from typing import Any

import exports
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from cli import main as group
from release import ledger, spreadsheet, store
from release.layout import VarFolder, var_root
from release.places import PROJECT
from release.reason import ReleaseError

HOSTILE = ["=1+1", "+49 231", "-", "@sum", "\tx", "\rx", "harmless =1"]
COLUMNS: dict[str, list[Any]] = {
    "note": ['Größe; "neu"', "", None, *HOSTILE],
    "value": [1.5, -2.25, None, *[0.1] * len(HOSTILE)],
    "measured_on": [dt.date(2024, 12, 31)] * (3 + len(HOSTILE)),
    "is_synthetic": [True] * (3 + len(HOSTILE)),
}


@pytest.fixture
def published(tmp_path: Path) -> VarFolder:
    """A release with one internal mart whose texts are hostile to spreadsheets."""
    var = VarFolder("nordwaerts", tmp_path / "var").create()
    folder = exports.write_export(tmp_path / "export", "first", marts={"fct_measure": pa.table(COLUMNS)})
    release = store.publish(folder, exports.meta("first"), var)
    ledger.append(var, "published", at=exports.NIGHT, release_id=release.release_id, is_synthetic=True)
    return var


@pytest.mark.parametrize("ending", ["csv", "CSV", "parquet", "xlsx"])
def test_the_file_name_decides_on_the_format(published: VarFolder, run: Any, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    assert run("export", "fct_measure", "--out", str(out)).returncode == 0
    start = {"parquet": b"PAR1", "xlsx": b"PK"}.get(ending, b"note,value")
    assert out.read_bytes().startswith(start)
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("out.ods", (), "out.ods: the ending decides on the format. Call the file .csv, .parquet or .xlsx."),
        ("out", ("--format", "csv"), "out: the ending decides on the format."),
        ("out.csv", ("--format", "parquet"), "out.csv: the ending decides on the format."),
        ("out.xlsx", ("--dialect", "de"), "out.xlsx: --dialect is for .csv only."),
    ],
)
def test_another_name_is_refused_before_anything_is_written(
    published: VarFolder, run: Any, tmp_path: Path, name: str, options: tuple[str, ...], sentence: str
) -> None:
    done = run("export", "fct_measure", "--out", str(tmp_path / name), *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert not (tmp_path / name).exists()


def test_german_csv_opens_in_a_german_spreadsheet(published: VarFolder, run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run("export", "fct_measure", "--out", str(out), "--dialect", "de").returncode == 0
    lines = out.read_bytes().decode("utf-8").split("\n")
    assert lines[:4] == [
        "\ufeffnote;value;measured_on;is_synthetic",
        '"Größe; ""neu""";1,5;2024-12-31;true',
        '"";-2,25;2024-12-31;true',
        ";;2024-12-31;true",
    ]


@pytest.mark.parametrize("dialect", ["plain", "de"])
def test_no_text_of_a_csv_runs_as_a_formula(published: VarFolder, run: Any, tmp_path: Path, dialect: str) -> None:
    import csv

    out = tmp_path / "out.csv"
    assert run("export", "fct_measure", "--out", str(out), "--dialect", dialect).returncode == 0
    with out.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle, delimiter=spreadsheet.DIALECTS[dialect].separator))[4:]
    assert [row[0] for row in rows] == [*("'" + text for text in HOSTILE[:-1]), HOSTILE[-1]]


def test_a_workbook_holds_table_and_notes(published: VarFolder, run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert run("export", "fct_measure", "--out", str(out), "--lang", "de").returncode == 0
    book = load_workbook(out)
    assert book.sheetnames == ["fct_measure", "Hinweise"]
    header, *rows = book["fct_measure"].iter_rows(values_only=True)
    assert header == tuple(COLUMNS)
    assert rows[0] == ('Größe; "neu"', 1.5, dt.datetime(2024, 12, 31), True)
    cells = [row[0] for row in book["fct_measure"].iter_rows(min_row=5)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert cells[0].value == "'=1+1"
    notes = [row[0] for row in book["Hinweise"].iter_rows(values_only=True)]
    assert any("SYNTHETISCHE" in note for note in notes) and any("nicht zur Weitergabe" in note for note in notes)


# -- places that are somebody else's

COMMANDS = {
    "export": ("fct_measure", "--out"),
    "trace": ("fct_measure", "x", "--html"),
    "metrics": ("--out",),
    "refresh": ("--timings",),
}


@pytest.fixture
def told(published: VarFolder, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a command says that is to write a file, run in this process."""
    monkeypatch.setenv("NORDWAERTS_VAR", str(published.root))
    monkeypatch.setenv("NORDWAERTS_INBOX", str(published.root.parent / "inbox"))

    def run_here(command: str, out: Path) -> Result:
        return CliRunner().invoke(group.main, ["--lang", "en", command, *COMMANDS[command], str(out)])

    return run_here


@pytest.mark.attack(
    "export, trace, metrics or refresh told to write into releases, inbox, code or the machine's own folders · refused"
)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_file_to_take_away_lands_where_the_system_keeps_its_own(
    told: Any, published: VarFolder, tmp_path: Path, command: str
) -> None:
    (tmp_path / "mine").symlink_to(published.releases)
    (tmp_path / "mine.csv").symlink_to(published.ledger)
    places = [published.folder, published.current, published.archive, tmp_path / "inbox", tmp_path / "mine"]
    places += [PROJECT / "programmes" / "nordwaerts", PROJECT / "dbt_project", Path("/etc"), Path("/usr/lib")]
    before = published.ledger.read_bytes()
    for out in [*(place / "x.csv" for place in places), tmp_path / "mine.csv"]:
        done = told(command, out)
        assert done.exit_code == 1, out
        assert f"{out} lies in a folder that belongs to the system" in done.output, out
        assert out == tmp_path / "mine.csv" or not out.exists(), out
    assert published.ledger.read_bytes() == before


@pytest.mark.attack(
    "a link laid where export or metrics write before they rename · removed, what it names stays as it was"
)
@pytest.mark.parametrize(
    ("command", "name"), [("export", "x.csv"), ("export", "x.xlsx"), ("export", "x.parquet"), ("metrics", "x.prom")]
)
@pytest.mark.parametrize("kind", ["symlink_to", "hardlink_to"])
def test_a_link_under_the_partial_name_is_not_written_through(
    told: Any, published: VarFolder, tmp_path: Path, command: str, name: str, kind: str
) -> None:
    before = published.ledger.read_bytes()
    getattr(tmp_path / f"{name}.partial", kind)(published.ledger)
    assert told(command, tmp_path / name).exit_code == 0
    assert published.ledger.read_bytes() == before
    assert (tmp_path / name).stat().st_size


@pytest.mark.attack(
    "a working folder named among the machine's folders, the code or the inbox · refused before anything is written"
)
@pytest.mark.parametrize(
    "place", ["/", "/etc/nordwaerts", "/usr/share/x", "/proc/1", str(PROJECT / "ingest" / "x"), "inbox/var"]
)
def test_a_working_folder_is_nobody_elses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    monkeypatch.setenv("NORDWAERTS_INBOX", str(tmp_path / "inbox"))
    monkeypatch.setenv("NORDWAERTS_VAR", str(tmp_path / place))
    with pytest.raises(ReleaseError, match="lies in a folder that belongs to the system"):
        VarFolder("nordwaerts")


@pytest.mark.parametrize(
    "place", ["/srv/nordwaerts/var", "/var/lib/nordwaerts", "/dev/shm/x", "/usr/local/nordwaerts", str(PROJECT / "var")]
)
def test_usual_working_folders_are_free(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("NORDWAERTS_VAR", place)
    assert var_root() == Path(place)
