"""What a page says of the office that publishes it, German and English; where nothing is declared, it says that.

Belongs here: publisher, contact, licence, imprint, privacy and accessibility of `publication` in programme.yml as texts.
Does not belong here: how they are laid out.
"""

from dataclasses import dataclass

from programmes.publication import Contact, Publication
from release.reason import Reason, ReleaseError
from report.addresses import Language

_NOT_DECLARED = {
    "de": "Dazu hat die veröffentlichende Stelle nichts angegeben (publication in programme.yml fehlt).",
    "en": "The office that publishes has declared nothing on this (no publication in programme.yml).",
}


@dataclass(frozen=True)
class Declared:
    """Texts for imprint, privacy, accessibility, citation and licence; a contact that is not declared is None."""

    publisher: str
    homepage: str | None
    contact: Contact | None
    accessibility_contact: Contact | None
    licence: str
    licence_uri: str | None
    imprint: str
    privacy: str


def declared(publication: Publication | None, language: Language) -> Declared:
    """What the programme declares, in one language; a sentence in place of each text it does not."""
    if publication is None:
        none = _NOT_DECLARED[language]
        return Declared(none, None, None, None, none, None, none, none)
    is_german, licence = language == "de", publication.licence
    return Declared(
        publisher=publication.publisher.name,
        homepage=publication.publisher.homepage,
        contact=publication.contact,
        accessibility_contact=publication.accessibility_contact,
        licence=licence.text_de if is_german else licence.text_en,
        licence_uri=licence.uri,
        imprint=publication.imprint_de if is_german else publication.imprint_en,
        privacy=publication.privacy_de if is_german else publication.privacy_en,
    )


def refuse_sample_entries(publication: Publication | None, is_synthetic: bool) -> None:
    """Raises ReleaseError where real figures would be published under an address or imprint of the sample programme."""
    fields = publication.sample_entries() if publication and not is_synthetic else ()
    if fields:
        named = ", ".join(fields)
        raise ReleaseError(
            Reason(
                de=f"Echte Zahlen erscheinen nicht unter Musterangaben: {named} in publication sind noch welche.",
                en=f"Real figures are not published under sample entries: {named} in publication still are some.",
                remedy_de="Tragen Sie in programme.yml ein, wer veröffentlicht, oder nehmen Sie den Abschnitt publication heraus.",
                remedy_en="Declare in programme.yml who publishes, or take the section publication out.",
                file="programme.yml",
                rule="sample_entries",
            )
        )
