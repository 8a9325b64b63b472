"""`nordwaerts rollback ID`: let readers see an earlier release again, and put that on the record.

Figures and deliveries stay as they are: the next refresh publishes whatever is in force then. Takes the
refresh lock, so it ends with 4 while a refresh is running.
"""

import datetime as dt

import click

from cli.options import language_option, programme_option, var_folder
from release import reading, store
from release.lock import refresh_lock
from release.spoken import day, words


@click.command("rollback")
@click.argument("release_id", metavar="ID")
@programme_option
@language_option
def rollback_command(release_id: str, programme: str) -> int:
    var = var_folder(programme)
    target = reading.release(var, release_id)
    seen = day(target.manifest.as_of_on)
    with refresh_lock(var):
        if var.current.is_symlink() and var.current.readlink().name == release_id:
            store.recover(var, dt.datetime.now(dt.UTC))  # a rollback that died may have switched and not said so
            click.echo(words(f"Der Stand {release_id} gilt bereits.", f"Release {release_id} is current already."))
            if not target.database.exists():
                store.switch(var, release_id)
                told = f"{target.database.name} fehlte und ist aus Parquet neu gemacht."
                click.echo(words(told, f"{target.database.name} was missing and is made anew from Parquet."))
            return 0
        store.rollback(var, release_id, dt.datetime.now(dt.UTC))
    click.echo(
        words(
            f"Ab jetzt gilt wieder der Stand {release_id}, Zahlen zum {seen}. "
            "Die nächste Aktualisierung veröffentlicht, was dann geliefert ist: "
            "Nehmen Sie eine falsche Lieferung vorher zurück.",
            f"Release {release_id}, figures as of {seen}, is current again. "
            "The next refresh publishes what is delivered then: withdraw a wrong delivery before it.",
        )
    )
    return 0
