# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of the wrong side, and swapped ones."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from .entries import entries, to_rows, weights_at

LEFT, RIGHT = 1, 2


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
