"""Reads a programme folder into its declarations; an error names file, line or entry, and remedy."""

import csv
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from programmes.claims import ClaimRegister
from programmes.declaration import Declaration
from programmes.model import (
    AgeStratum,
    Area,
    AreaSetMember,
    ClassExceptions,
    ClassIndices,
    ComparabilityBreak,
    DeclarationError,
    Indicator,
    Programme,
    ProgrammeHead,
    Source,
)

PROGRAMMES_DIR = Path(__file__).parent

T = TypeVar("T", bound=Declaration)


def _read_csv(path: Path, model: type[T], is_optional: bool = False) -> tuple[T, ...]:
    if is_optional and not path.is_file():
        return ()
    rows: list[T] = []
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter=";"):
            try:
                rows.append(model.model_validate(row))
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"])) or "row"
                line = len(rows) + 2
                raise DeclarationError(
                    f"{path.name}, Zeile {line}, {place}: {first['msg']}. Zeile berichtigen.",
                    f"{path.name}, line {line}, {place}: {first['msg']}. Mend the line.",
                ) from error
    return tuple(rows)


def _read_yaml(path: Path, model: type[T], is_optional: bool = False) -> T:
    if is_optional and not path.is_file():
        return model()
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise DeclarationError(
            f"{path.name} ist kein lesbares YAML: {error}", f"{path.name} is not readable YAML: {error}"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DeclarationError(
            f"{path.name}, {place}: {first['msg']}. Eintrag berichtigen.",
            f"{path.name}, {place}: {first['msg']}. Mend this entry.",
        ) from error


def load_programme(name_or_folder: str | Path) -> Programme:
    """Read a programme by name, or from a folder elsewhere; raises DeclarationError with file and place."""
    folder = Path(name_or_folder)
    if not (folder / "programme.yml").is_file():
        folder = PROGRAMMES_DIR / str(name_or_folder)
    if not (folder / "programme.yml").is_file():
        raise DeclarationError(
            f"Es gibt kein Programm „{name_or_folder}“: In {folder.name}/ fehlt programme.yml.",
            f"There is no programme '{name_or_folder}': no programme.yml in {folder.name}/.",
        )
    folder = folder.resolve()
    sources = {path.stem: _read_yaml(path, Source) for path in sorted((folder / "sources").glob("*.yml"))}
    for stem, source in sources.items():
        if source.source_id != stem:
            raise DeclarationError(
                f"sources/{stem}.yml nennt source_id „{source.source_id}“; beide gleich benennen.",
                f"sources/{stem}.yml declares source_id '{source.source_id}'; name both the same.",
            )
    try:
        return Programme(
            folder=folder,
            head=_read_yaml(folder / "programme.yml", ProgrammeHead),
            areas=_read_csv(folder / "areas.csv", Area),
            area_sets=_read_csv(folder / "area_sets.csv", AreaSetMember),
            indicators=_read_csv(folder / "indicators.csv", Indicator),
            breaks=_read_csv(folder / "breaks.csv", ComparabilityBreak, is_optional=True),
            age_strata=_read_csv(folder / "age_strata.csv", AgeStratum, is_optional=True),
            sources=sources,
            class_indices=_read_yaml(folder / "class_indices.yml", ClassIndices, is_optional=True).indices,
            class_exceptions=_read_yaml(folder / "exceptions.yml", ClassExceptions, is_optional=True).exceptions,
            claim_register=_read_yaml(folder / "claims.yml", ClaimRegister, is_optional=True),
        )
    except ValidationError as error:
        message = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise DeclarationError(f"{message}. Eintrag berichtigen.", f"{message}. Mend the entry.") from error
