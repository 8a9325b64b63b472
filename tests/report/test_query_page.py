"""The query page: nothing without the engine, a sentence where the engine is not whole, and in a browser an answer from here alone.

pytest blocks sockets, so a process of its own serves the site on loopback, as `make site` does, to the browser alone.
"""

import csv
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext, Page

from cli.main import main
from programmes.loading import load_programme
from release import reading
from release.layout import VarFolder
from report import downloads, query_engine, site
from report.pages import data, query, start
from report.query_engine import SETTING, QueryEngineMissing, engine_of
from trials import browser as looks

ELSEWHERE = "http://elsewhere.invalid/"
FILES = {*query_engine.LOADED, *query_engine.LICENCES}
Make = Callable[..., Path]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of the right names and, so far, the declared hashes."""
    monkeypatch.delenv(SETTING, raising=False)
    folder, loaded = tmp_path / "engine", {}
    for name, (path, _) in query_engine.LOADED.items():
        loaded[name] = (path, hashlib.sha256(name.encode()).hexdigest())
        _write(folder, path, name)
    for name, path in query_engine.LICENCES.items():
        _write(folder, path, name)
    monkeypatch.setattr(query_engine, "LOADED", loaded)
    return folder


def _write(folder: Path, path: str, content: str) -> None:
    target = folder / "node_modules" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8")


@contextmanager
def _making(published: Path) -> Iterator[Make]:
    """Makes a site of few pages."""
    release, programme = reading.current(VarFolder("nordwaerts", published)), load_programme("nordwaerts")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(site, "KINDS", (start.pages, data.pages, query.pages))
        patched.setattr(downloads, "deriving", lambda *_: nullcontext(lambda _wanted: None))
        yield lambda folder, engine=None: site.make_site(release, programme, folder, engine=engine)


@pytest.fixture
def make(published: Path) -> Iterator[Make]:
    with _making(published) as one:
        yield one


def test_a_site_without_the_option_has_nothing_of_it(make: Make, package: Path, tmp_path: Path) -> None:
    plain, asked = make(tmp_path / "one" / "web"), make(tmp_path / "two" / "web", engine_of(package))
    names = {path.relative_to(plain).as_posix() for path in plain.rglob("*") if path.is_file()}
    more = {path.relative_to(asked).as_posix() for path in asked.rglob("*") if path.is_file()} - names
    own = {path.name for path in query_engine.OWN.iterdir()}
    assert more == {"de/query.html", "en/query.html", *(f"query/{name}" for name in FILES | own)}
    for name in (name for name in names if name.endswith(".html")):
        assert "query.html" not in (plain / name).read_text(encoding="utf-8"), name
        lines = (asked / name).read_text(encoding="utf-8").splitlines(keepends=True)
        rest = "".join(line for line in lines if 'href="query.html"' not in line)
        assert rest == (plain / name).read_text(encoding="utf-8"), name
    for language in ("de", "en"):
        assert (asked / language / "data.html").read_text(encoding="utf-8").count('href="query.html"') == 2


def test_a_second_site_links_the_files_of_the_first(make: Make, package: Path, tmp_path: Path) -> None:
    first = make(tmp_path / "web", engine_of(package))
    kept = {name: (first / "query" / name).stat().st_ino for name in FILES}
    first.rename(tmp_path / "web" / "earlier")
    (tmp_path / "web" / "current").unlink()
    (tmp_path / "web" / "current").symlink_to("earlier")
    _write(package, query_engine.LICENCES["LICENSE-tslib.txt"], "another")
    second = make(tmp_path / "web", engine_of(package))
    changed = {name for name in FILES if (second / "query" / name).stat().st_ino != kept[name]}
    assert changed == {"LICENSE-tslib.txt"}


@pytest.mark.parametrize("path", [*(path for path, _ in query_engine.LOADED.values()), *query_engine.LICENCES.values()])
def test_a_missing_file_is_a_sentence(package: Path, path: str) -> None:
    assert engine_of(package)
    (package / "node_modules" / path).unlink()
    with pytest.raises(QueryEngineMissing) as refused:
        engine_of(package)
    (reason,) = refused.value.reasons
    assert reason.rule == "query_engine" and path in reason.en and "npm install" in reason.remedy_de


def test_a_file_of_another_version_is_a_sentence(package: Path) -> None:
    _write(package, query_engine.LOADED["duckdb-eh.wasm"][0], "cut off")
    with pytest.raises(QueryEngineMissing, match=r"duckdb-eh\.wasm is not the file of version"):
        engine_of(package)


def test_the_environment_names_the_folder_too(package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert engine_of() is None
    monkeypatch.setenv(SETTING, str(package))
    assert engine_of() == engine_of(package)
    with pytest.raises(QueryEngineMissing):
        engine_of(tmp_path)


def test_the_command_refuses_in_words_and_leaves_the_site_before(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORDWAERTS_VAR", str(published))
    given = ["report", "--out", str(tmp_path / "out"), "--query-engine", str(tmp_path / "nothing"), "--lang", "de"]
    done = CliRunner().invoke(main, given)
    assert done.exit_code == 1 and "duckdb-eh.wasm fehlt" in done.output and "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


# --- in a browser --------------------------------------------------------------------------------------


@dataclass
class Served:
    """A page at an address, and what was asked for over the network."""

    context: BrowserContext
    page: Page
    host: str
    requests: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.host}/{path}")
        self.page.wait_for_timeout(500)

    def ask(self, sql: str) -> str:
        self.page.fill("textarea", sql)
        self.page.click("button")
        self.page.wait_for_selector("button[aria-disabled=false]", timeout=120_000)
        return self.page.inner_text("#status")

    def cells(self) -> list[str]:
        return self.page.locator("#result tbody td").all_inner_texts()

    def loaded(self) -> list[str]:
        """Since the last call."""
        found = [url.removeprefix(f"{self.host}/") for url in self.requests if not url.startswith("blob:")]
        self.requests.clear()
        return found


@pytest.fixture(scope="module")
def real() -> Path:
    if looks.chromium() is None:
        pytest.skip("no Chromium on this machine")
    if not (named := os.environ.get(SETTING)):
        pytest.skip(f"{SETTING} names no folder with the npm package (docs/guide-page.md)")
    return Path(named)


@pytest.fixture(scope="module")
def asked(real: Path, published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with _making(published) as make:
        return make(tmp_path_factory.mktemp("query") / "web", engine_of(real))


@pytest.fixture(scope="module")
def running(real: Path) -> Iterator[Browser]:
    with looks.browser() as one:
        yield one


@contextmanager
def _serving(running: Browser, folder: Path, missing: str = "", is_bound: bool = True) -> Iterator[Served]:
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        context = running.new_context(viewport={"width": 320, "height": 900}, bypass_csp=not is_bound)
        try:
            assert server.stdout
            host = "http://127.0.0.1:" + server.stdout.readline().split()[5]
            served = Served(context, context.new_page(), host)
            context.on("request", lambda request: served.requests.append(request.url))
            if missing:
                context.route(f"{host}/{missing}", lambda route: route.fulfill(status=404))
            yield served
        finally:
            context.close()
            server.kill()


@dataclass(frozen=True)
class Clicked:
    """A page that was opened and asked once, and what it loaded before and at the click."""

    served: Served
    before: list[str]
    at_click: list[str]


@pytest.fixture(scope="module")
def clicked(running: Browser, asked: Path) -> Iterator[Clicked]:
    with _serving(running, asked) as served:
        served.open("de/query.html")
        before = served.loaded()
        assert served.ask("select 42 as answer") == "1 Zeile." and served.cells() == ["42"]
        yield Clicked(served, before, served.loaded())


@pytest.fixture
def served(clicked: Clicked) -> Served:
    clicked.served.loaded()
    return clicked.served


@pytest.mark.slow
def test_nothing_is_loaded_before_the_click_and_then_from_here_alone(clicked: Clicked, asked: Path) -> None:
    assert clicked.before == ["de/query.html", "style.css", "query/query.css", "query/query.js"]
    code = {*(f"query/{name}" for name in query_engine.LOADED), "query/arrow.js", "data/public.duckdb"}
    assert sorted(clicked.at_click) == sorted(code)
    size = sum((asked / name).stat().st_size for name in code)
    assert f" {round(size / 1e6)} MB " in clicked.served.page.inner_text("main")


@pytest.mark.slow
def test_an_answer_is_the_published_figure(served: Served, asked: Path) -> None:
    with (asked / "data" / "csv" / "fct_claim_verdict.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["evaluation"] == "current" and row["estimate"]]
    row, head = rows[0], ["claim_id", "wording_de", "estimate", "nothing"]
    where = f"claim_id = '{row['claim_id']}' and evaluation = 'current'"
    sql = f"select claim_id, wording_de, estimate, null as nothing from fct_claim_verdict where {where};"
    assert served.ask(sql) == "1 Zeile."
    assert served.page.locator("#result th[scope=col]").all_inner_texts() == head
    claim_id, wording, estimate, nothing = served.cells()
    assert (claim_id, wording, nothing) == (row["claim_id"], row["wording_de"], "–")
    assert float(estimate) == float(row["estimate"])
    assert served.loaded() == []


@pytest.mark.slow
def test_a_saved_formula_is_defused(served: Served) -> None:
    served.ask("""select '=1+1' as "=head", -1.5 as number, ' @x' as indented, 'say "a"' as quoted, null as nothing""")
    with served.page.expect_download() as saved:
        served.page.click("#saved a")
    with saved.value.path().open(newline="", encoding="utf-8") as file:
        assert [*csv.reader(file)] == [
            ["'=head", "number", "indented", "quoted", "nothing"],
            ["'=1+1", "-1.5", "' @x", 'say "a"', ""],
        ]


@pytest.mark.slow
def test_a_long_answer_is_shown_in_part_and_saved_whole(served: Served, asked: Path) -> None:
    said = served.ask("from fct_indicator_value")
    assert said.endswith(" Zeilen, die ersten 300 sind zu sehen; die CSV-Datei hat alle.")
    assert served.page.locator("#result tbody tr").count() == 300
    with served.page.expect_download() as saved:
        served.page.click("#saved a")
    with (
        saved.value.path().open(newline="") as one,
        (asked / "data/csv/fct_indicator_value.csv").open(newline="") as other,
    ):
        assert sum(1 for _ in csv.reader(one)) == sum(1 for _ in csv.reader(other)) > 300


@pytest.mark.slow
def test_texts_come_through_as_they_are(served: Served) -> None:
    assert (
        served.ask("""select 'a,b"c' as x, '' as y, '<b>' as "a ""z", null as z, 1.50 as n, date '2026-03-02' as d""")
        == "1 Zeile."
    )
    assert served.cells() == ['a,b"c', "", "<b>", "–", "1.50", "2026-03-02"]
    assert served.page.locator("#result td.number").all_inner_texts() == ["–", "1.50"]
    assert served.ask("select 1 as a where false") == "0 Zeilen."
    assert served.ask("describe fct_claim_verdict -- columns").endswith(" Zeilen.") and "claim_id" in served.cells()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("select claim_id,\n nothing\nfrom fct_claim_verdict", 'Referenced column "nothing" not found'),
        ("selec 1", "Parser Error: "),
        ("", "Parser Error: "),
        ("select json_extract('{}', 'a')", "in the json extension"),
        ("from 'https://elsewhere.invalid/a.csv'", "disabled by configuration"),
        ("from read_parquet('https://elsewhere.invalid/a.parquet')", "in the parquet extension"),
        ("select 1)) to 'result.csv'; install spatial; from ((select 1", "Parser Error"),
    ],
)
def test_an_error_is_a_sentence_and_nothing_is_fetched_for_it(served: Served, sql: str, sentence: str) -> None:
    said = served.ask(sql)
    assert said.startswith("DuckDB kann das nicht beantworten: ") and sentence in said and "\n" not in said
    assert ("(Zeile 2)" in said) == ("\n" in sql)
    assert not served.page.is_visible("#result") and served.loaded() == []


@pytest.mark.slow
def test_its_settings_are_locked(served: Served) -> None:
    names = (
        "('enable_external_access', 'autoload_known_extensions', 'autoinstall_known_extensions', 'lock_configuration')"
    )
    assert served.ask(f"select value from duckdb_settings() where name in {names} order by name") == "4 Zeilen."
    assert served.cells() == ["false", "false", "false", "true"]


@pytest.mark.slow
def test_axe_finds_no_barrier_in_what_was_answered(served: Served) -> None:
    for sql in ("from fct_claim_verdict limit 5", "selec"):
        served.ask(sql)
        assert [said for judge in (looks.overflow, looks.clipped, looks.barriers) for said in judge(served.page)] == []


@pytest.mark.slow
def test_the_policy_binds_the_worker_duckdb_runs_in(served: Served) -> None:
    """Whatever DuckDB would ask for."""
    (worker,) = served.page.workers
    ask = "url => fetch(url).then(() => 'fetched', () => 'kept back')"
    assert worker.evaluate(ask, f"{served.host}/data/edition.json") == "fetched"
    assert worker.evaluate(ask, ELSEWHERE) == "kept back"
    assert served.loaded() == ["data/edition.json"]


@pytest.mark.slow
def test_a_request_of_a_worker_would_be_seen(running: Browser, asked: Path) -> None:
    with _serving(running, asked, is_bound=False) as served:
        served.open("en/query.html")
        served.page.evaluate(f"new Worker(URL.createObjectURL(new Blob([`fetch('{ELSEWHERE}')`])))")
        served.page.wait_for_timeout(500)
        assert ELSEWHERE in served.loaded()


@pytest.mark.slow
def test_a_file_the_server_does_not_give_is_a_sentence(running: Browser, asked: Path) -> None:
    with _serving(running, asked, missing="query/duckdb-eh.wasm") as served:
        served.open("de/query.html")
        assert served.ask("select 1") == "duckdb-eh.wasm lässt sich von diesem Server nicht laden."


@pytest.mark.slow
def test_a_page_from_a_disk_says_so(running: Browser, asked: Path) -> None:
    with looks.looking(running, looks.LIGHT) as page:
        opened = looks.opened(page, asked / "de" / "query.html")
        page.click("button")
        assert "vom Datenträger geöffnet" in page.inner_text("#status") and opened.wrong() == []


@pytest.mark.slow
@pytest.mark.parametrize("look", [looks.LIGHT, looks.DARK, looks.FORCED], ids=lambda look: look.name)
def test_the_page_can_be_read_in_every_look(running: Browser, asked: Path, look: looks.Look) -> None:
    with looks.looking(running, look) as page:
        for language in ("de", "en"):
            assert looks.opened(page, asked / language / "query.html", look).wrong() == []
            judges = (looks.overflow, looks.clipped, looks.contrast, looks.barriers)
            assert [said for judge in judges for said in judge(page)] == []
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert looks.overflow(page) + looks.clipped(page) == []
