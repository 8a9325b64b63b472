"""The start page: what the programme is, questions people come with and where they are answered, what became of each sentence."""

from collections.abc import Iterator

from release.spoken import words
from report.page import Material, Page
from report.pages import claims


def pages(material: Material) -> Iterator[Page]:
    """The one start page; it asks no question whose answer is not published."""
    edition, settings = material.edition, material.programme.settings
    questions = (
        ("claims/index.html", words("Stimmt, was öffentlich gesagt wurde?", "Is it right what was said in public?"), (claims.MART,)),
        ("areas/index.html", words("Wie steht mein Stadtteil da?", "How does my district fare?"), ("dim_area", "fct_indicator_value")),
        ("indicators/index.html", words("Was wird gemessen, und wie?", "What is measured, and how?"), ("dim_indicator", "fct_indicator_value")),
        ("gaps.html", words("Wird der Abstand kleiner?", "Does the gap narrow?"), ("dim_indicator", "fct_development_gap", "fct_gap_family")),
        ("projects.html", words("Welche Teilprojekte gibt es, und in welcher Zeile des Registers steht jedes?", "Which sub-projects are there, and in which line of the register stands each?"), ("fct_project_stock",)),
        ("method.html", words("Woher kommen die Zahlen, und wie sicher sind sie?", "Where do the figures come from, and how certain are they?"), ()),
        ("data.html", words("Wo gibt es alles zum Mitnehmen?", "Where is all of it to take away?"), ()),
    )  # fmt: skip
    asked = [(path, question) for path, question, marts in questions if edition.has(*marts)]
    context = {"questions": asked, "groups": claims.start_groups(material)}
    yield Page("index.html", f"{settings.name}-Monitor", "start.html.jinja", context)
