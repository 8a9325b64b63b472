"""A programme folder as a whole: every declaration a city makes, held against the others.

Frozen pydantic models that refuse unknown keys. A declaration holds nouns (what, where, which unit, which licence); verbs live in ingest
(reading), expectations (checking) and dbt_project (computing). Errors name file, line, field and remedy.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from pydantic import model_validator

from programmes.areas import Area, AreaSetMember
from programmes.catalogue import AgeStratum, ComparabilityBreak, Indicator
from programmes.claims import ClaimRegister
from programmes.classes import ClassException, ClassIndex
from programmes.corrections import Correction
from programmes.declaration import Declaration
from programmes.disclosure import Disclosure
from programmes.errors import StatedError
from programmes.exceptions import GateException
from programmes.outlines import OUTLINES_FILE, Outline, outline_fault
from programmes.settings import VOCABULARY_OF_FIELD, ProgrammeSettings
from programmes.sources import LandedTable, Source, Table


class DeclarationError(StatedError):
    """A programme folder breaks its own contract; the message says where and what to do."""


class Programme(Declaration):
    """A city's declarations, cross-checked: areas form a tree, sets and indicators name what exists."""

    folder: Path
    settings: ProgrammeSettings
    areas: tuple[Area, ...]
    area_sets: tuple[AreaSetMember, ...]
    indicators: tuple[Indicator, ...]
    breaks: tuple[ComparabilityBreak, ...] = ()
    age_strata: tuple[AgeStratum, ...] = ()
    sources: dict[str, Source]
    class_indices: tuple[ClassIndex, ...] = ()
    class_exceptions: tuple[ClassException, ...] = ()
    gate_exceptions: tuple[GateException, ...] = ()
    corrections: tuple[Correction, ...] = ()
    outlines: tuple[Outline, ...] = ()
    claim_register: ClaimRegister = ClaimRegister()
    disclosure: Disclosure | None = None

    @cached_property
    def area_ids(self) -> frozenset[str]:
        """Keys of all declared areas."""
        return frozenset(area.area_id for area in self.areas)

    def landed_tables(self) -> Iterator[LandedTable]:
        """Every declared landed table, in order of name."""
        tables = [
            LandedTable(s.landed_name(t), s, table) for s in self.sources.values() for t, table in s.tables.items()
        ]
        return iter(sorted(tables, key=lambda table: table.name))

    def landed_data(self) -> set[str]:
        """What claims can rest on: landed inputs as '<canonical table>' and '<canonical table>/<item>'."""
        found = set()
        for _, _, table in self.landed_tables():
            items = {item.item for item in table.items} | {table.constants.get(str(table.canonical_table.item_field))}
            found |= {table.canonical, *(f"{table.canonical}/{item}" for item in items - {None})}
        return found

    def declaration_files(self) -> list[Path]:
        """The files this programme consists of, sample deliveries excluded, in a fixed order."""
        files = [p for p in self.folder.rglob("*") if p.suffix in (".yml", ".csv", ".geojson") and p.is_file()]
        return sorted(p for p in files if self.sample_folder not in p.parents)

    def declarations_hash(self) -> str:
        """SHA-256 over names and bytes of the declaration files: changes when any declaration does."""
        digest = hashlib.sha256()
        for path in self.declaration_files():
            digest.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    @property
    def sample_folder(self) -> Path:
        """Where the programme's synthetic sample deliveries lie, one folder per source."""
        return self.folder / "sample"

    @model_validator(mode="after")
    def _keys_are_unique(self) -> "Programme":
        """Two rows of one key would multiply every row that is joined to them."""
        settings = self.settings
        keyed: tuple[tuple[str, Iterable[Declaration], tuple[str, ...]], ...] = (
            ("areas.csv", self.areas, ("area_id", "valid_from")),
            ("area_sets.csv", self.area_sets, ("variant_id", "role", "area_id", "valid_from")),
            ("indicators.csv", self.indicators, ("indicator_id", "definition_version")),
            ("breaks.csv", self.breaks, ("break_id",)),
            ("age_strata.csv", self.age_strata, ("indicator_id", "stratum_id")),
            ("corrections.csv", self.corrections, ("correction_id",)),
            ("corrections.csv", self.corrections, ("table_name", "measure_id", "area_id", "period")),
            (OUTLINES_FILE, self.outlines, ("area_id",)),
            ("programme.yml", settings.levels, ("level",)),
            ("programme.yml", settings.variants, ("variant_id",)),
            ("programme.yml", settings.baselines, ("baseline_id",)),
            ("programme.yml", settings.summed_measures, ("measure_id",)),
            *(
                ("programme.yml", getattr(settings.vocabularies, name), ("id",))
                for name in type(settings.vocabularies).model_fields
            ),
        )
        for file, declarations, key in keyed:
            first: dict[tuple[str, ...], int | None] = {}
            for declared in declarations:
                found = tuple(str(getattr(declared, name)) for name in key)
                if found in first:
                    what = ", ".join(f"{name} '{value}'" for name, value in zip(key, found, strict=True))
                    raise ValueError(
                        f"{file}, line {declared.line}: {what} is declared twice, first in line {first[found]}"
                    )
                first[found] = declared.line
        return self

    @model_validator(mode="after")
    def _references_exist(self) -> "Programme":
        levels = {level.level for level in self.settings.levels}
        ids = self.area_ids
        if self.settings.activity_level is not None and self.settings.activity_level not in levels:
            raise ValueError(f"programme.yml: activity_level '{self.settings.activity_level}' is no declared level")
        for area in self.areas:
            if area.area_level not in levels:
                raise ValueError(f"areas.csv: '{area.area_id}' has level '{area.area_level}', not in programme.yml")
            for parent in (area.parent_id, area.alternative_parent_id, area.publication_unit_id):
                if parent is not None and parent not in ids:
                    raise ValueError(f"areas.csv: '{area.area_id}' has parent '{parent}', which is not declared")
        for name, _, table in self.landed_tables():
            used = {column.level for column in table.columns if column.level}
            used |= {table.completeness.level} if table.completeness else set()
            for level in sorted(used - levels):
                raise ValueError(f"sources: table '{name}' names level '{level}', not in programme.yml")
            self._words_are_declared(name, table)
        tables = {table.name: table for table in self.landed_tables()}
        items = {name: {item.item for item in table.declared.items} for name, table in tables.items()}
        for name, landed in tables.items():
            for agreed in landed.declared.expected.agreements:
                if fault := agreed.fault(name, items, ids):
                    raise ValueError(f"sources: table '{name}' {fault}")
        for correction in self.corrections:
            if fault := correction.fault(tables, ids):
                raise ValueError(f"corrections.csv, line {correction.line}: {fault}")
        if found := outline_fault(self.outlines, {area.area_id: area.area_level for area in self.areas}):
            line, german, english = found
            raise ValueError(f"{OUTLINES_FILE}, Zeile {line}: {german} · {OUTLINES_FILE}, line {line}: {english}")
        figures = [table for _, _, table in self.landed_tables() if table.canonical == "area_figure"]
        delivered = {item.item for table in figures for item in table.items}
        delivered |= {table.constants.get("measure_id", "") for table in figures}
        for summed in self.settings.summed_measures:
            if summed.measure_id in delivered:
                raise ValueError(f"programme.yml: summed measure '{summed.measure_id}' is delivered by a source too")
            for part in summed.parts:
                if part not in delivered:
                    raise ValueError(f"programme.yml: no source delivers '{part}', a part of '{summed.measure_id}'")
        if self.settings.population_measure_id is not None and self.settings.population_measure_id not in delivered:
            measure = self.settings.population_measure_id
            raise ValueError(f"programme.yml: no source delivers the population_measure_id '{measure}'")
        for member in self.area_sets:
            if member.area_id not in ids:
                raise ValueError(f"area_sets.csv: '{member.area_id}' in variant '{member.variant_id}' is not declared")
        declared_variants = {variant.variant_id for variant in self.settings.variants}
        for variant in sorted({member.variant_id for member in self.area_sets} ^ declared_variants):
            raise ValueError(f"variant '{variant}' must stand in area_sets.csv and under 'variants' in programme.yml")
        if self.disclosure and (fault := self.disclosure.fault(levels, declared_variants)):
            raise ValueError(fault)
        self._indicator_references_exist(levels)
        self._claim_references_exist()
        return self

    def _words_are_declared(self, name: str, table: Table) -> None:
        words: dict[str, set[str]] = {str(table.canonical_table.item_field): {item.item for item in table.items}}
        for column in table.columns:
            words.setdefault(column.to, set()).update(column.values.values())
        for field, vocabulary in VOCABULARY_OF_FIELD.items():
            declared = {term.id for term in getattr(self.settings.vocabularies, vocabulary)}
            for word in sorted(words.get(field, set()) - declared):
                raise ValueError(
                    f"sources: table '{name}' names {field} '{word}', not in {vocabulary} of programme.yml"
                )

    def _claim_references_exist(self) -> None:
        faults = self.claim_register.faults(
            data=sorted(self.landed_data()),
            indicators={(each.indicator_id, each.definition_version): each for each in self.indicators},
            class_indices=[index.index_id for index in self.class_indices],
            areas=sorted(self.area_ids),
            levels=sorted(level.level for level in self.settings.levels),
            baselines=[baseline.baseline_id for baseline in self.settings.baselines],
            comparators=["city", "rest"] + [v.variant_id for v in self.settings.variants if v.purpose == "comparison"],
        )
        for fault in faults:
            raise ValueError(f"claims.yml: {fault}")

    def _indicator_references_exist(self, levels: set[str]) -> None:
        vocabularies = self.settings.vocabularies
        known: dict[str, set[str]] = {
            "base_level": levels,
            "permitted_level": levels,
            "source_id": set(self.sources),
            "field_of_action_id": {term.id for term in vocabularies.fields_of_action},
            "subject_id": {term.id for term in vocabularies.subjects},
            "permitted_inference_id": {term.id for term in vocabularies.permitted_inferences},
            "baseline_id": {baseline.baseline_id for baseline in self.settings.baselines},
        }
        for indicator in self.indicators:
            for name, values in known.items():
                value = getattr(indicator, name)
                if value is not None and value not in values:
                    raise ValueError(
                        f"indicators.csv: '{indicator.indicator_id}' has {name} '{value}', which is not declared"
                    )
        ids = {indicator.indicator_id for indicator in self.indicators}
        for file, rows in (("breaks.csv", self.breaks), ("age_strata.csv", self.age_strata)):
            for row in rows:
                if row.indicator_id is not None and row.indicator_id not in ids:
                    raise ValueError(f"{file}: indicator '{row.indicator_id}' is not declared")
        kinds = {indicator.indicator_id: indicator.kind for indicator in self.indicators}
        for stratum in self.age_strata:
            if kinds[stratum.indicator_id] != "ratio":
                raise ValueError(
                    f"age_strata.csv: '{stratum.indicator_id}' is of kind '{kinds[stratum.indicator_id]}'; age groups are"
                    " read for kind 'ratio' only"
                )

    @model_validator(mode="after")
    def _class_indices_can_be_computed(self) -> "Programme":
        rank = {level.level: position for position, level in enumerate(self.settings.levels)}
        declared: dict[str, list[Indicator]] = {}
        for indicator in self.indicators:
            declared.setdefault(indicator.indicator_id, []).append(indicator)
        for index in self.class_indices:
            where = f"class_indices.yml: '{index.index_id}'"
            if [other.index_id for other in self.class_indices].count(index.index_id) > 1:
                raise ValueError(f"{where} is declared twice")
            for level in (index.area_level, index.population.level):
                if level not in rank:
                    raise ValueError(f"{where} names level '{level}', not in programme.yml")
            if index.population.source_id not in self.sources:
                raise ValueError(f"{where} names source '{index.population.source_id}', which is not declared")
            for indicator_id in (*index.status, *index.dynamics):
                if indicator_id not in declared:
                    raise ValueError(f"{where} names indicator '{indicator_id}', not in indicators.csv")
                for version in declared[indicator_id]:
                    if version.polarity == "neutral":
                        raise ValueError(f"{where}: indicator '{indicator_id}' is neutral, so neither end is worse")
                    is_single = version.kind == "level"
                    if version.base_level != index.area_level and (
                        is_single or rank[version.base_level] < rank[index.area_level]
                    ):
                        raise ValueError(f"{where}: indicator '{indicator_id}' has no value at '{index.area_level}'")
        self._exceptions_are_of_an_index()
        return self

    @model_validator(mode="after")
    def _gate_exceptions_name_what_is_declared(self) -> "Programme":
        tables = {table.name: table.declared for table in self.landed_tables()}
        first: dict[str, int] = {}
        for entry in self.gate_exceptions:
            where = f"exceptions.yml, line {entry.line}: the exception of '{entry.rule}'"
            if entry.table not in tables:
                raise ValueError(f"{where} names table '{entry.table}', which is not declared")
            declared = tables[entry.table]
            fields = {field.name for field in declared.canonical_table.fields}
            items = {item.item for item in declared.items}
            items.add(declared.constants.get(str(declared.canonical_table.item_field), ""))
            if entry.item is not None and entry.item not in items:
                raise ValueError(f"{where} names item '{entry.item}', which table '{entry.table}' does not deliver")
            for name, value in entry.scope.items():
                if name != "item" and name not in fields:
                    raise ValueError(f"{where} names {name} '{value}', but table '{entry.table}' has none")
            if entry.area_id is not None and entry.area_id not in self.area_ids:
                raise ValueError(f"{where} names area '{entry.area_id}', which is not declared")
            if entry.key in first:
                raise ValueError(f"{where} is declared twice, first in line {first[entry.key]}")
            first[entry.key] = entry.line
        return self

    def _exceptions_are_of_an_index(self) -> None:
        periods = {index.index_id: index.periods for index in self.class_indices}
        levels = {index.index_id: index.area_level for index in self.class_indices}
        area_levels = {area.area_id: area.area_level for area in self.areas}
        named = [(entry.index_id, entry.period, entry.area_id) for entry in self.class_exceptions]
        for index_id, period, area_id in named:
            where = f"exceptions.yml: '{area_id}' of {period}"
            if period not in periods.get(index_id, ()):
                raise ValueError(f"{where} belongs to index '{index_id}', which has no such period")
            if area_levels.get(area_id) != levels[index_id]:
                raise ValueError(f"{where} is no area of level '{levels[index_id]}'")
            if named.count((index_id, period, area_id)) > 1:
                raise ValueError(f"{where} is declared twice for index '{index_id}'")
