"""The base of everything a programme folder declares: immutable, strict, blanks in CSV cells are absent values."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Declaration(BaseModel):
    """Base of all declarations: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def blank_to_none(value: object) -> object:
    """None for an empty CSV cell, the value itself otherwise."""
    return None if value == "" else value


OptionalDate = Annotated[dt.date | None, BeforeValidator(blank_to_none)]
OptionalText = Annotated[str | None, BeforeValidator(blank_to_none)]
