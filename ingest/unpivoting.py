"""Unpivoting: wide deliveries become long tables, one row per declared item, in one of three ways.

A figure becomes value, sign, status and unit; a cross in a register says that the row belongs to the
item; any other cell is read by its agreed words. An absent cell (a key JSON does not have) is no row, a
blank one is a missing figure, but not in years before the item was delivered (`since`). A delivered row that
holds something for no item is out of scope by declaration, and counted so.
"""

import numpy as np
import pandas as pd

from ingest.conversion import choice_reader, convert_cells, text_reader
from ingest.delivered import LINE, DeliveredTable
from ingest.figures import add_figures, without_impossible_parts
from programmes.sources import Item

_MARKS = ("X", "x", "✓")


def unpivot(delivered: DeliveredTable, frame: pd.DataFrame) -> pd.DataFrame:
    """One row per row of `frame` and declared item; frames of tables without items pass unchanged."""
    if not delivered.declared.items:
        return frame
    taken = np.zeros(len(frame), dtype=bool)
    parts = [_unpivot_item(delivered, frame, item, taken) for item in delivered.declared.items]
    delivered.pass_over(frame[LINE].to_numpy(), taken)
    long = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return without_impossible_parts(delivered, long)


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
        return add_figures(delivered, selected, plain, item)
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
