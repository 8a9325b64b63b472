"""`nordwaerts verify [RELEASE]`: whether what lies in the programme's folder is what was published, recorded and delivered.

Offline; writes nothing. Without a release the current one, with `--all` every one and all objects; ledger and archive each
time. Ends with 0 where nothing was found, 1 with a sentence per finding, or where there is nothing to verify.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.language import files_in_words, moment
from cli.options import json_option, language_option, nothing_published, print_json, programme_option, var_folder
from release.layout import VarFolder
from release.reading import ReleaseMissing
from release.reason import Reason
from release.spoken import counted, current_language, number, words

if TYPE_CHECKING:
    from release.verifying import Verified


@click.command("verify")
@click.argument("release_id", metavar="[RELEASE]", required=False)
@click.option("--all", "is_all", is_flag=True, help="alle Stände und Objekte · all releases and objects")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="öffentlicher Schlüssel, den Sie anderswoher haben: PEM-Datei oder 64 Hexziffern · "
    "public key you have from elsewhere: PEM file or 64 hex digits",
)
@programme_option
@json_option
@language_option
def verify_command(release_id: str | None, is_all: bool, keys: tuple[str, ...], programme: str, as_json: bool) -> int:
    from release.verifying import verified
    from release.verifying_release import reading_link

    var = var_folder(programme)
    asked = None if is_all else [name for name in [release_id or reading_link(var)] if name]
    if not var.ledger.exists() and not var.releases.is_dir():
        raise ReleaseMissing(nothing_published(programme))
    found = verified(var, asked, [_key(key) for key in keys])
    if as_json:
        print_json(_row(reason) for reason in found.findings)
    else:
        for reason in found.findings:
            click.echo(reason.text(current_language()))
        click.echo("\n".join(_summary(found, var, is_pinned=bool(keys))))
    return 1 if found.findings else 0


def _key(given: str) -> str:
    """The name of a public key given as hex digits or as a PEM file; raises ClickException where it is neither."""
    from release.signing import public_of

    if len(given) == 64 and all(digit in "0123456789abcdef" for digit in given.lower()):
        return given.lower()
    path = Path(given)
    key = public_of(path.read_bytes()) if path.is_file() else None
    if key is None:
        raise click.ClickException(
            words(
                f"{given} ist kein öffentlicher Ed25519-Schlüssel: Eine PEM-Datei oder 64 Hexziffern nennen.",
                f"{given} is no public Ed25519 key: name a PEM file or 64 hex digits.",
            )
        )
    return key


def _row(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule,
        "file": reason.file,
        "de": reason.sentence("de"),
        "en": reason.sentence("en"),
        "remedy_de": reason.remedy("de"),
        "remedy_en": reason.remedy("en"),
    }


def _summary(found: "Verified", var: VarFolder, is_pinned: bool) -> list[str]:
    count = len(found.findings)
    head = (
        counted(count, ("Befund.", "Befunde."), ("finding.", "findings."))
        if count
        else words("Geprüft, kein Befund.", "Verified, no finding.")
    )
    releases = ", ".join(found.release_ids) if len(found.release_ids) < 4 else number(len(found.release_ids))
    lines = counted(found.line_count, ("Zeile", "Zeilen"), ("line", "lines"))
    if found.unsigned_count:
        lines += words(
            f", davon aus der Zeit vor den Unterschriften: {number(found.unsigned_count)}",
            f", of them from before signing: {number(found.unsigned_count)}",
        )
    told = [
        head,
        words(f"  Stände           {releases or '–'}", f"  releases         {releases or '–'}"),
        f"  ledger.jsonl     {lines}",
        words(f"  Dateien          {files_in_words(found.file_count)}", f"  files            {found.file_count}"),
        words(f"  in               {var.folder}", f"  in               {var.folder}"),
    ]
    for line in found.forgotten:
        if gone := line.forgotten:
            names = ", ".join((*(each[:12] for each in gone.deliveries), *gone.releases))
            at = moment(line.at)
            told.append(
                words(
                    f"  gelöscht         {at}: {names or '–'} ({gone.because} – {gone.by})",
                    f"  removed          {at}: {names or '–'} ({gone.because} – {gone.by})",
                )
            )
    for key in found.keys:
        told.append(words(f"  Schlüssel        {key}", f"  key              {key}"))
    if found.keys and not is_pinned:
        told.append(
            words(
                "  Vergleichen Sie den Schlüssel mit dem, den Sie anderswoher haben, oder nennen Sie ihn mit --key.",
                "  Compare the key with the one you have from elsewhere, or name it with --key.",
            )
        )
    return told
