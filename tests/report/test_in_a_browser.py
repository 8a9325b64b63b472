"""Every kind of page in the machine's own Chromium: the short form of `make trial-page`.

pytest blocks sockets, also here: playwright speaks with the browser through a pipe, and the pages come from a folder.
"""

import gzip
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from read_back import Made

from trials import browser as looks
from trials.page import MOST_BYTES, MOST_PACKED, vnu

RICH = ("projects.html", "mood.html", "indicators")
ENGLISH = ("index.html", "gaps.html", "method.html")
PLANTED = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Planted</title></head><body><main><h1>Planted</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
<p style="color: #bbb; background: #fff">hard to read</p>
<div style="width: 900px">wide</div>
<p style="width: 100px; overflow: hidden; white-space: nowrap">a sentence that is longer than its box</p>
<svg viewBox="0 0 100 50" width="100"><text x="0" y="20">one</text><text x="5" y="20">two</text><text x="90" y="40">three</text></svg>
<details><summary>more</summary><p>folded up</p></details>
<script src="missing.js"></script><script>console.error("planted"); fetch("http://example.invalid/").catch(() => 0)</script>
</main></body></html>"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.skipif(looks.chromium() is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Browser]:
    with looks.browser() as one:
        yield one


@pytest.fixture(scope="module")
def pages(made: Made) -> list[Path]:
    """One page of every kind in German, a few in English, and the one above both."""
    return [
        made.folder / "index.html",
        *looks.kinds(made.folder / "de"),
        *(made.folder / "en" / name for name in ENGLISH),
    ]


def _wrong(running: Browser, pages: list[Path], look: looks.Look, *judges) -> list[str]:
    found = []
    with looks.looking(running, look) as page:
        for file in pages:
            opened = looks.opened(page, file, look)
            judged = [*opened.wrong(), *(sentence for judge in judges for sentence in judge(page))]
            found += [f"{file.parent.name}/{file.name}, {look.name}: {sentence}" for sentence in judged]
    return found


def test_every_template_has_a_page(pages: list[Path]) -> None:
    assert len(pages) - len(ENGLISH) >= 20


@pytest.mark.parametrize(
    "look",
    [looks.LIGHT, looks.Look("768 px", 768), looks.Look("1,280 px", 1280), looks.LARGE],
    ids=lambda look: look.name,
)
def test_nothing_is_wider_than_the_page_or_cut(running: Browser, pages: list[Path], look: looks.Look) -> None:
    assert _wrong(running, pages, look, looks.overflow, looks.clipped, looks.scripts) == []


def test_paper_shows_what_is_folded_up_and_cuts_nothing(running: Browser, pages: list[Path]) -> None:
    assert _wrong(running, pages, looks.PRINT, looks.overflow, looks.clipped, looks.closed) == []


def test_nothing_is_missing_without_javascript(running: Browser, pages: list[Path]) -> None:
    with looks.looking(running, looks.LIGHT) as one, looks.looking(running, looks.SCRIPTLESS) as other:
        for file in pages:
            texts = []
            for page, look in ((one, looks.LIGHT), (other, looks.SCRIPTLESS)):
                assert looks.opened(page, file, look).wrong() == []
                texts.append(page.inner_text("main"))
            assert texts[0] == texts[1] and len(texts[0]) > 20, file


def test_axe_finds_no_barrier(running: Browser, pages: list[Path]) -> None:
    assert _wrong(running, pages, looks.LIGHT, looks.barriers) == []


@pytest.mark.parametrize("look", [looks.DARK, looks.FORCED], ids=lambda look: look.name)
def test_axe_finds_no_barrier_in_other_colours(running: Browser, pages: list[Path], look: looks.Look) -> None:
    rich = [page for page in pages if (page.parent.name == "de" and page.name in RICH) or page.parent.name in RICH]
    rich = [page for page in rich if page.name != "index.html"]
    assert len(rich) == len(RICH)
    assert _wrong(running, rich, look, looks.contrast) == []


def test_pages_are_light(pages: list[Path], made: Made) -> None:
    style = (made.folder / "style.css").read_bytes()
    for file in pages:
        raw = file.read_bytes()
        packed = len(gzip.compress(raw)) + len(gzip.compress(style))
        assert len(raw) + len(style) <= MOST_BYTES and packed <= MOST_PACKED, file


def test_pages_are_valid(pages: list[Path]) -> None:
    if not (jar := vnu()) or not shutil.which("java"):
        pytest.skip("no validator: NORDWAERTS_VNU names no vnu.jar, or there is no java")
    done = subprocess.run(
        ["java", "-Xmx1g", "-jar", str(jar), "--stdout", *pages],
        capture_output=True,
        text=True,
    )
    assert done.stdout == ""


def test_planted_faults_are_found(running: Browser, tmp_path: Path) -> None:
    file = tmp_path / "planted.html"
    file.write_text(PLANTED, encoding="utf-8")
    judges = (looks.overflow, looks.clipped, looks.closed, looks.scripts, looks.barriers)
    found = "\n".join(_wrong(running, [file], looks.LIGHT, *judges))
    for expected in (
        "image-alt",
        "color-contrast",
        "div reaches 908 px",
        "the page is 908 px wide, not 320",
        "p cuts “a sentence",
        "“one” lies on “two”",
        "“three” leaves the sheet",
        "closed: “folded up”",
        "runs ",
        "missing.js cannot be loaded",
        "planted",
        "asks for http://example.invalid/",
    ):
        assert expected in found, (expected, found)
    assert "color-contrast" in "\n".join(_wrong(running, [file], looks.DARK, looks.contrast))
