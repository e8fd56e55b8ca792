# SPDX-License-Identifier: GPL-3.0-or-later
"""Affine transforms of points and normals."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import arguments
from .backend import backend


def transform_points(matrix: Any, points: Any, out: np.ndarray | None = None) -> np.ndarray:
    """Transforms points by an affine matrix: `x' = A x + t`.

    Computes in float64 when `points` is a float64 array, else in float32. A point that is not
    finite gives one that is not, and disturbs no other.

    - `matrix`: 4 by 4, row-major, last row 0 0 0 1 (a `mathutils.Matrix` serves);
    - `points`: `#P by 3`, or the flat buffer of `#P * 3` numbers that `foreach_get` fills;
    - `out`: an array like the result, which may be `points` itself.

    Returns `#P by 3`, or `out`. Raises `InvalidArgument` or `NotFinite` for the matrix.
    """
    matrix, points, result = _prepared(matrix, "points", points, out)
    backend().transform_points(matrix, points, result)
    return result


def transform_normals(matrix: Any, normals: Any, out: np.ndarray | None = None) -> np.ndarray:
    """Transforms normals by the inverse transpose of an affine matrix and makes them unit.

    Zero normals stay zero. Shapes and precision as `transform_points` (Turkowski, "Properties of
    Surface-Normal Transformations", Graphics Gems I, 1990).

    Raises also `Singular` when the matrix flattens space.
    """
    matrix, normals, result = _prepared(matrix, "normals", normals, out)
    backend().transform_normals(matrix, normals, result)
    return result


def _prepared(matrix, name, values, out):
    dtype = arguments.float_dtype(values)
    matrix = arguments.matrix("matrix", matrix, dtype)
    values = arguments.rows(name, values, 3, dtype)
    if out is None:
        return matrix, values, np.empty(values.shape, dtype)
    result = arguments.output("out", out, values.shape, dtype)
    arguments.not_overlapping("out", result, values, in_place=True)
    return matrix, values, result
