"""Words several kinds of pages share: what variants and comparators are called, whence a figure is, a picture for who does not see it."""

from collections.abc import Sequence

from release.claims_words import text_of
from release.spoken import words
from report.drawing.series import Series
from report.edition import Row
from report.page import Material


def variant_names(material: Material) -> dict[str, str]:
    """Variant of the programme area → its name."""
    return {each.variant_id: words(each.name_de, each.name_en) for each in material.programme.settings.variants}


def comparator_name(material: Material, comparator: str) -> str:
    """What a gap is measured against: a part of the city, or areas the programme names."""
    return variant_names(material).get(comparator) or material.edition.label("role", comparator)


def level_name(material: Material, level: str | None) -> str:
    """What a level of areas is called, one of them."""
    names = {each.level: words(each.name_de, each.name_en) for each in material.programme.settings.levels}
    return names.get(str(level), str(level))


def baseline_names(material: Material) -> dict[str, str]:
    """Baseline → its years as readers know them: a year as it is, a mean by its name."""
    return {
        each.baseline_id: each.baseline_id if each.baseline_id.isdigit() else words(each.name_de, each.name_en)
        for each in material.programme.settings.baselines
    }


def by_row() -> str:
    """The unit of a table whose rows have units of their own."""
    return words("je Zeile", "by row")


def by_indicator() -> str:
    """The source of a table of several indicators."""
    return words("je Indikator, siehe dessen Steckbrief", "by indicator, see its sheet")


def declared_here(material: Material) -> str:
    """The source of what no office delivers."""
    name = material.programme.settings.name
    return words(f"Erklärungen zum Programm {name}", f"declarations on the programme {name}")


def source_of(sheet: Row) -> str:
    """Whence an indicator comes."""
    return f"{text_of(sheet, 'source_name')} ({sheet['publisher']})"


def described(lines: Sequence[Series], periods: Sequence[str], unit: str) -> str:
    """A picture of lines in words."""
    names = ", ".join(line.name for line in lines)
    return words(
        f"Linien von {periods[0]} bis {periods[-1]} ({unit}): {names}. Die Werte stehen in der Tabelle.",
        f"Lines from {periods[0]} to {periods[-1]} ({unit}): {names}. The values stand in the table.",
    )
