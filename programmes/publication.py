"""The section `publication` of programme.yml: who answers for what is published, under which licence, at which address.

Belongs here: what imprint, catalogue, feed and citations say of the publisher. Nothing of it changes a figure; it is not
landed, and a programme without it publishes pages that say so and no catalogue. Does not belong here: what may be
published (disclosure.yml), under which licence a source delivers (sources/).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints

from programmes.declaration import Declaration

# The open licences of the DCAT-AP.de list a city may publish its own figures under.
LicenceCode = Literal[
    "cc-by/4.0", "cc-by-sa/4.0", "cc-zero", "dl-by-de/2.0", "dl-zero-de/2.0", "odbl", "odby", "odcpddl"
]

# Names that belong to nobody (RFC 2606), and how the sample programme marks its texts.
_SAMPLE_ENTRY = re.compile(
    r"^(musterangabe|sample entry)\b|[@/.](example|invalid)(\.(com|net|org))?(/|$)", re.IGNORECASE
)


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#\"<>\\]+(/[^\s?#\"<>\\]*)?", value):
        raise ValueError(
            "verlangt ist eine Adresse wie https://www.stadt.example/ · an address like https://www.city.example/ is demanded"
        )
    return value


def _folder_address(value: str) -> str:
    if not _web_address(value).endswith("/"):
        raise ValueError("die Adresse muss mit / enden · the address must end with /")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value):
        raise ValueError(
            "verlangt ist eine E-Mail-Adresse wie name@stadt.example · an e-mail address like name@city.example is demanded"
        )
    return value


Text = Annotated[str, StringConstraints(min_length=1)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
FolderAddress = Annotated[str, AfterValidator(_folder_address)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]


class Publisher(Declaration):
    """Who publishes: the office named as author of pages, feed and data."""

    name: Text
    homepage: WebAddress | None = None


class Contact(Declaration):
    """Whom to ask."""

    name: Text
    email: MailAddress


class Licence(Declaration):
    """Under which licence the figures are published: its code in the DCAT-AP.de list, and how it is said."""

    id: LicenceCode
    text_de: Text
    text_en: Text

    @property
    def uri(self) -> str:
        """The licence in the controlled vocabulary of DCAT-AP.de."""
        return f"http://dcat-ap.de/def/licenses/{self.id}"


class Publication(Declaration):
    """Publisher, contact, licence and permanent address of what is published, and the legal texts of its pages.

    Without `base_url`, the address of the site, no page or file has an absolute link, and no catalogue is written.
    `contributor_id`, `geocoding_level_uri` and `spatial_uri` are addresses of the vocabularies of DCAT-AP.de.
    """

    publisher: Publisher
    contact: Contact
    licence: Licence
    base_url: FolderAddress | None = None
    contributor_id: WebAddress | None = None
    geocoding_level_uri: WebAddress | None = None
    spatial_uri: WebAddress | None = None
    accessibility_contact: Contact
    imprint_de: Text
    imprint_en: Text
    privacy_de: Text
    privacy_en: Text

    def sample_entries(self) -> tuple[str, ...]:
        """Fields, as `contact.email`, that still say what the sample programme or an example does."""
        return tuple(field for field, text in _texts(self.model_dump()) if _SAMPLE_ENTRY.search(text))


def _texts(declared: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for field, value in declared.items():
        if isinstance(value, Mapping):
            yield from _texts(value, f"{within}{field}.")
        elif isinstance(value, str):
            yield within + field, value
