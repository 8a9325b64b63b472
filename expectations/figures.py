"""Figures of a landed table as one block: item × place × period, the form rules of continuity look at.

A place is an area, or the organisation that reports. Figures are floats: they are compared here, never published.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Ints = NDArray[np.int64]

# What is measured and the place it is measured at, in the canonical tables of figures.
_AXES = (("measure_id", "area_id"), ("counting_unit", "organisation_id"))


@dataclass(frozen=True)
class Figures:
    """One block of figures; `values` is nan where there is none, `is_row` says whether a row was delivered at all."""

    items: tuple[str, ...]
    places: tuple[str, ...]
    periods: tuple[str, ...]
    values: Floats
    is_row: Bools
    is_suppressed: Bools
    is_blank: Bools  # no figure, and no sign that says why
    is_area: bool = True  # whether places are areas

    @property
    def is_missing(self) -> Bools:
        """A row without a figure that is not suppressed."""
        return self.is_row & np.isnan(self.values) & ~self.is_suppressed

    @cached_property
    def is_whole(self) -> Bools:
        """Per item whether all its figures are whole numbers, as counts are."""
        return np.array([bool(np.all(np.mod(each[~np.isnan(each)], 1) == 0)) for each in self.values], dtype=bool)

    def aligned_to(self, other: "Figures") -> "Figures":
        """The same figures in the places, items and periods of another block; what it lacks is absent."""
        axes = [
            pd.Index(mine).get_indexer(pd.Index(theirs))
            for mine, theirs in zip(
                (self.items, self.places, self.periods), (other.items, other.places, other.periods), strict=True
            )
        ]
        known = np.ix_(*[axis >= 0 for axis in axes])
        taken = np.ix_(*[axis[axis >= 0] for axis in axes])
        shape = tuple(len(axis) for axis in axes)

        def moved(block: NDArray[Any], absent: object) -> NDArray[Any]:
            result = np.full(shape, absent, dtype=block.dtype)
            result[known] = block[taken]
            return result

        return Figures(
            other.items,
            other.places,
            other.periods,
            moved(self.values, np.nan),
            moved(self.is_row, False),
            moved(self.is_suppressed, False),
            moved(self.is_blank, False),
            self.is_area,
        )


def figures_of(rows: pa.Table) -> Figures:
    """The figures of a landed table; raises StopIteration for one that has none."""
    axes = next(axes for axes in _AXES if set(axes) <= set(rows.column_names))
    names, codes = [], []
    for column in (*axes, "period"):
        code, name = pd.factorize(rows[column].to_pandas(), sort=True)
        codes.append(code)
        names.append(tuple(str(each) for each in name))
    keep = np.all([code >= 0 for code in codes], axis=0)
    at = tuple(code[keep] for code in codes)
    shape = tuple(len(name) for name in names)
    status = rows["status"].to_pandas().to_numpy()[keep]
    numbers = pc.cast(rows["value"], pa.float64()).to_pandas().to_numpy(dtype=float)[keep]
    signed = rows["symbol"].is_valid().to_pandas().to_numpy()[keep]

    def block(filled: Floats | Bools, absent: object) -> NDArray[Any]:
        result = np.full(shape, absent, dtype=filled.dtype)
        result[at] = filled
        return result

    items, places, periods = names
    return Figures(
        items,
        places,
        periods,
        values=block(numbers, np.nan),
        is_row=block(np.ones(len(numbers), dtype=bool), False),
        is_suppressed=block(status == "suppressed", False),
        is_blank=block(np.isnan(numbers) & (status != "suppressed") & ~signed, False),
        is_area=axes[1] == "area_id",
    )


def any_of(marks: Bools, axis: int | tuple[int, ...]) -> Bools:
    """Whether any along an axis is marked."""
    return np.asarray(marks.any(axis=axis))


def quiet(compute: Callable[..., Floats], block: Floats, axis: int | tuple[int, ...]) -> Floats:
    """A nan-aware function over an axis; nan, without a warning, where there is nothing to compute from."""
    with np.errstate(all="ignore"):
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.asarray(compute(block, axis=axis))
