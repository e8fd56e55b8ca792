# SPDX-License-Identifier: GPL-3.0-or-later
"""Robust weight transfer: copy where the costume follows the body, inpaint elsewhere."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from ..progress import SILENT
from .inpaint import WeightInpainter
from .laplacian import connected, laplacian, vertex_normals
from .weights import sparse_from_dense, sparse_to_dense

INPAINTED, MATCHED, EXTRAPOLATED, EMPTY = range(4)
BY_CONFIDENCE, BY_THRESHOLD = range(2)

#: How much farther away a match counts whose normal points the other way.
FLIPPED_PENALTY = 4.0
#: How far inside the costume, in distances to the flipped match, a better one is looked for.
LOOK_INSIDE = 2.0
#: Cosines below this count as this.
LEAST_COSINE = 0.1
#: A smoothing length below this part of the edges' mean length keeps the copy.
RESOLVED = 0.25


def robust_transfer(surface, body, points, triangles, options, sources, islands, progress):
    """Offsets, groups and weights; fills `sources` and `islands`."""
    triangles = triangles.astype(np.int64)
    matrix, mass = laplacian(points, triangles)
    islands[...] = connected(triangles, len(points))
    progress.advance(0.1)
    found = Matches(surface, points.astype(np.float64), vertex_normals(points, triangles))
    if options.matching == BY_CONFIDENCE:
        found.prefer_facing()
    progress.advance(0.3)
    weights = found.copies(body)
    lengths = smoothing_lengths(found, options)
    lengths[~weights.any(axis=1)] = np.inf
    fixed, confidence = trust(lengths, found.points, matrix, islands)
    soft = options.matching == BY_CONFIDENCE
    inpainter = WeightInpainter(matrix, mass, fixed, confidence if soft else None)
    progress.advance(0.6)
    inpainter.inpaint(weights, progress=SILENT)
    normalize(weights)
    found_sources = np.where(inpainter.mask, EXTRAPOLATED, np.where(fixed, MATCHED, INPAINTED))
    edges = matrix.off_diagonal()
    smooth(weights, edges, found_sources, options)
    if options.max_influences:
        limit_over_rings(weights, edges, options.max_influences, options.limit_rings)
    found_sources[~weights.any(axis=1)] = EMPTY
    sources[...] = found_sources
    progress.advance(1.0)
    return sparse_from_dense(weights)


class Matches:
    """The body point that each costume vertex copies from, and the angle between the normals."""

    def __init__(self, surface, points, normals):
        self.surface, self.points, self.normals = surface, points, normals
        count = int(surface.triangles.max(initial=-1)) + 1
        body_points = np.zeros((count, 3))
        body_points[surface.triangles] = surface.corners
        self.body_normals = vertex_normals(body_points, surface.triangles)
        self.triangle, self.barycentric, self.distance = surface.closest(points, np.inf)
        self.cosine = self._cosines(self.triangle, self.barycentric, normals)

    def effective_distance(self, distance=None, cosine=None):
        """d / |cos|³, times `FLIPPED_PENALTY` where the normal points the other way."""
        distance = self.distance if distance is None else distance
        cosine = self.cosine if cosine is None else cosine
        penalty = np.where(cosine < 0.0, FLIPPED_PENALTY, 1.0)
        return penalty * distance / np.maximum(np.abs(cosine), LEAST_COSINE) ** 3

    def prefer_facing(self):
        """Replaces flipped matches by the closest point to one inside the costume, if better."""
        flipped = np.flatnonzero(self.cosine < 0.0)
        reach = LOOK_INSIDE * self.distance[flipped, None]
        inside = self.points[flipped] - self.normals[flipped] * reach
        triangle, barycentric, _ = self.surface.closest(inside, np.inf)
        feet = self.surface.points_at(triangle, barycentric)
        distance = np.linalg.norm(feet - self.points[flipped], axis=1)
        cosine = self._cosines(triangle, barycentric, self.normals[flipped])
        better = self.effective_distance(distance, cosine) < self.effective_distance()[flipped]
        chosen = flipped[better]
        self.triangle[chosen], self.barycentric[chosen] = triangle[better], barycentric[better]
        self.distance[chosen], self.cosine[chosen] = distance[better], cosine[better]

    def copies(self, body):
        """Barycentric mixes of the body's weights, rows scaled to sum 1, `#V by #G` float32."""
        dense = np.empty((body.vertex_count, body.group_count), np.float32)
        sparse_to_dense(body, dense)
        found = self.triangle != NO_INDEX
        copies = np.zeros((len(self.points), body.group_count))
        corners = self.surface.triangles[self.triangle[found]]
        copies[found] = np.einsum("nk,nkg->ng", self.barycentric[found], dense[corners])
        total = copies.sum(axis=1, keepdims=True)
        scaled = np.divide(copies, total, out=np.zeros_like(copies), where=total > 0.0)
        return scaled.astype(np.float32)

    def _cosines(self, triangle, barycentric, normals):
        """1 where either normal is unknown."""
        found = triangle != NO_INDEX
        cosine = np.ones(len(triangle))
        corners = self.body_normals[self.surface.triangles[triangle[found]]]
        mixed = np.einsum("nk,nkd->nd", barycentric[found], corners)
        length = np.linalg.norm(mixed, axis=1)
        known = (length > 0.0) & normals[found].any(axis=1)
        dot = np.einsum("nd,nd->n", mixed, normals[found]) / np.where(known, length, 1.0)
        cosine[found] = np.where(known, np.clip(dot, -1.0, 1.0), 1.0)
        return cosine


