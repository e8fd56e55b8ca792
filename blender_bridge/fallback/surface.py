# SPDX-License-Identifier: GPL-3.0-or-later
"""Closest points on a triangle surface."""

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
    """Corners (`#T by 3 by 3`) and normals of the triangles, float64, and their boxes."""

    def __init__(self, points: np.ndarray, triangles: np.ndarray) -> None:
        self.triangles = triangles.astype(np.int64)
        self.corners = corners = points[self.triangles]
        self.normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self.boxes = BoxTree(corners.min(axis=1), corners.max(axis=1))

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.corners.nbytes + self.normals.nbytes + self.boxes.nbytes

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
