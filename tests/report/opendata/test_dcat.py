"""The catalogue: what DCAT-AP.de demands is there, the official shapes find nothing, and what is missing is found.

The official shapes lie beside the repository (`../shared/reference/dcat`) and are no part of it.
"""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from rdflib import DCTERMS, FOAF, RDF, SKOS, Graph, Namespace, URIRef
from rdflib.term import Node

from programmes.publication import Publication
from programmes.settings import ProgrammeSettings
from report.opendata.dcat import catalogue
from report.opendata.edition import Edition
from report.opendata.turtle import address, text

REFERENCE = Path(os.environ.get("NORDWAERTS_REFERENCE") or Path(__file__).resolve().parents[4] / "shared" / "reference")
SHAPES = REFERENCE / "dcat"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
VCARD, SPDX = Namespace("http://www.w3.org/2006/vcard/ns#"), Namespace("http://spdx.org/rdf/terms#")
SH = Namespace("http://www.w3.org/ns/shacl#")
AUTHORITY = "http://publications.europa.eu/resource/authority"
# What a thing of a class must have: DCAT-AP.de 3.0, and what portals refuse a harvest without.
REQUIRED: Mapping[Node, tuple[Node, ...]] = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset),
    DCAT.Dataset: (
        DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.identifier, DCTERMS.modified, DCAT.contactPoint,
        DCAT.theme, DCAT.distribution, DCAT.version, DCAT.inSeries, DCTERMS.accrualPeriodicity,
    ),
    DCAT.DatasetSeries: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.contactPoint),
    DCAT.Distribution: (
        DCTERMS.license, DCAT.accessURL, DCAT.downloadURL, DCTERMS.format, DCAT.mediaType, DCAT.byteSize, SPDX.checksum,
    ),
    FOAF.Agent: (FOAF.name,),
    VCARD.Kind: (VCARD.fn, VCARD.hasEmail),
}  # fmt: skip


def read(content: bytes | None) -> Graph:
    assert content
    return Graph().parse(data=content, format="turtle")


def missing(graph: Graph) -> set[tuple[str, str]]:
    """Class and property of what must be there and is not."""
    return {
        (str(kind).rsplit("#")[-1].rsplit("/")[-1], str(demanded).rsplit("#")[-1].rsplit("/")[-1])
        for kind, properties in REQUIRED.items()
        for thing in graph.subjects(RDF.type, kind)
        for demanded in properties
        if (thing, demanded, None) not in graph
    }


@pytest.fixture(scope="module")
def month_end(real: Edition) -> Edition:
    """An earlier release, with a table less and one more."""
    return replace(real, release_id="2026-01-31-0badc0de", tables=real.tables[1:])


@pytest.fixture(scope="module")
def graph(real: Edition, settings: ProgrammeSettings, month_end: Edition) -> Graph:
    return read(catalogue(real, settings, [month_end]))


def test_all_that_is_demanded_is_there(graph: Graph, real: Edition) -> None:
    assert missing(graph) == set()
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 2 * len(real.tables) - 1
    assert len(set(graph.subjects(RDF.type, DCAT.DatasetSeries))) == len(real.tables)


@pytest.mark.parametrize("lost", [DCTERMS.publisher, DCTERMS.license, DCAT.contactPoint, DCAT.downloadURL])
def test_what_is_missing_is_found(graph: Graph, lost: URIRef) -> None:
    spoiled = graph - Graph()
    thing = next(iter(spoiled.subjects(lost)))
    spoiled.remove((thing, lost, None))
    assert {name for _, name in missing(spoiled)} == {str(lost).rsplit("#")[-1].rsplit("/")[-1]}


def test_files_are_those_of_the_edition(graph: Graph, real: Edition) -> None:
    told = {
        str(url): (
            str(graph.value(node, DCAT.byteSize)),
            str(graph.value(graph.value(node, SPDX.checksum), SPDX.checksumValue)),
        )
        for node, url in graph.subject_objects(DCAT.downloadURL)
        if real.release_id in str(url)
    }
    assert told == {
        f"https://nordwaerts.amt.example/{real.release_id}/data/{name}": (str(file.size), file.sha256)
        for name, file in real.files.items()
        if name.endswith((".csv", ".parquet"))
    }


def test_a_synthetic_release_has_no_catalogue(edition: Edition, settings: ProgrammeSettings) -> None:
    assert edition.is_synthetic
    assert catalogue(edition, settings) is None


def test_a_synthetic_month_end_is_not_in_it(real: Edition, settings: ProgrammeSettings, month_end: Edition) -> None:
    assert catalogue(real, settings, [replace(month_end, is_synthetic=True)]) == catalogue(real, settings)


