"""Turtle (RDF 1.1) as the catalogue needs it: things with statements, every text and address escaped.

Belongs here: the syntax. Does not belong here: what is stated (dcat.py).
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NOT_IN_ADDRESS = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Statement = tuple[str, str]


def address(value: str) -> str:
    """An address as a term; what may not stand in one is written in per cent."""
    return f"<{_NOT_IN_ADDRESS.sub(lambda found: f'%{ord(found[0]):02X}', value)}>"


def text(value: str, language: str = "") -> str:
    """A text as a term, with its language where it has one."""
    escaped = "".join(_ESCAPES.get(each, each) for each in value)
    escaped = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04X}", escaped)
    return f'"{escaped}"' + (f"@{language}" if language else "")


def typed(value: object, kind: str) -> str:
    """A text of a data type, such as xsd:date."""
    return f"{text(str(value))}^^{kind}"


def day(value: dt.date) -> str:
    """A day as a term."""
    return typed(value.isoformat(), "xsd:date")


def nested(statements: Iterable[Statement]) -> str:
    """A thing without a name, inside of a statement."""
    return "[ " + " ; ".join(f"{predicate} {term}" for predicate, term in statements) + " ]"


def thing(name: str, statements: Iterable[Statement]) -> str:
    """A thing and all that is said of it, in the order given."""
    said = " ;\n".join(f"    {predicate} {term}" for predicate, term in statements)
    return f"{name}\n{said} .\n"


def document(prefixes: Mapping[str, str], things: Iterable[str]) -> bytes:
    """The whole document."""
    head = "".join(f"@prefix {short}: <{long}> .\n" for short, long in prefixes.items())
    return "\n".join([head, *things]).encode()
