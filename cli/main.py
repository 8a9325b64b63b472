"""`nordwaerts`: the group of all commands, each imported only when it is called.

Ends with the exit codes of the design: 0 done, 1 broken (also: no such release, wrong usage), 2 refused
by a gate, 3 published while a delivery is kept or held, 4 another refresh is running, 130 ended by Ctrl-C. A command chooses
its code by returning it. Whatever goes wrong is told in a sentence; NORDWAERTS_DEBUG=1 shows the traceback instead.
"""

import errno
import os
import traceback
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from cli.options import language_option
from cli.usage import in_german
from programmes.errors import StatedError
from release.lock import RefreshRunning
from release.reason import ReleaseError
from release.rights import closed
from release.spoken import current_language, speaking, words

BROKEN = 1
ANOTHER_RUNS = 4
INTERRUPTED = 130  # as shells say it
click.UsageError.exit_code = BROKEN  # click's own 2 would read as "refused by a gate"


_FAULTS = {  # what the system says in English, for German readers
    errno.ENOSPC: "Der Datenträger ist voll",
    errno.EACCES: "Zugriff verweigert",
    errno.EPERM: "Das ist nicht erlaubt",
    errno.ENOENT: "Datei oder Ordner gibt es nicht",
    errno.ENOTDIR: "Das ist kein Ordner",
    errno.EISDIR: "Das ist ein Ordner",
    errno.EROFS: "Hier darf nur gelesen werden",
}


@dataclass(frozen=True)
class _Lazy:
    """A command that is not imported yet: where it lives, and what it does in a few words."""

    target: str
    de: str
    en: str


