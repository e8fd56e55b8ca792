# SPDX-License-Identifier: GPL-3.0-or-later
"""Smoothing and filters of skin weights over a radius or over mesh edges, all in place."""

from __future__ import annotations

import numpy as np

from . import runtime
from .box_tree import lowest_by_query
from .scipy_support import scipy_module

#: A row whose kernel values sum up to no more keeps its weight.
LEAST_SUM = 1e-3


def smooth_weights(graph, weights, falloff, iterations, mask, neighbor_limit, progress):
    """w_i ← Σ_j k_ij w_j / Σ_j k_ij over the neighbours, all new from all old, in float64."""
    operator = _Operator(graph, falloff, neighbor_limit)
    active = np.flatnonzero(np.any(weights != 0.0, axis=0))
    current = np.ascontiguousarray(weights[:, active])
    for iteration in range(iterations):
        if not len(active):
            break
        smoothed = np.empty_like(current)
        for rows, matrix in operator.blocks():
            smoothed[rows] = matrix.apply(current)
            progress.advance((iteration + rows.stop / len(weights)) / iterations)
        current = smoothed
    result = weights.copy()
    result[:, active] = current
    weights[...] = _blended(weights, result, mask)


def update_smoothing(
    before, after, changed, weights, falloff, iterations, mask, neighbor_limit, result, progress
):
    """A full run over the graph as it is now; returns the rows of `result` that changed."""
    del before, changed
    new = weights.copy()
    smooth_weights(after, new, falloff, iterations, mask, neighbor_limit, progress)
    updated = np.any(new.view(np.uint32) != result.view(np.uint32), axis=1)
    result[...] = new
    return updated.view(np.uint8)


def filter_weights(graph, largest, weights, mask, progress):
    """w_i ← max (min) of w_j over the neighbours."""
    reduce = np.maximum if largest else np.minimum
    result = np.empty_like(weights)
    for rows, offsets, indices, _ in graph.blocks():
        result[rows] = reduce.reduceat(weights[indices], offsets[:-1], axis=0)
        progress.advance(rows.stop / len(weights))
    weights[...] = _blended(weights, result, mask)


def decaying_max(graph, weights, sigma, iterations, progress):
    """w_i ← max_j w_j exp(−d²/(2σ²)), the vertex itself included; clamped to 1 at the end."""
    current = weights
    for iteration in range(iterations):
        grown = np.empty_like(current)
        for rows, offsets, indices, distances in graph.blocks():
            decay = np.exp(-(distances**2) / (2.0 * sigma**2))
            values = current[indices].astype(np.float64) * decay[:, None]
            grown[rows] = np.maximum.reduceat(values, offsets[:-1], axis=0)
            progress.advance((iteration + rows.stop / len(weights)) / iterations)
        current = np.maximum(current, grown)
    weights[...] = np.minimum(current, 1.0)


def smooth_weights_on_edges(edges, weights, factor, iterations, expand, selection, progress):
    """Blender's "Smooth" of vertex groups: s ← mean·factor + s·(1 − factor) over edge neighbours.

    With `expand` e > 0 a neighbour's lower value u < s counts as u(1 − e) + s·e with weight 1 − e;
    with e < 0 a higher one does, by |e|.
    """
    loops = edges[edges[:, 0] != edges[:, 1]].astype(np.int64)
    vertex = np.concatenate([loops[:, 0], loops[:, 1]])
    neighbor = np.concatenate([loops[:, 1], loops[:, 0]])
    order = np.argsort(vertex, kind="stable")
    vertex, neighbor = vertex[order], neighbor[order]
    starts = np.flatnonzero(np.diff(vertex, prepend=-1))
    moved = vertex[starts]
    if selection is not None:
        chosen = selection[moved] != 0
        ends = np.append(starts[1:], len(vertex))
        keep = np.repeat(chosen, ends - starts)
        vertex, neighbor = vertex[keep], neighbor[keep]
        starts = np.flatnonzero(np.diff(vertex, prepend=-1))
        moved = vertex[starts]
    current = weights.astype(np.float32)
    for iteration in range(iterations if len(moved) else 0):
        own, other = current[vertex], current[neighbor].astype(np.float64)
        held = other < own if expand > 0.0 else other > own
        by = abs(expand)
        term = np.where(held, other * (1.0 - by) + own * np.float64(by), other)
        share = np.where(held, 1.0 - by, 1.0)
        sums = np.add.reduceat(term * share, starts, axis=0)
        shares = np.add.reduceat(share, starts, axis=0)
        before = current[moved]
        means = np.divide(sums, shares, out=before.astype(np.float64), where=shares > 0.0)
        current[moved] = means * factor + before * (1.0 - factor)
        progress.advance((iteration + 1) / iterations)
    weights[...] = current


