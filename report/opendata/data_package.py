"""`datapackage.json`: the laid edition as a Frictionless Data Package 2.0.

Each public table is a resource of its plain CSV with types, key and meaning of the columns, and one of its Parquet file.
"""

import json
from typing import Any

from programmes.publication import Publication
from programmes.settings import ProgrammeSettings
from report.opendata.edition import Edition, Table

NAME = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
_DIALECT = "https://datapackage.org/profiles/2.0/tabledialect.json"
_SYNTHETIC = (
    "SYNTHETIC SAMPLE, no value is an official figure. Synthetische Musterdaten, kein Wert ist eine amtliche Angabe. "
)


def data_package(edition: Edition, settings: ProgrammeSettings) -> bytes:
    """The descriptor, to lie in the folder of the edition; the same bytes from the same edition."""
    publication = settings.publication
    body: dict[str, Any] = {
        "$schema": _PROFILE,
        "name": settings.programme_id.replace("_", "-"),
        "title": f"{settings.name}, {settings.city}",
        "description": (_SYNTHETIC if edition.is_synthetic else "") + settings.description_en,
        "version": edition.release_id,
        "created": f"{edition.as_of_on.isoformat()}T00:00:00Z",
        **(_declared(publication) if publication else {}),
        "sources": [
            {"title": f"{source.publisher}: {source.name_en} ({source.licence})", "version": edition.release_id}
            for source in edition.sources
        ],
        "resources": [each for table in edition.tables for each in _resources(edition, table)],
    }
    kept = {key: value for key, value in body.items() if value != []}
    return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()


def _declared(publication: Publication) -> dict[str, Any]:
    publisher, licence = publication.publisher, publication.licence
    return {
        **({"homepage": publication.base_url} if publication.base_url else {}),
        "licenses": [{"name": licence.id.replace("/", "-"), "path": licence.uri, "title": licence.text_en}],
        "contributors": [
            {
                "title": publisher.name,
                **({"path": publisher.homepage} if publisher.homepage else {}),
                "roles": ["publisher"],
            },
            {"title": publication.contact.name, "email": publication.contact.email, "roles": ["contact"]},
        ],
    }


def _resources(edition: Edition, table: Table) -> list[dict[str, Any]]:
    plain, parquet = f"csv/{table.name}.csv", f"{table.name}.parquet"
    about = {"title": table.title.en, "description": table.description}
    return [
        {
            "name": table.name,
            "type": "table",
            "path": plain,
            **about,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": edition.files[plain].size,
            "hash": _hash(edition, plain),
            "dialect": {"$schema": _DIALECT, "delimiter": ",", "header": True},
            "schema": _schema(table),
        },
        {
            "name": f"{table.name}.parquet",
            "path": parquet,
            **about,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "hash": _hash(
                edition, parquet
            ),  # no `bytes`: frictionless cannot count those of a Parquet file and calls it damaged
        },
    ]


def _hash(edition: Edition, name: str) -> str:
    return f"sha256:{edition.files[name].sha256}"


def _schema(table: Table) -> dict[str, Any]:
    """Types and keys; a key with an empty column is no primary key, but its rows are unique all the same."""
    fields = [{"name": each.name, "type": each.kind, "description": each.description} for each in table.columns]
    key: dict[str, Any] = {}
    if table.key:
        key = {"primaryKey": list(table.key)} if table.is_key_filled else {"uniqueKeys": [list(table.key)]}
    references = [
        {"fields": list(each.columns), "reference": {"resource": each.table, "fields": list(each.columns)}}
        for each in table.references
    ]
    return {
        "$schema": _SCHEMA,
        "fields": fields,
        "missingValues": [""],
        **key,
        **({"foreignKeys": references} if references else {}),
    }
