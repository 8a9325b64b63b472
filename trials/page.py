"""The public page as its readers have it: the site of a release is made, and every kind of page opened in a real browser.

One page of each kind in German is opened at 320, 768 and 1,280 px, light, dark and with forced colours, without JavaScript, with letters
of 200 % and on paper (A4): axe, nothing wider than the page, nothing cut, no letter on another one, nothing folded up on paper, no request
to another host, nothing said on the console. Every page of both languages is opened at 320 px and on paper for what is wide or cut, and
read by the validator vnu where NORDWAERTS_VNU names its vnu.jar. The site is made three times: twice from nothing, byte for byte the
same, and once more unchanged. Writes its section of docs/trials.md. Exit code 1 if anything is found, or a page is too heavy, or
making takes too long.
"""

import argparse
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Browser, Page

from programmes.loading import load_programme
from release import reading
from release.layout import VarFolder
from report.site import LANGUAGES, make_site
from trials import browser
from trials.browser import DARK, FORCED, LARGE, LIGHT, PRINT, SCRIPTLESS, Look
from trials.document import REPORT, ROOT, replaced

HEADING = "## The page in a browser (`make trial-page`)"
PROGRAMME = "nordwaerts"
MOST_BYTES, MOST_PACKED, MOST_SECONDS, CORES = 200_000, 60_000, 60, 2
MAY_DIFFER = {"data/public.duckdb"}  # DuckDB writes what it pleases between its tables
ALL_OVER = [
    replace(look, name=f"{look.name}, {width:,} px", width=width)
    for look in (LIGHT, DARK, FORCED)
    for width in browser.WIDTHS
]
Judge = Callable[[Page], list[str]]


@dataclass
class Tried:
    """What came of it: how long making took, how heavy pages are, how often one was opened, and what is wrong, a sentence each."""

    seconds: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    weights: dict[str, tuple[int, int]] = field(default_factory=dict)  # with the style sheet, raw and compressed
    sheets: dict[str, int] = field(default_factory=dict)
    opened: int = 0
    files: int = 0
    validated: int | None = None
    differing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def vnu() -> Path | None:
    """Where the validator lies; None where nobody said so."""
    named = os.environ.get("NORDWAERTS_VNU")
    return Path(named) if named and Path(named).is_file() else None


def main() -> None:
    """Make the site, open its pages, judge, write the section."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--var", type=Path, help="var root with a refreshed sample, instead of refreshing it now")
    chosen = parser.parse_args()
    if browser.chromium() is None:
        sys.exit("There is no Chromium on this machine.")
    with tempfile.TemporaryDirectory() as folder:
        var = chosen.var or _refreshed(Path(folder) / "var")
        tried = Tried()
        made = _made(var, Path(folder), tried)
        look_at(made, tried)
    text = section(tried)
    REPORT.write_text(replaced(REPORT.read_text(encoding="utf-8"), text), encoding="utf-8")
    print(text)
    sys.exit(1 if tried.wrong else 0)


def look_at(site: Path, tried: Tried) -> None:
    """Open its pages in every way there is, weigh and validate them."""
    some = [site / "index.html", *browser.kinds(site / LANGUAGES[0])]
    everything = [site / "index.html", *(page for each in LANGUAGES for page in sorted((site / each).rglob("*.html")))]
    tried.files = len(everything)
    _weigh(site, everything, tried)
    _validate(everything, tried)
    fits: list[Judge] = [browser.overflow, browser.clipped]
    with browser.browser() as running:
        for look in ALL_OVER:
            _open(running, site, some, look, [*fits, browser.scripts, browser.barriers], tried)
        _open(running, site, some, LARGE, fits, tried)
        _open(running, site, some, SCRIPTLESS, [*fits, _is_whole], tried)
        _open(running, site, everything, LIGHT, fits, tried)
        _open(running, site, everything, PRINT, [*fits, browser.closed], tried)
        with browser.looking(running, PRINT) as page:
            for file in some:
                browser.opened(page, file)
                paper = page.pdf(format="A4", prefer_css_page_size=True)
                tried.sheets[str(file.relative_to(site))] = len(re.findall(rb"/Type\s*/Page\b(?!s)", paper))


def _open(
    running: Browser, site: Path, files: Sequence[Path], look: Look, judges: Sequence[Judge], tried: Tried
) -> None:
    begun = time.monotonic()
    with browser.looking(running, look) as page:
        for file in files:
            opened = browser.opened(page, file, look)
            found = [*opened.wrong(), *(sentence for judge in judges for sentence in judge(page))]
            tried.wrong += [f"{file.relative_to(site)}, {look.name}: {sentence}" for sentence in found]
    tried.opened += len(files)
    print(f"{look.name}: {len(files)} pages, {time.monotonic() - begun:.0f} s, {len(tried.wrong)} findings so far", flush=True)  # fmt: skip


def _is_whole(page: Page) -> list[str]:
    return [] if len(page.inner_text("main")) > 20 else ["nothing to read"]


def _weigh(site: Path, files: Sequence[Path], tried: Tried) -> None:
    style = (site / "style.css").read_bytes()
    for file in files:
        name, raw = str(file.relative_to(site)), file.read_bytes()
        tried.weights[name] = len(raw) + len(style), len(gzip.compress(raw)) + len(gzip.compress(style))
        if tried.weights[name][0] > MOST_BYTES or tried.weights[name][1] > MOST_PACKED:
            tried.wrong.append(f"{name} weighs {tried.weights[name]} bytes")


def _validate(files: Sequence[Path], tried: Tried) -> None:
    jar = vnu()
    if jar is None or shutil.which("java") is None:
        return
    command = ["java", "-Xmx1g", "-jar", str(jar), "--stdout", *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
    tried.validated = len(files)
    tried.wrong += [f"vnu: {line}" for line in said]


def _made(var: Path, folder: Path, tried: Tried) -> Path:
    """The site, made twice from nothing and once more unchanged."""
    release, programme = reading.current(VarFolder(PROGRAMME, var)), load_programme(PROGRAMME)
    if release is None:
        sys.exit(f"Nothing is published in {var}.")

    def timed(name: str, target: Path) -> Path:
        begun, used = time.monotonic(), _processor()
        site = make_site(release, programme, target)
        tried.seconds[name], tried.processor[name] = time.monotonic() - begun, _processor() - used
        print(f"{name}: {tried.seconds[name]:.0f} s, {tried.processor[name]:.0f} s of processor", flush=True)
        return site

    first = timed("from nothing", folder / "one")
    before = dict(_hashes(first))
    again = timed("unchanged", folder / "one")
    other = timed("from nothing, elsewhere", folder / "other")
    for site in (again, other):
        after = dict(_hashes(site))
        names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        tried.differing += names
        tried.wrong += [f"{name} has other bytes when made again" for name in names if name not in MAY_DIFFER]
    for name, used in tried.processor.items():
        if used > MOST_SECONDS * CORES:
            tried.wrong.append(f"making the site {name} took {used:.0f} s of processor")
    return first


def _processor() -> float:
    """Seconds of processor of this process and of those it waited for."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _hashes(site: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(each for each in site.rglob("*") if each.is_file()):
        name, content = str(path.relative_to(site)), path.read_bytes()
        if name == "data/edition.json":  # has the checksum of each file beside it
            told = json.loads(content)
            told["files"].pop(*(Path(each).name for each in MAY_DIFFER))
            content = json.dumps(told).encode()
        yield name, hashlib.sha256(content).hexdigest()


