"""`nordwaerts advisories FOLDER`: known weaknesses of the packages a release was made with, from a local copy of advisories.

Offline: the folder holds advisories in the OSV format. Ends with 1 where a package has a known weakness.
"""

from pathlib import Path

import click

from cli.options import language_option, nothing_published, programme_option, var_folder
from release import bill_of_materials, files, reading
from release.reason import Reason
from release.spoken import counted, words


@click.command("advisories")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--release", "release_id", metavar="ID", help="früherer Stand · an earlier release")
@programme_option
@language_option
def advisories_command(folder: Path, release_id: str | None, programme: str) -> int:
    from release.advisories import scanned

    var = var_folder(programme)
    release = reading.release(var, release_id) if release_id else reading.current(var)
    if release is None:
        raise reading.ReleaseMissing(nothing_published(programme))
    bill = files.as_stated(release.folder, bill_of_materials.FILE)
    if bill is None:
        raise reading.ReleaseMissing(_no_bill(release.release_id))
    packages = bill_of_materials.components(bill.read_bytes())
    advisory_count, found = scanned(folder, packages)
    for one in found:
        fixed = ", ".join(one.fixed_in) or words("keine Fassung bekannt", "no version known")
        click.echo(
            f"{one.package} {one.version}: {one.advisory_id} {one.summary}".rstrip()
            + f" ({words('behoben in', 'fixed in')} {fixed})"
        )
    read = counted(advisory_count, ("Meldung", "Meldungen"), ("advisory", "advisories"))
    weak = counted(len(found), ("bekannte Schwäche", "bekannte Schwächen"), ("known weakness", "known weaknesses"))
    known = counted(len(packages), ("Paket", "Pakete"), ("package", "packages"))
    click.echo(
        words(
            f"{release.release_id}: {known} gegen {read} geprüft; {weak}.",
            f"{release.release_id}: {known} held against {read}; {weak}.",
        )
    )
    return 1 if found else 0


def _no_bill(release_id: str) -> Reason:
    return Reason(
        f"Der Stand {release_id} trägt keine Stückliste der Software.",
        f"Release {release_id} carries no bill of materials.",
        "Nennen Sie einen, der eine trägt: die Aktualisierung legt sie bei, wo requirements.lock neben dem Programm liegt.",
        "Name one that does: a refresh adds it where requirements.lock lies beside the program.",
        rule="bill_of_materials_missing",
    )
