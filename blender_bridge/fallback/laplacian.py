# SPDX-License-Identifier: GPL-3.0-or-later
"""Vertex normals, islands and the cotangent Laplacian of a triangle mesh."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: By how much two sides of a triangle exceed the third at the least, relative to the mean length.
MOLLIFICATION = 1e-5

#: The least mass of a vertex, relative to the mean.
LEAST_MASS = 1e-6


class Entries(NamedTuple):
    """A sparse matrix: entries ordered by row and column, each place once."""

    row: np.ndarray
    column: np.ndarray
    value: np.ndarray
    size: int

    @classmethod
    def summed(cls, row, column, value, size):
        """Of entries in any order, those of one place added up."""
        keys, position = np.unique(row.astype(np.int64) * size + column, return_inverse=True)
        value = np.bincount(position.ravel(), value, minlength=len(keys)).astype(np.float64)
        return cls(keys // max(size, 1), keys % max(size, 1), value, size)

    @property
    def offsets(self):
        """Where each row's entries begin."""
        return np.searchsorted(self.row, np.arange(self.size + 1))

    def where(self, mask):
        """The entries that `mask` chooses."""
        return Entries(self.row[mask], self.column[mask], self.value[mask], self.size)

    def off_diagonal(self):
        """The edges of the mesh, both ways."""
        return self.where(self.row != self.column)

    def times(self, scale, other):
        """`self · diag(scale) · other`."""
        counts = np.diff(other.offsets)[self.column]
        first = other.offsets[self.column] - (np.cumsum(counts) - counts)
        entry = np.arange(counts.sum()) + np.repeat(first, counts)
        value = np.repeat(self.value * scale[self.column], counts) * other.value[entry]
        return np.repeat(self.row, counts), other.column[entry], value


def vertex_normals(points, triangles):
    """Unit sums of the triangles' normals by area; 0 where there are none."""
    corners = points.astype(np.float64)[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.stack(
        [
            np.bincount(triangles.ravel(), np.repeat(axis, 3), minlength=len(points))
            for axis in normals.T
        ],
        axis=1,
    ).astype(np.float64)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.divide(sums, length, out=np.zeros_like(sums), where=length > 0.0)


def connected(pairs, count):
    """Number of the connected set of each item, sets numbered by their lowest item."""
    labels = np.arange(count)
    while True:
        lower = labels.copy()
        lowest = labels[pairs].min(axis=1) if len(pairs) else labels[:0]
        for end in range(pairs.shape[1]):
            np.minimum.at(lower, pairs[:, end], lowest)
        lower = lower[lower]
        if (lower == labels).all():
            return np.unique(labels, return_inverse=True)[1].ravel()
        labels = lower


def laplacian(points, triangles):
    """The Laplacian L (negative semidefinite, rows sum to 0) and the masses of the vertices.

    Half cotangents and a third of the areas, from edge lengths alone, to which the smallest ε is
    added that leaves no triangle thinner than `MOLLIFICATION` (Sharp and Crane 2020).
    """
    corners = points.astype(np.float64)[triangles]
    lengths = np.linalg.norm(np.roll(corners, -1, axis=1) - np.roll(corners, 1, axis=1), axis=2)
    mean = lengths.mean() if lengths.size else 0.0
    least = MOLLIFICATION * (mean if mean > 0.0 else 1.0)
    slack = (lengths.sum(axis=1, keepdims=True) - 2.0 * lengths).min(initial=np.inf)
    lengths = lengths + max(least - slack, 0.0)
    c, b, a = np.sort(lengths, axis=1).T
    heron = (a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c))
    area = 0.25 * np.sqrt(np.maximum(heron, 0.0))
    squared = lengths**2
    half_cotangent = (squared.sum(axis=1, keepdims=True) - 2.0 * squared) / (8.0 * area[:, None])
    mass = np.bincount(triangles.ravel(), np.repeat(area / 3.0, 3), minlength=len(points))
    mass = mass.astype(np.float64)  # NumPy counts in whole numbers where there is nothing.
    total = mass.sum()
    mass = np.maximum(mass, LEAST_MASS * (total / len(points) if total > 0.0 else 1.0))
    i, j = np.roll(triangles, -1, axis=1).ravel(), np.roll(triangles, 1, axis=1).ravel()
    value = np.where(i == j, 0.0, half_cotangent.ravel())
    everyone = np.arange(len(points))
    matrix = Entries.summed(
        np.concatenate([i, j, i, j, everyone]),
        np.concatenate([j, i, i, j, everyone]),
        np.concatenate([value, value, -value, -value, np.zeros(len(points))]),
        len(points),
    )
    return matrix, mass