def falloff_values(falloff, distances, radius):
    """k(d): gaussian with σ = r/3, linear, or uniform."""
    if falloff == "uniform":
        return np.ones(len(distances))
    if falloff == "linear":
        return np.maximum(0.0, 1.0 - distances / radius)
    sigma = radius / 3.0
    return np.exp(-(distances**2) / (2.0 * sigma**2))


class _Operator:
    """The rows of the smoothing matrix, kept when they fit the memory budget, else made anew."""

    def __init__(self, graph, falloff, neighbor_limit) -> None:
        self.graph = graph
        self.falloff = falloff
        self.neighbor_limit = neighbor_limit
        self._kept = None

    def blocks(self):
        if self._kept is not None:
            yield from self._kept
            return
        kept, size = [], 0
        for rows, offsets, indices, distances in self.graph.blocks():
            if self.neighbor_limit:
                offsets, indices, distances = _nearest_only(
                    offsets, indices, distances, self.neighbor_limit
                )
            values = falloff_values(self.falloff, distances, self.graph.radius)
            matrix = _Rows(rows, offsets, indices, values, len(self.graph.points))
            size += matrix.nbytes
            if kept is not None and size <= runtime.memory_budget():
                kept.append((rows, matrix))
            else:
                kept = None
            yield rows, matrix
        self._kept = kept


class _Rows:
    """Some rows of the smoothing matrix."""

    def __init__(self, rows, offsets, indices, values, columns) -> None:
        self.rows = rows
        self.offsets = offsets
        self.indices = indices
        self.values = values
        self.sums = np.add.reduceat(values, offsets[:-1]) if len(values) else np.zeros(0)
        sparse = scipy_module("sparse")
        self.matrix = None
        if sparse is not None:
            shape = (rows.stop - rows.start, columns)
            self.matrix = sparse.csr_matrix((values, indices, offsets), shape=shape)

    @property
    def nbytes(self) -> int:
        return self.offsets.nbytes + self.indices.nbytes + self.values.nbytes + self.sums.nbytes

    def apply(self, weights: np.ndarray) -> np.ndarray:
        if self.matrix is not None:
            sums = self.matrix @ weights.astype(np.float64)
        else:
            sums = np.empty((len(self.sums), weights.shape[1]))
            for channel in range(weights.shape[1]):
                terms = self.values * weights[self.indices, channel]
                sums[:, channel] = np.add.reduceat(terms, self.offsets[:-1])
        enough = (self.sums > LEAST_SUM)[:, None]
        means = np.divide(sums, self.sums[:, None], out=np.zeros_like(sums), where=enough)
        return np.where(enough, means, weights[self.rows]).astype(np.float32)


def _nearest_only(offsets, indices, distances, limit):
    counts = np.diff(offsets)
    row = np.repeat(np.arange(len(counts)), counts)
    order, rank = lowest_by_query(row, distances, indices)
    kept = np.sort(order[rank < limit])
    offsets = np.concatenate([[0], np.cumsum(np.minimum(counts, limit))])
    return offsets, indices[kept], distances[kept]


def _blended(before, after, mask):
    if mask is None:
        return after
    share = mask[:, None].astype(np.float64)
    return before * (1.0 - share) + after * share
