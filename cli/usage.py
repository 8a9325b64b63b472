"""What click itself says, in the language of the command: help pages and wrong usage.

A help text is written "deutsch · english"; shown is the one asked for.
"""

import re
from collections.abc import Iterable

import click
from click.exceptions import NoSuchCommand, NoSuchOption

from release.spoken import current_language, words

_HEADINGS = {"Options": "Optionen", "Arguments": "Angaben", "Commands": "Befehle"}
_BOTH = re.compile(r"^(?P<de>.*?) · (?P<en>.*?)(?P<tail>  \[.*\])?$")
_OWN_WORDS = {
    "Show this message and exit.": "Diese Hilfe zeigen.",
    "[required]": "[nötig]",
    "[default: ": "[sonst: ",
    "[OPTIONS]": "[OPTIONEN]",
    "COMMAND [ARGS]...": "BEFEHL [ANGABEN]...",
}


class Formatter(click.HelpFormatter):
    """Help pages in one language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that shows how to call the command."""
        super().write_usage(prog, _in_one_language(args), prefix or words("Aufruf: ", "Usage: "))

    def write_heading(self, heading: str) -> None:
        """A heading such as `Options`."""
        super().write_heading(words(_HEADINGS.get(heading, heading), heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands, each with its text."""
        super().write_dl([(name, _in_one_language(text)) for name, text in rows], col_max, col_spacing)


click.Context.formatter_class = Formatter


def _in_one_language(text: str) -> str:
    both = _BOTH.match(text)
    if both:
        text = words(both["de"], both["en"]) + (both["tail"] or "")
    if current_language() == "de":
        for english, german in _OWN_WORDS.items():
            text = text.replace(english, german)
    return text


def in_german(wrong: click.ClickException) -> str:
    """What was wrong with a call, what to do, and where the help is; never a value that was given."""
    command = wrong.ctx.command_path if isinstance(wrong, click.UsageError) and wrong.ctx else "nordwaerts"
    helped = f" „{command} --help“ zeigt, was möglich ist."
    if isinstance(wrong, NoSuchCommand):
        return f"Den Befehl „{wrong.command_name}“ gibt es nicht.{helped}"
    if isinstance(wrong, NoSuchOption):
        return f"Die Option „{wrong.option_name}“ gibt es nicht.{helped}"
    if isinstance(wrong, click.BadParameter) and wrong.param:
        name = wrong.param.opts[0] if isinstance(wrong.param, click.Option) else wrong.param.make_metavar(wrong.ctx)  # type: ignore[arg-type]
        if isinstance(wrong, click.MissingParameter):
            return f"Die Angabe {name} fehlt.{helped}"
        return f"Die Angabe zu {name} passt nicht{_expected(wrong.param)}.{helped}"
    if isinstance(wrong, click.UsageError):
        if wrong.ctx and isinstance(wrong.ctx.command, click.Group):
            return f"Es fehlt ein Befehl.{helped}"
        return f"Der Aufruf passt nicht.{helped}"
    return wrong.format_message()


def _expected(parameter: click.Parameter) -> str:
    kind = parameter.type
    if isinstance(kind, click.Choice):
        return f"; möglich ist: {', '.join(map(str, kind.choices))}"
    if isinstance(kind, click.Path):
        return (
            ": Eine solche Datei gibt es nicht"
            if kind.exists
            else ": Es ist keine Datei oder kein Ordner, wie verlangt"
        )
    return f"; verlangt ist die Form {parameter.metavar}" if parameter.metavar else ""
