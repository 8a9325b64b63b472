"""The drop folder: what an office put there, no half-copied files, names as they are meant, and nothing from elsewhere."""

import datetime as dt
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_city import figures, source

from ingest import limits
from ingest.connectors import FolderClosed, Look, NotTaken, folder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "quelle").mkdir()
    return tmp_path


def put(inbox: Path, name: str, content: bytes = b"a;b\n") -> None:
    (inbox / "quelle" / name).write_bytes(content)


def names(inbox: Path, files: str = "*.csv") -> list[str]:
    return [file.name for file in folder.look(source(files), inbox).available]


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert folder.look(source(), tmp_path) == Look([], [])


def test_only_matching_files_are_available_in_order_of_name(inbox: Path) -> None:
    for name in ("b.csv", "a.csv", "c.xlsx"):
        put(inbox, name)
    (inbox / "quelle" / "ordner.csv").mkdir()
    files = folder.look(source(), inbox).available
    assert [(file.name, file.locator, file.media_type) for file in files] == [
        ("a.csv", "quelle/a.csv", "text/csv"),
        ("b.csv", "quelle/b.csv", "text/csv"),
    ]


@pytest.mark.parametrize(
    "name",
    ["~$mappe.xlsx", ".versteckt.xlsx", ".DS_Store", "x.tmp", "x.part", "x.crdownload", "Thumbs.db", "desktop.ini"],
)
def test_half_copied_and_system_files_are_passed_over(inbox: Path, name: str) -> None:
    put(inbox, name)
    put(inbox, "mappe.xlsx")
    assert names(inbox, "*") == ["mappe.xlsx"]


def test_bytes_are_read_only_when_asked_for(inbox: Path) -> None:
    put(inbox, "a.csv", b"alt")
    (file,) = folder.look(source(), inbox).available
    put(inbox, "a.csv", b"neu")
    assert file.read() == b"neu"


def test_stated_receipts_give_moment_version_and_order(inbox: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        put(inbox, name)
    lines = ["source_id;file_name;received_at;publisher_version"]
    lines += ["quelle;a.csv;2024-02-01T08:00:00+00:00;v2", "quelle;b.csv;2024-01-01T08:00:00+00:00;"]
    lines += ["andere;c.csv;2020-01-01T08:00:00+00:00;v9"]
    (inbox / "receipts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = folder.look(source(), inbox, is_sample=True).available
    assert [(file.name, file.publisher_version) for file in files] == [
        ("c.csv", None),
        ("b.csv", None),
        ("a.csv", "v2"),
    ]
    assert files[1].received_at == dt.datetime(2024, 1, 1, 8, tzinfo=dt.UTC)
    assert files[0].received_at is None


def test_names_with_decomposed_umlauts_are_found_under_their_composed_name(inbox: Path) -> None:
    put(inbox, "Ho\u0308rde.csv", b"NFD")
    receipts = "source_id;file_name;received_at;publisher_version\nquelle;Hörde.csv;2024-01-01T08:00:00+00:00;v1\n"
    (inbox / "receipts.csv").write_text(receipts, encoding="utf-8")
    (file,) = folder.look(source("Hörde*.csv"), inbox, is_sample=True).available
    assert file.name == "Hörde.csv"
    assert file.publisher_version == "v1"
    assert file.read() == b"NFD"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("c.xlsx", "inbox_pattern"),
        ("unterordner/", "inbox_subfolder"),
        ("~$a.csv", "inbox_temporary"),
        ("wächst.csv", "inbox_growing"),
    ],
)
def test_what_a_source_passes_over_is_named_with_the_reason(
    inbox: Path, monkeypatch: pytest.MonkeyPatch, name: str, rule: str
) -> None:
    place = inbox / "quelle" / name
    put(inbox, "a.csv")
    if name.endswith("/"):
        place.mkdir()
    else:
        put(inbox, name)
    if rule == "inbox_growing":
        monkeypatch.setattr(folder.time, "sleep", lambda _seconds: put(inbox, name, b"a;b\nmore"))
    found = folder.look(source(), inbox)
    assert [(one.locator, one.rule_id) for one in found.passed_over] == [(f"quelle/{name.rstrip('/')}", rule)]
    assert [file.name for file in found.available] == ["a.csv"]


