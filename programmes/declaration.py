"""The base of everything a programme folder declares."""

from pydantic import BaseModel, ConfigDict


class Declaration(BaseModel):
    """Base of all declarations: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
