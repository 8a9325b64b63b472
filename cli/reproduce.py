"""`nordwaerts reproduce ID`: a release made anew from archive, declarations and code as they were, compared byte for byte.

The refresh of that code runs in a process and folders of its own and changes nothing here; it needs no network, only this
programme's folder in `var`. Ends with 0 where all is equal, with 1 where something differs, which is named, or where it cannot
be made anew.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from cli.options import json_option, language_option, print_json, programme_option, var_folder
from release import reading
from release.spoken import current_language, words


@click.command("reproduce")
@click.argument("release_id", metavar="ID")
@programme_option
@click.option(
    "--python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=Path(sys.executable),
    metavar="PATH",
    help="Python einer anderen Umgebung · the Python of another environment",
)
@json_option
@language_option
def reproduce_command(release_id: str, programme: str, python: Path, as_json: bool) -> int:
    var = var_folder(programme)
    original = reading.release(var, release_id)
    from refresh.reproduction import differences, lay_out, made_anew, other_versions

    with tempfile.TemporaryDirectory(prefix="nordwaerts-reproduce-") as scratch:
        laid = lay_out(var, original, Path(scratch))
        click.echo(words("Der Stand wird neu gemacht …", "Making the release anew …"), err=True)
        made = made_anew(laid, python, Path(scratch))
        if made.get("outcome") != "published":
            click.echo(_failure(made), err=True)
            return 1
        found, versions = differences(original, laid), other_versions(laid, made["versions"])
    if as_json:
        print_json([{"part": part, "is_equal": not why, "difference": why} for part, why in found.items()])
    else:
        click.echo("\n".join(_lines(release_id, found, versions)))
    return 1 if any(found.values()) else 0


def _failure(made: dict[str, Any]) -> str:
    reasons = [reason[current_language()] for reason in made.get("reasons", ())] or made.get("said", [])
    head = words(
        "Der Stand konnte nicht neu gemacht werden; dies sagt die Aktualisierung seines Codes:",
        "The release could not be made anew; the refresh of its code says:",
    )
    return "\n".join([head, *(f"  {line}" for line in reasons)])


def _lines(release_id: str, found: dict[str, str | None], versions: list[tuple[str, str, str]]) -> list[str]:
    differing = {part: why for part, why in found.items() if why}
    width = max(len(part) for part in found)
    lines = [
        f"  {part:<{width}}  {words('anders', 'differs') if why else words('gleich', 'equal')}"
        for part, why in found.items()
    ]
    lines = [f"{line}  {why}" if why else line for line, why in zip(lines, found.values(), strict=True)]
    if differing:
        names = ", ".join(differing)
        lines.append(
            words(f"Der Stand {release_id} ist anders in: {names}.", f"Release {release_id} differs in: {names}.")
        )
    else:
        count = len(found)
        lines.append(
            words(
                f"Der Stand {release_id} ist Byte für Byte derselbe ({count} von {count} gleich).",
                f"Release {release_id} is the same byte for byte ({count} of {count} equal).",
            )
        )
    if versions:
        lines.append(
            words(
                "Die Umgebung ist nicht die des Stands; gesperrt war, gelaufen ist:",
                "The environment is not the release's; locked was, running was:",
            )
        )
        lines += [f"  {package} {locked} → {running}" for package, locked, running in versions]
    return lines
