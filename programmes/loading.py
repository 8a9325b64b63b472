"""Reads a programme folder into its declarations; an error names file, line, entry and remedy."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from programmes.areas import Area, AreaSetMember
from programmes.catalogue import AgeStratum, ComparabilityBreak, Indicator
from programmes.claims import ClaimRegister
from programmes.classes import ClassIndices
from programmes.corrections import Correction
from programmes.declaration import Declaration, Entry
from programmes.disclosure import Disclosure
from programmes.exceptions import Exceptions
from programmes.faults import first_fault
from programmes.model import DeclarationError, Programme
from programmes.outlines import OUTLINES_FILE, Outline, OutlineFault, read_outlines
from programmes.settings import ProgrammeSettings
from programmes.sources import Source

PROGRAMMES_DIR = Path(__file__).parent

T = TypeVar("T", bound=Declaration)


class _EntryLoader(yaml.CSafeLoader):
    """Safe YAML, parsed in C, whose mappings remember the line of their first key."""


def _construct_entry(loader: _EntryLoader, node: yaml.MappingNode) -> Entry:
    own = [key for key, _ in node.value if key.value != "<<"]  # an anchor or a merge may stand in a line above
    first = own[0] if own else node
    return Entry(first.start_mark.line + 1, loader.construct_mapping(node, deep=True))


_EntryLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_entry)


def _csv_entries(path: Path) -> Iterator[Entry]:
    """The rows below the header, blank lines passed over; a quoted cell may run over several lines."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, delimiter=";")
        header = next(reader, [])
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) not in (0, len(header)):
                raise DeclarationError(
                    f"{path.name}, Zeile {line}: {len(cells)} Felder, die Kopfzeile hat {len(header)}. Zeile berichtigen.",
                    f"{path.name}, line {line}: {len(cells)} cells, the header has {len(header)}. Correct the line.",
                )
            if cells:
                yield Entry(line, dict(zip(header, cells, strict=True)))
            line = reader.line_num + 1


def _read_csv(path: Path, model: type[T], is_optional: bool = False) -> tuple[T, ...]:
    if is_optional and not path.is_file():
        return ()
    return tuple(_validated(path, model, entry) for entry in _csv_entries(path))


def _read_yaml(path: Path, model: type[T], is_optional: bool = False) -> T:
    if is_optional and not path.is_file():
        return model()
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _EntryLoader)
    except yaml.YAMLError as error:
        raise DeclarationError(
            f"{path.name} ist kein lesbares YAML: {error}", f"{path.name} is not readable YAML: {error}"
        ) from error
    return _validated(path, model, content)


def _read_outlines(path: Path) -> tuple[Outline, ...]:
    if not path.is_file():
        return ()
    try:
        return tuple(_validated(path, Outline, entry) for entry in read_outlines(path.read_text(encoding="utf-8")))
    except UnicodeDecodeError as error:
        raise DeclarationError(
            f"{path.name} ist nicht in UTF-8 geschrieben. Datei in UTF-8 speichern.",
            f"{path.name} is not written in UTF-8. Save the file in UTF-8.",
        ) from error
    except OutlineFault as error:
        raise DeclarationError(
            f"{path.name}, Zeile {error.line}: {error.german}. Eintrag berichtigen.",
            f"{path.name}, line {error.line}: {error.english}. Correct this entry.",
        ) from error


def _validated(path: Path, model: type[T], content: Any) -> T:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        place, german, english = first_fault(error)
        line, field = _line_of(content, place), ".".join(map(str, place)) or "*"
        raise DeclarationError(
            f"{path.name}, Zeile {line}, {field}: {german}. Eintrag berichtigen.",
            f"{path.name}, line {line}, {field}: {english}. Correct this entry.",
        ) from error


def _line_of(content: Any, location: tuple[int | str, ...]) -> int:
    """The line of the innermost entry a location leads to; 1 for a file that holds none."""
    line = content.line if isinstance(content, Entry) else 1
    try:
        return max(line, _line_of(content[location[0]], location[1:]))
    except (KeyError, IndexError, TypeError):
        return line


def load_programme(name_or_folder: str | Path) -> Programme:
    """Read a programme by name, or from a folder elsewhere; raises DeclarationError with file, line and field."""
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
    rule = folder / "disclosure.yml"
    exceptions = _read_yaml(folder / "exceptions.yml", Exceptions, is_optional=True)
    try:
        return Programme(
            folder=folder,
            settings=_read_yaml(folder / "programme.yml", ProgrammeSettings),
            areas=_read_csv(folder / "areas.csv", Area),
            area_sets=_read_csv(folder / "area_sets.csv", AreaSetMember),
            indicators=_read_csv(folder / "indicators.csv", Indicator),
            breaks=_read_csv(folder / "breaks.csv", ComparabilityBreak, is_optional=True),
            age_strata=_read_csv(folder / "age_strata.csv", AgeStratum, is_optional=True),
            sources=sources,
            class_indices=_read_yaml(folder / "class_indices.yml", ClassIndices, is_optional=True).indices,
            class_exceptions=exceptions.exceptions,
            gate_exceptions=exceptions.gate,
            corrections=_read_csv(folder / "corrections.csv", Correction, is_optional=True),
            outlines=_read_outlines(folder / OUTLINES_FILE),
            claim_register=_read_yaml(folder / "claims.yml", ClaimRegister, is_optional=True),
            disclosure=_read_yaml(rule, Disclosure) if rule.is_file() else None,
        )
    except ValidationError as error:
        _, german, english = first_fault(error)
        raise DeclarationError(f"{german}. Eintrag berichtigen.", f"{english}. Correct the entry.") from error
