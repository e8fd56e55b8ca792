# SPDX-License-Identifier: GPL-3.0-or-later
"""Intersecting triangles: within one mesh, and between two."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback


def intersecting_triangles(
    points: Any,
    triangles: Any,
    other_points: Any = None,
    other_triangles: Any = None,
    *,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Pairs of triangles that intersect, decided exactly: no tolerance, no least area.

    With one mesh, its pairs that meet more than a proper mesh lets them, the lower number first.
    Corners at the same place count as one corner, whatever their numbers. Two triangles without a
    common corner meet where they share a point (touching counts); with one, where they share more
    than it; with two, where they are folded onto each other; with three always. A triangle without
    area meets only triangles with which it has no corner in common.

    With two meshes, pairs of a triangle of each that share a point.

    - `points`, `other_points`: `#V by 3`, finite;
    - `triangles`, `other_triangles`: `#T by 3` vertex numbers;
    - `progress`, `cancel`: see `ProgressCallback` and `CancelFlag`.

    Returns `#P by 2` uint32, ascending.
    """
    mesh = _mesh("", points, triangles)
    if (other_points is None) != (other_triangles is None):
        raise InvalidArgument("other_triangles", "comes without `other_points`, or they without it")
    other = None if other_points is None else _mesh("other_", other_points, other_triangles)
    return backend().intersecting_triangles(mesh, other, Progress(progress, cancel))


def _mesh(prefix, points, triangles):
    points = arguments.points(f"{prefix}points", points)
    return points, arguments.indices(f"{prefix}triangles", triangles, 3, len(points))