def test_a_file_at_rest_is_looked_at_once(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(inbox, "a.csv")
    os.utime(inbox / "quelle" / "a.csv", (1, 1))
    monkeypatch.setattr(folder.time, "sleep", lambda _seconds: pytest.fail("waited"))
    assert names(inbox) == ["a.csv"]


def test_the_pattern_named_is_that_of_the_tables(inbox: Path) -> None:
    put(inbox, "b.csv")
    declared = source("*.csv").model_copy(update={"tables": {"tabelle": figures(files="a*.csv")}})
    (found,) = folder.look(declared, inbox).passed_over
    assert found.sentence("en").startswith("quelle/b.csv: The name fits none of the agreed patterns (a*.csv).")


@pytest.fixture
def office_inbox() -> Iterator[Path]:
    """An inbox another user can reach, with one delivery."""
    root = Path(tempfile.mkdtemp(prefix="nordwaerts-inbox-"))
    (root / "quelle").mkdir(mode=0o755)
    root.chmod(0o755)
    put(root, "a.csv")
    yield root
    for place in (root, root / "quelle"):
        place.chmod(0o755)
    shutil.rmtree(root)


@contextmanager
def somebody_without_rights() -> Iterator[None]:
    """Root may open every folder, so it acts as nobody meanwhile."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("closed", "mode"), [("quelle", 0o000), ("quelle", 0o444), ("quelle", 0o111), (".", 0o000), (".", 0o444)]
)
def test_a_folder_that_cannot_be_opened_is_not_taken_for_an_empty_one(
    office_inbox: Path, closed: str, mode: int
) -> None:
    (office_inbox / closed).chmod(mode)
    with somebody_without_rights(), pytest.raises(FolderClosed) as found:
        folder.look(source(), office_inbox)
    assert found.value.folder == office_inbox / "quelle"


def test_an_inbox_that_cannot_be_listed_is_named(office_inbox: Path) -> None:
    office_inbox.chmod(0o111)
    with somebody_without_rights():
        [found] = folder.beside_the_sources(["quelle"], office_inbox, is_sample=False)
        assert [file.name for file in folder.look(source(), office_inbox).available] == ["a.csv"]
    assert found.sentence("de").startswith(f"{office_inbox}: Der Ordner lässt sich nicht öffnen;")


def test_what_lies_beside_the_sources_is_named(inbox: Path) -> None:
    for name in ("verirrt.csv", "receipts.csv"):
        (inbox / name).write_bytes(b"")
    (inbox / "quele").mkdir()
    stray = [("quele", "inbox_unknown_source", "andere, quelle"), ("verirrt.csv", "inbox_root", "andere, quelle")]
    receipts = ("receipts.csv", "inbox_root", "andere, quelle")
    for is_sample, expected in ((True, stray), (False, [stray[0], receipts, stray[1]])):
        found = folder.beside_the_sources(["quelle", "andere"], inbox, is_sample)
        assert [(one.locator, one.rule_id, one.detail) for one in found] == expected


# -- what is no file of this folder


def passed_over(inbox: Path) -> dict[str, str]:
    return {one.locator.rpartition("/")[2]: one.rule_id for one in folder.look(source(), inbox).passed_over}


@pytest.mark.attack("a link, device, socket or FIFO in the inbox · passed over by name, never opened")
@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("link to a file elsewhere", "inbox_link"),
        ("link to a file beside it", "inbox_link"),
        ("link to a folder", "inbox_link"),
        ("link to nothing", "inbox_link"),
        ("link to itself", "inbox_link"),
        ("FIFO", "inbox_special"),
        ("socket", "inbox_special"),
        ("device", "inbox_special"),
    ],
)
def test_what_is_no_file_is_named_and_never_opened(
    inbox: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, kind: str, rule: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "secret.csv").write_bytes(b"a;b\n")
    put(inbox, "a.csv")
    place = inbox / "quelle" / "b.csv"
    targets = {"file elsewhere": elsewhere / "secret.csv", "file beside it": Path("a.csv"), "folder": elsewhere}
    targets |= {"nothing": elsewhere / "nothing", "itself": Path("b.csv")}
    if kind == "FIFO":
        os.mkfifo(place)
    elif kind == "socket":
        monkeypatch.chdir(place.parent)  # the path of a socket must be short
        socket.socket(socket.AF_UNIX).bind("b.csv")
    elif kind == "device":
        try:
            os.mknod(place, 0o20666, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("only root can make a device")
    else:
        place.symlink_to(next(target for words, target in targets.items() if kind.endswith(words)))
    assert passed_over(inbox) == {"b.csv": rule}
    assert names(inbox) == ["a.csv"]


@pytest.mark.attack("a hard link to a file outside of the inbox · passed over by name")
def test_a_hard_link_out_of_the_folder_is_passed_over_and_one_within_it_is_a_copy(inbox: Path) -> None:
    put(inbox, "a.csv")
    (inbox / "quelle" / "b.csv").hardlink_to(inbox / "quelle" / "a.csv")
    assert names(inbox) == ["a.csv", "b.csv"]
    (inbox / "secret").hardlink_to(inbox / "quelle" / "a.csv")
    assert passed_over(inbox) == {"a.csv": "inbox_hard_link", "b.csv": "inbox_hard_link"}


@pytest.mark.attack("the folder of a source is a link to another folder · nothing of it is read, and it is named")
def test_a_folder_of_a_source_that_is_a_link_is_named_and_not_followed(
    inbox: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path_factory.getbasetemp() / "private").mkdir(exist_ok=True)
    (inbox / "quelle").rmdir()
    (inbox / "quelle").symlink_to(tmp_path_factory.getbasetemp() / "private")
    (tmp_path_factory.getbasetemp() / "private" / "a.csv").write_bytes(b"a;b\n")
    found = folder.look(source(), inbox)
    assert (list(found.available), [(one.locator, one.rule_id) for one in found.passed_over]) == (
        [],
        [("quelle", "inbox_link")],
    )


@pytest.mark.attack("a file name with control, invisible or undecodable characters · passed over, shown without them")
@pytest.mark.parametrize("name", [b"a\xff.csv", b"a\x1b[2J.csv", b"a\nb.csv", "a\u202evsc.csv".encode()])
def test_a_name_that_cannot_be_told_is_passed_over(inbox: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(inbox / "quelle") + b"/" + name)).write_bytes(b"a;b\n")
    [found] = folder.look(source(), inbox).passed_over
    assert found.rule_id == "inbox_name"
    assert found.sentence("de").isprintable()
    assert found.sentence("en").encode()


@pytest.mark.attack("a file swapped for a link between look and reading · passed over, what the link names is not read")
@pytest.mark.parametrize(
    ("swapped_for", "rule"),
    [("link", "inbox_link"), ("FIFO", "inbox_special"), ("other file", "inbox_growing"), ("nothing", "inbox_growing")],
)
def test_a_file_is_what_it_was_when_looked_at_or_it_is_not_read(inbox: Path, swapped_for: str, rule: str) -> None:
    put(inbox, "a.csv")
    place = inbox / "quelle" / "a.csv"
    (file,) = folder.look(source(), inbox).available
    place.rename(inbox / "before.csv")
    if swapped_for == "link":
        place.symlink_to(inbox / "before.csv")
    elif swapped_for == "FIFO":
        os.mkfifo(place)
    elif swapped_for == "other file":
        put(inbox, "a.csv", b"other")
    with pytest.raises(NotTaken) as left:
        file.read()
    assert (left.value.passed_over.locator, left.value.passed_over.rule_id) == ("quelle/a.csv", rule)


def test_a_folder_swapped_for_a_link_is_not_followed(inbox: Path) -> None:
    put(inbox, "a.csv")
    (file,) = folder.look(source(), inbox).available
    (inbox / "quelle").rename(inbox / "before")
    (inbox / "quelle").symlink_to(inbox / "before")
    with pytest.raises(NotTaken) as left:
        file.read()
    assert left.value.passed_over.rule_id == "inbox_link"


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_run(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, "a.csv")
    (file,) = folder.look(source(), inbox).available
    monkeypatch.setattr(folder, "_whole", lambda handle: put(inbox, "a.csv", b"a;b\nmore") or handle.read())
    with pytest.raises(NotTaken) as left:
        file.read()
    assert left.value.passed_over.rule_id == "inbox_growing"


@pytest.mark.attack("a file of any size, also one that takes no room on disk · passed over before it is read")
def test_a_file_larger_than_any_delivery_is_passed_over(inbox: Path) -> None:
    put(inbox, "a.csv")
    os.truncate(inbox / "quelle" / "a.csv", limits.LARGEST_FILE)
    assert names(inbox) == ["a.csv"]
    os.truncate(inbox / "quelle" / "a.csv", limits.LARGEST_FILE + 1)
    assert passed_over(inbox) == {"a.csv": "file_too_large"}


@pytest.mark.attack("a receipts.csv beside real deliveries, broken or backdating them · not read")
@pytest.mark.parametrize("content", [b"\xff\xfe", b"source_id;file_name\nquelle;a.csv\n", b"\0", b'"'])
def test_only_the_sample_set_states_receipts(inbox: Path, content: bytes) -> None:
    put(inbox, "a.csv")
    (inbox / "receipts.csv").write_bytes(content)
    assert names(inbox) == ["a.csv"]
