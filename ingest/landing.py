"""Landing: text cells → declared contract → accepted rows and rejected rows.

Only declared columns enter; that is how personal data stays out. Each accepted row keeps `_delivery` and
`_row`; each rejected one keeps its place, rule and delivered cells of declared columns. In case tables a
row that breaks the contract is left out; in area tables an unreadable figure becomes a missing one. No
figure is changed, filled or computed here.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ingest.areas import AreaIndex
from ingest.findings import BrokenRule, DeliveryRefused, Finding
from ingest.formats import TextTable, german, read_cells
from programmes.canonical import PROVENANCE, CanonicalTable
from programmes.model import Column, Item, Table

ARROW_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(24, 8),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}

_MARKS = {"x", "X", "✓"}
_LINE = "__line"  # position in the delivered table, dropped before writing


@dataclass(frozen=True)
class Landed:
    """What one delivery became: accepted rows in canonical form and order, and the rejected ones."""

    accepted: pa.Table
    findings: tuple[Finding, ...]
    rejected_cells: tuple[str, ...]

    @property
    def rejected_pct(self) -> float:
        """Rejected rows and cells per hundred delivered ones; a data-quality figure, not a monitoring one."""
        delivered = self.accepted.num_rows + len(self.findings)
        return 100 * len(self.findings) / delivered if delivered else 100.0


def canonical_schema(table: CanonicalTable) -> pa.Schema:
    """Arrow schema of a canonical table with its provenance columns."""
    return pa.schema([(field.name, ARROW_TYPES[field.type]) for field in (*table.fields, *PROVENANCE)])


class _Landing:
    """One delivery on its way through the contract; collects findings as it goes."""

    def __init__(self, declared: Table, text: TextTable, areas: AreaIndex, zone: str, file_name: str) -> None:
        self.declared = declared
        self.target = declared.canonical_table
        self.cells = text.cells
        self.addresses = text.addresses
        self.areas = areas
        self.zone = zone
        self.file_name = file_name
        self.findings: list[Finding] = list(text.broken)
        self.rejected: list[str] = ["{}"] * len(text.broken)

    # -- findings ---------------------------------------------------------------------------------

    def reject(self, line: int, column: str | None, rule: str, detail: str = "") -> None:
        allowed = [c for c in self._declared_names() if c in self.cells.columns]
        self.findings.append(Finding(str(self.addresses.iloc[line]), column, rule, detail))
        self.rejected.append(json.dumps(self.cells.loc[line, allowed].to_dict(), ensure_ascii=False))

    def _declared_names(self) -> list[str]:
        names = [column.source for column in self.declared.columns] + [item.source for item in self.declared.items]
        names += [name for item in self.declared.items for name in item.where] + list(self.declared.where)
        if self.declared.quality_column:
            names.append(self.declared.quality_column)
        return list(dict.fromkeys(names))

    # -- steps ------------------------------------------------------------------------------------

    def check_columns(self) -> None:
        for name in self._declared_names():
            if name not in self.cells.columns:
                raise DeliveryRefused("column_missing", self.file_name, f"'{name}'")
        duplicated = self.cells.columns[self.cells.columns.duplicated()]
        if any(name in self._declared_names() for name in duplicated):
            raise DeliveryRefused("column_missing", self.file_name, f"'{duplicated[0]}' (eindeutig / unambiguous)")

    def in_scope(self) -> "pd.Index[int]":
        keep = np.ones(len(self.cells), dtype=bool)
        for name, wanted in self.declared.where.items():
            keep &= self.cells[name].isin(wanted).to_numpy()
        return self.cells.index[keep]

    def convert(self, lines: "pd.Index[int]") -> pd.DataFrame:
        """Canonical columns of the rows in scope; rows that break a rule are rejected and left out."""
        frame = pd.DataFrame({_LINE: lines.to_numpy()})
        for column in self.declared.columns:
            cells = self.cells[column.source].loc[frame[_LINE]].reset_index(drop=True)
            if column.split:
                parts = cells.fillna("").str.split(column.split)
                frame, cells = frame.assign(_cell=parts).explode("_cell"), parts.explode()
                frame = frame.drop(columns="_cell").reset_index(drop=True)
                cells = cells.reset_index(drop=True)
            converted, bad = self._convert_cells(cells, column)
            frame[column.to] = converted
            for position, rule, detail in bad:
                self.reject(int(frame.at[position, _LINE]), column.source, rule, detail)
            frame = frame.drop(index=[position for position, _, _ in bad]).reset_index(drop=True)
        for name, text in self.declared.constants.items():
            kind = self.target.field(name).type
            frame[name] = german.read_date(text, self.zone) if kind == "date" else text
        return self._derive(frame)

    def _derive(self, frame: pd.DataFrame) -> pd.DataFrame:
        names = {field.name for field in self.target.fields}
        if "period" in names and "period" not in frame and "reference_on" in frame:
            frame["period"] = frame["reference_on"].map(lambda day: str(day.year))
        if "area_level" in names and "area_id" in frame:
            frame["area_level"] = frame["area_id"].map(lambda area: area.rsplit("-", 1)[0])
        return frame

    def _convert_cells(self, cells: pd.Series, column: Column) -> tuple[pd.Series, list[tuple[int, str, str]]]:
        codes, uniques = pd.factorize(cells, use_na_sentinel=False)
        reader = self._reader(column)
        values: list[Any] = []
        errors: dict[int, tuple[str, str]] = {}
        for code, text in enumerate(uniques):
            plain = german.clean(text) if isinstance(text, str) else ""
            try:
                if plain == "":
                    if column.is_required:
                        raise BrokenRule("required_empty")
                    values.append(None)
                else:
                    values.append(reader(plain))
            except BrokenRule as broken:
                values.append(None)
                errors[code] = (broken.rule, broken.detail)
        taken = np.empty(len(values), dtype=object)
        taken[:] = values
        positions = np.flatnonzero(np.isin(codes, list(errors)))
        return pd.Series(taken[codes], dtype=object), [(int(p), *errors[int(codes[p])]) for p in positions]

    def _reader(self, column: Column) -> Callable[[str], Any]:
        decimal = self.declared.format.decimal
        pattern = re.compile(column.pattern) if column.pattern else None

        def read(text: str) -> Any:
            if pattern:
                match = pattern.search(text)
                if not match:
                    raise BrokenRule("pattern")
                text = match.group(1) if pattern.groups else match.group(0)
            if column.type == "area":
                return self.areas.resolve(text, str(column.level), column.by)
            if column.type in ("choice", "boolean"):
                return _choose(text, column.values, column.type == "boolean")
            rule = {"integer": "number_format", "decimal": "number_format", "year": "year_format"}
            try:
                if column.type == "integer":
                    number = german.read_number(text, decimal)
                    if number != number.to_integral_value():
                        raise ValueError
                    return int(number)
                if column.type == "decimal":
                    return german.read_number(text, decimal)
                if column.type == "date":
                    return german.read_date(text, self.zone)
                if column.type == "reference_date":
                    return german.read_reference_date(text, self.zone)
                if column.type == "year":
                    return german.read_year(text)
            except ValueError as error:
                raise BrokenRule(rule.get(column.type, "date_format"), _notation(decimal)) from error
            return text

        return read

    # -- items: wide deliveries become long tables ---------------------------------------------------

    def melt(self, frame: pd.DataFrame) -> pd.DataFrame:
        """One row per declared item; frames of tables without items pass unchanged."""
        if not self.declared.items:
            return frame
        parts = [self._melt_item(frame, item) for item in self.declared.items]
        return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)

    def _melt_item(self, frame: pd.DataFrame, item: Item) -> pd.DataFrame:
        selected = frame
        for name, text in item.where.items():
            selected = selected[(self.cells[name].loc[selected[_LINE]] == text).to_numpy()]
        cells = self.cells[item.source].loc[selected[_LINE]]
        keep = cells.notna().to_numpy()
        if item.since is not None:
            late = (selected["period"].astype(int) >= item.since).to_numpy()
            keep = keep & (late | (cells.fillna("").str.strip() != "").to_numpy())
        selected = selected[keep].reset_index(drop=True)
        cells = cells[keep].reset_index(drop=True)
        selected[str(self.target.item_field)] = item.item
        if self.target.cell_field is None:
            return self._keep_marked(selected, cells, item)
        if self.target.field(self.target.cell_field).type == "decimal":
            return self._add_figures(selected, cells, item)
        column = Column.model_validate(
            {"from": item.source, "to": self.target.cell_field, "is_required": False, "values": item.values}
            | {"type": self.target.field(self.target.cell_field).type if not item.values else _choice_type(self.target)}
        )
        values, bad = self._convert_cells(cells, column)
        selected[self.target.cell_field] = values
        for position, rule, detail in bad:
            self.reject(int(selected.at[position, _LINE]), item.source, rule, detail)
        return selected.drop(index=[position for position, _, _ in bad])

    def _keep_marked(self, selected: pd.DataFrame, cells: pd.Series, item: Item) -> pd.DataFrame:
        plain = cells.map(german.clean)
        for position in np.flatnonzero(((plain != "") & ~plain.isin(_MARKS)).to_numpy()):
            self.reject(int(selected.at[int(position), _LINE]), item.source, "choice", ", ".join(sorted(_MARKS)))
        return selected[plain.isin(_MARKS).to_numpy()]

    def _add_figures(self, selected: pd.DataFrame, cells: pd.Series, item: Item) -> pd.DataFrame:
        codes, uniques = pd.factorize(cells)
        figures: list[german.Figure] = []
        unreadable: set[int] = set()
        for code, text in enumerate(uniques):
            try:
                figures.append(german.read_figure(text, self.declared.format.decimal))
            except ValueError:
                figures.append(german.Figure(None, None, "missing"))
                unreadable.add(code)
        table = pd.DataFrame({name: [getattr(f, name) for f in figures] for name in ("value", "symbol", "status")}, dtype=object)
        for name in table.columns:
            selected[name] = table[name].to_numpy(dtype=object)[codes]
        selected["unit"] = item.unit
        bad = np.flatnonzero(np.isin(codes, list(unreadable)))
        for position in bad:
            line = int(selected.at[int(position), _LINE])
            self.reject(line, item.source, "number_format", _notation(self.declared.format.decimal))
        selected = self._apply_quality(selected)
        return selected.drop(index=bad) if self.target.is_case_table else selected

    def _apply_quality(self, selected: pd.DataFrame) -> pd.DataFrame:
        if self.declared.quality_column is None:
            return selected
        flags = self.cells[self.declared.quality_column].loc[selected[_LINE]].fillna("").map(german.clean)
        flags = flags.reset_index(drop=True)
        for position in np.flatnonzero((~flags.isin(german.QUALITY_FLAGS)).to_numpy()):
            self.reject(int(selected.at[int(position), _LINE]), self.declared.quality_column, "quality_flag")
        has_value = selected["value"].notna().to_numpy() & flags.isin(german.QUALITY_FLAGS).to_numpy()
        is_plain = has_value & (selected["status"] == "final").to_numpy()
        selected.loc[is_plain, "status"] = flags[is_plain].map(german.QUALITY_FLAGS)
        selected.loc[is_plain & (flags == "()").to_numpy(), "symbol"] = "()"
        return selected

    # -- key and order ----------------------------------------------------------------------------

    def settle_key(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Unique by key, in the order of the key; repeated and contradicting rows are rejected."""
        for field in self.target.fields:
            if field.name not in frame:
                frame[field.name] = None
            if field.is_required and field.name != "status":
                blank = frame.index[frame[field.name].isna()]
                for position in blank:
                    self.reject(int(frame.at[position, _LINE]), None, "required_empty")
                frame = frame.drop(index=blank)
        key = list(self.target.key)
        names = [field.name for field in self.target.fields]
        frame = frame.sort_values([*key, _LINE], kind="stable", na_position="last").reset_index(drop=True)
        repeated = frame.duplicated(key, keep=False)
        if repeated.any():
            same = frame.duplicated(names, keep=False)
            later = frame.duplicated(names, keep="first")
            clashes = frame[repeated].drop_duplicates(names).duplicated(key, keep=False)
            clash_keys = frame.loc[clashes.index[clashes], key].drop_duplicates()
            contradicting = frame[key].merge(clash_keys, how="left", on=key, indicator=True)["_merge"] == "both"
            out = (contradicting | (same & later)).to_numpy()
            for position in np.flatnonzero(out):
                rule = "duplicate_key" if contradicting[int(position)] else "duplicate_row"
                self.reject(int(frame.at[int(position), _LINE]), None, rule, ", ".join(key))
            frame = frame[~out]
        return frame