def smoothing_lengths(found, options):
    """Smoothing length of each vertex, metres: 0 keeps the copy, infinity trusts nothing of it."""
    if options.matching == BY_CONFIDENCE:
        lengths = options.smoothing * found.effective_distance()
        return lengths if options.flipped_normals else np.where(found.cosine < 0.0, np.inf, lengths)
    cosine = np.abs(found.cosine) if options.flipped_normals else found.cosine
    parallel = np.degrees(np.arccos(cosine)) <= options.max_angle
    near = found.distance <= options.max_distance
    return np.where(near & parallel & (found.triangle != NO_INDEX), 0.0, np.inf)


def trust(lengths, points, matrix, islands):
    """Which vertices keep their copy, and the confidence length⁻⁴ of the others."""
    count = int(islands.max()) + 1 if len(islands) else 0
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, islands, points)
    np.maximum.at(high, islands, points)
    diagonal = np.linalg.norm(high - low, axis=1)[islands]
    edges = matrix.off_diagonal()
    between = np.linalg.norm(points[edges.row] - points[edges.column], axis=1)
    edge_count = np.bincount(edges.row, minlength=len(points))
    mean = np.bincount(edges.row, between, minlength=len(points)) / np.maximum(edge_count, 1)
    fixed = (lengths <= RESOLVED * mean) | ((mean == 0.0) & np.isfinite(lengths))
    # A length beyond the island's own size would leave the system without any hold.
    soft = ~fixed & np.isfinite(lengths)
    confidence = np.zeros(len(points))
    confidence[soft] = np.minimum(lengths, diagonal)[soft] ** -4.0
    return fixed.astype(np.uint8), confidence


def normalize(weights):
    """Clamps to [0, 1] and scales rows to sum 1, in place."""
    np.clip(weights, 0.0, 1.0, out=weights)
    total = weights.sum(axis=1, dtype=np.float64, keepdims=True)
    np.divide(weights, total, out=weights, where=total > 0.0, casting="same_kind")


def smooth(weights, edges, sources, options):
    """Passes of (1 − f) w + f · mean of the neighbours, over and next to what was inpainted."""
    inpainted = sources == INPAINTED
    region = inpainted.copy()
    region[edges.row[inpainted[edges.column]]] = True
    used = edges.where(region[edges.row])
    count = np.bincount(used.row, minlength=len(weights))
    region = np.flatnonzero(count)
    for _ in range(options.smoothing_passes):
        sums = np.zeros(weights.shape)
        np.add.at(sums, used.row, weights[used.column])
        mean = sums[region] / count[region, None]
        factor = options.smoothing_factor
        weights[region] = (1.0 - factor) * weights[region] + factor * mean


def limit_over_rings(weights, edges, most, rings):
    """Keeps the largest influences; a dropped one fades over the rings around the vertex."""
    order = np.argsort(-weights, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    losses = np.where((rank >= most) & (weights > 0.0), weights, np.float32(0.0))
    if not losses.any():
        return
    amounts = losses.copy()
    for ring in range(1, rings + 1):
        share = np.float32(1.0 - ring / (rings + 1))
        spread = np.zeros_like(amounts)
        np.maximum.at(spread, edges.row, amounts[edges.column])
        larger = (spread * share > losses) & (weights > 0.0)
        losses = np.where(larger, spread * share, losses)
        amounts = np.where(larger, spread, np.float32(0.0))
    touched = losses.any(axis=1)
    largest = weights[touched].argmax(axis=1)
    row, loss = weights[touched].astype(np.float64), losses[touched].astype(np.float64)
    share = np.divide(row - loss, loss, out=np.ones_like(row), where=loss > 0.0)
    rows = row * np.clip(share, 0.0, 1.0)
    total = rows.sum(axis=1)
    rows[total == 0.0, largest[total == 0.0]] = 1.0
    weights[touched] = rows / np.where(total == 0.0, 1.0, total)[:, None]
