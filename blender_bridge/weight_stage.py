# SPDX-License-Identifier: GPL-3.0-or-later
"""The weight stage: from a body's skin weights to those of an outfit's pieces, in one call."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .outfit_pieces import OutfitPiece, join_pieces, piece_rows
from .progress import CancelFlag, Progress, ProgressCallback
from .robust import checked_options
from .sides import check_mirror
from .sparse import SparseWeights
from .surface import Surface


class GroupRole(enum.IntEnum):
    """What a group is to the outfit."""

    BODY = 0
    """Transferred from the body."""
    OWN = 1
    """The outfit's own bone: each vertex keeps its present share of it."""
    LOCKED = 2
    """Present weights stay as they are (up to a sum of 1); the other groups take the rest."""


class WeightStageOptions(NamedTuple):
    """The steps of `weight_stage`; the first fields are those of `robust_transfer_weights`."""

    matching: str = "confidence"
    smoothing: float = 0.25
    max_distance: float = 0.05
    max_angle: float = 30.0
    flipped_normals: bool = True
    smoothing_passes: int = 0
    smoothing_factor: float = 0.2
    max_influences: int = 4
    """At least 1."""
    limit_rings: int = 1
    mix: float = 1.0
    """1 takes new weights, 0 present ones where there are any."""
    rigid_parts: bool = True
    """Islands whose present weights are one pattern keep one weight set."""
    sides: bool = True
    """No weight on the other side's bones beyond where the body has it (needs `mirror`)."""
    symmetry: float = 5e-4
    """Metres within which vertices mirror each other and get mirrored weights; 0 leaves it out."""
    smooth_radius: float = 0.05
    """Metres, of the smoothing where `smooth_mask` says."""
    smooth_iterations: int = 0
    """Its passes; 0 leaves it out: by confidence the transfer smooths by itself."""
    seams: float = 1e-4
    """Metres within which vertices overlap and end equal, over all pieces; 0 leaves it out."""
    propagate: bool = True
    """Vertices without weights take those of their neighbours."""


class StageSteps(NamedTuple):
    """Checked options of the steps after the transfer, as the back ends take them."""

    mix: float
    rigid_parts: bool
    sides: bool
    symmetry: float
    smooth_radius: float
    smooth_iterations: int
    seams: float
    propagate: bool


class WeightStageReport(NamedTuple):
    """What happened to how many vertices, over all pieces."""

    matched: int
    inpainted: int
    extrapolated: int
    empty: int
    """Those to which the body gave nothing."""
    unmatched_islands: int
    rigid_parts: int
    side_vertices: int
    """Vertices whose weight on the other side's bones was moved."""
    mirrored: int
    """Vertices that got mirrored weights."""
    seam_vertices: int
    propagated: int
    """Vertices that took their neighbours' weights."""
    bare: int
    """Vertices without weights in the end: the body has none at all."""
    max_influences: int
    max_sum_error: float


class WeightStageResult(NamedTuple):
    """Weights of the pieces, in their order."""

    weights: list[SparseWeights]
    """Rows sum to 1, groups ascend."""
    sources: list[np.ndarray]
    """`#V` uint8, `WeightSource`."""
    report: WeightStageReport


def weight_stage(
    body_points: Any,
    body_triangles: Any,
    body_weights: SparseWeights,
    pieces: Sequence[OutfitPiece],
    roles: Any = None,
    *,
    mirror: Any = None,
    options: WeightStageOptions | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> WeightStageResult:
    """Makes the weights of an outfit's pieces: transfer, and all that must hold afterwards.

    The steps, in order: robust transfer layer by layer; present weights restored where they stay;
    rigid parts; sides; symmetry; smoothing; seams over all pieces; bare vertices; at most
    `max_influences`, rows that sum to 1. Call it once for a mesh or for a layered group.

    - `body_points`, `body_triangles`: `#B by 3` float32, `#F by 3`;
    - `body_weights`: `SparseWeights` over `#G` groups, which the pieces share, not below 0;
    - `roles`: `#G` of `GroupRole`; None makes all of them the body's;
    - `mirror`: `#G`, the group on the other side (x → −x), itself in the middle, -1 for none;
      mutual (see `pair_sides`); None for no sides.

    Raises `HemlineError` with the argument at fault.
    """
    options = WeightStageOptions() if options is None else options
    robust, steps = _options(options)
    if not isinstance(body_weights, SparseWeights):
        body_weights = SparseWeights.from_dense(body_weights)
    group_count = body_weights.group_count
    roles = _roles(roles, group_count)
    if mirror is not None:
        mirror = arguments.optional_indices("mirror", mirror, group_count, group_count)
        _check_mutual(mirror, roles)
    outfit = join_pieces([OutfitPiece(*piece) for piece in pieces], group_count)
    sources = np.empty(len(outfit.points), np.uint8)
    with Surface(body_points, body_triangles) as surface:
        arguments.length("body_weights", body_weights.vertex_count, surface.vertex_count)
        arguments.not_below_zero("body_weights", body_weights.weights)
        rows, report = backend().weight_stage(
            surface.built,
            body_weights,
            roles,
            mirror,
            outfit,
            robust,
            steps,
            sources,
            Progress(progress, cancel),
        )
    weights = SparseWeights.trusted(*rows, group_count)
    bounds = list(zip(outfit.piece_starts[:-1].tolist(), outfit.piece_starts[1:].tolist()))
    return WeightStageResult(
        [piece_rows(weights, first, end) for first, end in bounds],
        [sources[first:end] for first, end in bounds],
        WeightStageReport(**report),
    )


def _roles(roles, group_count):
    if roles is None:
        return np.zeros(group_count, np.uint8)
    found = np.asarray(roles)
    if found.size and found.dtype.kind not in "iu":
        raise InvalidArgument("roles", f"has dtype {found.dtype}, expected whole numbers")
    arguments.length("roles", len(found), group_count)
    bad = np.flatnonzero(~np.isin(found, list(GroupRole)))
    if len(bad):
        problem = f"has {found[bad[0]]} at element {bad[0]}, expected a GroupRole"
        raise InvalidArgument("roles", problem)
    return found.astype(np.uint8)


def _check_mutual(mirror, roles):
    check_mirror(mirror)
    paired = np.flatnonzero(mirror != arguments.NO_INDEX)
    bad = paired[roles[mirror[paired]] != roles[paired]]
    if len(bad):
        problem = f"of group {bad[0]} is {mirror[bad[0]]}, expected a group of its role"
        raise InvalidArgument("mirror", problem)


def _options(options):
    robust = checked_options(*options[:9])
    if robust.max_influences == 0:
        raise InvalidArgument("max_influences", "is 0, expected at least 1")
    steps = StageSteps(
        arguments.fraction("mix", options.mix),
        bool(options.rigid_parts),
        bool(options.sides),
        arguments.not_negative("symmetry", options.symmetry),
        arguments.not_negative("smooth_radius", options.smooth_radius),
        arguments.count("smooth_iterations", options.smooth_iterations, most=2**32 - 1),
        arguments.not_negative("seams", options.seams),
        bool(options.propagate),
    )
    return robust, steps
