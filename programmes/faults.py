"""What is wrong with a declaration, in German and English: pydantic's faults in words, without what stands there.

A validator of our own says it in both languages itself, as `deutsch · english`; what it says in one is said in both.
"""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_KINDS: dict[str, tuple[str, str]] = {
    "int": ("eine ganze Zahl", "a whole number"),
    "float": ("eine Zahl", "a number"),
    "decimal": ("eine Zahl", "a number"),
    "bool": ("true oder false", "true or false"),
    "string": ("ein Text", "a text"),
    "date": ("ein Tag als JJJJ-MM-TT", "a day as YYYY-MM-DD"),
    "date_from_datetime": ("ein Tag als JJJJ-MM-TT", "a day as YYYY-MM-DD"),
    "list": ("eine Liste", "a list"),
    "tuple": ("eine Liste", "a list"),
    "dict": ("eine Zuordnung von Namen zu Werten", "names with values"),
    "model": ("eine Zuordnung von Namen zu Werten", "names with values"),
    "model_attributes": ("eine Zuordnung von Namen zu Werten", "names with values"),
}
_FAULTS: dict[str, tuple[str, str]] = {
    "missing": ("Angabe fehlt", "required entry is missing"),
    "extra_forbidden": ("diesen Eintrag gibt es nicht", "there is no such entry"),
    "literal_error": ("erlaubt ist nur {expected}", "only {expected} is allowed"),
    "union_tag_invalid": ("erlaubt ist nur {expected_tags}", "only {expected_tags} is allowed"),
    "union_tag_not_found": ("Angabe {discriminator} fehlt", "required entry {discriminator} is missing"),
    "string_pattern_mismatch": ("verlangt ist die Form {pattern}", "the form must be {pattern}"),
    "string_too_short": ("darf nicht leer sein", "must not be empty"),
    "too_short": ("zu wenige Einträge, mindestens {min_length}", "too few entries, at least {min_length}"),
    "greater_than": ("muss größer als {gt} sein", "must be greater than {gt}"),
    "greater_than_equal": ("muss mindestens {ge} sein", "must be at least {ge}"),
    "less_than": ("muss kleiner als {lt} sein", "must be less than {lt}"),
    "less_than_equal": ("darf höchstens {le} sein", "must be at most {le}"),
}


def first_fault(error: ValidationError) -> tuple[tuple[int | str, ...], str, str]:
    """Place, German and English words of the first fault of a declaration."""
    first = error.errors(include_input=False, include_url=False)[0]
    return first["loc"], *_in_words(first)


def _in_words(fault: ErrorDetails) -> tuple[str, str]:
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "value_error":
        german, _, english = fault["msg"].removeprefix("Value error, ").partition(" · ")
        return german, english or german
    if kind in _FAULTS:
        german, english = _FAULTS[kind]
        return german.format(**context).replace(" or ", " oder "), english.format(**context)
    for ending in ("_type", "_parsing", "_from_float", "_inexact"):
        if kind.removesuffix(ending) in _KINDS:
            german, english = _KINDS[kind.removesuffix(ending)]
            return f"verlangt ist {german}", f"{english} is demanded"
    return "hat nicht die verlangte Form", f"does not have the form demanded ({kind})"
