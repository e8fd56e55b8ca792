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
        # Where each corner stands among the triangle's vertices in ascending order.
        self.ranks = self.triangles.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        self.normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self.boxes = BoxTree(corners.min(axis=1), corners.max(axis=1))

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        arrays = (self.corners, self.ranks, self.normals, self.boxes)
        return sum(array.nbytes for array in arrays)

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
                weights, squared = self._closest_on(item, queries[rows][query])
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

    def _closest_on(self, items, queries):
        """`closest_on_triangles` with corners in ascending order of their vertices."""
        ranks = self.ranks[items]
        ascending = np.take_along_axis(self.corners[items], ranks.argsort(axis=1)[..., None], 1)
        weights, squared = closest_on_triangles(queries, ascending)
        return np.take_along_axis(weights, ranks, 1), squared

    def _first_guess(self, queries):
        bounds = np.full(len(queries), np.inf)
        near = self.boxes.near_items(queries, 1)
        for column in near.T:
            exists = column < len(self.corners)
            _, squared = self._closest_on(column[exists], queries[exists])
            bounds[exists] = np.minimum(bounds[exists], squared)
        return bounds


def closest_on_triangles(points, corners):
    """Barycentric coordinates of, and squared distances to, the closest points; row by row.

    Inside, the projection onto the plane; else the nearest point of the three edges. A triangle
    without area is its longest edge or a point: its edges serve alone. Triangles that share an
    edge, or mirror each other, give the same bits when their corners come in the same order.
    """
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac, ap = b - a, c - a, points - a
    normal = np.cross(ab, ac)
    area = _dot(normal, normal)
    solid = area > 1e-16 * _dot(ab, ab) * _dot(ac, ac)
    divisor = np.where(solid, area, 1.0)[:, None]
    v, w = _dot(normal, np.cross(ap, ac)), _dot(normal, np.cross(ab, ap))
    barycentric = np.stack([area - v - w, v, w], axis=1)
    inside = solid & (barycentric >= 0.0).all(axis=1)
    barycentric /= divisor
    offset = ab * barycentric[:, 1:2] + ac * barycentric[:, 2:] - ap
    squared = np.where(inside, _dot(offset, offset), np.inf)
    for first, second in ((0, 1), (0, 2), (1, 2)):
        start, end = corners[:, first], corners[:, second]
        on_edge = np.zeros_like(barycentric)
        on_edge[:, second], to_edge = _nearest_on_edge(points, start, end)
        on_edge[:, first] = 1.0 - on_edge[:, second]
        nearer = ~inside & (to_edge < squared)
        squared = np.where(nearer, to_edge, squared)
        barycentric[nearer] = on_edge[nearer]
    return barycentric, squared


def _nearest_on_edge(points, start, end):
    """Where on the edge the nearest point lies, from 0 to 1, and its squared distance."""
    edge, position = end - start, points - start
    along, length = _dot(position, edge), _dot(edge, edge)
    beyond = (along > 0.0) & (along >= length)
    fraction = np.where(beyond, 1.0, np.maximum(along, 0.0) / np.where(length > 0.0, length, 1.0))
    offset = np.where(beyond[:, None], end - points, edge * fraction[:, None] - position)
    return fraction, _dot(offset, offset)


def _dot(a, b):
    return np.einsum("ij,ij->i", a, b)
