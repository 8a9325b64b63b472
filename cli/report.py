"""`nordwaerts report`: the public page of a release, as files that any web server can offer and any browser opens from a disk.

Where nothing is said it lies in the programme's folder. A site that cannot be made changes nothing of what is published.
`--internal` makes the edition for the office: it hides nothing, and walks of claims and tables for auditors come with it.
"""

from collections.abc import Mapping
from pathlib import Path

import click

from cli.options import language_option, nothing_published, programme_option, var_folder
from release import reading
from release.places import refuse_place
from release.spoken import words


@click.command("report")
@click.option(
    "--release", "release_id", help="ein früherer Stand; sonst der aktuelle · an earlier release; else the current one"
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Ordner, in dem die Seiten liegen sollen · folder for the pages",
)
@click.option(
    "--internal",
    "is_internal",
    is_flag=True,
    help="Ausgabe für das Amt: nichts ist gesperrt, mit Prüfwegen · edition for the office: nothing is hidden, with walks",
)
@click.option(
    "--query-engine",
    type=click.Path(path_type=Path),
    help="Ordner mit dem npm-Paket @duckdb/duckdb-wasm: macht eine Abfrageseite · folder of that npm package: makes a query page",
)
@programme_option
@language_option
def report_command(
    release_id: str | None, out: Path | None, is_internal: bool, query_engine: Path | None, programme: str
) -> int:
    from programmes.loading import load_programme
    from report.query_engine import engine_of
    from report.site import TOLD, make_site

    var = var_folder(programme)
    release = reading.release(var, release_id) if release_id else reading.current(var)
    if release is None:
        raise reading.ReleaseMissing(nothing_published(programme))
    name, usual = (f"{var.programme_id}-internal", var.internal_site) if is_internal else (var.programme_id, var.site)
    folder = refuse_place(out) / name if out else usual
    earlier = reading.seen_before(var, release, TOLD)
    walks = _walks(release) if is_internal else None
    site = make_site(release, load_programme(programme), folder, earlier, engine_of(query_engine), walks)
    click.echo(
        words(
            f"Seiten des Stands {release.release_id}: {site / 'index.html'}",
            f"Pages of release {release.release_id}: {site / 'index.html'}",
        )
    )
    return 0


def _walks(release: reading.Release) -> Mapping[str, str]:
    """Claim → its walks then and now as a page; empty where the programme judges no claims."""
    from cli.trace import CLAIMS, claim_rows
    from tracing.page import render
    from tracing.rows import Rows
    from tracing.walking import traced

    if CLAIMS not in release.manifest.tables:
        return {}
    rows = Rows(release, is_public=False)
    claims = sorted({row["claim_id"] for row in rows.every(CLAIMS)})
    return {
        claim: render([traced(rows, CLAIMS, row) for row in claim_rows(rows, claim)], ["de", "en"]) for claim in claims
    }
