"""Mark-up for search engines (schema.org): the check of a public sentence, and a table as a data set.

Belongs here: JSON-LD for the head of a page. A release of synthetic figures has neither, by the rule of the catalogue: what
machines take up and quote must not say of a real publisher that made-up figures prove it wrong. The words of verdicts come
from `dim_label`; there is no rating in numbers, because the verdicts are no scale.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from programmes.publication import Publication
from programmes.settings import ProgrammeSettings
from report.addresses import Addresses, Language, addresses_of
from report.opendata.edition import Edition, Table

_SCHEMA = "https://schema.org"


def claim_review(
    language: Language,
    row: Mapping[str, Any],
    edition: Edition,
    settings: ProgrammeSettings,
    verdicts: Mapping[str, tuple[str, str]],
) -> str | None:
    """ClaimReview of a row of `fct_claim_verdict` (`current`), as text for a script element of a page.

    None for a synthetic release, for a part we split off a sentence, and where the programme declares no publisher.
    """
    publication, addresses = settings.publication, addresses_of(settings.publication)
    if edition.is_synthetic or publication is None or row["is_leg"]:
        return None
    is_german = language == "de"
    said_on = _said_on(row)
    appearance = {"@type": "CreativeWork", "name": row["document_title"]} if row["document_title"] else None
    item = {
        "@type": "Claim",
        "author": {"@type": "Organization", "name": row["publisher"]},
        **({"datePublished": said_on} if said_on else {}),
        **({"appearance": appearance} if appearance else {}),
    }
    body = {
        "@context": _SCHEMA,
        "@type": "ClaimReview",
        **({"url": addresses.claim(language, row["claim_id"])} if addresses else {}),
        "inLanguage": language,
        "claimReviewed": row["wording_de"] if is_german else row["wording_en"],
        "datePublished": edition.as_of_on.isoformat(),
        "author": _organisation(publication),
        "itemReviewed": item,
        "reviewRating": {"@type": "Rating", "alternateName": verdicts[row["verdict"]][0 if is_german else 1]},
        **_reason(row["reason_de"] if is_german else row["reason_en"]),
    }
    return embedded(body)


def data_set(language: Language, table: Table, edition: Edition, settings: ProgrammeSettings) -> str | None:
    """Dataset of a public table, as text for a script element; None for a synthetic release and without a publisher."""
    publication, addresses = settings.publication, addresses_of(settings.publication)
    if edition.is_synthetic or publication is None:
        return None
    is_german = language == "de"
    body = {
        "@context": _SCHEMA,
        "@type": "Dataset",
        "name": f"{table.title.de if is_german else table.title.en} ({settings.name})",
        "description": table.title.description_de if is_german else table.description or table.title.en,
        "inLanguage": language,
        "identifier": f"{table.name}/{edition.release_id}",
        "version": edition.release_id,
        "dateModified": edition.as_of_on.isoformat(),
        "license": publication.licence.uri,
        "isAccessibleForFree": True,
        "creator": _organisation(publication),
        **({"temporalCoverage": f"{table.years[0]}/{table.years[1]}"} if table.years else {}),
        **_downloads(table, edition, addresses, language),
    }
    return embedded(body)


def embedded(body: Mapping[str, Any]) -> str:
    """JSON that no text in it can end the script element of, nor begin a comment."""
    found = json.dumps(body, ensure_ascii=False, sort_keys=True)
    for sign in "<>&\u2028\u2029":
        found = found.replace(sign, f"\\u{ord(sign):04x}")
    return found


def _said_on(row: Mapping[str, Any]) -> str | None:
    """The day it was said, or the year where only that is sure; None where not even that is."""
    first, last = row["said_first_on"], row["said_last_on"]
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return None
    if first == last and not row["is_date_assumed"]:
        return first.isoformat()
    return str(first.year) if first.year == last.year else None


def _organisation(publication: Publication) -> dict[str, str]:
    publisher = publication.publisher
    address = {"url": publisher.homepage} if publisher.homepage else {}
    return {"@type": "Organization", "name": publisher.name, **address}


def _reason(reason: str | None) -> dict[str, str]:
    return {"reviewBody": reason} if reason else {}


def _downloads(table: Table, edition: Edition, addresses: Addresses | None, language: Language) -> dict[str, Any]:
    if addresses is None:
        return {}
    media = {f"csv/{table.name}.csv": "text/csv", f"{table.name}.parquet": "application/vnd.apache.parquet"}
    return {
        "url": addresses.data(language),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": addresses.file(edition.release_id, name),
                "contentSize": f"{edition.files[name].size} B",
                "sha256": edition.files[name].sha256,
            }
            for name, kind in media.items()
        ],
    }
