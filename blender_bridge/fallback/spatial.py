# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances, point index and radius graph, in float64 from the float32 coordinates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arguments import NO_INDEX, numbered_by_u32
from . import runtime
from .box_tree import BoxTree, lowest_by_query
from .cache import SHARED
from .scipy_support import scipy_module


def distances(point, points, out):
    """|p − x_i|."""
    offsets = points.astype(np.float64) - point
    out[...] = np.sqrt(np.einsum("ij,ij->i", offsets, offsets))


def distance_matrix(a, b, out):
    """|a_i − b_j|, row by row."""
    matrix = out.reshape(len(a), len(b))
    for row, point in enumerate(a.astype(np.float64)):
        distances(point, b, matrix[row])


def point_index(points, cached):
    """A `PointIndex` over the points, shared through the cache when asked."""

    def build():
        return PointIndex(points.astype(np.float64))

    return SHARED.acquire("points", (points,), build) if cached else build()


def radius_graph(points, radius, cached):
    """A `RadiusGraph` over the points, which shares the index of the points."""
    return RadiusGraph(point_index(points, cached), radius)


def pairs_within(points, distance):
    """Pairs of different points within a distance, the lower first."""
    graph = radius_graph(points, distance, False)
    offsets, indices, _ = _joined_rows(graph.blocks(), len(points))
    row = np.repeat(np.arange(len(points)), np.diff(offsets.astype(np.int64)))
    later = indices > row
    return row[later], indices[later].astype(np.int64)


class PointIndex:
    """k nearest points and points within a radius: SciPy's k-d tree, else the box tree."""

    def __init__(self, points: np.ndarray) -> None:
        self.points = points
        self._boxes = None
        spatial = scipy_module("spatial")
        self._tree = spatial.cKDTree(points) if spatial is not None and len(points) else None

    @property
    def nbytes(self) -> int:
        """Bytes of the index, roughly where SciPy owns them."""
        return self.points.nbytes * 2 if self._boxes is None else self._boxes.nbytes

    @property
    def boxes(self) -> BoxTree:
        """The box tree, built at the first use."""
        if self._boxes is None:
            self._boxes = BoxTree(self.points, self.points)
        return self._boxes

    def close(self) -> None:
        """Nothing to release."""

    def k_nearest(self, queries, k, max_distance, indices, distances):
        """The k nearest in order of distance, then index."""
        item, distance = self._nearest_items(queries.astype(np.float64), k)
        missing = (item >= len(self.points)) | (distance > max_distance)
        indices.reshape(item.shape)[...] = np.where(missing, NO_INDEX, item)
        distances.reshape(item.shape)[...] = np.where(missing, np.inf, distance)

    def within(self, queries, radius):
        """CSR rows of the points within the radius, ascending indices."""
        blocks = self.within_blocks(queries.astype(np.float64), radius)
        return _joined_rows(blocks, len(queries))

    def count_within(self, queries, radius, counts):
        """Number of points within the radius."""
        found = np.empty(len(queries), np.uint32)
        for rows, offsets, _, _ in self.within_blocks(queries.astype(np.float64), radius):
            found[rows] = np.diff(offsets)
        counts[...] = found

    def within_blocks(
        self, queries: np.ndarray, radius: float
    ) -> Iterator[tuple[slice, np.ndarray, np.ndarray, np.ndarray]]:
        """CSR rows in blocks: rows, offsets, indices (ascending in a row), float64 distances."""
        if self._tree is None:
            bounds = np.full(len(queries), radius * radius)
            for rows, query, item, squared in self.boxes.within(queries, bounds):
                order, _ = lowest_by_query(query, item)
                counts = np.bincount(query, minlength=rows.stop - rows.start)
                yield rows, _offsets(counts), item[order], np.sqrt(squared[order])
            return
        spatial, sparse = scipy_module("spatial"), scipy_module("sparse")
        for start in range(0, len(queries), 4096):
            rows = slice(start, min(start + 4096, len(queries)))
            pairs = spatial.cKDTree(queries[rows]).sparse_distance_matrix(
                self._tree, radius, output_type="ndarray"
            )
            matrix = sparse.coo_matrix(
                (pairs["v"], (pairs["i"], pairs["j"])),
                shape=(rows.stop - rows.start, len(self.points)),
            ).tocsr()
            matrix.sort_indices()
            yield rows, matrix.indptr, matrix.indices, matrix.data

    def _nearest_items(self, queries, k):
        item = np.full((len(queries), k), len(self.points))
        distance = np.full((len(queries), k), np.inf)
        if not len(self.points) or not len(queries):
            return item, distance
        if self._tree is None:
            self._nearest_by_boxes(queries, np.arange(len(queries)), item, distance)
            return item, distance
        # One more than asked: equal distances at the border are decided by the lowest index.
        found_distance, found = self._tree.query(
            queries, np.arange(1, k + 2), workers=runtime.thread_count()
        )
        order = np.lexsort((found, found_distance), axis=1)[:, :k]
        item[...] = np.take_along_axis(found, order, axis=1)
        distance[...] = np.take_along_axis(found_distance, order, axis=1)
        last, next_one = found_distance[:, k - 1], found_distance[:, k]
        tied = np.flatnonzero((last == next_one) & np.isfinite(last))
        self._nearest_by_boxes(queries[tied], tied, item, distance)
        return item, distance

    def _nearest_by_boxes(self, queries, rows, item, distance):
        k = item.shape[1]
        near = self.boxes.near_items(queries, min(k, len(self.points)))
        points = np.vstack([self.points, np.full(3, np.inf)])[np.minimum(near, len(self.points))]
        squared = ((points - queries[:, None, :]) ** 2).sum(axis=2)
        kept = min(k, squared.shape[1])
        bounds = np.partition(squared, kept - 1, axis=1)[:, kept - 1]
        if kept < k:
            bounds[:] = np.inf
        # Sums of squares may round differently in the walk.
        for block, query, found, found_squared in self.boxes.within(queries, bounds * (1 + 1e-12)):
            order, rank = lowest_by_query(query, found_squared, found)
            order, rank = order[rank < k], rank[rank < k]
            target = rows[block][query[order]]
            item[target, rank] = found[order]
            distance[target, rank] = np.sqrt(found_squared[order])


