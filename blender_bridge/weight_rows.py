# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole rows of skin weights: averaged, propagated, merged and split, blended.

Weights are `SparseWeights`, not below 0; results are new ones with ascending groups.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .components import label_arguments
from .progress import CancelFlag, Progress, ProgressCallback
from .sparse import SparseWeights


def average_weights(
    weights: SparseWeights, labels: Any, label_count: int | None = None
) -> SparseWeights:
    """Gives all vertices of one label the mean of their rows; a missing group counts as 0.

    For both sides of a seam, or all of a rigid part. The mean may have more influences than each
    row: limit afterwards.

    - `labels`: `Parts`, or `#V` labels, -1 or `NO_INDEX` for a row that stays;
    - `label_count`: None takes the largest label plus one.
    """
    weights = arguments.sparse("weights", weights)
    labels, count = label_arguments("labels", labels, label_count, weights.vertex_count)
    rows = backend().average_weights(weights, labels, count)
    return SparseWeights.trusted(*rows, weights.group_count)


class Propagated(NamedTuple):
    """Weights for all vertices, and where they come from."""

    weights: SparseWeights
    #: `#V` uint32: whose weights the vertex has, its own where it had some; `NO_INDEX`: the mean.
    sources: np.ndarray


def propagate_weights(
    weights: SparseWeights,
    points: Any,
    edges: Any,
    *,
    group_mask: Any = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> Propagated:
    """Gives weights to vertices that have none, wave by wave along the edges.

    In each wave every vertex with neighbours that had weights before the wave takes the weights of
    the closest of them (the lowest of equally close ones). Vertices that no wave reaches take the
    mean of all rows that had weights at the start.

    - `points`: `#V by 3` float32, finite;
    - `edges`: `#E by 2` uint32 or int32;
    - `group_mask`: `#G`, the groups that count, such as the bones'; weights in others stay;
    - `progress`, `cancel`: see `ProgressCallback` and `CancelFlag`.
    """
    weights = arguments.sparse("weights", weights)
    points = arguments.points("points", points, weights.vertex_count)
    edges = arguments.indices("edges", edges, 2, len(points))
    group_mask = arguments.selection("group_mask", group_mask, weights.group_count)
    sources = np.empty(len(points), np.uint32)
    rows = backend().propagate_weights(
        weights, points, edges, group_mask, sources, Progress(progress, cancel)
    )
    return Propagated(SparseWeights.trusted(*rows, weights.group_count), sources)


class GroupMerge(NamedTuple):
    """Merged weights, and what `split_groups` needs to undo it."""

    weights: SparseWeights
    #: The weights before.
    original: SparseWeights
    #: `#G` uint32.
    parents: np.ndarray


def merge_groups(weights: SparseWeights, parents: Any) -> GroupMerge:
    """Adds each group's weights to those of its target and empties it.

    A group's target is the last of its chain of parents: auxiliary bones into their humanoid bone.

    - `parents`: `#G`; a group that is its own parent, or has -1 or `NO_INDEX`, stays.

    Raises `InvalidArgument` where parents lead in a circle.
    """
    weights = arguments.sparse("weights", weights)
    groups = weights.group_count
    parents = arguments.optional_indices("parents", parents, groups, groups)
    rows = backend().merge_groups(weights, parents)
    return GroupMerge(SparseWeights.trusted(*rows, groups), weights, parents)


def split_groups(weights: SparseWeights, merge: GroupMerge) -> SparseWeights:
    """Undoes `merge_groups` on weights that were changed since.

    The weight of a target is shared among the groups that were merged into it as the vertex's
    original weights were. Where the vertex had none of these, the target keeps its weight.
    """
    original = merge.original
    weights = arguments.sparse("weights", weights)
    _as_many("original", original, weights)
    rows = backend().split_groups(weights, original, merge.parents)
    return SparseWeights.trusted(*rows, weights.group_count)


def blend_weights(
    weights: SparseWeights, original: SparseWeights, mask: Any, *, group_mask: Any = None
) -> SparseWeights:
    """`(1 − m) w + m o` in the chosen groups: restores what a mask protects, as hands and head.

    With all groups chosen, rows that add up to 1 still do; with some, normalise afterwards with
    these locked.

    - `original`: as many vertices and groups;
    - `mask`: `#V` float32 from 0 to 1, the part of the original;
    - `group_mask`: `#G`; None chooses all.
    """
    weights = arguments.sparse("weights", weights)
    original = arguments.sparse("original", original)
    _as_many("original", original, weights)
    mask = arguments.fractions("mask", mask, weights.vertex_count)
    group_mask = arguments.selection("group_mask", group_mask, weights.group_count)
    rows = backend().blend_weights(weights, original, mask, group_mask)
    return SparseWeights.trusted(*rows, weights.group_count)


def _as_many(argument: str, found: SparseWeights, weights: SparseWeights) -> None:
    arguments.length(argument, found.vertex_count, weights.vertex_count)
    arguments.length(f"{argument} groups", found.group_count, weights.group_count)
