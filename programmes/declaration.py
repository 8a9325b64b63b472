"""The base of everything a programme folder declares: immutable, strict, and with the line it was written in.

Blanks in CSV cells are absent values. `Entry` is what the loader hands over: one mapping as read, a row of a CSV
or an entry of a YAML, which knows its line, so that a figure leads back to the very line that declares it.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, model_validator


class Entry(dict[Any, Any]):
    """One mapping as read from a file, and the line it begins in, counted from 1."""

    def __init__(self, line: int, content: dict[Any, Any]) -> None:
        super().__init__(content)
        self.line = line


class Declaration(BaseModel):
    """Base of all declarations: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    _line: int = PrivateAttr(default=0)

    @property
    def line(self) -> int:
        """The line of its file where it begins, counted from 1; 0 for what no file declares."""
        return self._line

    def declares(self, name: str) -> bool:
        """Whether a field was given another value than the one it has anyway."""
        default = type(self).model_fields[name].get_default(call_default_factory=True)
        return name in self.model_fields_set and getattr(self, name) not in (default, None)

    def unread(self, names: Iterable[str], why: str) -> None:
        """Raise ValueError for the first of these fields that is declared: nobody would read it, and `why` says so."""
        for name in names:
            if self.declares(name):
                raise ValueError(f"'{name}' would not be read: {why}")

    @model_validator(mode="wrap")
    @classmethod
    def _remember_line(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        declared = handler(data)
        if isinstance(data, Entry):
            declared._line = data.line
        return declared


def blank_to_none(value: object) -> object:
    """None for an empty CSV cell, the value itself otherwise."""
    return None if value == "" else value


OptionalDate = Annotated[dt.date | None, BeforeValidator(blank_to_none)]
OptionalText = Annotated[str | None, BeforeValidator(blank_to_none)]
