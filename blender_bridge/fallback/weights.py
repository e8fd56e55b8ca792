# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalise, limit and prune skin weights; sparse rows to dense weights and back.

The three kernels see one list of entries, whether the weights are dense or sparse: row (vertex),
group and weight of each, ordered by row and group. They return new weights of the same entries.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .box_tree import lowest_by_query


class Entries(NamedTuple):
    """Weights as a list, and which of their groups a kernel may change or counts."""

    row: np.ndarray
    group: np.ndarray
    weight: np.ndarray
    free: np.ndarray
    locked: np.ndarray
    row_count: int

    def sums(self, values, of):
        """Sum of the chosen entries of each row, in float64."""
        return sums_by_row(self.row[of], values[of], self.row_count)


def sums_by_row(row, values, row_count):
    """Sum of each row, in float64 also where there are no rows."""
    return np.bincount(row, values, minlength=row_count).astype(np.float64, copy=False)


def normalize(entries):
    """w · max(0, 1 − L) / F, with F the row's sum over free and L over locked groups."""
    free = entries.sums(entries.weight, entries.free)
    locked = entries.sums(entries.weight, entries.locked)
    factor = np.divide(np.maximum(0.0, 1.0 - locked), free, out=np.ones_like(free), where=free > 0)
    return np.where(entries.free, entries.weight * factor[entries.row], entries.weight)


def limit(entries, max_influences, fade, keep_sum):
    """w · min(1, (w − c) / (fade · c)) for the largest weights, c the largest that is dropped."""
    influences = entries.free & (entries.weight > 0.0)
    counts = np.bincount(entries.row[influences], minlength=entries.row_count)
    limited = np.flatnonzero(influences & (counts > max_influences)[entries.row])
    weight = entries.weight[limited].astype(np.float64)
    row = entries.row[limited]
    order, rank_in_order = lowest_by_query(row, -weight, entries.group[limited])
    rank = np.empty_like(rank_in_order)
    rank[order] = rank_in_order
    cut = np.zeros(entries.row_count)
    cut[row[rank == max_influences]] = weight[rank == max_influences]
    width = fade * cut[row]
    share = np.divide(weight - cut[row], width, out=np.ones_like(weight), where=width > 0.0)
    faded = np.where(rank < max_influences, weight * np.minimum(share, 1.0), 0.0)
    faded_sums = sums_by_row(row, faded, entries.row_count)[row]
    sums = sums_by_row(row, weight, entries.row_count)[row]
    scale = np.divide(sums, faded_sums, out=np.ones_like(sums), where=faded_sums > 0.0)
    # All kept weights equal the dropped one: the lowest groups keep equal shares.
    equal = sums / max_influences if keep_sum else cut[row]
    equal = np.where(rank < max_influences, equal, 0.0)
    result = entries.weight.astype(np.float64)
    result[limited] = np.where(faded_sums > 0.0, faded * (scale if keep_sum else 1.0), equal)
    return result


def prune(entries, threshold, keep_largest, keep_sum):
    """0 for weights not above the threshold, but for a row's largest where it is kept."""
    dropped = entries.free & (entries.weight <= np.float32(threshold))
    if keep_largest:
        free = np.flatnonzero(entries.free)
        weight = entries.weight[free].astype(np.float64)
        order, rank = lowest_by_query(entries.row[free], -weight, entries.group[free])
        dropped[free[order[rank == 0]]] = False
    kept = np.where(dropped, 0.0, entries.weight.astype(np.float64))
    if not keep_sum:
        return kept
    before = entries.sums(entries.weight, entries.free)
    after = entries.sums(kept, entries.free)
    scale = np.divide(before, after, out=np.ones_like(before), where=(after > 0) & (after < before))
    return np.where(entries.free, kept * scale[entries.row], kept)


def normalize_dense(weights, group_mask, locked_groups):
    """Normalises `#V by #G` in place."""
    _apply_dense(normalize, weights, group_mask, locked_groups)


def limit_dense(weights, group_mask, max_influences, fade, keep_sum):
    """Limits `#V by #G` in place."""
    _apply_dense(limit, weights, group_mask, None, max_influences, fade, keep_sum)


def prune_dense(weights, group_mask, threshold, keep_largest, keep_sum):
    """Prunes `#V by #G` in place."""
    _apply_dense(prune, weights, group_mask, None, threshold, keep_largest, keep_sum)


def normalize_sparse(sparse, group_mask, locked_groups, out):
    """New weights of the same entries."""
    entries, order = _sparse_entries(sparse, group_mask, locked_groups)
    result = np.empty(len(order), np.float32)
    result[order] = normalize(entries)
    out[...] = result


def limit_sparse(sparse, group_mask, max_influences, fade, keep_sum):
    """Offsets, groups and weights that are left."""
    return _without_zeros(sparse, group_mask, limit, max_influences, fade, keep_sum)


def prune_sparse(sparse, group_mask, threshold, keep_largest, keep_sum):
    """Offsets, groups and weights that are left."""
    return _without_zeros(sparse, group_mask, prune, threshold, keep_largest, keep_sum)


def sparse_from_dense(dense):
    """Offsets, groups and weights of the entries that are not zero."""
    row, group = np.nonzero(dense)
    return _offsets(row, len(dense)), group.astype(np.uint32), dense[row, group]


def sparse_to_dense(sparse, out):
    """Every group of every vertex, 0 where a row does not name it."""
    dense = out.reshape(sparse.vertex_count, sparse.group_count)
    dense[...] = 0.0
    dense[_rows(sparse), sparse.groups] = sparse.weights


def _apply_dense(kernel, weights, group_mask, locked_groups, *options):
    row, group = np.nonzero(weights)
    free, locked = _roles(group, group_mask, locked_groups)
    entries = Entries(row, group, weights[row, group], free, locked, len(weights))
    weights[row, group] = kernel(entries, *options)


def _sparse_entries(sparse, group_mask, locked_groups=None):
    row = _rows(sparse)
    order = np.lexsort((sparse.groups, row))
    group = sparse.groups[order].astype(np.int64)
    free, locked = _roles(group, group_mask, locked_groups)
    weight = sparse.weights[order]
    return Entries(row, group, weight, free, locked, sparse.vertex_count), order


def _without_zeros(sparse, group_mask, kernel, *options):
    entries, _ = _sparse_entries(sparse, group_mask)
    weights = kernel(entries, *options).astype(np.float32)
    kept = (weights != 0.0) | ~(entries.free | entries.locked)
    offsets = _offsets(entries.row[kept], sparse.vertex_count)
    return offsets, entries.group[kept].astype(np.uint32), weights[kept]


def _roles(group, group_mask, locked_groups):
    chosen = np.ones(len(group), bool) if group_mask is None else group_mask[group] != 0
    locked = np.zeros(len(group), bool) if locked_groups is None else locked_groups[group] != 0
    return chosen & ~locked, chosen & locked


def _rows(sparse):
    return np.repeat(np.arange(sparse.vertex_count), np.diff(sparse.offsets.astype(np.int64)))


def _offsets(row, row_count):
    offsets = np.zeros(row_count + 1, np.uint32)
    np.cumsum(np.bincount(row, minlength=row_count), out=offsets[1:], dtype=np.uint32)
    return offsets
