# SPDX-License-Identifier: GPL-3.0-or-later
"""Closest points on a triangle surface."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .handles import Handle


class ClosestPoints(NamedTuple):
    """Closest points of a surface, one for each query."""

    triangles: np.ndarray
    """`#Q` uint32; `NO_INDEX` where the surface has none within the limit."""
    barycentric: np.ndarray
    """`#Q by 3` float32, the shares of the triangle's corners; 0 where there is none."""
    points: np.ndarray
    """`#Q by 3` float32; 0 where there is none."""
    distances: np.ndarray
    """`#Q` float32, metres; infinite where there is none."""


class Surface(Handle):
    """Triangles that can be asked for closest points. Safe to query from many threads.

    Triangles without area count as segments or points. Where several triangles are equally near,
    the answer is one of them, always the same one.

    - `points`: `#V by 3` float32, finite, at most 1e18 from 0;
    - `triangles`: `#T by 3` uint32 or int32, below #V;
    - `cached`: takes the surface from the index cache, or leaves it there.

    `points` and `triangles` stay readable as attributes; do not change them meanwhile.
    """

    def __init__(self, points: Any, triangles: Any, cached: bool = True) -> None:
        points = arguments.coordinates("points", points)
        triangles = arguments.indices("triangles", triangles, 3, len(points))
        self.points, self.triangles = points, triangles
        self.vertex_count = len(points)
        self.triangle_count = len(triangles)
        self._build("surface", points, triangles, bool(cached))

    def closest_points(
        self, queries: Any, max_distance: float = math.inf, *, out: Any = None
    ) -> ClosestPoints:
        """The closest point of the surface for each query (`#Q by 3`), up to `max_distance`.

        - `out`: a tuple of four arrays like those of `ClosestPoints`.
        """
        queries = arguments.coordinates("queries", queries)
        max_distance = arguments.not_negative("max_distance", max_distance, infinite=True)
        count = len(queries)
        found = arguments.outputs(
            out,
            ClosestPoints._fields,
            ((count,), (count, 3), (count, 3), (count,)),
            (np.uint32, np.float32, np.float32, np.float32),
        )
        for array in found:
            arguments.not_overlapping("out", array, queries, in_place=False)
        self.built.closest_points(queries, max_distance, *found)
        return ClosestPoints(*found)
