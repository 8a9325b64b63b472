"""`nordwaerts path [MART]`: where one release lies, for scripts: its folder, one Parquet file, or views for DuckDB.

The link `current` is resolved once. Whoever reads several files from the printed path reads one release, also while the
next one is published; files opened one after another through the link can be of two. `--sql` prints a view per table that
names the folder. Prints nothing else.
"""

import re
from pathlib import Path

import click

from cli.options import language_option, nothing_published, programme_option, var_folder
from release import reading
from release.files import ReleaseDamaged
from release.whole import damage_at_a_glance

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


@click.command("path")
@click.argument("mart", metavar="[MART]", required=False)
@click.option("--release", "release_id", metavar="ID", help="früherer Stand · an earlier release")
@click.option("--public", "is_public", is_flag=True, help="öffentliche Fassung · the edition for the public")
@click.option("--sql", "as_sql", is_flag=True, help="als Sichten für DuckDB · as views for DuckDB")
@programme_option
@language_option
def path_command(mart: str | None, release_id: str | None, is_public: bool, as_sql: bool, programme: str) -> int:
    var = var_folder(programme)
    release = reading.release(var, release_id) if release_id else reading.current(var)
    if release is None:
        raise reading.ReleaseMissing(nothing_published(programme))
    if as_sql:
        click.echo("\n".join(views(release, is_public, mart)))
    elif mart:
        click.echo(str(release.mart_path(mart, is_public).resolve()))
    else:
        if found := damage_at_a_glance(var, release.release_id):
            raise ReleaseDamaged(*found)
        click.echo(str((release.folder / "public" if is_public else release.folder).resolve()))
    return 0


def views(release: reading.Release, is_public: bool, mart: str | None = None) -> list[str]:
    """One statement per table of a release that makes a view on its Parquet file; raises ReleaseMissing for no such table."""
    tables = release.manifest.tables
    names = [mart] if mart else [name for name in sorted(tables) if tables[name].is_public or not is_public]
    files = {name: release.mart_path(name, is_public).resolve() for name in names}
    if not mart and not is_public:
        files["checks"] = release.checks_path().resolve()
    return [_view(name, path) for name, path in files.items()]


def _view(name: str, path: Path) -> str:
    identifier = name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'
    literal = _as_pattern(str(path)).replace("'", "''")
    return f"create or replace view {identifier} as select * from read_parquet('{literal}');"


def _as_pattern(path: str) -> str:
    """A path that DuckDB reads as one file: signs it would take for a pattern stand in brackets."""
    return re.sub(r"([*?\[])", r"[\1]", path)
