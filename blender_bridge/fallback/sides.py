# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of the wrong side, and swapped ones."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from ..sparse import SparseWeights
from .entries import entries, to_rows, weights_at
from .laplacian import connected
from .spatial import point_index
from .weight_rows import average_weights
from .weights import sparse_from_dense, sparse_to_dense

LEFT, RIGHT = 1, 2

#: Total variation up to which mirrored rows count as meant to be alike.
MOST_DIFFERENCE = 0.25


def separate_sides(sparse, points, sides, mirror, group_mask, threshold):
    """Offsets, groups and weights; the number of vertices that changed."""
    row, group, weight = entries(sparse)
    x = points[:, 0]
    other_side = np.where(x > 0.0, RIGHT, LEFT)[row]
    counted = np.ones(len(group), bool) if group_mask is None else group_mask[group] != 0
    wrong = counted & (sides[group] == other_side) & (np.abs(x) > np.float32(threshold))[row]
    changed = np.zeros(len(x), bool)
    changed[row[wrong & (weight > 0.0)]] = True
    wrong &= changed[row]
    dropped = wrong & (mirror[group] == NO_INDEX)
    total = lambda chosen: np.bincount(row[chosen], weight[chosen], minlength=len(x))  # noqa: E731
    lost, kept = total(dropped), total(counted & ~dropped)
    scale = np.divide(kept + lost, kept, out=np.ones(len(x)), where=changed & (kept > 0.0))
    result = np.where(counted & ~dropped, weight * scale[row], weight)
    stays = ~dropped | (kept[row] == 0.0)
    to = np.where(wrong & ~dropped, mirror[group], group)
    keeps_zeros = ~changed[row[stays]]
    rows = to_rows(row[stays], to[stays], result[stays], len(x), keep_zeros=keeps_zeros)
    return rows, int(changed.sum())


def repair_sides(sparse, points, sides, mirror, reference, width):
    """Offsets, groups and weights; the number of vertices that changed."""
    row, group, weight = entries(sparse)
    other = mirror[group].astype(np.int64)
    paired = other != NO_INDEX
    near = (np.abs(points[:, 0]) <= np.float32(width))[row] & paired
    is_left = sides[group] == LEFT
    left, right = np.where(is_left, group, other), np.where(is_left, other, group)
    left, right = np.where(paired, left, group), np.where(paired, right, group)
    of = lambda rows, of_group: weights_at(rows, row, of_group)  # noqa: E731
    l, r = of(sparse, left), of(sparse, right)  # noqa: E741
    if reference is None:
        x = points[row, 0]
        swapped = near & (((x > 0.0) & (l < r)) | ((x < 0.0) & (l > r)))
    else:
        l0, r0 = of(reference, left), of(reference, right)
        swapped = near & (np.abs(l - r0) + np.abs(r - l0) < np.abs(l - l0) + np.abs(r - r0))
    changed = np.zeros(len(points), bool)
    changed[row[swapped]] = True
    to = np.where(swapped, other, group)
    rows = to_rows(row, to, weight, len(points), keep_zeros=~changed[row])
    return rows, int(changed.sum())


def symmetrize_weights(sparse, points, mirror, vertex_mask, tolerance, progress):
    """Offsets, groups and weights; the number of vertices that mirror one.

    A link joins each vertex as it is to the other mirrored, so that chains of links are the
    connected sets of twice as many vertices.
    """
    count, groups = sparse.vertex_count, np.flatnonzero(mirror != NO_INDEX)
    rows = np.empty((count, sparse.group_count), np.float32)
    sparse_to_dense(sparse, rows)
    paired = rows[:, groups].astype(np.float64)
    images = rows[:, mirror[groups].astype(np.int64)].astype(np.float64)
    links = _mirrored_pairs(points, tolerance)
    alike = 0.5 * np.abs(paired[links[:, 0]] - images[links[:, 1]]).sum(axis=1) <= MOST_DIFFERENCE
    may = np.ones(count, bool) if vertex_mask is None else vertex_mask != 0
    links = links[alike & may[links].all(axis=1)]
    joined = np.concatenate([2 * links + [0, 1], 2 * links + [1, 0]])
    both = np.stack([paired, images], axis=1).reshape(2 * count, len(groups)).astype(np.float32)
    means = _means(both, connected(joined, 2 * count), len(groups))[::2].astype(np.float64)
    linked = np.unique(links)
    after = means[linked].sum(axis=1, keepdims=True)
    before = paired[linked].sum(axis=1, keepdims=True)
    scale = np.divide(before, after, out=np.zeros_like(after), where=after > 0.0)
    rows[np.ix_(linked, groups)] = np.where(scale > 0.0, means[linked] * scale, paired[linked])
    progress.advance(1.0)
    return sparse_from_dense(rows), len(linked)


def _mirrored_pairs(points, tolerance):
    """`#L by 2`: a vertex and one that mirrors it."""
    nearest, distances = np.empty(len(points), np.uint32), np.empty(len(points), np.float32)
    images = points * np.array([-1, 1, 1], np.float32)
    point_index(points, False).k_nearest(images, 1, tolerance, nearest, distances)
    found = np.flatnonzero(nearest != NO_INDEX)
    middle = np.flatnonzero(2.0 * np.abs(points[:, 0]) <= np.float32(tolerance))
    pairs = [np.stack([found, nearest[found].astype(np.int64)], axis=1)]
    return np.concatenate([*pairs, np.stack([middle, middle], axis=1)])


def _means(rows, labels, group_count):
    """Rows of one label replaced by their mean."""
    sparse = SparseWeights.trusted(*sparse_from_dense(rows), group_count)
    averaged = average_weights(sparse, labels, int(labels.max(initial=-1)) + 1)
    result = np.empty_like(rows)
    sparse_to_dense(SparseWeights.trusted(*averaged, group_count), result)
    return result