def _choose(text: str, values: dict[str, str], is_boolean: bool) -> Any:
    if text not in values:
        raise BrokenRule("choice", ", ".join(values))
    return values[text] == "true" if is_boolean else values[text]


def _choice_type(target: CanonicalTable) -> str:
    return "boolean" if target.field(str(target.cell_field)).type == "boolean" else "choice"


def _notation(decimal: str) -> str:
    return "1.234,5" if decimal == "comma" else "1234.5"


def land(
    content: bytes,
    file_name: str,
    delivery_id: str,
    table_name: str,
    source_id: str,
    declared: Table,
    areas: AreaIndex,
    zone: str,
) -> Landed:
    """Land one delivery of one table: accepted rows in the canonical schema, ordered by key.

    Raises DeliveryRefused when the file as a whole cannot be used: unreadable, cut off, without a
    declared column, without any usable row, or of another period than its name says.
    """
    landing = _Landing(declared, read_cells(content, file_name, declared.format), areas, zone, file_name)
    landing.check_columns()
    frame = landing.settle_key(landing.melt(landing.convert(landing.in_scope())))
    if frame.empty and not landing.findings:
        raise DeliveryRefused("no_rows", file_name)
    frame["_source"], frame["_table"], frame["_delivery"] = source_id, table_name, delivery_id
    frame["_row"] = landing.addresses.loc[frame[_LINE]].to_numpy()
    schema = canonical_schema(landing.target)
    accepted = pa.table(
        {field.name: pa.array(frame[field.name], type=field.type, from_pandas=True) for field in schema}, schema=schema
    )
    _check_named_period(file_name, declared, frame)
    return Landed(accepted, tuple(landing.findings), tuple(landing.rejected))


def _check_named_period(file_name: str, declared: Table, frame: pd.DataFrame) -> None:
    if not declared.is_period_in_name or frame.empty:
        return
    named = re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", file_name)
    delivered = sorted(set(frame["period"]))
    if not named or (min(named), max(named)) != (delivered[0], delivered[-1]):
        raise DeliveryRefused("period_not_as_named", file_name, "–".join(dict.fromkeys(named)) or "—")
