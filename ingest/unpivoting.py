"""Unpivoting: wide deliveries become long tables, one row per declared item, in one of three ways.

A figure becomes value, sign, status and unit; a cross in a register says that the row belongs to the
item; any other cell is read by its agreed words. An absent cell (a key JSON does not have) is no row, a
blank one is a missing figure, but not in years before the item was delivered (`since`). A delivered row that
holds something for no item is out of scope by declaration, and counted so.
"""

import numpy as np
import pandas as pd

from ingest.conversion import choice_reader, convert_cells, text_reader, unreadable_figure
from ingest.delivered import LINE, DeliveredTable
from ingest.findings import BrokenRule
from ingest.formats import german
from programmes.sources import Item

_MARKS = ("X", "x", "✓")


def unpivot(delivered: DeliveredTable, frame: pd.DataFrame) -> pd.DataFrame:
    """One row per row of `frame` and declared item; frames of tables without items pass unchanged."""
    if not delivered.declared.items:
        return frame
    taken = np.zeros(len(frame), dtype=bool)
    parts = [_unpivot_item(delivered, frame, item, taken) for item in delivered.declared.items]
    delivered.pass_over(frame[LINE].to_numpy(), taken)
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _unpivot_item(delivered: DeliveredTable, frame: pd.DataFrame, item: Item, taken: np.ndarray) -> pd.DataFrame:
    """The rows of one item; marks in `taken` the rows of `frame` that hold something for it."""
    lines = frame[LINE].to_numpy()
    cells = delivered.cells(item.source).to_numpy()[lines]
    keep = ~pd.isna(cells)
    for name, text in item.where.items():
        keep &= delivered.cells(name).to_numpy()[lines] == text
    if item.since is not None:
        keep &= (frame["period"].astype(int) >= item.since).to_numpy() | (cells != "")
    taken |= keep & (cells != "") if delivered.canonical.cell_field is None else keep
    selected = frame[keep].reset_index(drop=True)
    selected[str(delivered.canonical.item_field)] = item.item
    plain = pd.Series(cells[keep], dtype=object)
    if delivered.canonical.cell_field is None:
        return _keep_marked(delivered, selected, plain, item)
    if delivered.canonical.field(delivered.canonical.cell_field).type == "decimal":
        return _add_figures(delivered, selected, plain, item)
    return _add_answers(delivered, selected, plain, item)


def _keep_marked(delivered: DeliveredTable, selected: pd.DataFrame, cells: pd.Series, item: Item) -> pd.DataFrame:
    is_marked = cells.isin(_MARKS).to_numpy()
    for position in np.flatnonzero(~is_marked & (cells != "").to_numpy()):
        delivered.reject(int(selected.at[int(position), LINE]), item.source, "choice", ", ".join(_MARKS))
    return selected[is_marked]


def _add_answers(delivered: DeliveredTable, selected: pd.DataFrame, cells: pd.Series, item: Item) -> pd.DataFrame:
    field = delivered.canonical.field(str(delivered.canonical.cell_field))
    is_boolean = field.type == "boolean"
    read = choice_reader(item.values, is_boolean) if item.values or is_boolean else text_reader
    selected[field.name], broken = convert_cells(cells, read, is_required=False)
    for position, rule in broken:
        delivered.reject(int(selected.at[position, LINE]), item.source, rule.rule_id, rule.detail)
    return selected.drop(index=[position for position, _ in broken])


def _add_figures(delivered: DeliveredTable, selected: pd.DataFrame, cells: pd.Series, item: Item) -> pd.DataFrame:
    declared = delivered.declared.format
    codes, uniques = pd.factorize(cells)
    figures: list[german.Figure] = []
    unreadable: dict[int, BrokenRule] = {}
    for code, text in enumerate(uniques):
        try:
            figures.append(german.read_figure(text, declared.decimal, declared.digit_groups))
        except ValueError:
            figures.append(german.Figure(None, None, "missing"))
            unreadable[code] = unreadable_figure(text, declared)
    for name in ("value", "symbol", "status"):
        selected[name] = np.array([getattr(figure, name) for figure in figures], dtype=object)[codes]
    if stated := delivered.declared.constants.get("status"):
        selected.loc[selected["status"] == "final", "status"] = stated
    selected["unit"] = item.unit
    is_bad = np.isin(codes, list(unreadable))
    for position in np.flatnonzero(is_bad):
        rule = unreadable[int(codes[position])]
        delivered.reject(int(selected.at[int(position), LINE]), item.source, rule.rule_id, rule.detail)
    is_bad |= _apply_quality(delivered, selected)
    return selected[~is_bad] if delivered.canonical.is_case_table else selected


def _apply_quality(delivered: DeliveredTable, selected: pd.DataFrame) -> np.ndarray:
    """Let the quality column decide the status of plain figures; which rows carry an unknown flag.

    What an unknown flag means cannot be known, so its figure is as good as missing.
    """
    column = delivered.declared.quality_column
    if column is None:
        return np.zeros(len(selected), dtype=bool)
    flags = pd.Series(delivered.cells(column).to_numpy()[selected[LINE].to_numpy()], dtype=object).fillna("")
    is_known: np.ndarray = flags.isin(german.QUALITY_FLAGS).to_numpy()
    for position in np.flatnonzero(~is_known):
        delivered.reject(int(selected.at[int(position), LINE]), column, "quality_flag")
    selected.loc[~is_known, ["value", "symbol"]] = None
    selected.loc[~is_known, "status"] = "missing"
    is_plain = (selected["status"] == "final").to_numpy()
    selected.loc[is_plain, "status"] = flags[is_plain].map(german.QUALITY_FLAGS)
    selected.loc[is_plain & (flags == "()").to_numpy(), "symbol"] = "()"
    return ~is_known
