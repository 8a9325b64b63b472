"""Secondary suppression: which further cells are hidden, so that none that is hidden can be computed from what is shown.

A decision and nothing else: counts come in as what a reader would conclude from each cell, and the names of the cells
to hide go out; no figure is altered here. `table` says what is published, `reader` what can be concluded from it, and
`choice` finds the pattern that costs least.
"""

from release.suppression.table import Cell, Known, Table, Unprotectable

__all__ = ["Cell", "Known", "Table", "Unprotectable"]
