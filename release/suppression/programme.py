"""Linear programmes, in any numbers or in whole ones, solved by HiGHS in one thread and from one seed.

The same questions in the same order get the same answers. What HiGHS answers is checked: a point by putting it into the
rows, a bound by weak duality. (1.16 may give another point than the one it means where it begins from an older answer.)
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
TOLERANCE = 1e-6
_ANSWERED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)
_NOTHING_FITS = "no numbers fit all that is asked, or none were found"


@dataclass(frozen=True)
class Optimum:
    """Where the weighted sum of columns is least.

    `values` are the columns in whole numbers, and `fits` says whether they keep to all bounds. No sum is below `bound`.
    `duals` say by how much `bound` rises with the bound each row is held by: the lower one if above zero, the upper one
    if below. All are zero where whole numbers were asked for.
    """

    values: Integers
    fits: bool
    bound: float
    duals: Floats


class _Quiet(highspy.Highs):
    """HiGHS without callbacks, which nobody uses here: to enable them prints a banner."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802
        """Leave them disabled."""


class Programme:
    """Columns from 0 to `upper`, whose weighted sum is to be least, and rows: sums of columns within bounds."""

    def __init__(self, upper: Integers) -> None:
        self._columns = np.arange(len(upper), dtype=np.int32)
        self._weights, self._upper = np.zeros(len(upper)), upper.astype(float)
        self._floor = np.zeros(len(upper))
        self._rows = csr_array((0, len(upper)))
        self._low = self._high = np.empty(0)
        self._highs = _Quiet()
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0)):
            self._highs.setOptionValue(option, value)
        self._highs.addVars(len(upper), self._floor, self._upper)

    def add_rows(self, values: Integers | csr_array, low: Floats, high: Floats) -> None:
        """Ask that columns times each row of `values` are between `low` and `high`."""
        rows = csr_array(values)
        starts, columns = rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32)
        self._highs.addRows(rows.shape[0], low, high, rows.nnz, starts, columns, rows.data.astype(float))
        self._rows = vstack([self._rows, rows], format="csr")
        self._low, self._high = np.append(self._low, low), np.append(self._high, high)

    def bound_rows(self, low: Floats, high: Floats) -> None:
        """Give all rows other bounds."""
        for row in np.flatnonzero((low != self._low) | (high != self._high)):
            self._highs.changeRowBounds(int(row), float(low[row]), float(high[row]))
        self._low, self._high = low, high

    def bound_columns(self, low: Integers, high: Integers) -> None:
        """Give all columns other bounds."""
        self._floor, self._upper = low.astype(float), high.astype(float)
        self._highs.changeColsBounds(len(self._columns), self._columns, self._floor, self._upper)

    def weigh(self, weights: Integers) -> None:
        """Give all columns other weights."""
        self._weights = weights.astype(float)
        self._highs.changeColsCost(len(self._columns), self._columns, self._weights)

    def optimum(self) -> Optimum:
        """The least sum in any numbers; raises ValueError if nothing fits the rows."""
        values, duals = self._solved()
        duals = np.where(np.isfinite(np.where(duals > 0, self._low, self._high)), duals, 0.0)
        held = np.where(duals > 0, self._low, self._high)[duals != 0] @ duals[duals != 0]
        left = self._weights - duals @ self._rows
        bound = held + np.minimum(left * self._floor, left * self._upper).sum()
        return Optimum(values, self._fits(values), float(bound), duals)

    def whole_optimum(self) -> Optimum:
        """The least sum in whole numbers, which takes longer; raises ValueError if nothing fits the rows."""
        self._type(highspy.HighsVarType.kInteger)
        self._highs.clearSolver()
        values, _ = self._solved()
        self._type(highspy.HighsVarType.kContinuous)
        if not self._fits(values):
            raise ValueError(f"{_NOTHING_FITS}: HiGHS answers {values}")
        return Optimum(values, True, self._highs.getInfo().mip_dual_bound, np.zeros(len(self._low)))

    def _solved(self) -> tuple[Integers, Floats]:
        self._highs.run()
        if (status := self._highs.getModelStatus()) not in _ANSWERED:
            raise ValueError(f"{_NOTHING_FITS}: HiGHS answers {status.name}")
        solution = self._highs.getSolution()
        return np.array(solution.col_value).round().astype(np.int64), np.array(solution.row_dual)

    def _fits(self, values: Integers) -> bool:
        sums = self._rows @ values
        return bool(
            ((self._low <= sums) & (sums <= self._high)).all()
            and ((self._floor <= values) & (values <= self._upper)).all()
        )

    def _type(self, kind: highspy.HighsVarType) -> None:
        self._highs.changeColsIntegrality(len(self._columns), self._columns, np.full(len(self._columns), kind))
