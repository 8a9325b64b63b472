"""Vintages: what landed before is not opened again, nothing torn or foreign is trusted, and nothing is lost."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_city
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import vintages as vintages_module
from ingest.areas import Locality, locality_of
from ingest.findings import DeliveryRefused
from ingest.landing import Landed, land
from ingest.opened import OpenedDelivery
from ingest.vintages import Vintages
from programmes.sources import LandedTable

FILE = "werte.csv"
CONTENT = "stichtag;nr;einwohner;arbeitslose\n2020;011;1.234;zwölf\n2020;999;1;2\n2021;012;x;(7)\nfast;leer\n"
TABLE = small_city.landed_table(small_city.figures())
LOCALITY = locality_of(small_city.city())


class Desk:
    """Lands one delivery in one table and counts how often it had to be opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened = 0

    def land(
        self,
        table: LandedTable = TABLE,
        delivery_id: str = "d",
        file_name: str = FILE,
        locality: Locality = LOCALITY,
        content: str = CONTENT,
        vintages: Vintages | None = None,
    ) -> Landed:
        def open_delivery() -> OpenedDelivery:
            self.opened += 1
            return OpenedDelivery(content.encode(), file_name)

        return (vintages or Vintages(self.folder)).landed(table, delivery_id, file_name, locality, open_delivery)

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "var" / "vintages")


def assert_same(one: Landed, other: Landed) -> None:
    assert one.accepted.schema.equals(other.accepted.schema, check_metadata=True)
    assert (one, one.accepted) == (other, other.accepted)


def freshly_landed(content: str = CONTENT, table: LandedTable = TABLE) -> Landed:
    return land(OpenedDelivery(content.encode(), FILE), "d", table, LOCALITY)


def test_a_vintage_is_what_landed_and_the_delivery_stays_closed(desk: Desk) -> None:
    expected = freshly_landed()
    assert expected.accepted.num_rows > 0
    assert {finding.rule_id for finding in expected.findings} == {"number_format", "area_unknown", "field_count"}
    for night in range(3):
        assert_same(desk.land(), expected)
        assert (desk.opened, len(desk.files)) == (1, 1), night


def test_only_the_owner_can_read_vintages(desk: Desk) -> None:
    desk.land()
    assert desk.folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in desk.files] == [0o600]


def elsewhere(**changed: Any) -> Locality:
    """The made-up city with other settings in programme.yml."""
    city = small_city.city()
    return locality_of(city.model_copy(update={"settings": city.settings.model_copy(update=changed)}))


RENAMED = small_city.figures(items=[{"from": "einwohner", "item": "residents", "unit": "persons"}])
SCOPED = small_city.figures(where={"nr": ["011", "012", "999"]})
MORE_AREAS = (*small_city.AREAS, small_city.area("unterbezirk", "112", "Kleiner Busch"))
OTHER_LEVELS = tuple(level.model_copy(update={"code_length": 4}) for level in small_city.city().settings.levels)


@pytest.mark.parametrize(
    "changed",
    [
        {"delivery_id": "e"},
        {"file_name": "werte_neu.csv"},
        {"table": TABLE._replace(name="quelle__andere")},
        {"table": TABLE._replace(source=small_city.source(source_id="andere"))},
        {"table": TABLE._replace(declared=RENAMED)},
        {"table": TABLE._replace(declared=SCOPED)},
        {"locality": locality_of(small_city.city(MORE_AREAS))},
        {"locality": elsewhere(levels=OTHER_LEVELS)},
        {"locality": elsewhere(time_zone="Europe/Madrid")},
    ],
    ids=["delivery", "file", "table", "source", "items", "scope", "areas", "levels", "zone"],
)
def test_whatever_rows_depend_on_makes_the_delivery_land_anew(desk: Desk, changed: dict[str, Any]) -> None:
    desk.land()
    desk.land(**changed)
    assert desk.opened == 2
    desk.land()
    desk.land(**changed)
    assert desk.opened == 2


def test_other_code_makes_the_delivery_land_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.land()
    monkeypatch.setattr(vintages_module, "code_fingerprint", lambda: "other code")
    desk.land()
    assert desk.opened == 2


@pytest.mark.parametrize("name", ["ingest/formats/german.py", "ingest/landing.py", "programmes/canonical.py"])
def test_the_code_that_makes_rows_is_in_the_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    root = Path(vintages_module.__file__).parents[1]
    for package in ("ingest", "programmes"):
        shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("nordwaerts", "__pycache__"))
    monkeypatch.setattr(vintages_module, "__file__", str(tmp_path / "ingest" / "vintages.py"))
    monkeypatch.setattr(vintages_module.canonical, "__file__", str(tmp_path / "programmes" / "canonical.py"))
    fingerprint = vintages_module.code_fingerprint.__wrapped__
    before = fingerprint()
    assert fingerprint() == before == vintages_module.code_fingerprint()
    with (tmp_path / name).open("a", encoding="utf-8") as handle:
        handle.write("# changed\n")
    assert fingerprint() != before


def test_another_library_is_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    fingerprint = vintages_module.code_fingerprint.__wrapped__
    before = fingerprint()
    monkeypatch.setattr(vintages_module, "version", lambda package: "0" if package == "pandas" else "1")
    other = fingerprint()
    monkeypatch.setattr(vintages_module, "version", lambda _: "1")
    assert len({before, other, fingerprint()}) == 3


