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
from .progress import CancelFlag, Progress, ProgressCallback
from .ramps import triangle_edges
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


class OutfitPiece(NamedTuple):
    """One mesh of an outfit, in the body's space, metres."""

    points: Any
    """`#V by 3` float32."""
    triangles: Any
    """`#T by 3`."""
    edges: Any = None
    """`#E by 2`; None takes those of the triangles."""
    weights: SparseWeights | None = None
    """`#V` rows of present weights over the body's groups."""
    mask: Any = None
    """`#V` from 0 (the vertex keeps its present weights) to 1 (it takes new ones); None takes 1."""
    layer: int = 0
    """A piece follows the body and the pieces of lower layers (see `layer_order`)."""


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


class Outfit(NamedTuple):
    """All pieces one after another, as the back ends take them."""

    points: np.ndarray
    triangles: np.ndarray
    edges: np.ndarray
    piece_starts: np.ndarray
    layers: np.ndarray
    present: SparseWeights
    mask: np.ndarray | None


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
    outfit = _joined([OutfitPiece(*piece) for piece in pieces], group_count)
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
        [_piece_rows(weights, first, end) for first, end in bounds],
        [sources[first:end] for first, end in bounds],
        WeightStageReport(**report),
    )


def layer_order(
    pieces: Sequence[tuple[Any, Any]], body_points: Any, body_triangles: Any, near: float = 0.02
) -> np.ndarray:
    """Which piece lies over which: `#P` layer numbers, 0 next to the body.

    Piece a lies over piece b where, of the vertices of both that are within `near` metres of the
    other, a's are farther from the body than the other's closest points in the median. A piece's
    layer is the longest chain of pieces below it; where pieces lie over each other in a circle,
    the one that is nearest to the body in the median comes first.

    - `pieces`: (points, triangles) each, `#V by 3` and `#T by 3`.
    """
    near = arguments.not_negative("near", near)
    body = Surface(body_points, body_triangles)
    meshes = [_mesh(points, triangles) for points, triangles in pieces]
    surfaces = [Surface(*mesh) for mesh in meshes]
    distances = [body.closest_points(points).distances.astype(np.float64) for points, _ in meshes]
    over = np.zeros((len(meshes), len(meshes)))
    for a, (points, _) in enumerate(meshes):
        for b in range(len(meshes)):
            found = surfaces[b].closest_points(points, near) if a != b else None
            if found is None or not np.isfinite(found.distances).any():
                continue
            close = np.isfinite(found.distances)
            below = body.closest_points(found.points[close]).distances
            # Opposite sides of the same space between two pieces count alike.
            over[a, b] += (distances[a][close] - below).sum()
            over[b, a] -= (distances[a][close] - below).sum()
    medians = [np.median(d) if len(d) else 0.0 for d in distances]
    return _longest_chains(over > 0.0, np.asarray(medians))


def _longest_chains(over, medians):
    """Layer of each piece, taken from the body outwards; circles are broken by the median."""
    layers = np.zeros(len(over), np.uint32)
    left = set(range(len(over)))
    while left:
        free = [a for a in left if not any(over[a, b] for b in left)]
        chosen = min(free or left, key=lambda a: (medians[a], a))
        left.remove(chosen)
        below = [layers[b] + 1 for b in range(len(over)) if over[chosen, b] and b not in left]
        layers[chosen] = max(below, default=0)
    return layers


def _mesh(points, triangles):
    points = arguments.coordinates("points", points)
    return points, arguments.indices("triangles", triangles, 3, len(points))


def _joined(pieces, group_count):
    """The pieces in common arrays."""
    points, triangles, edges, masks, rows = [], [], [], [], []
    starts = [0]
    for piece in pieces:
        own_points, own_triangles = _mesh(piece.points, piece.triangles)
        own_edges = triangle_edges(own_triangles) if piece.edges is None else piece.edges
        own_edges = arguments.indices("edges", own_edges, 2, len(own_points))
        points.append(own_points)
        triangles.append(own_triangles + np.uint32(starts[-1]))
        edges.append(own_edges + np.uint32(starts[-1]))
        masks.append(_piece_mask(piece.mask, len(own_points)))
        rows.append(_present(piece.weights, len(own_points), group_count))
        starts.append(starts[-1] + len(own_points))
    arguments.numbered_by_u32("pieces", starts[-1])
    layers = [arguments.count("layer", piece.layer, most=2**32 - 1) for piece in pieces]
    has_mask = any(piece.mask is not None for piece in pieces)
    return Outfit(
        _stacked(points, 3, np.float32),
        _stacked(triangles, 3, np.uint32),
        _stacked(edges, 2, np.uint32),
        np.asarray(starts, np.uint32),
        np.asarray(layers, np.uint32),
        _joined_rows(rows, group_count),
        np.concatenate(masks) if has_mask else None,
    )


def _stacked(arrays, width, dtype):
    return np.concatenate(arrays) if arrays else np.zeros((0, width), dtype)


def _piece_mask(mask, count):
    if mask is None:
        return np.ones(count, np.float32)
    found = arguments.mask("mask", mask, count)
    bad = np.flatnonzero((found < 0.0) | (found > 1.0))
    if len(bad):
        problem = f"has {found[bad[0]]:g} at element {bad[0]}, expected numbers from 0 to 1"
        raise InvalidArgument("mask", problem)
    return found


def _present(weights, count, group_count):
    if weights is None:
        return SparseWeights.trusted(
            np.zeros(count + 1, np.uint32),
            np.zeros(0, np.uint32),
            np.zeros(0, np.float32),
            group_count,
        )
    if not isinstance(weights, SparseWeights):
        weights = SparseWeights.from_dense(weights)
    arguments.length("weights", weights.vertex_count, count)
    if weights.group_count != group_count:
        problem = f"has {weights.group_count} groups, expected the body's {group_count}"
        raise InvalidArgument("weights", problem)
    arguments.not_below_zero("weights", weights.weights)
    return weights


def _joined_rows(rows, group_count):
    firsts = np.cumsum([0, *(row.entry_count for row in rows)])
    offsets = [row.offsets[1:].astype(np.int64) + first for row, first in zip(rows, firsts)]
    return SparseWeights.trusted(
        np.concatenate([[0], *offsets]).astype(np.uint32),
        np.concatenate([np.zeros(0, np.uint32), *(row.groups for row in rows)]),
        np.concatenate([np.zeros(0, np.float32), *(row.weights for row in rows)]),
        group_count,
    )


def _piece_rows(weights, first, end):
    bounds = weights.offsets[first : end + 1]
    entries = slice(int(bounds[0]), int(bounds[-1]))
    return SparseWeights.trusted(
        bounds - bounds[0], weights.groups[entries], weights.weights[entries], weights.group_count
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