class RadiusGraph:
    """All pairs of points within a radius of each other, each point with itself."""

    def __init__(self, index: PointIndex, radius: float) -> None:
        self.index = index
        self.radius = radius

    @property
    def points(self) -> np.ndarray:
        """The points, float64."""
        return self.index.points

    def close(self) -> None:
        """Nothing to release."""

    def neighbors(self, with_distances, progress):
        """CSR rows: offsets, indices, distances."""
        offsets, indices, distances = _joined_rows(self.blocks(), len(self.points))
        progress.advance(1.0)
        return offsets, indices, distances if with_distances else None

    def counts(self, out):
        """Number of neighbours of each point."""
        found = np.empty(len(self.points), np.uint32)
        for rows, offsets, _, _ in self.blocks():
            found[rows] = np.diff(offsets)
        out[...] = found

    def blocks(self):
        """CSR rows in blocks, see `PointIndex.within_blocks`.

        A pair counts when (Δx² + Δy²) + Δz² ≤ r² in float32, so that pairs exactly at the radius,
        as in regular meshes, are the same ones as in the native library.
        """
        points = self.points.astype(np.float32)
        limit = np.float32(self.radius) * np.float32(self.radius)
        near = self.index.within_blocks(self.points, self.radius * (1.0 + 1e-6))
        for rows, offsets, indices, distances in near:
            row = np.repeat(np.arange(rows.start, rows.stop), np.diff(offsets))
            squared = (points[row] - points[indices]) ** 2
            kept = (squared[:, 0] + squared[:, 1]) + squared[:, 2] <= limit
            counts = np.bincount(row[kept] - rows.start, minlength=rows.stop - rows.start)
            yield rows, _offsets(counts), indices[kept], distances[kept]


def _offsets(counts):
    return np.concatenate([[0], np.cumsum(counts)])


def _joined_rows(blocks, row_count):
    blocks = list(blocks)
    counts = _joined([np.diff(offsets) for _, offsets, _, _ in blocks], np.int64)
    numbered_by_u32("the neighbour list", int(counts.sum()))
    offsets = np.zeros(row_count + 1, np.uint32)
    np.cumsum(counts, out=offsets[1:], dtype=np.uint32)
    return (
        offsets,
        _joined([indices for _, _, indices, _ in blocks], np.uint32),
        _joined([distances for _, _, _, distances in blocks], np.float32),
    )


def _joined(arrays, dtype):
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else np.empty(0, dtype)
