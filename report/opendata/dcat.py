"""`catalogue.ttl`: the catalogue of a public edition as DCAT-AP.de 3.0, which open data portals harvest.

One data set per public table and release, of the one readers see and of those kept at month ends, bound together by a series
per table. A release of synthetic figures has none, nor has a programme without publisher, licence and permanent address:
a portal would offer made-up figures as a city's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from programmes.publication import Contact, Publication
from programmes.settings import ProgrammeSettings
from report.addresses import Addresses, addresses_of
from report.opendata.edition import Edition, Table
from report.opendata.turtle import Statement, address, day, document, nested, text, thing, typed

NAME = "catalogue.ttl"

_PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_MEDIA = "http://www.iana.org/assignments/media-types"
_GERMAN, _ENGLISH = address(f"{_AUTHORITY}/language/DEU"), address(f"{_AUTHORITY}/language/ENG")
_THEME = address(f"{_AUTHORITY}/data-theme/GOVE")
_IRREGULAR, _MONTHLY = address(f"{_AUTHORITY}/frequency/IRREG"), address(f"{_AUTHORITY}/frequency/MONTHLY")

_SHA256 = "spdx:checksumAlgorithm_sha256"


@dataclass(frozen=True)
class _Form:
    """One file a table is handed out as."""

    pattern: str
    file_type: str
    media_type: str
    title_de: str
    title_en: str


_FORMS = (
    _Form("csv/{}.csv", "CSV", "text/csv", "CSV mit Komma und Dezimalpunkt", "CSV with comma and decimal point"),
    _Form(
        "csv_de/{}.csv", "CSV", "text/csv", "CSV mit Semikolon und Dezimalkomma", "CSV with semicolon and decimal comma"
    ),
    _Form("{}.parquet", "PARQUET", "application/vnd.apache.parquet", "Parquet", "Parquet"),
)


def catalogue(edition: Edition, settings: ProgrammeSettings, month_ends: Sequence[Edition] = ()) -> bytes | None:
    """The catalogue with the releases kept at month ends; None for a synthetic release and without a declared address."""
    publication, addresses = settings.publication, addresses_of(settings.publication)
    if edition.is_synthetic or publication is None or addresses is None:
        return None
    earlier = [each for each in month_ends if not each.is_synthetic and each.release_id != edition.release_id]
    editions = [edition, *sorted(earlier, key=lambda each: each.release_id, reverse=True)]
    return document(_PREFIXES, _things(_Catalogue(settings, publication, addresses), editions))


@dataclass(frozen=True)
class _Catalogue:
    settings: ProgrammeSettings
    publication: Publication
    addresses: Addresses

    @property
    def publisher(self) -> str:
        return address(self.addresses.node("publisher"))

    @property
    def contact(self) -> str:
        return address(self.addresses.node("contact"))

    def series(self, table: Table) -> str:
        return address(self.addresses.node("series", table.name))

    def dataset(self, edition: Edition, table: Table) -> str:
        return address(self.addresses.node(edition.release_id, table.name))


def _things(about: _Catalogue, editions: Sequence[Edition]) -> Iterator[str]:
    newest, settings = editions[0], about.settings
    yield thing(
        address(about.addresses.node("catalogue")),
        [
            ("a", "dcat:Catalog"),
            ("dct:title", text(f"Offene Daten: {settings.name}, {settings.city}", "de")),
            ("dct:title", text(f"Open data: {settings.name}, {settings.city}", "en")),
            ("dct:description", text(settings.description_de, "de")),
            ("dct:description", text(settings.description_en, "en")),
            ("dct:publisher", about.publisher),
            ("dct:license", address(about.publication.licence.uri)),
            ("dct:language", f"{_GERMAN}, {_ENGLISH}"),
            ("dct:modified", day(newest.as_of_on)),
            ("foaf:homepage", address(about.addresses.base_url)),
            *_place(about.publication)[:1],
            *(("dcat:dataset", about.dataset(edition, table)) for edition in editions for table in edition.tables),
        ],
    )
    publisher = about.publication.publisher
    yield thing(
        about.publisher,
        [
            ("a", "foaf:Agent"),
            ("foaf:name", text(publisher.name, "de")),
            *([("foaf:homepage", address(publisher.homepage))] if publisher.homepage else []),
        ],
    )
    yield thing(about.contact, _contact(about.publication.contact))
    if spatial := about.publication.spatial_uri:
        yield thing(address(spatial), [("a", "dct:Location")])
    yield thing(_SHA256, [("a", "spdx:ChecksumAlgorithm")])
    latest = {table.name: table for edition in reversed(editions) for table in edition.tables}
    for _, table in sorted(latest.items()):
        yield thing(about.series(table), _series(about, newest, table))
    for edition in editions:
        for table in edition.tables:
            yield thing(about.dataset(edition, table), _dataset(about, edition, table))
            for form in _FORMS:
                yield thing(*_distribution(about, edition, table, form))


def _series(about: _Catalogue, edition: Edition, table: Table) -> list[Statement]:
    return [
        ("a", "dcat:DatasetSeries"),
        ("dct:title", text(f"{table.title.de}: alle Stände", "de")),
        ("dct:title", text(f"{table.title.en}: all releases", "en")),
        *_description(table),
        *_answering(about),
        ("dct:accrualPeriodicity", _MONTHLY),
        ("dct:modified", day(edition.as_of_on)),
        *_place(about.publication)[:1],
    ]


def _dataset(about: _Catalogue, edition: Edition, table: Table) -> list[Statement]:
    publication = about.publication
    return [
        ("a", "dcat:Dataset"),
        ("dct:title", text(f"{table.title.de} ({about.settings.name})", "de")),
        ("dct:title", text(f"{table.title.en} ({about.settings.name})", "en")),
        *_description(table),
        ("dct:identifier", text(f"{table.name}/{edition.release_id}")),
        ("dcat:version", text(edition.release_id)),
        ("dcat:inSeries", about.series(table)),
        *_answering(about),
        *([("dcatde:contributorID", address(publication.contributor_id))] if publication.contributor_id else []),
        ("dcat:theme", _THEME),
        ("dct:language", f"{_GERMAN}, {_ENGLISH}"),
        ("dct:accrualPeriodicity", _IRREGULAR),
        ("dct:accessRights", address(f"{_AUTHORITY}/access-right/PUBLIC")),
        ("dct:modified", day(edition.as_of_on)),
        *_place(publication),
        *_time(table),
        ("dcat:landingPage", address(about.addresses.data("de"))),
        *(("dcat:distribution", _name(about, edition, table, form)) for form in _FORMS),
    ]


def _distribution(about: _Catalogue, edition: Edition, table: Table, form: _Form) -> tuple[str, list[Statement]]:
    name = form.pattern.format(table.name)
    file, licence = edition.files[name], about.publication.licence
    where = address(about.addresses.file(edition.release_id, name))
    return _name(about, edition, table, form), [
        ("a", "dcat:Distribution"),
        ("dct:title", text(form.title_de, "de")),
        ("dct:title", text(form.title_en, "en")),
        ("dct:license", address(licence.uri)),
        ("dcatde:licenseAttributionByText", text(about.publication.publisher.name, "de")),
        ("dcat:accessURL", where),
        ("dcat:downloadURL", where),
        ("dct:format", address(f"{_AUTHORITY}/file-type/{form.file_type}")),
        ("dcat:mediaType", address(f"{_MEDIA}/{form.media_type}")),
        ("dcat:byteSize", typed(file.size, "xsd:nonNegativeInteger")),
        (
            "spdx:checksum",
            nested(
                [
                    ("a", "spdx:Checksum"),
                    ("spdx:algorithm", _SHA256),
                    ("spdx:checksumValue", typed(file.sha256, "xsd:hexBinary")),
                ]
            ),
        ),
        ("dcatap:availability", address(f"{_AUTHORITY}/planned-availability/AVAILABLE")),
        ("dct:modified", day(edition.as_of_on)),
    ]


def _name(about: _Catalogue, edition: Edition, table: Table, form: _Form) -> str:
    return address(about.addresses.node(edition.release_id, form.pattern.format(table.name)))


def _description(table: Table) -> list[Statement]:
    english = [("dct:description", text(table.description, "en"))] if table.description else []
    return [("dct:description", text(table.title.description_de, "de")), *english]


def _answering(about: _Catalogue) -> list[Statement]:
    return [("dct:publisher", about.publisher), ("dcat:contactPoint", about.contact)]


def _contact(contact: Contact) -> list[Statement]:
    return [
        ("a", "vcard:Kind, vcard:Organization"),
        ("vcard:fn", text(contact.name)),
        ("vcard:hasEmail", address(f"mailto:{contact.email}")),
    ]


def _place(publication: Publication) -> list[Statement]:
    """Where it is about, and at which level of government, as far as declared."""
    found = []
    if publication.spatial_uri:
        found.append(("dct:spatial", address(publication.spatial_uri)))
    if publication.geocoding_level_uri:
        found.append(("dcatde:politicalGeocodingLevelURI", address(publication.geocoding_level_uri)))
    return found


def _time(table: Table) -> list[Statement]:
    if table.years is None:
        return []
    first, last = table.years
    span = [
        ("a", "dct:PeriodOfTime"),
        ("dcat:startDate", typed(f"{first}-01-01", "xsd:date")),
        ("dcat:endDate", typed(f"{last}-12-31", "xsd:date")),
    ]
    return [("dct:temporal", nested(span))]
