"""The counts that make a weighted sum largest, by HiGHS: over real numbers, which is quick, or over whole ones.

A solver keeps one model and begins each question at the answer to the last. One thread, one seed: the same questions in the same
order get the same answers.
"""

import math

import numpy as np
from highspy import HighsLp, HighsModelStatus, HighsVarType, MatrixFormat, ObjSense
from highspy._core import _Highs  # its public child prints a banner before it can be told to be silent (1.16, 2026-11)

from attacker.whole_numbers import Inequalities, Numbers

_ALWAYS: dict[str, float | str] = {
    "output_flag": False, "threads": 1, "random_seed": 0,
    "primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9,
}  # fmt: skip
# Begin at the last answer, as it stands; by the primal simplex, for it still fulfils the inequalities.
_REAL: dict[str, float | str] = {"presolve": "off", "simplex_strategy": 4}
# Sums of people differ by 1, so a gap of half a person proves the largest. Seconds a question, for a night must end.
_WHOLE: dict[str, float | str] = {
    "mip_feasibility_tolerance": 1e-9, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5, "time_limit": 300.0,
}  # fmt: skip


class Undecided(Exception):
    """The solver gave up: nothing is proven."""


class Solver:
    """Largest weighted sums over counts that fulfil the inequalities."""

    def __init__(self, inequalities: Inequalities, *, whole: bool) -> None:
        """Over whole numbers, or over real ones."""
        self._highs = _Highs()
        for option, value in (_ALWAYS | (_WHOLE if whole else _REAL)).items():
            self._highs.setOptionValue(option, value)
        self._highs.passModel(_model(inequalities, whole=whole))
        self._columns = np.arange(len(inequalities.upper), dtype=np.int32)

    def largest(self, weights: Numbers) -> Numbers | None:
        """Counts by atom with the largest sum of weight × count; infinite ones where it has no limit, None where none fulfil the inequalities.

        Raises Undecided where HiGHS does not know.
        """
        self._highs.changeColsCost(len(weights), self._columns, weights)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == HighsModelStatus.kInfeasible:
            return None
        if status == HighsModelStatus.kUnbounded:
            return np.full(len(weights), math.inf)
        if status != HighsModelStatus.kOptimal:
            raise Undecided(self._highs.modelStatusToString(status))
        return np.array(self._highs.getSolution().col_value)


def _model(inequalities: Inequalities, *, whole: bool) -> HighsLp:
    stated = inequalities.stated
    model = HighsLp()
    model.num_row_, model.num_col_ = stated.sum_count, stated.atom_count
    model.sense_ = ObjSense.kMaximize
    model.col_cost_ = model.col_lower_ = np.zeros(stated.atom_count)
    model.col_upper_ = inequalities.upper
    model.row_lower_, model.row_upper_ = inequalities.low, inequalities.high
    model.a_matrix_.format_ = MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.searchsorted(stated.sums, np.arange(stated.sum_count + 1)).astype(np.int32)
    model.a_matrix_.index_ = stated.atoms.astype(np.int32)
    model.a_matrix_.value_ = stated.coefficients
    if whole:
        model.integrality_ = [HighsVarType.kInteger] * stated.atom_count
    return model
