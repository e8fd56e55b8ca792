# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deformation does to each face: its stretches, and whether it turned over."""

from __future__ import annotations

import numpy as np

#: Squared sine of the angle below which a face has no area to stretch.
FLAT = 1e-16


def face_distortion(before, after, triangles, stretches, inverted):
    """Singular values of each face's map; agreement of its normal with its neighbours'."""
    was, became = _edge_vectors(before, triangles), _edge_vectors(after, triangles)
    stretches[...] = _stretches(was, became)
    edges, count = _edges(triangles)
    agreed, agrees = (_agreements(vectors, edges, count) for vectors in (was, became))
    inverted[...] = (agreed > 0.0) & (agrees < 0.0)


def stretched_count(stretches, before, after, triangles):
    """Faces that are twice as long or half as short against the growth of the whole mesh."""
    was, became = (
        np.linalg.norm(np.cross(*_edge_vectors(points, triangles)), axis=1).sum()
        for points in (before, after)
    )
    growth = np.sqrt(became / was) if was > 0.0 and became > 0.0 else 1.0
    return int(((stretches[:, 0] > 2.0 * growth) | (stretches[:, 1] < 0.5 * growth)).sum())


def _edge_vectors(points, triangles):
    a, b, c = np.moveaxis(points.astype(np.float64)[triangles], 1, 0)
    return b - a, c - a


def _stretches(was, became):
    (e, f), (g, h) = was, became
    area = (np.cross(e, f) ** 2).sum(axis=1)
    flat = area <= FLAT * _dot(e, e) * _dot(f, f)
    area = np.where(flat, 1.0, area)
    half_trace = _dot(f, f) * _dot(g, g) - 2.0 * _dot(e, f) * _dot(g, h) + _dot(e, e) * _dot(h, h)
    half_trace *= 0.5 / area
    determinant = (np.cross(g, h) ** 2).sum(axis=1) / area
    greatest = half_trace + np.sqrt(np.maximum(half_trace**2 - determinant, 0.0))
    least = determinant / np.where(greatest > 0.0, greatest, 1.0)
    found = np.sqrt(np.maximum(np.stack([greatest, least], axis=1), 0.0))
    return np.where(flat[:, None], 1.0, found)


def _edges(triangles):
    ends = np.sort(triangles[:, [1, 2, 2, 0, 0, 1]].reshape(-1, 2).astype(np.int64), axis=1)
    keys, numbers = np.unique(ends[:, 0] << 32 | ends[:, 1], return_inverse=True)
    return numbers.reshape(-1, 3), len(keys)


def _agreements(vectors, edges, count):
    normals = np.cross(*vectors)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    normals /= np.where(lengths > 0.0, lengths, 1.0)
    sums = np.zeros((count, 3))
    for corner in range(3):
        np.add.at(sums, edges[:, corner], normals)
    return _dot(normals, sums[edges].sum(axis=1) - 3.0 * normals)


def _dot(a, b):
    return np.einsum("ij,ij->i", a, b)
