# SPDX-License-Identifier: GPL-3.0-or-later
"""Components of meshes: which there are, which are rigid, and which lie together."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from .entries import entries, paired_entries
from .laplacian import connected
from .spatial import pairs_within


def find_components(elements, labels):
    """Fills the labels; the number of components."""
    pairs = np.stack([elements[:, :-1].ravel(), elements[:, 1:].ravel()], axis=1)
    labels[...] = connected(pairs.astype(np.int64), len(labels))
    return int(labels.max()) + 1 if len(labels) else 0


def find_rigid_parts(sparse, components, component_count, tolerance, labels):
    """Fills the labels; the number of parts."""
    chosen = components != NO_INDEX
    names, first, of_chosen = np.unique(components[chosen], return_index=True, return_inverse=True)
    first = np.flatnonzero(chosen)[first]
    reference = np.full(len(labels), -1)
    reference[chosen] = first[of_chosen.ravel()]
    rigid = np.zeros(component_count, bool)
    row, _, weight = entries(sparse)
    weighted = np.zeros(len(labels), bool)
    weighted[row[weight > 0.0]] = True
    rigid[names] = weighted[first]
    members = np.flatnonzero(chosen)
    vertex, _, own, other = paired_entries(sparse, sparse, members, reference[members])
    differs = np.abs(own - other) > np.float32(tolerance)
    rigid[components[vertex[differs]]] = False
    is_rigid = np.zeros(len(labels), bool)
    is_rigid[chosen] = rigid[components[chosen]]
    return renumber(np.where(is_rigid, components, NO_INDEX), labels)


def cluster_components(points, labels, distance, clusters, progress):
    """Fills the clusters; their number."""
    used = np.flatnonzero(labels != NO_INDEX)
    a, b = pairs_within(points[used], distance)
    progress.advance(0.5)
    pairs = np.stack([labels[used[a]], labels[used[b]]], axis=1).astype(np.int64)
    clusters[...] = connected(pairs, len(clusters))
    progress.advance(1.0)
    return int(clusters.max()) + 1 if len(clusters) else 0


def renumber(found, labels):
    """Fills the labels by those found, numbered by their lowest vertices; their number."""
    used = found != NO_INDEX
    _, first, of_used = np.unique(found[used], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    labels[...] = NO_INDEX
    labels[used] = rank[of_used.ravel()]
    return len(first)
