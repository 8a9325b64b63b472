"""The options several commands share: programme, language, JSON; where a programme lies; how JSON is printed.

JSON answers are a list of objects, keys in English, dates and moments in ISO 8601.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from release.layout import VarFolder, kept_folders
from release.places import refuse_place
from release.reason import Language, Reason
from release.spoken import speak


def _remember_language(context: click.Context, _parameter: click.Parameter, value: Language | None) -> None:
    if value is not None:
        context.find_root().obj = value
        speak(value)


language_option = click.option(
    "--lang",
    type=click.Choice(["de", "en"]),
    is_eager=True,
    expose_value=False,
    callback=_remember_language,
    help="Sprache der Ausgabe · language of the output (LANG)",
)


class FileToTakeAway(click.Path):
    """A file a command writes where a person says; raises ReleaseError for one among what the system keeps."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, if something may be written there."""
        return refuse_place(Path(str(super().convert(value, param, ctx))), kept_folders())


programme_option = click.option(
    "--programme",
    default="nordwaerts",
    show_default=True,
    metavar="P",
    help="Programm · programme",
)


def var_folder(programme: str) -> VarFolder:
    """Where a programme's releases lie; `programme` is its id, or a folder with a programme.yml as for refresh."""
    declared = Path(programme) / "programme.yml"
    if not declared.is_file():
        return VarFolder(programme)
    import yaml

    return VarFolder(str(yaml.safe_load(declared.read_text(encoding="utf-8"))["programme_id"]))


def nothing_published(programme: str) -> Reason:
    """That a programme has no release yet, and what publishes one."""
    return Reason(
        f"Für „{programme}“ ist noch kein Stand veröffentlicht.",
        f"No release of '{programme}' has been published yet.",
        "„nordwaerts refresh“ veröffentlicht einen aus dem Eingangsordner, „nordwaerts refresh --sample“ einen aus den "
        "Musterlieferungen.",
        "'nordwaerts refresh' publishes one from the inbox, 'nordwaerts refresh --sample' one from the sample deliveries.",
    )


json_option = click.option(
    "--json", "as_json", is_flag=True, help="als JSON-Liste ausgeben · print as a list of JSON objects"
)


def print_json(rows: Iterable[Mapping[str, object]]) -> None:
    """Print rows as one JSON list of objects."""
    click.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=1, default=_iso))


def _iso(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a JSON answer")
