"""`nordwaerts history`: SQL macros for DuckDB that show any mart as readers saw it on a day.

Prints text alone; DuckDB runs it (`.read`, `-init`, or `execute` in Python). Days are those of the programme's time zone.
Ends with 1 where nothing was published yet.
"""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from cli.options import language_option, nothing_published, programme_option, var_folder
from release.reading import ReleaseMissing
from release.time_travel import macros

_PROGRAMMES = Path(__file__).resolve().parents[1] / "programmes"
_ZONE = re.compile(r"^time_zone: *[\"']?([\w/+-]+)", flags=re.M)


@click.command("history")
@click.option("--public", "is_public", is_flag=True, help="öffentliche Fassung · the edition for the public")
@programme_option
@language_option
def history_command(is_public: bool, programme: str) -> int:
    text = macros(var_folder(programme), _time_zone(programme), is_public)
    if text is None:
        raise ReleaseMissing(nothing_published(programme))
    click.echo(text)
    return 0


def _time_zone(programme: str) -> ZoneInfo:
    """The declared time zone, read without what reads declarations: this command answers at once."""
    for folder in (Path(programme), _PROGRAMMES / programme):
        if (folder / "programme.yml").is_file():
            declared = _ZONE.search((folder / "programme.yml").read_text(encoding="utf-8"))
            if declared:
                return ZoneInfo(declared[1])
    return ZoneInfo("Europe/Berlin")