def _refreshed(var: Path) -> Path:
    environment = os.environ | {"NORDWAERTS_VAR": str(var)}
    subprocess.run([sys.executable, "-m", "cli.main", "refresh", "--sample"], cwd=ROOT, check=True, env=environment)
    return var


def section(tried: Tried) -> str:
    """What came of it, as Markdown."""
    heaviest = max(tried.weights, key=lambda name: tried.weights[name])
    packed = max(tried.weights, key=lambda name: tried.weights[name][1])
    if tried.validated is None:
        validity = "vnu was not there: nothing was validated."
    else:
        said = sum(sentence.startswith("vnu:") for sentence in tried.wrong)
        validity = f"vnu read {tried.validated:,} pages: {said} messages."
    differ = ", ".join(f"`{name}`" for name in sorted({*tried.differing})) or "none"
    outcome = "Nothing was found." if not tried.wrong else f"**{len(tried.wrong):,} findings:**"
    lines = [
        HEADING,
        "",
        (__doc__ or "").split("\n\n")[1].strip(),
        "",
        f"{tried.files:,} pages, {len(tried.sheets)} kinds; {tried.opened:,} times a page was opened. {validity}",
        "Seconds of processor, in brackets of the clock, to make the site in both languages with all files to take away: "
        + "; ".join(f"{name} {used:.0f} ({tried.seconds[name]:.0f})" for name, used in tried.processor.items())
        + f". At most {MOST_SECONDS} on {CORES} cores is held against processor time shared evenly; the clock also runs while others use the cores, and pages are made on one alone.",
        f"Files with other bytes when made again, but for their checksums in `data/edition.json`: {differ}.",
        f"Heaviest with its style sheet: `{heaviest}`, {tried.weights[heaviest][0] / 1000:.0f} kB (at most {MOST_BYTES // 1000}); compressed `{packed}`,",
        f"{tried.weights[packed][1] / 1000:.0f} kB (at most {MOST_PACKED // 1000}).",
        "",
        outcome,
        *(["", *(f"- {sentence}" for sentence in tried.wrong[:40])] if tried.wrong else []),
        "",
        "| kind, by its page | kB | compressed | sheets of A4 |",
        "|---|---:|---:|---:|",
        *(
            f"| `{name}` | {tried.weights[name][0] / 1000:.0f} | {tried.weights[name][1] / 1000:.0f} | {sheets} |"
            for name, sheets in tried.sheets.items()
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
