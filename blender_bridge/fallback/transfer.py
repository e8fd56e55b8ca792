# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface weight transfer: the weights of the closest triangle's corners, mixed.

Sums in float64, stored as float32 in [0, 1].
"""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from .masks import averaged_vertex_normals
from .surface import Surface

#: 4 · area² in m⁴ of triangles that `small_triangles_by_corner` takes for small.
SMALL_TRIANGLE = 1e-8


def transfer_dense(surface, body, points, options, matched, distances, out, progress):
    """Barycentric mixes of the corners' rows; zeros without a match."""
    triangle, barycentric, distance = surface.closest(points, options.max_distance)
    progress.advance(0.8)
    found, vertices, shares = _corners(surface, points, triangle, barycentric, options)
    result = np.zeros((len(points), body.shape[1]))
    for corner in range(3):
        result[found] += shares[:, corner, None] * body[vertices[:, corner]]
    progress.advance(1.0)
    out.reshape(result.shape)[...] = np.clip(result, 0.0, 1.0)
    matched[...] = triangle != NO_INDEX
    distances[...] = distance


def transfer_sparse(surface, body, points, options, matched, distances, progress):
    """Offsets, groups and weights: groups ascending, zeros left out; no entries without a match."""
    triangle, barycentric, distance = surface.closest(points, options.max_distance)
    progress.advance(0.8)
    found, vertices, shares = _corners(surface, points, triangle, barycentric, options)
    offsets = body.offsets.astype(np.int64)
    vertex, share = vertices.ravel(), shares.ravel()
    counts = offsets[vertex + 1] - offsets[vertex]
    # The entries of all corners, one corner after the other.
    starts = np.cumsum(counts) - counts
    entry = np.arange(counts.sum()) + np.repeat(offsets[vertex] - starts, counts)
    point = np.repeat(np.repeat(found, 3), counts)
    values = np.repeat(share, counts) * body.weights[entry]
    rows = _summed(point, body.groups[entry], values, len(points), body.group_count)
    progress.advance(1.0)
    matched[...] = triangle != NO_INDEX
    distances[...] = distance
    return rows


def _corners(surface: Surface, points, triangle, barycentric, options):
    """Matched points, the vertices that each takes weights from, and their shares."""
    found = np.flatnonzero(triangle != NO_INDEX)
    closest, shares = triangle[found].astype(np.int64), barycentric[found]
    shares = shares / shares.sum(axis=1, keepdims=True)
    source = closest
    position = np.einsum("ij,ijk->ik", shares, surface.corners[closest])
    if options.first_triangles is not None:
        source = options.first_triangles[closest].astype(np.int64)
        other = source != closest
        shares[other] = _projected(position[other], surface.corners[source[other]])
    if options.small_triangles_by_corner:
        small = _squared_lengths(surface.normals[source]) <= SMALL_TRIANGLE
        shares[small] = _nearest_corner(position[small], surface.corners[source[small]])
    normals = _ramp_normals(surface, points, options)
    if normals is not None:
        shares = shares * _ramp(surface.normals[closest], normals[found], options)[:, None]
    return found, surface.triangles[source], shares


def _ramp_normals(surface, points, options):
    """`#P by 3`: as given, or averaged over a radius; None where there are none."""
    if options.normal_radius == 0.0:
        return options.normals
    return averaged_vertex_normals(
        surface, points, options.triangles, options.normals, options.normal_radius
    )


def _ramp(faces, normals, options):
    """0 at `angle_min` and below, 1 at `angle_max` and above, by the folded angle to the face."""
    normals = normals.astype(np.float64)
    sine = np.linalg.norm(np.cross(faces, normals), axis=1)
    cosine = np.abs(np.einsum("ij,ij->i", faces, normals))
    angle = np.degrees(np.arctan2(sine, cosine))
    span = options.angle_max - options.angle_min
    ramp = np.clip((angle - options.angle_min) / (span or 1.0), 0.0, 1.0)
    undefined = ~faces.any(axis=1) | ~normals.any(axis=1)
    return np.where(undefined | (angle >= options.angle_max), 1.0, ramp)


def _projected(points, corners):
    """Barycentric coordinates of projections onto planes; the nearest corner without area."""
    b, c = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = points - corners[:, 0]
    normal = np.cross(b, c)
    scale = _squared_lengths(normal)
    divisor = np.where(scale > 0.0, scale, 1.0)
    v = np.einsum("ij,ij->i", normal, np.cross(p, c)) / divisor
    w = np.einsum("ij,ij->i", normal, np.cross(b, p)) / divisor
    shares = np.stack([1.0 - v - w, v, w], axis=1)
    return np.where((scale > 0.0)[:, None], shares, _nearest_corner(points, corners))


def _nearest_corner(points, corners):
    squared = ((corners - points[:, None]) ** 2).sum(axis=2)
    return np.eye(3)[squared.argmin(axis=1)]


def _squared_lengths(vectors):
    return np.einsum("ij,ij->i", vectors, vectors)


def _summed(row, group, values, row_count, group_count):
    """Offsets, groups and weights of entries summed up by row and group; zeros are left out."""
    width = max(group_count, 1)
    keys, position = np.unique(row.astype(np.int64) * width + group, return_inverse=True)
    sums = np.bincount(position.ravel(), values, minlength=len(keys))
    weights = np.clip(sums, 0.0, 1.0).astype(np.float32)
    keys, weights = keys[weights != 0.0], weights[weights != 0.0]
    offsets = np.searchsorted(keys, np.arange(row_count + 1) * width)
    return offsets.astype(np.uint32), (keys % width).astype(np.uint32), weights
