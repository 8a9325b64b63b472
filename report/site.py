"""The site of one release: all pages in both languages, the files of their figures, the style sheet, links between them.

`make_site` is the whole of it. The same release gives the same bytes. Written beside and switched when whole, so that a reader of
the folder never finds half a site; sites of earlier releases stay at their addresses.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pyarrow.parquet as pq

from programmes.model import Programme
from release import public_edition, reading
from release.atomic import partial_name, point
from release.reading import Release
from release.reason import Language
from release.rights import FOLDER_FOR_ALL, FOLDER_FOR_ITS_ACCOUNT, FOR_ALL, FOR_ITS_ACCOUNT
from release.spoken import current_language, speaking, words
from report import described, downloads
from report.declared import declared, refuse_sample_entries
from report.edition import Edition, opened
from report.figure import LONG, Figure
from report.notation import shown
from report.opendata import feed
from report.opendata.edition import read_edition
from report.opendata.feed import Published
from report.outlines import Outlines, outlines
from report.page import Inside, Material, Page
from report.pages import (
    about,
    areas,
    audit,
    claims,
    classes,
    data,
    gaps,
    indicators,
    mood,
    participation,
    projects,
    query,
    start,
    volunteering,
)
from report.query_engine import QueryEngine
from report.turned import turned_between
from report.workbook import About

Derive = Callable[[Iterable[downloads.Derived]], None]
TOLD = 12  # earlier releases that feed and notes tell of
LANGUAGES: tuple[Language, Language] = ("de", "en")
TEMPLATES = Path(__file__).with_name("templates")
KINDS: tuple[Callable[[Material], Iterator[Page]], ...] = (
    start.pages,
    claims.pages,
    indicators.pages,
    gaps.pages,
    areas.pages,
    classes.pages,
    projects.pages,
    participation.pages,
    volunteering.pages,
    mood.pages,
    about.pages,
    data.pages,
    query.pages,
    audit.pages,
)


@dataclass(frozen=True)
class Site:
    """What every page says of the site, in the language spoken."""

    name: str
    programme: str
    city: str
    description: str
    publisher: str
    release_id: str
    as_of_on: Any
    is_synthetic: bool
    is_internal: bool
    licence: str
    menu: list[tuple[str, str]]
    footer: list[tuple[str, str]]

    def citation(self, title: str) -> str:
        """How a figure is cited."""
        marks = words(" (Musterdaten)", " (sample data)") if self.is_synthetic else ""
        marks += words(" (intern)", " (internal)") if self.is_internal else ""
        return f"{self.publisher}: {title}. {self.name}, {words('Stand', 'release')} {self.release_id}{marks}."

    @property
    def origin(self) -> str:
        """What a picture says of itself where it is seen alone."""
        marks = words(" – synthetische Musterdaten", " – synthetic sample data") if self.is_synthetic else ""
        marks += words(" – intern", " – internal") if self.is_internal else ""
        return f"{self.publisher}, {self.name}, {words('Stand', 'release')} {self.release_id}{marks}"


def make_site(
    release: Release,
    programme: Programme,
    folder: Path,
    earlier: Sequence[Release] = (),
    engine: QueryEngine | None = None,
    walks: Mapping[str, str] | None = None,
) -> Path:
    """Make the site of a release as `<folder>/<release>`, and let `<folder>/current` lead to it; its folder.

    `earlier` are the releases readers saw before, the latest first; what turned between two of them is told. With an `engine`
    there is a query page. With `walks`, claim → the page of its walk, it is the internal edition, which hides nothing, has what
    auditors read, and which its account alone can open.

    Raises ReleaseDamaged where a public table is not as it was published, ReleaseError where a real release would appear
    under sample entries; then the site before stays.
    """
    inside = None if walks is None else Inside(release.manifest, walks)
    folder_right, file_right = (FOLDER_FOR_ITS_ACCOUNT, FOR_ITS_ACCOUNT) if inside else (FOLDER_FOR_ALL, FOR_ALL)
    if not inside:
        refuse_sample_entries(programme.settings.publication, release.manifest.is_synthetic)
    for place in (folder.parent, folder):
        if not place.is_dir():
            place.mkdir()
            place.chmod(folder_right)
    site, current = folder / release.release_id, folder / "current"
    before = current.resolve() if current.is_dir() else None
    made = partial_name(site)
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    shutil.copy(TEMPLATES / "style.css", made)
    public_edition.write(release, made / "data")
    with opened(release, is_internal=inside is not None) as edition:
        laid = read_edition(made / "data", release.manifest)
        told = _published(release, earlier)
        material = Material(
            edition, laid, made / "data", programme, told, _causes(release), _outlines(edition), engine, inside
        )
        described.write(material)
        if engine:
            engine.lay(made, before)
        _write_start(material, made)
        audit.write_walks(material, made)
        with downloads.deriving(made, before) as derive:
            for language in LANGUAGES:
                with speaking(language):
                    _write_language(material, language, made, derive)
    for path in made.rglob("*"):
        path.chmod(folder_right if path.is_dir() else file_right)
    made.chmod(folder_right)
    shutil.rmtree(site, ignore_errors=True)
    made.rename(site)
    point(current, site.name)
    return site


def _write_language(material: Material, language: Language, made: Path, derive: Derive) -> None:
    found = [page for kind in KINDS for page in kind(material)]
    site = _site(material, {page.path: page.title for page in found})
    environment = _environment(language, material)
    (made / "figures" / language).mkdir(parents=True)
    (made / language).mkdir()
    told = feed.feed(language, material.published, material.programme.settings, material.verdicts)
    (made / language / feed.NAME).write_bytes(told)
    for page in found:
        target = made / language / page.path
        target.parent.mkdir(parents=True, exist_ok=True)
        html = environment.get_template(page.template).render(
            {**page.context, "page": page, "site": site, "up": page.root.removesuffix("../")}
        )
        target.write_text(html, encoding="utf-8")
    for figure in {figure.figure_id: figure for page in found for figure in page.figures}.values():  # pages share some
        derive(downloads.write_picture(figure, made, language, site.origin))
        downloads.write_book(figure, made, language, _about(figure, site))
        if language == LANGUAGES[0]:  # data have no language
            derive(downloads.write_data(figure, made))


def _about(figure: Figure, site: Site) -> About:
    return About(
        title=figure.title,
        sentence=figure.sentence,
        source=figure.about.get(words("Quelle", "Source"), ""),
        as_of_on=site.as_of_on,
        licence=site.licence,
        citation=site.citation(figure.title),
        is_synthetic=site.is_synthetic,
    )


def _write_start(material: Material, made: Path) -> None:
    """The one page above both languages."""
    template = _environment(LANGUAGES[0], material).get_template("root.html.jinja")
    (made / "index.html").write_text(template.render(name=_name(material)), encoding="utf-8")


def _outlines(edition: Edition) -> Outlines:
    if not edition.has("dim_area_outline", "dim_area"):
        return {}
    delivered = edition.rows("select * from dim_area_outline order by area_id")
    return outlines(delivered, edition.rows("select * from dim_area"), edition.as_of_on)


def _causes(release: Release) -> Sequence[str]:
    notes = reading.kept_notes(release)
    return tuple(notes["causes"]) if notes else ()


def _published(release: Release, earlier: Sequence[Release]) -> list[Published]:
    """This release and those before, each with the verdicts that turned against the one before it."""
    releases = [release, *earlier]
    verdicts = [_verdicts(each) for each in releases]
    return [
        Published(
            each.release_id,
            each.manifest.as_of_on,
            each.manifest.is_synthetic,
            turned=tuple(turned_between(verdicts[n + 1], verdicts[n])) if n + 1 < len(releases) else (),
        )
        for n, each in enumerate(releases)
    ]


def _verdicts(release: Release) -> list[dict[str, Any]]:
    table = release.manifest.tables.get(claims.MART)
    if table is None or not table.is_public:
        return []
    found: list[dict[str, Any]] = pq.read_table(release.mart_path(claims.MART, is_public=True)).to_pylist()
    return found


def _environment(language: Language, material: Material) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=words,
        shown=shown,
        label=material.edition.label,
        language=language,
        other=next(each for each in LANGUAGES if each != language),
        data_files=downloads.DATA,
        picture_files=downloads.PICTURES,
        book=downloads.BOOK,
        long_table=LONG,
    )
    return environment


def _name(material: Material) -> str:
    return f"{material.programme.settings.name}-Monitor"


def _site(material: Material, titles: Mapping[str, str]) -> Site:
    settings, edition = material.programme.settings, material.edition
    said = declared(settings.publication, current_language())
    menu = (
        ("index.html", words("Start", "Start")),
        ("claims/index.html", words("Aussagen", "Sentences")),
        ("indicators/index.html", words("Indikatoren", "Indicators")),
        ("gaps.html", words("Abstände", "Gaps")),
        ("areas/index.html", titles.get("areas/index.html", "")),
        ("classes.html", words("Soziale Lage", "Social situation")),
        ("projects.html", words("Teilprojekte", "Sub-projects")),
        ("participation.html", words("Beteiligung", "Participation")),
        ("volunteering.html", words("Ehrenamt", "Volunteering")),
        ("mood.html", words("Stimmung", "Mood")),
        ("method.html", words("Methode", "Method")),
        ("data.html", words("Daten", "Data")),
        (audit.INDEX, words("Prüfen", "Audit")),
    )
    footer = (
        "query.html",
        "plain.html",
        "release-notes.html",
        "releases.html",
        "accessibility.html",
        "imprint.html",
        "privacy.html",
    )
    return Site(
        name=_name(material),
        programme=settings.name,
        city=settings.city,
        description=words(settings.description_de, settings.description_en),
        publisher=said.publisher if settings.publication else settings.city,
        release_id=edition.release_id,
        as_of_on=edition.as_of_on,
        is_synthetic=edition.is_synthetic,
        is_internal=edition.is_internal,
        licence=said.licence if settings.publication and not edition.is_internal else "",
        menu=[(path, name) for path, name in menu if path in titles],
        footer=[(path, titles[path]) for path in footer if path in titles],
    )
