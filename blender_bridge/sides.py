# SPDX-License-Identifier: GPL-3.0-or-later
"""Left and right in the weights of groups."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .arguments import NO_INDEX
from .backend import backend
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback
from .side_names import Side
from .sparse import SparseWeights


class SideChange(NamedTuple):
    """Changed weights, and how many vertices changed."""

    weights: SparseWeights
    changed: int


def separate_sides(
    weights: SparseWeights,
    points: Any,
    sides: Any,
    mirror: Any,
    *,
    threshold: float = 0.01,
    group_mask: Any = None,
) -> SideChange:
    """Takes the other side's weights from vertices clearly on one side, `|x| > threshold` metres.

    Such a weight goes to the mirrored group. Without one it is dropped, and the row's other counted
    weights are scaled to the sum that the row had; it stays where there are no others. Left is +x.

    - `points`: `#V by 3` float32, finite;
    - `sides`, `mirror`: `#G`, of `group_sides` and `pair_sides`;
    - `group_mask`: `#G`, the groups that count and may change; None takes all.
    """
    weights, points, sides, mirror = _side_arguments(weights, points, sides, mirror)
    threshold = arguments.not_negative("threshold", threshold)
    group_mask = arguments.selection("group_mask", group_mask, weights.group_count)
    rows, changed = backend().separate_sides(weights, points, sides, mirror, group_mask, threshold)
    return SideChange(SparseWeights.trusted(*rows, weights.group_count), changed)


def repair_sides(
    weights: SparseWeights,
    points: Any,
    sides: Any,
    mirror: Any,
    *,
    reference: SparseWeights | None = None,
    width: float = 0.01,
) -> SideChange:
    """Swaps left and right weights back on the centre line, `|x| ≤ width` metres, pair by pair.

    With `reference` (the weights before a transfer), where the swapped pair is nearer to that of
    the vertex's reference: `|l − r₀| + |r − l₀| < |l − l₀| + |r − r₀|`. Without, where the side
    that the vertex lies on has the smaller weight, never at x = 0. Left is +x.

    - `points`, `sides`, `mirror`: as for `separate_sides`.
    """
    weights, points, sides, mirror = _side_arguments(weights, points, sides, mirror)
    if reference is not None:
        reference = arguments.sparse("reference", reference)
        arguments.length("reference", reference.vertex_count, weights.vertex_count)
        arguments.length("reference groups", reference.group_count, weights.group_count)
    width = arguments.not_negative("width", width)
    rows, changed = backend().repair_sides(weights, points, sides, mirror, reference, width)
    return SideChange(SparseWeights.trusted(*rows, weights.group_count), changed)


def symmetrize_weights(
    weights: SparseWeights,
    points: Any,
    mirror: Any,
    *,
    tolerance: float = 5e-4,
    vertex_mask: Any = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> SideChange:
    """Gives vertices that mirror each other mirrored weights: the mean of their rows.

    A vertex mirrors the one that is closest to its image (x → −x) within `tolerance` metres, and
    itself where its own image is that near; such links chain. Rows whose total variation is above
    0.25 differ for a reason and are not linked. Groups without a mirrored one keep their weights,
    the others their sum.

    - `points`: `#V by 3` float32, finite;
    - `mirror`: `#G`, the group on the other side, itself in the middle, -1 for none; mutual;
    - `vertex_mask`: `#V`, the vertices that may change and give; None takes all.

    `changed` counts the vertices that mirror one.
    """
    weights = arguments.sparse("weights", weights)
    points = arguments.points("points", points, weights.vertex_count)
    groups = weights.group_count
    mirror = check_mirror(arguments.optional_indices("mirror", mirror, groups, groups))
    tolerance = arguments.not_negative("tolerance", tolerance)
    vertex_mask = arguments.selection("vertex_mask", vertex_mask, weights.vertex_count)
    rows, changed = backend().symmetrize_weights(
        weights, points, mirror, vertex_mask, tolerance, Progress(progress, cancel)
    )
    return SideChange(SparseWeights.trusted(*rows, groups), changed)


def check_mirror(mirror: np.ndarray) -> np.ndarray:
    """The same groups, each of which must mirror its mirrored group."""
    paired = np.flatnonzero(mirror != NO_INDEX)
    bad = paired[mirror[mirror[paired]] != paired]
    if len(bad):
        problem = f"of group {bad[0]} is {mirror[bad[0]]}, expected a group that mirrors it"
        raise InvalidArgument("mirror", problem)
    return mirror


def _side_arguments(weights, points, sides, mirror):
    weights = arguments.sparse("weights", weights)
    points = arguments.points("points", points, weights.vertex_count)
    groups = weights.group_count
    sides = arguments.array("sides", sides, np.uint8).ravel()
    arguments.length("sides", len(sides), groups)
    mirror = arguments.optional_indices("mirror", mirror, groups, groups)
    unknown = np.flatnonzero(sides > Side.RIGHT)
    if len(unknown):
        group = int(unknown[0])
        raise InvalidArgument("sides", f"has {sides[group]} for group {group}, expected 0, 1 or 2")
    paired = np.flatnonzero(mirror != NO_INDEX)
    other = mirror[paired]
    opposite = (sides[paired] != sides[other]) & (sides[paired] > 0) & (sides[other] > 0)
    unpaired = paired[(mirror[other] != paired) | ~opposite]
    if len(unpaired):
        group = int(unpaired[0])
        raise InvalidArgument(
            "mirror",
            f"of group {group} is {mirror[group]}, "
            "expected a group of the other side that mirrors it",
        )
    return weights, points, sides, mirror
