# SPDX-License-Identifier: GPL-3.0-or-later
"""Closest points on a triangle surface, and weights carried over from there."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from .box_tree import BoxTree, lowest_by_query
from .cache import SHARED


def surface(points, triangles, cached):
    """A `Surface`, shared through the cache when asked."""

    def build():
        return Surface(points.astype(np.float64), triangles)

    return SHARED.acquire("surface", (points, triangles), build) if cached else build()


class Surface:
    """Corners `#T by 3 by 3`, float64, and the boxes of the triangles."""

    def __init__(self, points: np.ndarray, triangles: np.ndarray) -> None:
        self.triangles = triangles.astype(np.int64)
        self.corners = corners = points[self.triangles]
        self.boxes = BoxTree(corners.min(axis=1), corners.max(axis=1))

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.corners.nbytes + self.boxes.nbytes

    def close(self) -> None:
        """Nothing to release."""

    def closest_points(self, queries, max_distance, triangles, barycentric, points, distances):
        """Triangle (`NO_INDEX` for none), barycentric coordinates, point and distance."""
        found = self.closest(queries, max_distance)
        triangles[...] = found[0]
        barycentric.reshape(-1, 3)[...] = found[1]
        points.reshape(-1, 3)[...] = self.points_at(found[0], found[1])
        distances[...] = found[2]

    def closest(self, queries, max_distance):
        """Triangle, barycentric coordinates and distance, float64."""
        count = len(queries)
        triangle = np.full(count, NO_INDEX, np.uint32)
        barycentric = np.zeros((count, 3))
        distance = np.full(count, np.inf)
        if count and len(self.corners):
            queries = queries.astype(np.float64)
            bounds = np.minimum(self._first_guess(queries), max_distance**2)
            # Exact distances and box distances round differently.
            for rows, query, item, _ in self.boxes.within(queries, bounds * (1.0 + 1e-9)):
                weights, squared = closest_on_triangles(queries[rows][query], self.corners[item])
                order, rank = lowest_by_query(query, squared, item)
                best = order[rank == 0]
                best = best[np.sqrt(squared[best]) <= max_distance]
                target = query[best] + rows.start
                triangle[target] = item[best]
                barycentric[target] = weights[best]
                distance[target] = np.sqrt(squared[best])
        return triangle, barycentric, distance

    def transfer_dense(self, body, points, max_distance, matched, distances, progress, out):
        """Barycentric mixes of the corners' rows."""
        triangle, barycentric, distance = self.closest(points, max_distance)
        progress.advance(0.5)
        result = np.zeros((len(points), body.shape[1]))
        found = triangle != NO_INDEX
        for corner in range(3):
            vertex = self.triangles[triangle[found], corner]
            result[found] += barycentric[found, corner, None] * body[vertex]
        progress.advance(1.0)
        out.reshape(result.shape)[...] = np.clip(result, 0.0, 1.0)
        matched[...] = found
        distances[...] = distance

    def transfer_sparse(self, body, points, max_distance, matched, distances, progress):
        """Offsets, groups and weights: every group of a corner with weight, ascending."""
        triangle, barycentric, distance = self.closest(points, max_distance)
        progress.advance(0.5)
        found = np.flatnonzero(triangle != NO_INDEX)
        vertex = self.triangles[triangle[found]].ravel()
        share = barycentric[found].ravel()
        offsets = body.offsets.astype(np.int64)
        counts = offsets[vertex + 1] - offsets[vertex]
        # Entries of all corners, one corner after the other.
        entry = np.arange(counts.sum()) + np.repeat(offsets[vertex] - _starts(counts), counts)
        point = np.repeat(np.repeat(found, 3), counts)
        values = np.repeat(share, counts) * body.weights[entry]
        rows = merged_rows(point, body.groups[entry], values, len(points), body.group_count)
        progress.advance(1.0)
        matched[...] = triangle != NO_INDEX
        distances[...] = distance
        return rows

    def points_at(self, triangle, barycentric):
        """Points at barycentric coordinates; 0 where there is no triangle."""
        found = triangle != NO_INDEX
        points = np.zeros((len(triangle), 3))
        points[found] = np.einsum("ij,ijk->ik", barycentric[found], self.corners[triangle[found]])
        return points

    def _first_guess(self, queries):
        bounds = np.full(len(queries), np.inf)
        near = self.boxes.near_items(queries, 1)
        for column in near.T:
            exists = column < len(self.corners)
            _, squared = closest_on_triangles(queries[exists], self.corners[column[exists]])
            bounds[exists] = np.minimum(bounds[exists], squared)
        return bounds


def closest_on_triangles(points, corners):
    """Barycentric coordinates of, and squared distances to, the closest points; row by row.

    Inside, the projection onto the plane; else the nearest point of the three edges. A triangle
    without area is its longest edge or a point: its edges serve alone.
    """
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac, ap = b - a, c - a, points - a
    normal = np.cross(ab, ac)
    area = _dot(normal, normal)
    solid = area > 1e-24 * _dot(ab, ab) * _dot(ac, ac)
    divisor = np.where(solid, area, 1.0)
    v = _dot(np.cross(ap, ac), normal) / divisor
    w = _dot(np.cross(ab, ap), normal) / divisor
    inside = solid & (v >= 0.0) & (w >= 0.0) & (v + w <= 1.0)
    barycentric = np.stack([1.0 - v - w, v, w], axis=1)
    squared = np.where(inside, _squared_distance(points, corners, barycentric), np.inf)
    for first, second in ((0, 1), (1, 2), (2, 0)):
        on_edge = np.zeros_like(barycentric)
        on_edge[:, second] = _along(points, corners[:, first], corners[:, second])
        on_edge[:, first] = 1.0 - on_edge[:, second]
        to_edge = _squared_distance(points, corners, on_edge)
        nearer = to_edge < squared
        squared = np.where(nearer, to_edge, squared)
        barycentric[nearer] = on_edge[nearer]
    return barycentric, squared


def merged_rows(row, group, values, row_count, group_count):
    """Offsets, groups and weights of entries summed up by row and group; zeros are left out."""
    key = row.astype(np.int64) * max(group_count, 1) + group
    keys, position = np.unique(key, return_inverse=True)
    sums = np.bincount(position.ravel(), values, minlength=len(keys))
    weights = np.clip(sums, 0.0, 1.0).astype(np.float32)
    keys, weights = keys[weights != 0.0], weights[weights != 0.0]
    offsets = np.searchsorted(keys, np.arange(row_count + 1) * max(group_count, 1))
    return offsets.astype(np.uint32), (keys % max(group_count, 1)).astype(np.uint32), weights


def _starts(counts):
    return np.cumsum(counts) - counts


def _along(points, start, end):
    """Where on the edge the nearest point lies, from 0 to 1."""
    edge = end - start
    squared = _dot(edge, edge)
    fraction = _dot(points - start, edge) / np.where(squared > 0.0, squared, 1.0)
    return np.clip(fraction, 0.0, 1.0)


def _squared_distance(points, corners, barycentric):
    offset = np.einsum("ij,ijk->ik", barycentric, corners) - points
    return _dot(offset, offset)


def _dot(a, b):
    return np.einsum("ij,ij->i", a, b)
