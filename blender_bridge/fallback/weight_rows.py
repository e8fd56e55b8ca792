# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole rows of weights: averaged, propagated, merged and split, blended."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from ..errors import InvalidArgument
from .entries import copied_entries, entries, paired_entries, summed, to_rows


def average_weights(sparse, labels, label_count):
    """Offsets, groups and weights."""
    row, group, weight = entries(sparse)
    label = labels[row].astype(np.int64)
    labelled = label != NO_INDEX
    sizes = np.bincount(labels[labels != NO_INDEX], minlength=label_count)
    of_label, of_group, mean = summed(label[labelled], group[labelled], weight[labelled])
    mean /= sizes[of_label]
    starts = np.searchsorted(of_label, np.arange(label_count + 1))
    vertices = np.flatnonzero(labels != NO_INDEX)
    lengths = np.diff(starts)[labels[vertices]]
    ranges = starts[:-1][labels[vertices]]
    taken = np.repeat(ranges - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    return to_rows(
        np.concatenate([row[~labelled], np.repeat(vertices, lengths)]),
        np.concatenate([group[~labelled], of_group[taken]]),
        np.concatenate([weight[~labelled], mean[taken]]),
        sparse.vertex_count,
        keep_zeros=np.concatenate([np.ones((~labelled).sum(), bool), np.zeros(len(taken), bool)]),
    )


def propagate_weights(sparse, points, edges, group_mask, sources, progress):
    """Offsets, groups and weights; fills the sources."""
    row, group, weight = entries(sparse)
    counted = np.ones(len(group), bool) if group_mask is None else group_mask[group] != 0
    sources[...] = NO_INDEX
    weighted = np.unique(row[counted & (weight > 0.0)])
    sources[weighted] = weighted
    ends = edges[edges[:, 0] != edges[:, 1]].astype(np.int64)
    tail, head = np.concatenate([ends, ends[:, ::-1]]).T
    spans = points[head].astype(np.float64) - points[tail]
    squares = spans * spans
    squared = squares[:, 0] + squares[:, 1] + squares[:, 2]
    nearest_first = np.lexsort((head, squared, tail))
    tail, head = tail[nearest_first], head[nearest_first]
    while True:
        progress.advance(0.5)
        reaches = np.flatnonzero((sources[tail] == NO_INDEX) & (sources[head] != NO_INDEX))
        if not len(reaches):
            break
        vertex, nearest = np.unique(tail[reaches], return_index=True)
        sources[vertex] = sources[head[reaches[nearest]]]
    own = sources == np.arange(len(points))
    kept = own[row] | ~counted
    copied = np.flatnonzero(~own & (sources != NO_INDEX))
    vertex, copied_group, copied_weight = copied_entries(sparse, copied, sources[copied])
    counts = slice(None) if group_mask is None else group_mask[copied_group] != 0
    of_mean = counted & own[row]
    _, mean_group, mean = summed(np.zeros(of_mean.sum(), int), group[of_mean], weight[of_mean])
    mean /= max(len(weighted), 1)
    unreached = np.flatnonzero(sources == NO_INDEX)
    return to_rows(
        np.concatenate([row[kept], vertex[counts], np.repeat(unreached, len(mean))]),
        np.concatenate([group[kept], copied_group[counts], np.tile(mean_group, len(unreached))]),
        np.concatenate([weight[kept], copied_weight[counts], np.tile(mean, len(unreached))]),
        len(points),
    )


def merge_groups(sparse, parents):
    """Offsets, groups and weights."""
    row, group, weight = entries(sparse)
    return to_rows(row, group_targets(parents)[group], weight, sparse.vertex_count)


def split_groups(sparse, original, parents):
    """Offsets, groups and weights."""
    targets = group_targets(parents)
    row, group, weight = entries(sparse)
    before_row, before_group, before = entries(original)
    key = before_row * sparse.group_count + targets[before_group]
    keys, of_key = np.unique(key, return_inverse=True)
    totals = np.bincount(of_key.ravel(), before, minlength=len(keys)).astype(np.float64)
    own_key = row * sparse.group_count + group
    known = np.isin(own_key, keys[totals > 0.0])
    merged = np.zeros(len(keys))
    merged[np.searchsorted(keys, own_key[known])] = weight[known]
    ratio = np.divide(merged, totals, out=np.zeros_like(merged), where=totals > 0.0)
    return to_rows(
        np.concatenate([row[~known], before_row]),
        np.concatenate([group[~known], before_group]),
        np.concatenate([weight[~known], before * ratio[of_key.ravel()]]),
        sparse.vertex_count,
    )


def blend_weights(sparse, original, mask, group_mask):
    """Offsets, groups and weights."""
    vertices = np.arange(sparse.vertex_count)
    row, group, weight, before = paired_entries(sparse, original, vertices, vertices)
    part = mask[row].astype(np.float64)
    blend = (1.0 - part) * weight + part * before
    if group_mask is not None:
        blend = np.where(group_mask[group] != 0, blend, weight)
    return to_rows(row, group, blend, sparse.vertex_count)


def group_targets(parents):
    """The end of each group's chain of parents."""
    own = np.arange(len(parents))
    targets = np.where(parents == NO_INDEX, own, parents)
    step = targets
    for _ in range(max(len(parents), 1).bit_length()):
        step = step[step]
    circling = np.flatnonzero(targets[step] != step)
    if len(circling):
        problem = f"of group {circling[0]} lead in a circle, expected an end"
        raise InvalidArgument("parents", problem)
    return step
