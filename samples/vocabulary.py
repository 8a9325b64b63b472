"""Words the sample texts are composed of: titles of sub-projects, ideas, reasons, offices, canaries.

All wording is our own and all persons are made up. The canaries are person-like marks in columns that no
declaration lets in; if one of their two marker strings appears behind landing, personal data has leaked.
"""

import random

CANARY_NAME = "KANARIENVOGEL"
CANARY_DOMAIN = "@kanari.example"

_FIRST = ("Adalwin", "Brunhilda", "Cosmina", "Dietlinde", "Ekkehart", "Friedegund", "Gundolf", "Hiltrud")
_SECOND = ("Ahornblatt", "Birkhahn", "Distelfink", "Eichelhäher", "Fichtenzeisig", "Goldammer", "Haubenmeise")

OFFICES = (
    "Stadtplanungs- und Bauordnungsamt",
    "Grünflächenamt",
    "Umweltamt",
    "Amt für Wohnen",
    "Amt für Stadterneuerung",
    "Tiefbauamt",
    "Jugendamt",
    "Fachbereich Schule",
    "Sozialamt",
    "Kulturbetriebe",
    "Sport- und Freizeitbetriebe",
    "Wirtschaftsförderung",
    "Koordinierungsstelle nordwärts",
)

_THINGS = {
    "environment": (
        "Grünzug", "Baumpatenschaften", "Naschgarten", "Bachlauf", "Schattenplätze", "Klimagarten",
        "Spielplatz", "Radachse", "Fußweg am Kanal", "Blühstreifen",
    ),
    "land": (
        "Zechenbrache", "Bahnfläche", "Gewerbehof", "Hafenkante", "Baulückenkataster", "Zwischennutzung",
        "Haldenpark", "Wohnbaufläche", "Leerstandslotsen", "Quartierseingang",
    ),
    "jobs": (
        "Gründungswerkstatt", "Ausbildungslotsen", "Handwerkerhof", "Beschäftigungsnetz", "Technikschmiede",
        "Unternehmensfrühstück", "Nachfolgebörse", "Praktikumskarte", "Reparaturwerkstatt", "Logistiklabor",
    ),
    "education": (
        "Lernhaus", "Sprachbrücke", "Lesepaten", "Elterncafé", "Forscherwerkstatt", "Bildungsbüro",
        "Schulhofwerkstatt", "Medienwerkstatt", "Kita-Übergang", "Musikband",
    ),
}  # fmt: skip

_VERBS = ("stärken", "weiterentwickeln", "öffnen", "erneuern", "vernetzen", "sichtbar machen", "gemeinsam planen")
_PLACES = ("im Quartier", "am Markt", "an der Emscher", "rund um den Bahnhof", "an der Schule", "im Stadtteilpark")
_WISHES = (
    "Mehr Sitzgelegenheiten {place}",
    "Sichere Querung {place}",
    "Ein Treffpunkt für Jugendliche {place}",
    "Bessere Beleuchtung {place}",
    "Gemeinschaftsgarten {place}",
    "Wochenmarkt {place} beleben",
    "Fahrradständer {place}",
    "Offene Werkstatt {place}",
    "Trinkbrunnen {place}",
    "Sprachcafé {place}",
)
_BODIES = (
    "<p>Die Fläche liegt seit Jahren brach.</p>\n<p>Ein kleiner Umbau genügt, der Nutzen für alle wäre groß.</p>",
    "<p>Anwohnende wollen mithelfen; gebraucht werden:</p>\n<ul><li>Material</li>\n<li>eine Ansprechstelle</li></ul>",
    "<p>Bitte prüfen, ob sich das mit vorhandenen Planungen verbinden lässt.</p>",
    "<p>Kurz gesagt: einfach machen.</p>\n\n<p>Ein Probebetrieb über einen Sommer reicht als Anfang.</p>",
)

MEETING_FORMATS = (
    "Nordforum", "Bürgercafé", "Expertenforum", "Workshop", "SommerAkademie", "Mittsommer", "nordwärts mobil",
)  # fmt: skip
ONLINE_FORMAT = "Online-Dialog"

CRITERIA = ("neu/innovativ", "nachhaltig", "konkret", "nutzenstiftend")
_REASONS = {
    "neu/innovativ": "ein vergleichbares Angebot besteht bereits",
    "nachhaltig": "Dauerbetrieb und Übertragbarkeit sind nicht geklärt",
    "konkret": "Beginn und Träger sind noch offen",
    "nutzenstiftend": "der Nutzen für das Quartier ist nicht dargelegt",
}


def person(rng: random.Random) -> str:
    """A made-up person name that carries the canary mark."""
    return f"{rng.choice(_FIRST)} {rng.choice(_SECOND)} {CANARY_NAME}"


def mail(rng: random.Random) -> str:
    """A made-up mail address that carries the canary mark."""
    return f"{rng.choice(_FIRST)}.{rng.randrange(100, 999)}{CANARY_DOMAIN}".lower()


def project_title(rng: random.Random, field: str, number: int) -> str:
    """The title of a sub-project of this field of action; the number keeps titles distinct."""
    return f"{rng.choice(_THINGS[field])} {rng.choice(_PLACES)} {rng.choice(_VERBS)} ({number})"


def idea_title(rng: random.Random) -> str:
    """The title of a citizens' idea."""
    return rng.choice(_WISHES).format(place=rng.choice(_PLACES))


def idea_body(rng: random.Random) -> str:
    """The text of an idea: HTML over several lines."""
    return rng.choice(_BODIES)


def reason(unmet: list[str]) -> str:
    """Why a proposal was not recommended, from the criteria it does not meet."""
    return "Nicht empfohlen: " + "; ".join(_REASONS[criterion] for criterion in unmet) + "."
