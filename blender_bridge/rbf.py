# SPDX-License-Identifier: GPL-3.0-or-later
"""Radial basis functions: smooth displacements from those of control points."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .handles import Handle
from .progress import CancelFlag, Progress, ProgressCallback

#: The kernels, in the order of the `HEM_RBF_…` constants.
KERNELS = (
    "multiquadric",
    "biharmonic",
    "triharmonic",
    "gaussian",
    "thin_plate",
    "wendland_c2",
)

#: The solvers, in the order of the `HEM_RBF_SOLVER_…` constants.
SOLVERS = ("auto", "direct", "iterative")

#: The kernels that need a width above 0.
_WIDE = ("gaussian", "wendland_c2")


class RbfInfo(NamedTuple):
    """What an interpolator's system is like."""

    distinct_point_count: int
    """Control points that are left after merging."""
    condition: float
    """An estimate of the system's condition number; 0 where the iterative solver is used."""


class RbfInterpolator(Handle):
    """s(x) = Σ_j w_j φ(|x − x_j|) + p(x), p linear. Safe to use from many threads.

    The system is factored once, for any number of values. Points in a plane, on a line or in one
    place are fine. Raises `InvalidArgument`, with the condition number, for a system that is
    singular within double precision.

    - `points`: control points, `#P by 3`, finite, one at least;
    - `kernel`: "multiquadric" −√(r² + ε²), "biharmonic" −r, "triharmonic" r³, "gaussian"
      exp(−r²/ε²), "thin_plate" r² ln r, or "wendland_c2" (1 − r/ε)⁴ (4 r/ε + 1) up to ε;
    - `epsilon`: ε, metres; above 0 for "gaussian" and "wendland_c2", not negative else;
    - `smoothing`: 0 meets the values, more makes s smoother (SciPy's parameter of this name);
    - `merge_distance`: metres; in the order of the points, one as near to an earlier one is merged
      with it, and the mean of their values counts;
    - `solver`: "direct" factors the matrix (n³/3 operations, 8 n² bytes); "iterative" needs about
      n log n operations and n memory, for "biharmonic" and multiquadrics of a small width, and fits
      with other kernels may fail; "auto" takes it where it is known to converge and to be faster.
      The fallback always factors.
    """

    def __init__(
        self,
        points: Any,
        *,
        kernel: str = "multiquadric",
        epsilon: float = 1e-5,
        smoothing: float = 0.0,
        merge_distance: float = 1e-5,
        solver: str = "auto",
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
    ) -> None:
        points = arguments.points("points", points)
        if not len(points):
            raise InvalidArgument("points", "is empty, expected one point at least")
        self.point_count = len(points)
        settings = rbf_settings(kernel, epsilon, smoothing, merge_distance)
        if solver not in SOLVERS:
            problem = f"is {solver!r}, expected one of {', '.join(SOLVERS)}"
            raise InvalidArgument("solver", problem)
        settings["solver"] = SOLVERS.index(solver)
        self._build("rbf_create", points, settings, Progress(progress, cancel))

    @property
    def info(self) -> RbfInfo:
        """What the system is like."""
        return RbfInfo(*self.built.info())

    def fit(
        self,
        values: Any,
        *,
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
    ) -> np.ndarray:
        """Coefficients for values at the control points.

        - `values`: `#P by #C`, or `#P` for one column, finite, float32.

        Returns `#P + 4 by #C` (or `#P + 4`) float64: the weights of the control points, 0 for those
        merged with another, then those of 1, x, y, z. Raises `InvalidArgument` where the values
        cannot be met within a millionth of the largest.
        """
        values = arguments.channels("values", values, self.point_count)
        columns = values.reshape(self.point_count, -1)
        coefficients = np.empty((self.point_count + 4, columns.shape[1]))
        self.built.fit(columns, coefficients, Progress(progress, cancel))
        return coefficients.reshape(-1, *values.shape[1:])

    def evaluate(
        self,
        coefficients: Any,
        targets: Any,
        *,
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """The interpolant at targets, in double precision, rounded to float32 at the end.

        Within 2e-6 of the largest value of the sum pair by pair. Many targets at once take about
        n log n operations (with "wendland_c2" and in the fallback, #P · #T).

        - `coefficients`: what `fit` returned;
        - `targets`: `#T by 3`, finite;
        - `out`: `#T by #C` (or `#T`) float32.
        """
        coefficients = arguments.array("coefficients", coefficients, np.float64)
        if coefficients.ndim not in (1, 2):
            problem = f"has {coefficients.ndim} dimensions, expected #P + 4 or #P + 4 by #C"
            raise InvalidArgument("coefficients", problem)
        arguments.length("coefficients", len(coefficients), self.point_count + 4)
        arguments.finite("coefficients", coefficients)
        targets = arguments.points("targets", targets)
        shape = (len(targets), *coefficients.shape[1:])
        result = arguments.output("out", out, shape, np.float32)
        arguments.not_overlapping("out", result, targets, coefficients, in_place=False)
        columns = coefficients.reshape(len(coefficients), -1)
        self.built.evaluate(columns, targets, result, Progress(progress, cancel))
        return result


def rbf_settings(
    kernel: str, epsilon: float, smoothing: float, merge_distance: float
) -> dict[str, Any]:
    """The checked options of an interpolator; `kernel` is a number."""
    if kernel not in KERNELS:
        raise InvalidArgument("kernel", f"is {kernel!r}, expected one of {', '.join(KERNELS)}")
    epsilon = arguments.not_negative("epsilon", epsilon)
    if kernel in _WIDE and epsilon == 0.0:
        raise InvalidArgument("epsilon", "is 0, expected a number above 0")
    return {
        "kernel": KERNELS.index(kernel),
        "epsilon": epsilon,
        "smoothing": arguments.not_negative("smoothing", smoothing),
        "merge_distance": arguments.not_negative("merge_distance", merge_distance),
    }
