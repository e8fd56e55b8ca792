# SPDX-License-Identifier: GPL-3.0-or-later
"""Seams: vertices that lie on each other and should move alike."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from .components import renumber
from .entries import paired_entries
from .laplacian import connected
from .spatial import pairs_within


def find_seams(sparse, points, edges, options, labels, progress):
    """Fills the labels; the number of seams."""
    distance, angle, similarity = options
    a, b = pairs_within(points, distance)
    progress.advance(0.5)
    vertex, _, own, other = paired_entries(sparse, sparse, a, b, numbered=True)
    counts = np.bincount(vertex[(own > 0.0) | (other > 0.0)], minlength=len(a))
    sums = np.bincount(vertex, np.abs(own.astype(np.float64) - other), minlength=len(a))
    similar = 1.0 - sums / np.maximum(counts, 1) >= np.float32(similarity)
    a, b = a[similar], b[similar]
    aligned = edges_align(points, edges.astype(np.int64), a, b, np.cos(np.radians(angle)))
    sets = connected(np.stack([a[aligned], b[aligned]], axis=1), len(points))
    sizes = np.bincount(sets, minlength=1)
    alone = sizes[sets] == 1 if len(sets) else np.zeros(0, bool)
    progress.advance(1.0)
    return renumber(np.where(alone, NO_INDEX, sets), labels)


def edges_align(points, edges, a, b, least):
    """Whether an edge of a has the direction of an edge of b, for each pair."""
    ends = np.concatenate([edges, edges[:, ::-1]])
    spans = points[ends[:, 1]].astype(np.float64) - points[ends[:, 0]]
    lengths = np.linalg.norm(spans, axis=1)
    proper = lengths > 0.0
    order = np.argsort(ends[proper, 0], kind="stable")
    vertex = ends[proper, 0][order]
    direction = (spans[proper] / lengths[proper, None])[order]
    starts = np.searchsorted(vertex, np.arange(len(points) + 1))
    found = np.zeros(len(a), bool)
    for pair, (one, two) in enumerate(zip(a, b)):
        of_one = direction[starts[one] : starts[one + 1]]
        of_two = direction[starts[two] : starts[two + 1]]
        found[pair] = (np.abs(of_one @ of_two.T) >= least).any()
    return found
