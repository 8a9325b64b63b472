"""`nordwaerts programme`: what is monitored, as the programme folder declares it.

The programme and its time, the sources with the folder and file names an office delivers under, the variants of
the programme area with their parts, and the baselines. Nothing is listed anywhere else, so nothing can differ.
`--json` gives the sources, one object each.
"""

from collections.abc import Iterator
from typing import Any

import click

from cli.options import json_option, language_option, print_json, programme_option
from programmes.areas import AreaSetMember
from programmes.loading import load_programme
from programmes.model import Programme
from release.spoken import day, words

CADENCES = {
    "daily": ("täglich", "daily"),
    "monthly": ("monatlich", "monthly"),
    "quarterly": ("vierteljährlich", "quarterly"),
    "yearly": ("jährlich", "yearly"),
    "once": ("einmalig", "once"),
}


@click.command("programme")
@programme_option
@json_option
@language_option
def programme_command(programme: str, as_json: bool) -> int:
    declared = load_programme(programme)
    if as_json:
        print_json(source_rows(declared))
    else:
        click.echo("\n".join([*_programme(declared), *_sources(declared), *_variants(declared), *_baselines(declared)]))
    return 0


def source_rows(programme: Programme) -> list[dict[str, Any]]:
    """One row per source: who delivers, how often, under which names, and how old its deliveries may grow in days."""
    return [
        {
            **source.model_dump(include={"source_id", "name_de", "name_en", "publisher", "licence"}),
            "cadence": source.cadence,
            "files": sorted({table.files or source.connector.files for table in source.tables.values()}),
            "max_age_days": source.max_age_days,
            "on_failure": source.on_failure,
        }
        for source in programme.sources.values()
    ]


def _programme(programme: Programme) -> Iterator[str]:
    settings = programme.settings
    yield f"{settings.name}, {settings.city}, {day(settings.starts_on)} – {day(settings.ends_on)}"
    yield f"  {words(settings.description_de, settings.description_en)}"
    if settings.sample:
        yield f"  {words(settings.sample.note_de, settings.sample.note_en)}"


def _sources(programme: Programme) -> Iterator[str]:
    yield "\n" + words("Quellen: Ordner, Dateinamen", "sources: folder, file names")
    for row in source_rows(programme):
        yield f"  {programme.settings.programme_id}/{row['source_id']}/   {', '.join(row['files'])}"
        cadence = words(*CADENCES[row["cadence"]])
        age = words(f"höchstens {row['max_age_days']} Tage alt", f"at most {row['max_age_days']} days old")
        yield f"    {words(row['name_de'], row['name_en'])} · {row['publisher']} · {cadence}, {age}"


def _variants(programme: Programme) -> Iterator[str]:
    yield "\n" + words(
        "Varianten des Programmgebiets, und Gebiete zum Vergleich", "variants of the area, and areas to compare"
    )
    names = {area.area_id: area.area_name for area in programme.areas}
    for variant in programme.settings.variants:
        default = words(" (Vorgabe)", " (default)") if variant.variant_id == programme.settings.default_variant else ""
        yield f"  {variant.variant_id}{default}: {words(variant.name_de, variant.name_en)}"
        for member in programme.area_sets:
            if member.variant_id == variant.variant_id:
                yield f"    {_member(member, names.get(member.area_id, ''))}"


def _member(member: AreaSetMember, name: str) -> str:
    """An area by name and id, and what of it belongs to the variant where it is not the whole."""
    share = "" if member.weight_basis == "whole area" else f"× {member.weight}, {member.weight_basis}"
    named = f"{name} ({member.area_id})" if name else member.area_id
    note = member.note
    return "; ".join(part for part in (named, share, note) if part)


def _baselines(programme: Programme) -> Iterator[str]:
    yield "\n" + words("Ausgangsjahre", "baselines")
    for baseline in programme.settings.baselines:
        own = "" if baseline.is_for_all else words(" (nur wo genannt)", " (only where named)")
        yield f"  {baseline.baseline_id}: {words(baseline.name_de, baseline.name_en)}{own}"