# -- torn, changed, foreign


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_what_is_no_parquet(path: Path) -> None:
    key = path.name.partition("-")[0]
    path.unlink()
    path.with_name(f"{key}-{hashlib.sha256(b'foreign').hexdigest()}.parquet").write_bytes(b"foreign")


def replace_by_another_vintage(path: Path) -> None:
    Desk(path.parent).land(delivery_id="other", content=CONTENT.replace("1.234", "4.321"))
    (other,) = set(path.parent.iterdir()) - {path}
    key = path.name.partition("-")[0]
    path.unlink()
    other.rename(other.with_name(f"{key}-{other.name.partition('-')[2]}"))


def replace_by_a_parquet_without_findings(path: Path) -> None:
    import pyarrow.parquet as pq

    key = path.name.partition("-")[0]
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), path, store_schema=False)
    path.rename(path.with_name(f"{key}-{hashlib.sha256(path.read_bytes()).hexdigest()}.parquet"))


@pytest.mark.parametrize(
    "harm",
    [
        cut,
        flip_a_bit,
        empty,
        replace_by_what_is_no_parquet,
        replace_by_another_vintage,
        replace_by_a_parquet_without_findings,
    ],
)
def test_what_is_not_what_its_name_says_is_made_anew(desk: Desk, harm: Callable[[Path], None]) -> None:
    expected = desk.land()
    harm(*desk.files)
    vintages = Vintages(desk.folder)
    assert_same(desk.land(vintages=vintages), expected)
    assert desk.opened == 2
    vintages.keep_only_used()
    assert_same(desk.land(), expected)
    assert (desk.opened, len(desk.files)) == (2, 1)


def test_what_cannot_even_be_read_or_removed_is_no_reason_to_fail(desk: Desk) -> None:
    desk.land()
    (path,) = desk.files
    path.unlink()
    path.mkdir()
    vintages = Vintages(desk.folder)
    assert_same(desk.land(vintages=vintages), freshly_landed())
    vintages.keep_only_used()
    assert desk.opened == 2


def test_a_write_that_broke_off_is_no_vintage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_: Path, __: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            desk.land()
    assert len(desk.files) == 1
    vintages = Vintages(desk.folder)
    desk.land(vintages=vintages)
    vintages.keep_only_used()
    assert [path.suffix for path in desk.files] == [".parquet"]
    assert desk.opened == 2


def test_the_folder_can_be_deleted_at_any_time(desk: Desk) -> None:
    vintages = Vintages(desk.folder)
    expected = desk.land(vintages=vintages)
    shutil.rmtree(desk.folder)
    vintages.keep_only_used()
    assert_same(desk.land(vintages=vintages), expected)
    assert (desk.opened, len(desk.files)) == (2, 1)


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(desk: Desk) -> None:
    desk.folder.parent.mkdir(parents=True)
    desk.folder.write_text("a file where the folder should be")
    for _ in range(2):
        assert_same(desk.land(), freshly_landed())
    assert desk.opened == 2


# -- what is kept


def test_what_this_refresh_did_not_ask_for_is_removed(desk: Desk) -> None:
    for delivery_id in ("first", "second", "third"):
        desk.land(delivery_id=delivery_id)
    vintages = Vintages(desk.folder)
    desk.land(delivery_id="second", vintages=vintages)
    desk.land(delivery_id="fourth", vintages=vintages)
    vintages.keep_only_used()
    assert len(desk.files) == 2
    for delivery_id in ("second", "fourth"):
        desk.land(delivery_id=delivery_id)
    assert desk.opened == 4


def test_a_refused_delivery_is_refused_anew_and_leaves_nothing(desk: Desk) -> None:
    for _ in range(2):
        with pytest.raises(DeliveryRefused):
            desk.land(content="stichtag;nr\n2020;011\n")
    assert desk.opened == 2
    assert not desk.folder.exists()


CELLS = st.sampled_from(["0", "12", "1.234,5", "(7)", "-", "*", "", "x", "zwölf", "#NV", "  3 ", "ß\u00a0"])
LINES = st.tuples(st.sampled_from(["2019", "31.12.2020", "x", ""]), st.sampled_from(["011", "012", "11", "999"]), CELLS)
EXTRA = st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters=';"\n\r'), max_size=3))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(LINES, CELLS, EXTRA), min_size=1, max_size=8), st.booleans())
def test_a_vintage_never_differs_from_what_landed(lines: list[tuple[Any, str, list[str]]], is_case_table: bool) -> None:
    if is_case_table:
        table = small_city.landed_table(small_city.volunteers())
        rows = [f"T{nr};20;{day};gezählt;{first};{second}" for (day, nr, first), second, _ in lines]
        content = "traeger;bezirk;stichtag;art;aktive;stunden\n"
    else:
        table = TABLE
        rows = [";".join([day, nr, first, second, *extra]) for (day, nr, first), second, extra in lines]
        content = "stichtag;nr;einwohner;arbeitslose\n"
    content += "\n".join(rows) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder) / "vintages")
        try:
            expected = freshly_landed(content, table)
        except DeliveryRefused:
            with pytest.raises(DeliveryRefused):
                desk.land(table, content=content)
            return
        for _ in range(2):
            assert_same(desk.land(table, content=content), expected)
        assert desk.opened == 1
