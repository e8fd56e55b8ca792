# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances, nearest points, and points within a radius.

Points are float32, `#P by 3` or a flat buffer, finite. Lengths are metres. Equal distances are
decided for the lowest index.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .handles import Handle
from .progress import CancelFlag, Progress, ProgressCallback


class Nearest(NamedTuple):
    """Nearest points of each query."""

    indices: np.ndarray
    """`#Q` or `#Q by k`, uint32; `NO_INDEX` where there is none."""
    distances: np.ndarray
    """The same shape, float32; infinite where there is none."""


class Neighbors(NamedTuple):
    """Points within a radius: row q has the entries `offsets[q]` to `offsets[q + 1]`."""

    offsets: np.ndarray
    """`#Q + 1`, uint32."""
    indices: np.ndarray
    """Point of each entry, uint32, ascending within a row."""
    distances: np.ndarray | None
    """Distance of each entry, float32; None where they were left out."""


def distances(point: Any, points: Any, out: np.ndarray | None = None) -> np.ndarray:
    """Distances from one point to many.

    Computes in float64 when `points` is a float64 array, else in float32. A point that is not
    finite gives a distance that is not, and disturbs no other.

    - `point`: 3 numbers, finite;
    - `points`: `#P by 3`.

    Returns `#P`, or `out`.
    """
    dtype = arguments.float_dtype(points)
    point = arguments.rows("point", point, 3, dtype)
    arguments.length("point", len(point), 1)
    arguments.finite("point", point)
    points = arguments.rows("points", points, 3, dtype)
    result = arguments.output("out", out, (len(points),), dtype)
    arguments.not_overlapping("out", result, point, points, in_place=False)
    backend().distances(point, points, result)
    return result


def distance_matrix(a: Any, b: Any, out: np.ndarray | None = None) -> np.ndarray:
    """Distances from each of `a` (`#A by 3`) to each of `b` (`#B by 3`).

    Computes row by row into the result, with no other memory of that size; in float64 when both are
    float64 arrays, else in float32. Points that are not finite disturb no others.

    Returns `#A by #B`, or `out`.
    """
    wide = arguments.float_dtype(a) is arguments.float_dtype(b) is np.float64
    dtype = np.float64 if wide else np.float32
    a = arguments.rows("a", a, 3, dtype)
    b = arguments.rows("b", b, 3, dtype)
    result = arguments.output("out", out, (len(a), len(b)), dtype)
    arguments.not_overlapping("out", result, a, b, in_place=False)
    backend().distance_matrix(a, b, result)
    return result


class PointIndex(Handle):
    """Answers which of a set of points are near a query. Safe to query from many threads.

    - `points`: `#P by 3`; copied into the index;
    - `cached`: takes the index from the index cache, or leaves it there for the next call with
      the same coordinates.
    """

    def __init__(self, points: Any, cached: bool = True) -> None:
        points = arguments.points("points", points)
        self.point_count = len(points)
        self._build("point_index", points, bool(cached))

    def nearest(self, queries: Any, max_distance: float = math.inf, *, out: Any = None) -> Nearest:
        """The nearest point of each query (`#Q by 3`), no farther than `max_distance`.

        - `out`: a tuple of two arrays, uint32 `#Q` and float32 `#Q`.
        """
        return self._k_nearest(queries, 1, max_distance, out, lambda count: (count,))

    def k_nearest(
        self, queries: Any, k: int, max_distance: float = math.inf, *, out: Any = None
    ) -> Nearest:
        """The `k` nearest points of each query, in order of distance.

        - `out`: a tuple of two arrays, uint32 `#Q by k` and float32 `#Q by k`.
        """
        k = arguments.count("k", k, least=1, most=arguments.MOST_ELEMENTS)
        return self._k_nearest(queries, k, max_distance, out, lambda count: (count, k))

    def within(self, queries: Any, radius: float) -> Neighbors:
        """All points no farther than `radius` from each query."""
        queries = arguments.points("queries", queries)
        radius = arguments.not_negative("radius", radius)
        return Neighbors(*self.built.within(queries, radius))

    def count_within(
        self, queries: Any, radius: float, out: np.ndarray | None = None
    ) -> np.ndarray:
        """Number of points no farther than `radius` from each query: `#Q` uint32, or `out`."""
        queries = arguments.points("queries", queries)
        radius = arguments.not_negative("radius", radius)
        result = arguments.output("out", out, (len(queries),), np.uint32)
        arguments.not_overlapping("out", result, queries, in_place=False)
        self.built.count_within(queries, radius, result)
        return result

    def _k_nearest(self, queries, k, max_distance, out, shape_of):
        queries = arguments.points("queries", queries)
        max_distance = arguments.not_negative("max_distance", max_distance, infinite=True)
        shape = shape_of(len(queries))
        found = arguments.outputs(
            out, ("indices", "distances"), (shape, shape), (np.uint32, np.float32)
        )
        for array in found:
            arguments.not_overlapping("out", array, queries, in_place=False)
        self.built.k_nearest(queries, k, max_distance, *found)
        return Nearest(*found)


class RadiusGraph(Handle):
    """All pairs of points within a radius of each other, each point with itself.

    Built once, it serves any number of `smooth_weights`, `max_filter` and similar calls.

    - `points`: `#P by 3`;
    - `radius`: metres, from 1e-9 to 1e9;
    - `cached`: as for `PointIndex`.
    """

    def __init__(self, points: Any, radius: float, cached: bool = True) -> None:
        points = arguments.points("points", points)
        self.point_count = len(points)
        self.radius = arguments.radius("radius", radius)
        self._build("radius_graph", points, self.radius, bool(cached))

    def neighbors(
        self,
        distances: bool = True,
        *,
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
    ) -> Neighbors:
        """Neighbours of each point, itself included; `distances=False` leaves those out."""
        found = self.built.neighbors(bool(distances), Progress(progress, cancel))
        return Neighbors(*found)

    def counts(self, out: np.ndarray | None = None) -> np.ndarray:
        """Number of neighbours of each point, itself included: `#P` uint32, or `out`."""
        result = arguments.output("out", out, (self.point_count,), np.uint32)
        self.built.counts(result)
        return result
