"""Figures: a delivered cell becomes value, sign, status and unit, held to what it can be at all.

A figure that breaks the law of its item, comes in another unit, under an unknown quality flag or above its own whole is a
finding; in area tables it becomes a missing figure, in case tables its row is left out. Nothing is changed or filled in.
"""

import numpy as np
import pandas as pd

from ingest.conversion import hold_to_law, unreadable_figure
from ingest.delivered import LINE, DeliveredTable
from ingest.findings import BrokenRule
from ingest.formats import german
from programmes.sources import Format, Item


def add_figures(delivered: DeliveredTable, selected: pd.DataFrame, cells: pd.Series, item: Item) -> pd.DataFrame:
    """Value, sign, status and unit of the cells of one item; of case tables without the rows that break a rule."""
    codes, uniques = pd.factorize(cells)
    figures: list[german.Figure] = []
    broken: dict[int, BrokenRule] = {}
    for code, text in enumerate(uniques):
        try:
            figures.append(_read_figure(text, item, delivered.declared.format))
        except BrokenRule as error:
            figures.append(german.Figure(None, None, "missing"))
            broken[code] = error
    for name in ("value", "symbol", "status"):
        selected[name] = np.array([getattr(figure, name) for figure in figures], dtype=object)[codes]
    if stated := delivered.declared.constants.get("status"):
        selected.loc[selected["status"] == "final", "status"] = stated
    selected["unit"] = item.unit
    is_bad = np.isin(codes, list(broken))
    for position in np.flatnonzero(is_bad):
        rule = broken[int(codes[position])]
        delivered.reject(int(selected.at[int(position), LINE]), item.source, rule.rule_id, rule.detail)
    is_bad |= _apply_unit(delivered, selected, item) | _apply_quality(delivered, selected)
    return selected[~is_bad] if delivered.canonical.is_case_table else selected


def _read_figure(text: str, item: Item, declared: Format) -> german.Figure:
    """The figure of a cell, held to the law of its item; raises BrokenRule."""
    plain = german.ungrouped(text, declared.digit_groups)
    try:
        figure = german.read_figure(plain, declared.decimal)
    except ValueError:
        raise unreadable_figure(text, declared) from None  # the error of the reader may quote the cell
    hold_to_law(plain, figure.value, declared.decimal, item.law)
    return figure


def _apply_unit(delivered: DeliveredTable, selected: pd.DataFrame, item: Item) -> np.ndarray:
    """Take figures in another unit than the agreed one for missing; which rows carry one."""
    column = delivered.declared.unit_column
    if column is None:
        return np.zeros(len(selected), dtype=bool)
    units = delivered.cells(column).to_numpy()[selected[LINE].to_numpy()]
    is_other: np.ndarray = units != item.delivered_unit
    _unsay(delivered, selected, is_other, column, "unit", str(item.delivered_unit))
    return is_other


def _apply_quality(delivered: DeliveredTable, selected: pd.DataFrame) -> np.ndarray:
    """Let the quality column decide the status of plain figures; which rows carry an unknown flag.

    What an unknown flag means cannot be known, so its figure is as good as missing.
    """
    column = delivered.declared.quality_column
    if column is None:
        return np.zeros(len(selected), dtype=bool)
    flags = pd.Series(delivered.cells(column).to_numpy()[selected[LINE].to_numpy()], dtype=object).fillna("")
    is_known: np.ndarray = flags.isin(german.QUALITY_FLAGS).to_numpy()
    _unsay(delivered, selected, ~is_known, column, "quality_flag")
    is_plain = (selected["status"] == "final").to_numpy()
    selected.loc[is_plain, "status"] = flags[is_plain].map(german.QUALITY_FLAGS)
    selected.loc[is_plain & (flags == "()").to_numpy(), "symbol"] = "()"
    return ~is_known


def _unsay(
    delivered: DeliveredTable, selected: pd.DataFrame, is_bad: np.ndarray, column: str, rule: str, detail: str = ""
) -> None:
    """Reject what a second column says about figures, and let the figures be missing."""
    for position in np.flatnonzero(is_bad):
        delivered.reject(int(selected.at[int(position), LINE]), column, rule, detail)
    selected.loc[is_bad, ["value", "symbol"]] = None
    selected.loc[is_bad, "status"] = "missing"


def without_impossible_parts(delivered: DeliveredTable, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of all items, figures rejected that are larger than the whole they are declared a part of."""
    canonical = delivered.canonical
    item_field, cell_field = str(canonical.item_field), str(canonical.cell_field)
    same = [name for name in canonical.key if name != item_field]
    items = {item.item: item for item in delivered.declared.items}
    impossible: list[int] = []
    for item in items.values():
        if item.part_of is None:
            continue
        whole = items[item.part_of]
        parts, wholes = (frame[frame[item_field] == each.item] for each in (item, whole))
        of_whole = wholes.drop_duplicates(same).set_index(same)[cell_field]
        limits = pd.to_numeric(of_whole.reindex(pd.MultiIndex.from_frame(parts[same]))).to_numpy()
        is_over = pd.to_numeric(parts[cell_field]).to_numpy() > limits  # False where one of them is missing
        named = whole.source if whole.source != item.source else whole.item
        for position in parts.index[is_over]:
            delivered.reject(int(frame.at[position, LINE]), item.source, "part_above_whole", named)
            impossible.append(position)
    if canonical.is_case_table:
        return frame.drop(index=impossible)
    frame.loc[impossible, ["value", "symbol"]] = None
    frame.loc[impossible, "status"] = "missing"
    return frame
