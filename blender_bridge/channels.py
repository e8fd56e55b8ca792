# SPDX-License-Identifier: GPL-3.0-or-later
"""Which channels of a transfer apply: chosen and locked groups, mixing, the mirrored body."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .sparse import SparseWeights


class MirroredMesh(NamedTuple):
    """A mesh as a mirror (x → −x) shows it."""

    points: np.ndarray
    triangles: np.ndarray
    weights: SparseWeights


def mirrored_mesh(points: Any, triangles: Any, weights: SparseWeights, mirror: Any) -> MirroredMesh:
    """A body for a mirrored transfer: its left side takes the place of its right one.

    Faces keep their outside; groups without a mirrored one keep their number.

    - `points`, `triangles`, `weights`: `#V by 3`, `#T by 3`, `#V` rows over `#G` groups;
    - `mirror`: `#G`, the group on the other side, itself in the middle, -1 for none; once each
      (see `pair_sides`).
    """
    points = arguments.points("points", points)
    triangles = arguments.indices("triangles", triangles, 3, len(points))
    count = weights.group_count
    mirror = arguments.optional_indices("mirror", mirror, count, count)
    names = np.where(mirror == arguments.NO_INDEX, np.arange(count, dtype=np.uint32), mirror)
    groups = names[weights.groups].astype(np.uint32)
    swapped = SparseWeights(weights.offsets, groups, weights.weights, count)
    return MirroredMesh(points * np.float32([-1, 1, 1]), triangles[:, ::-1].copy(), swapped)


def combine_weights(
    new: SparseWeights,
    present: SparseWeights,
    *,
    groups: Any = None,
    locked: Any = None,
    mix: float = 1.0,
    mask: Any = None,
) -> SparseWeights:
    """Puts new weights over present ones, in the chosen groups alone.

    Groups that are not chosen, or locked, keep their present weights (scaled to a sum of 1 where it
    is more). The chosen ones share the rest of 1: by `m · new + (1 − m) · present`, each scaled to
    sum 1 over the chosen groups, with m = `mix` × `mask`; a row that has none of the one takes the
    other. Rows sum to 1, unless a row has nothing at all to take.

    - `new`, `present`: `#V` rows over the same `#G` groups, not below 0;
    - `groups`, `locked`: `#G` bool; None chooses all, and locks none;
    - `mask`: `#V` from 0 to 1.
    """
    arguments.length("present", present.vertex_count, new.vertex_count)
    arguments.length("present groups", present.group_count, new.group_count)
    arguments.not_below_zero("new", new.weights)
    arguments.not_below_zero("present", present.weights)
    chosen = _flags("groups", groups, new.group_count, True)
    chosen &= ~_flags("locked", locked, new.group_count, False)
    share = np.full((new.vertex_count, 1), arguments.fraction("mix", mix))
    mask = arguments.mask("mask", mask, new.vertex_count)
    if mask is not None:
        share *= np.clip(mask, 0.0, 1.0)[:, None]
    before, after = present.to_dense().astype(np.float64), new.to_dense().astype(np.float64)
    kept = before * ~chosen
    kept /= np.maximum(kept.sum(axis=1, keepdims=True), 1.0)
    before, after = _of_sum_1(before * chosen), _of_sum_1(after * chosen)
    has_before, has_after = before.any(axis=1)[:, None], after.any(axis=1)[:, None]
    share = np.where(has_before, np.where(has_after, share, 0.0), 1.0)
    taken = share * after + (1.0 - share) * before
    rest = 1.0 - kept.sum(axis=1, keepdims=True)
    rows = kept + np.maximum(rest, 0.0) * taken
    alone = ~taken.any(axis=1)
    rows[alone] = _of_sum_1(rows[alone])
    return SparseWeights.from_dense(rows.astype(np.float32))


def _of_sum_1(rows):
    sums = rows.sum(axis=1, keepdims=True)
    return np.divide(rows, sums, out=np.zeros_like(rows), where=sums > 0.0)


def _flags(argument, values, count, default):
    flags = arguments.selection(argument, values, count)
    return np.full(count, default) if flags is None else flags != 0
