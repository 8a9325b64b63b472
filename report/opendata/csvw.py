"""`csv-metadata.json`: what the columns of the CSV files mean, as CSV on the Web (W3C), one table group per dialect.

It lies in the folder of the CSV files it describes, where readers of CSVW look for it.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from programmes.settings import ProgrammeSettings
from release.spreadsheet import DIALECTS
from report.opendata.edition import Column, Edition, Table

Folder = Literal["csv", "csv_de"]
NAME = "csv-metadata.json"
_DIALECT_OF: Mapping[Folder, str] = {"csv": "plain", "csv_de": "de"}


def column_descriptions(edition: Edition, settings: ProgrammeSettings, folder: Folder) -> bytes:
    """The table group of all CSV files of one folder of the edition; the same bytes from the same edition."""
    dialect, publication = DIALECTS[_DIALECT_OF[folder]], settings.publication
    body: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": f"{settings.name}, {settings.city}",
        "dc:identifier": edition.release_id,
        "dc:modified": {"@value": edition.as_of_on.isoformat(), "@type": "xsd:date"},
        **(
            {"dc:publisher": publication.publisher.name, "dc:license": {"@id": publication.licence.uri}}
            if publication
            else {}
        ),
        **({"dc:description": "Synthetic sample: no value is an official figure."} if edition.is_synthetic else {}),
        "dialect": {"delimiter": dialect.separator, "encoding": "utf-8", "header": True, "doubleQuote": True},
        "tables": [_table(table, dialect.decimal) for table in edition.tables],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _table(table: Table, decimal: str) -> dict[str, Any]:
    references = [
        {
            "columnReference": list(each.columns),
            "reference": {"resource": f"{each.table}.csv", "columnReference": list(each.columns)},
        }
        for each in table.references
    ]
    return {
        "url": f"{table.name}.csv",
        "dc:title": [
            {"@value": table.title.de, "@language": "de"},
            {"@value": table.title.en, "@language": "en"},
        ],
        "dc:description": table.description,
        "tableSchema": {
            "columns": [_column(each, decimal) for each in table.columns],
            **({"primaryKey": list(table.key)} if table.is_key_filled else {}),
            **({"foreignKeys": references} if references else {}),
        },
    }


def _column(column: Column, decimal: str) -> dict[str, Any]:
    datatype: Any = column.kind
    if decimal != "." and column.kind == "number":
        datatype = {"base": "decimal", "format": {"decimalChar": decimal}}
    return {"name": column.name, "titles": column.name, "dc:description": column.description, "datatype": datatype}