COMMANDS = {
    "refresh": _Lazy("cli.refresh:refresh_command", "einmal aktualisieren, jetzt", "run one refresh now"),
    "programme": _Lazy(
        "cli.programme:programme_command",
        "was beobachtet wird: Quellen, Gebiete, Ausgangsjahre",
        "what is monitored: sources, areas, baselines",
    ),
    "check": _Lazy(
        "cli.check:check_command",
        "eine Lieferung vor dem Abschicken prüfen",
        "check a delivery before sending it",
    ),
    "status": _Lazy(
        "cli.status:status_command",
        "welcher Stand gilt, wie alt er ist, warum zuletzt abgelehnt wurde",
        "what is current, how old it is, why the last refusal",
    ),
    "claims": _Lazy(
        "cli.claims:claims_command",
        "jede öffentliche Aussage und was die Zahlen dazu sagen",
        "every public sentence and what the figures say about it",
    ),
    "trace": _Lazy(
        "cli.trace:trace_command",
        "der Prüfweg: von einer Zelle oder Aussage zur gelieferten Zeile, nachgerechnet",
        "the auditor's walk: from a cell or a claim to the delivered row, computed again",
    ),
    "deliveries": _Lazy(
        "cli.deliveries:deliveries_command",
        "jede Lieferung und ihr Zustand",
        "every delivery and its state",
    ),
    "withdraw": _Lazy(
        "cli.withdraw:withdraw_command",
        "eine Lieferung zurückziehen, mit Grund",
        "take a delivery back, with a reason",
    ),
    "accept": _Lazy(
        "cli.accept:accept_command",
        "eine angehaltene Lieferung annehmen, mit Grund und Namen",
        "accept a held delivery, with reason and name",
    ),
    "reject": _Lazy(
        "cli.accept:reject_command",
        "eine angehaltene Lieferung verwerfen, mit Grund und Namen",
        "reject a held delivery, with reason and name",
    ),
    "forget": _Lazy(
        "cli.forget:forget_command",
        "Daten über eine Person finden und löschen, mit Grund und Namen",
        "find data on a person and remove them, with reason and name",
    ),
    "releases": _Lazy("cli.releases:releases_command", "alle Stände, der neueste zuerst", "all releases, newest first"),
    "rollback": _Lazy(
        "cli.rollback:rollback_command", "zu einem früheren Stand zurückkehren", "go back to an earlier release"
    ),
    "path": _Lazy(
        "cli.path:path_command",
        "wo ein Stand liegt: ein Ordner, eine Parquet-Datei, oder Sichten für DuckDB",
        "where a release lies: one folder, one Parquet file, or views for DuckDB",
    ),
    "verify": _Lazy(
        "cli.verify:verify_command",
        "ob Stand, Ledger und Archiv sind, was unterschrieben wurde",
        "whether release, ledger and archive are what was signed",
    ),
    "advisories": _Lazy(
        "cli.advisories:advisories_command",
        "bekannte Schwächen der Pakete eines Standes",
        "known weaknesses of the packages of a release",
    ),
    "pin": _Lazy(
        "cli.pin:pin_command",
        "einen Stand für immer aufbewahren, mit Grund",
        "keep a release for good, with a reason",
    ),
    "unpin": _Lazy(
        "cli.pin:unpin_command",
        "die Regel wieder entscheiden lassen, mit Grund",
        "let the rule decide again, with a reason",
    ),
    "history": _Lazy(
        "cli.history:history_command",
        "SQL, das jede Tabelle zeigt, wie sie an einem Tag zu sehen war",
        "SQL that shows any table as it was seen on a day",
    ),
    "reproduce": _Lazy(
        "cli.reproduce:reproduce_command",
        "einen Stand aus Archiv und Quellarchiv neu machen und vergleichen",
        "make a release anew from archive and source archive, and compare",
    ),
    "diff": _Lazy(
        "cli.diff:diff_command",
        "was sich zwischen zwei Ständen geändert hat, und warum",
        "what changed between two releases, and why",
    ),
    "export": _Lazy(
        "cli.export:export_command",
        "eine Tabelle als CSV, Parquet oder Excel ablegen",
        "save a table as CSV, Parquet or Excel",
    ),
    "public": _Lazy(
        "cli.public:public_command",
        "die öffentliche Fassung auslegen, wo ein anderes Konto sie anbieten darf",
        "lay the public edition where another account may serve it",
    ),
    "report": _Lazy(
        "cli.report:report_command",
        "die öffentlichen Seiten eines Stands machen",
        "make the public pages of a release",
    ),
    "backup": _Lazy(
        "cli.backup:backup_command",
        "Archiv, Stände und Eingangsordner sichern",
        "back up archive, releases and inbox",
    ),
    "restore": _Lazy(
        "cli.restore:restore_command", "eine Datensicherung wiederherstellen", "put a backup back where nothing is"
    ),
    "notify": _Lazy(
        "cli.notify:notify_command",
        "über die angemeldeten Kanäle melden, was zu tun ist, jedes einmal",
        "tell by the declared channels what is to be done, each once",
    ),
    "watchdog": _Lazy(
        "cli.watchdog:watchdog_command",
        "melden, wenn in der Nacht keine Aktualisierung geendet hat",
        "say so where no refresh ended tonight",
    ),
    "metrics": _Lazy(
        "cli.metrics:metrics_command",
        "Messwerte für Prometheus als Textdatei ablegen",
        "save metrics for Prometheus as a text file",
    ),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name, imports the one called, and turns errors into sentences."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run as a program; the language it was asked for ends with it."""
        with speaking(None):
            return super().main(*args, **options)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of all commands, in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, imported now, with its help in the language asked for."""
        lazy = COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        module, attribute = lazy.target.split(":")
        command: click.Command = getattr(import_module(module), attribute)
        command.help = command.help or words(lazy.de, lazy.en)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing any."""
        with formatter.section(words("Befehle", "Commands")):
            formatter.write_dl([(name, words(lazy.de, lazy.en)) for name, lazy in COMMANDS.items()])

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Say what the system is for, in the language asked for."""
        formatter.write_paragraph()
        formatter.write_text(
            words(
                "Monitoring eines Stadtprogramms, dessen Sätze sich nachprüfen lassen.",
                "Monitoring of a city programme whose sentences can be checked.",
            )
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options before the command; what is wrong with them is said in the language of the environment."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as wrong:
            if current_language() == "en" or isinstance(wrong, click.exceptions.NoArgsIsHelpError):
                raise
            click.echo(in_german(wrong), err=True)
            ctx.exit(wrong.exit_code)

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; a number it returns becomes the exit code, an error becomes a sentence."""
        try:
            with closed():
                code = super().invoke(ctx)
        except click.ClickException as wrong:
            if current_language() == "en" or isinstance(wrong, click.exceptions.NoArgsIsHelpError):
                raise
            click.echo(in_german(wrong), err=True)
            code = wrong.exit_code
        except (click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:  # of a refresh, refresh.stopping minds it
            click.echo(words("Mit Strg-C beendet.", "Ended by Ctrl-C."), err=True)
            code = INTERRUPTED
        except Exception as error:
            if os.environ.get("NORDWAERTS_DEBUG") == "1":
                raise
            click.echo(_sentence(error), err=True)
            code = ANOTHER_RUNS if isinstance(error, RefreshRunning) else BROKEN
        if isinstance(code, int):
            ctx.exit(code)


def _sentence(error: Exception) -> str:
    if isinstance(error, ReleaseError):
        return "\n".join(reason.text(current_language()) for reason in error.reasons)
    if isinstance(error, StatedError):
        return words(error.german, error.english)
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        return words(
            f"Das Betriebssystem meldet: {_FAULTS.get(error.errno or 0, error.strerror)}{place}. "
            "Prüfen Sie Platz und Rechte.",
            f"The operating system reports: {error.strerror}{place}. Check space and permissions.",
        )
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__}, {os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119
    return words(
        f"Das war nicht vorgesehen ({place}). Bitte melden; NORDWAERTS_DEBUG=1 zeigt die Einzelheiten.",
        f"This was not foreseen ({place}). Please report it; NORDWAERTS_DEBUG=1 shows the details.",
    )


@click.command(cls=LazyGroup, name="nordwaerts", context_settings={"help_option_names": ["-h", "--help"]})
@language_option
def main() -> None:
    """See `LazyGroup.format_help_text`."""


if __name__ == "__main__":
    main(prog_name="nordwaerts")