def test_without_declaration_or_address_there_is_none(
    real: Edition, settings: ProgrammeSettings, undeclared: ProgrammeSettings
) -> None:
    assert settings.publication
    homeless = settings.publication.model_copy(update={"base_url": None})
    assert catalogue(real, undeclared) is None
    assert catalogue(real, settings.model_copy(update={"publication": homeless})) is None


def test_the_same_edition_gives_the_same_bytes(real: Edition, settings: ProgrammeSettings, month_end: Edition) -> None:
    assert catalogue(real, settings, [month_end]) == catalogue(real, settings, [month_end, real])


@pytest.mark.parametrize("said", ['"] . <a> <b> <c> .', "a\\nb\nc\td", "\x00\x1f", "„Ümlaut“ 😀", "'''", "trailing \\"])
def test_every_text_comes_back_as_it_was(said: str) -> None:
    written = f"<urn:a> <urn:b> {text(said, 'de')} .".encode()
    assert [str(found) for found in Graph().parse(data=written, format="turtle").objects()] == [said]


def test_no_address_ends_early() -> None:
    term = address('https://a.example/> <urn:x> "')
    written = f"<urn:a> <urn:b> {term} .".encode()
    assert [str(found) for found in Graph().parse(data=written, format="turtle").objects()] == [
        "https://a.example/%3E%20%3Curn:x%3E%20%22"
    ]


# --- the official shapes -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shapes() -> Graph:
    if not SHAPES.is_dir():
        pytest.skip("the official shapes of DCAT-AP.de are not beside the repository (../shared/reference/dcat)")
    found = Graph()
    for name in ("SHACL", "SHACL-DE", "spec-german-additions", "de-controlledvocabularies", "de-deprecated"):
        found.parse(SHAPES / f"dcat-ap-{name}.ttl")
    return found


def severities(graph: Graph, shapes: Graph) -> Counter[str]:
    """How many results of each severity the official shapes give."""
    from pyshacl import validate

    known = graph + Graph().parse(SHAPES / "vocabulary-merge.ttl")
    for name in ("licenses-open.rdf", "contributors.rdf"):
        known.parse(SHAPES / name)
    for scheme, code in (("language", "ENG"), ("frequency", "IRREG"), ("frequency", "MONTHLY")):
        known.add((URIRef(f"{AUTHORITY}/{scheme}/{code}"), SKOS.inScheme, URIRef(f"{AUTHORITY}/{scheme}")))
    _, results, _ = validate(known, shacl_graph=shapes, advanced=True, do_owl_imports=False)
    assert isinstance(results, Graph)
    return Counter(str(severity).rsplit("#")[-1] for severity in results.objects(None, SH.resultSeverity))


@pytest.mark.reference
def test_the_official_shapes_find_nothing(
    real: Edition, settings: ProgrammeSettings, month_end: Edition, shapes: Graph
) -> None:
    whole = Publication.model_validate(
        {
            **(settings.publication.model_dump() if settings.publication else {}),
            "contributor_id": "http://dcat-ap.de/def/contributors/openNRW",
        }
    )
    content = catalogue(real, settings.model_copy(update={"publication": whole}), [month_end])
    assert severities(read(content), shapes) == Counter()


@pytest.mark.reference
@pytest.mark.parametrize(
    "spoil",
    [
        (DCAT.Distribution, DCTERMS.license, None),
        (DCAT.Dataset, DCTERMS.publisher, None),
        (DCAT.Dataset, DCTERMS.title, None),
        (DCAT.Dataset, DCAT.theme, URIRef("https://a.example/made-up")),
        (DCAT.Distribution, DCTERMS.format, URIRef("https://a.example/made-up")),
        (DCAT.Distribution, DCAT.accessURL, rdflib.Literal("no address")),
    ],
)
def test_the_official_shapes_find_what_is_spoiled(
    real: Edition, settings: ProgrammeSettings, shapes: Graph, spoil: tuple[URIRef, URIRef, Node | None]
) -> None:
    kind, prop, value = spoil
    few = replace(real, tables=real.tables[:2])
    spoiled = read(catalogue(few, settings))
    thing = next(iter(spoiled.subjects(RDF.type, kind)))
    spoiled.remove((thing, prop, None))
    if value is not None:
        spoiled.add((thing, prop, value))
    assert severities(spoiled, shapes)["Violation"] > 0


@pytest.mark.reference
def test_every_licence_that_can_be_declared_is_on_the_official_list(shapes: Graph) -> None:
    from typing import get_args

    from programmes.publication import LicenceCode

    known = {str(each) for each in Graph().parse(SHAPES / "licenses-open.rdf").subjects(RDF.type, SKOS.Concept)}
    assert {f"http://dcat-ap.de/def/licenses/{code}" for code in get_args(LicenceCode)} <= known
