# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed distance to a surface, by the pseudo-normal of the closest face, edge or corner.

J. A. Bærentzen and H. Aanæs 2005, *Signed distance computation using the angle weighted
pseudonormal*: a point x with the closest point c lies inside where `(x − c) · n < 0`, n the normal
of the face that c lies in, or the sum of the normals of the faces at its edge, or their sum by
angle at its corner. Corners at one place are one, so that seams are no borders. Outside by rule:
where c lies on the border of an open surface (the edge has one triangle), or n is zero.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..arguments import NO_INDEX


class Nearest(NamedTuple):
    """For each query, in float64."""

    #: `#Q by 3` closest points of the surface; the query itself where there is none.
    points: np.ndarray
    #: `#Q`, positive outside; infinite where there is no closest point.
    heights: np.ndarray
    #: `#Q by 3` unit, the way out; zero where there is none.
    outward: np.ndarray


class SignedSurface:
    """The pseudo-normals of a fallback `Surface`."""

    def __init__(self, surface):
        self.surface = surface
        corners = surface.corners
        # −0 and 0 are one place.
        places, welded = np.unique(corners.reshape(-1, 3) + 0.0, axis=0, return_inverse=True)
        self._welded = welded = welded.reshape(-1, 3)
        proper = (welded != np.roll(welded, 1, axis=1)).all(axis=1)
        self._faces = _unit(surface.normals) * proper[:, None]
        ends = np.sort(welded[:, [1, 2, 2, 0, 0, 1]].reshape(-1, 3, 2), axis=2)
        self._edge_keys = ends[..., 0] * np.int64(len(places) + 1) + ends[..., 1]
        keys, of_corner = np.unique(self._edge_keys, return_inverse=True)
        of_corner = of_corner.reshape(-1, 3)
        used = of_corner[proper]
        self._edge_numbers = of_corner
        self._edges = np.zeros((len(keys), 3))
        self._corners = np.zeros((len(places), 3))
        for corner in range(3):
            np.add.at(self._edges, used[:, corner], self._faces[proper])
            angle = _angles(corners[proper], corner)[:, None]
            np.add.at(self._corners, welded[proper, corner], angle * self._faces[proper])
        counts = np.bincount(used.ravel(), minlength=len(keys))
        self._border_edge = counts == 1
        self._border_corner = np.zeros(len(places), bool)
        for corner in range(3):
            on_border = self._border_edge[of_corner[:, corner]] & proper
            self._border_corner[np.delete(welded, corner, axis=1)[on_border]] = True

    def nearest(self, queries, max_distance=np.inf):
        """Closest points, signed heights and directions out."""
        triangle, barycentric, distance = self.surface.closest(queries, max_distance)
        queries = queries.astype(np.float64)
        found = triangle != NO_INDEX
        points = np.where(found[:, None], self.surface.points_at(triangle, barycentric), queries)
        normal, border = self._features(np.where(found, triangle, 0), barycentric, found)
        offset = queries - points
        inside = (np.einsum("ij,ij->i", offset, normal) < 0.0) & ~border
        heights = np.where(inside, -distance, distance)
        away = np.where(inside, -1.0, 1.0)[:, None] * offset
        # On the surface itself the normal is the way out.
        outward = np.where((distance > NEAR)[:, None], _unit(away), _unit(normal))
        return Nearest(points, heights, outward)

    def _features(self, triangle, barycentric, found):
        """Pseudo-normal of the feature that holds the closest point, and whether it is a border."""
        count = len(triangle)
        normal, border = np.zeros((count, 3)), np.zeros(count, bool)
        if not len(self._faces):
            return normal, border
        zeros = (barycentric == 0.0).sum(axis=1)
        zeros[~found] = -1
        rows = zeros == 0
        normal[rows] = self._faces[triangle[rows]]
        rows = zeros == 1
        edge = self._edge_numbers[triangle[rows], barycentric[rows].argmin(axis=1)]
        normal[rows], border[rows] = self._edges[edge], self._border_edge[edge]
        rows = zeros == 2
        corner = self._welded[triangle[rows], barycentric[rows].argmax(axis=1)]
        normal[rows], border[rows] = self._corners[corner], self._border_corner[corner]
        return normal, border


#: Metres up to which the normal rather than the offset gives the direction out.
NEAR = 1e-6


def _angles(corners, corner):
    """Angle of each triangle at one corner."""
    first = corners[:, (corner + 1) % 3] - corners[:, corner]
    second = corners[:, (corner + 2) % 3] - corners[:, corner]
    sine = np.linalg.norm(np.cross(first, second), axis=1)
    return np.arctan2(sine, np.einsum("ij,ij->i", first, second))


def _unit(vectors):
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0.0, lengths, 1.0)
