# SPDX-License-Identifier: GPL-3.0-or-later
"""Sparse rows as one list of entries: vertex, group and weight of each."""

from __future__ import annotations

import numpy as np


def entries(sparse):
    """Vertex, group and weight of each entry, ordered by vertex and group."""
    row = np.repeat(np.arange(sparse.vertex_count), np.diff(sparse.offsets.astype(np.int64)))
    order = np.lexsort((sparse.groups, row))
    return row, sparse.groups[order].astype(np.int64), sparse.weights[order]


def copied_entries(sparse, vertices, sources):
    """Entries of the rows `sources`, as those of `vertices`."""
    _, group, weight = entries(sparse)
    offsets = sparse.offsets.astype(np.int64)
    lengths = np.diff(offsets)[sources]
    ends = np.cumsum(lengths)
    taken = np.repeat(offsets[:-1][sources] - ends + lengths, lengths) + np.arange(lengths.sum())
    return np.repeat(vertices, lengths), group[taken], weight[taken]


def paired_entries(sparse, other, a, b, numbered=False):
    """Vertex (or number of the pair), group, weight in row a and in row b of `other`: the union."""
    names = np.arange(len(a)) if numbered else a
    row, group, weight = copied_entries(sparse, np.arange(len(a)), a)
    row_b, group_b, weight_b = copied_entries(other, np.arange(len(a)), b)
    groups = max(sparse.group_count, 1)
    keys = np.unique(np.concatenate([row * groups + group, row_b * groups + group_b]))
    own, others = np.zeros(len(keys), np.float32), np.zeros(len(keys), np.float32)
    own[np.searchsorted(keys, row * groups + group)] = weight
    others[np.searchsorted(keys, row_b * groups + group_b)] = weight_b
    return names[keys // groups], keys % groups, own, others


def weights_at(sparse, rows, groups):
    """float64 weight of each row in each group, 0 where it is no member."""
    row, group, weight = entries(sparse)
    keys = row * sparse.group_count + group
    wanted = rows * sparse.group_count + groups
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    if not len(keys):
        return np.zeros(len(wanted))
    return np.where(keys[place] == wanted, weight[place], 0.0).astype(np.float64)


def summed(row, group, weight):
    """Entries with those of one row and group added up in float64, in order."""
    order = np.lexsort((group, row))
    row, group, weight = row[order], group[order], weight[order].astype(np.float64)
    starts = np.flatnonzero(np.diff(row, prepend=-1) | np.diff(group, prepend=-1))
    sums = np.add.reduceat(weight, starts) if len(starts) else weight
    return row[starts], group[starts], sums


def to_rows(row, group, weight, vertex_count, keep_zeros=None):
    """Offsets, groups and weights of summed entries; those of 0 only where they are to stay."""
    keep = np.zeros(len(row), bool) if keep_zeros is None else keep_zeros
    kept_rows = np.zeros(vertex_count, bool)
    kept_rows[row[keep]] = True
    row, group, weight = summed(row, group, weight)
    weight = weight.astype(np.float32)
    stays = (weight != 0.0) | kept_rows[row]
    offsets = np.zeros(vertex_count + 1, np.uint32)
    offsets[1:] = np.cumsum(np.bincount(row[stays], minlength=vertex_count))
    return offsets, group[stays].astype(np.uint32), weight[stays]
