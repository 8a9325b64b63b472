"""Pages in a real browser: what keeps people from reading them, in words.

Every function takes a page that is open and says what is wrong with it, a sentence each. Used by the trial of the pages
(`trials/page.py`) and by its short form among the tests; a page with planted faults shows that each kind is found.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDTHS = (320, 768, 1280)
PAPER = 680  # pixels of 180 mm, what the margins leave of A4
SMALLEST = 9  # pixels a letter of a picture has at least

_OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth, scrolls = e => e && e !== document.body && e !== document.documentElement
    && (['auto', 'scroll'].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const over = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > wide + 1
    && e.getBoundingClientRect().left > -900 && !e.closest('.unseen') && !scrolls(e.parentElement));
  const all = document.documentElement.scrollWidth;
  return (all > wide ? [`the page is ${all} px wide, not ${wide}`] : []).concat(over.slice(0, 3).map(e =>
    `${e.tagName.toLowerCase()} reaches ${Math.round(e.getBoundingClientRect().right)} px, beyond ${wide}: ` +
    `“${e.textContent.trim().slice(0, 40)}”`));
}"""
_CLIPPED = """() => [...document.body.querySelectorAll('*')].filter(e => {
    const style = getComputedStyle(e);
    const hides = ['hidden', 'clip'].includes(style.overflowX) || style.textOverflow === 'ellipsis';
    return hides && !e.closest('.unseen, svg') && e.clientWidth && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
  }).slice(0, 3).map(e => `${e.tagName.toLowerCase()} cuts “${e.textContent.trim().slice(0, 40)}”`)"""
_PICTURES = """smallest => {
  const found = [];
  for (const svg of document.querySelectorAll('main svg')) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;
    const texts = [...svg.querySelectorAll('text')].filter(e => e.textContent.trim()).map(e => {
      const box = e.getBoundingClientRect(), trim = box.height * .18;  // less what is above and below the letters
      return {text: e.textContent, left: box.left, right: box.right, top: box.top + trim, bottom: box.bottom - trim,
              size: parseFloat(getComputedStyle(e).fontSize) * (frame.width / svg.viewBox.baseVal.width)};
    });
    const where = ' in the picture of ' + (svg.closest('figure') ? svg.closest('figure').id : '?');
    texts.forEach((a, n) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
        found.push(`“${a.text}” leaves the sheet` + where);
      if (a.size < smallest) found.push(`“${a.text}” is ${a.size.toFixed(1)} px high` + where);
      for (const b of texts.slice(n + 1))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
          found.push(`“${a.text}” lies on “${b.text}”` + where);
    });
  }
  return found.slice(0, 5);
}"""
_CLOSED = """() => [...document.querySelectorAll('details > :not(summary)')].filter(e => !e.checkVisibility() || !e.getBoundingClientRect().height)
  .map(e => `closed: “${e.textContent.trim().slice(0, 40)}”`)"""
_SCRIPTS = "() => [...document.scripts].filter(e => e.type !== 'application/ld+json').map(e => e.src || e.textContent.slice(0, 40))"


@dataclass(frozen=True)
class Look:
    """How a page is looked at: how wide, in which colours, with letters of how many per cent, on a screen or on paper."""

    name: str
    width: int = 320
    scheme: Literal["light", "dark"] = "light"
    has_forced_colours: bool = False
    has_scripts: bool = True
    letters: int = 100
    is_print: bool = False


LIGHT, DARK = Look("light"), Look("dark", scheme="dark")
FORCED = Look("forced colours", has_forced_colours=True)
SCRIPTLESS = Look("without JavaScript", has_scripts=False)
PRINT = Look("print", PAPER, is_print=True)
LARGE = Look("200 % text", letters=200)


@dataclass
class Opened:
    """A page that is open, and what the browser said of it while it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def wrong(self) -> list[str]:
        """Requests that leave the folder, errors on the console, files that are not there."""
        outside = [f"asks for {url}" for url in self.requests if not url.startswith(("file:", "data:"))]
        return outside + [f"the browser complains: {each}" for each in self.complaints]


def chromium() -> str | None:
    """The machine's own Chromium; None where it has none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """One browser for all pages; without a sandbox, which needs rights that containers lack: it opens our own files alone."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield running
        finally:
            running.close()


@contextmanager
def looking(running: Browser, look: Look) -> Iterator[Page]:
    """A page to open files in, one after the other, looked at like this."""
    context = running.new_context(
        viewport={"width": look.width, "height": 900},
        color_scheme=look.scheme,
        forced_colors="active" if look.has_forced_colours else "none",
        java_script_enabled=look.has_scripts,
    )
    try:
        page = context.new_page()
        if look.is_print:
            page.emulate_media(media="print")
        yield page
    finally:
        context.close()


def opened(page: Page, file: Path, look: Look = LIGHT) -> Opened:
    """Open a file in it."""
    found = Opened(page)
    handlers: dict[Any, Any] = {
        "request": lambda request: found.requests.append(request.url),
        "console": lambda said: found.complaints.append(said.text) if said.type in ("error", "warning") else None,
        "pageerror": lambda error: found.complaints.append(str(error)),
        "requestfailed": lambda request: found.complaints.append(f"{request.url} cannot be loaded"),
    }
    for event, handler in handlers.items():
        page.on(event, handler)
    page.goto(file.resolve().as_uri())
    for event, handler in handlers.items():
        page.remove_listener(event, handler)
    if look.letters != 100:
        page.add_style_tag(content=f"html {{ font-size: {look.letters}% !important; }}")
    return found


def overflow(page: Page) -> list[str]:
    """What is wider than the page, but for what scrolls in a box of its own."""
    return _said(page, _OVERFLOW)


def clipped(page: Page) -> list[str]:
    """Texts that are cut, in the page and in its pictures; letters on letters; letters too small to read."""
    return _said(page, _CLIPPED) + _said(page, _PICTURES, SMALLEST)


def closed(page: Page) -> list[str]:
    """What paper would not show because it is folded up."""
    return _said(page, _CLOSED)


def scripts(page: Page) -> list[str]:
    """Scripts that would run."""
    return [f"runs {each}" for each in _said(page, _SCRIPTS)]


def barriers(page: Page) -> list[str]:
    """What axe finds."""
    return _axe(page, {"type": "tag", "values": list(RULES)})


def contrast(page: Page) -> list[str]:
    """What axe finds that is another matter in other colours."""
    return _axe(page, {"type": "rule", "values": ["color-contrast", "link-in-text-block"]})


def kinds(folder: Path) -> list[Path]:
    """One page of every kind in the folder of a language: each page above, the list and the largest of each folder below."""
    found = sorted(folder.glob("*.html"))
    for below in sorted(each for each in folder.iterdir() if each.is_dir()):
        pages = sorted(below.rglob("*.html"))
        others = [page for page in pages if page.name != "index.html"]
        found += [page for page in pages if page.name == "index.html"]
        found += [max(others, key=lambda page: (page.stat().st_size, page.name))] if others else []
    return found


def _said(page: Page, code: str, *given: Any) -> list[str]:
    found: list[str] = page.evaluate(code, *given)
    return found


def _axe(page: Page, rules: Mapping[str, Any]) -> list[str]:
    code = files("axe_playwright_python") / "axe.min.js"
    page.evaluate(code.read_text(encoding="utf-8"))
    run = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options).then(result => result.violations)", run)
    return [f"{each['id']} ({len(each['nodes'])} times): {each['nodes'][0]['html'][:120]}" for each in found]
