# SPDX-License-Identifier: GPL-3.0-or-later
"""The deformation field of a pair: what the pose difference leaves between the two bodies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arguments import NO_INDEX
from ..field import DeformationField
from ..field_creation import create_field
from ..pipeline.avatar_data import AvatarData
from ..pipeline.errors import SceneError
from ..pipeline.model import Body
from ..pipeline.pose_files import NEVER_POSED
from ..pipeline.posing import posed, skeleton_deltas
from ..progress import CancelFlag
from ..skinning import skin_points
from .pose_difference import Pose


@dataclass(frozen=True)
class FieldSettings:
    """How fields are made; lengths in metres."""

    steps: int = 1
    mirror_x: bool = False
    spacing: float = 0.005
    #: Most vertices that are control points; None: every vertex is one.
    control_points: int | None = None


@dataclass(frozen=True)
class PairField:
    """A field and how far the bodies are apart (mean distance of vertices) before and after it."""

    field: DeformationField
    before: float
    after: float


def pose_body(body: Body, avatar: AvatarData, pose: Pose) -> Body:
    """An avatar's body and skeleton after a pose by role, as the pipeline poses them."""
    pose = {role: matrix for role, matrix in pose.items() if role not in NEVER_POSED}
    deltas = skeleton_deltas(body.skeleton, avatar, pose).matrices
    rest = np.tile(np.eye(4), (len(deltas), 1, 1))
    points = skin_points(body.weights, rest, deltas, body.points).positions
    return Body(posed(body.skeleton, deltas), points, body.triangles, body.weights)


def check_same_topology(source: np.ndarray, target: np.ndarray, counts, names) -> None:
    """Whether two bodies have the same vertices and edges (#E by 2 each), in the same order.

    counts: numbers of vertices; names: what messages call the bodies.
    """
    if counts[0] != counts[1]:
        raise SceneError(
            f"{names[0]} has {counts[0]} vertices and {names[1]} has {counts[1]}: a field needs "
            "bodies of the same topology, such as one body's shape keys; bring one to the other's "
            "shape first and save that as a shape key (--source-shapes or --target-shapes)"
        )
    if not np.array_equal(_sorted_edges(source), _sorted_edges(target)):
        raise SceneError(
            f"{names[0]} and {names[1]} have as many vertices, but other edges between them: a "
            "field needs bodies of the same topology and order of vertices"
        )


def field_between(
    start: np.ndarray,
    end: np.ndarray,
    triangles: np.ndarray,
    settings: FieldSettings,
    cancel: CancelFlag | None = None,
) -> PairField:
    """The field that takes the points `start` to `end` (#V by 3 each, the same vertices).

    triangles: #T by 3, the body's. Between fewer control points than vertices there are hardly
    any, so that distances then count from the control points.
    """
    kept = thin_points(start, settings.control_points or len(start))
    correspondence = np.full(len(start), NO_INDEX, np.uint32)
    correspondence[kept] = kept
    field = create_field(
        start,
        end,
        correspondence=correspondence,
        triangles=triangles if len(kept) == len(start) else None,
        steps=settings.steps,
        mirror_x=settings.mirror_x,
        base_spacing=settings.spacing,
        cancel=cancel,
    )
    return PairField(field, _mean_distance(start, end), _mean_distance(field.apply(start), end))


def thin_points(points: np.ndarray, count: int) -> np.ndarray:
    """Indices, ascending, of `count` points at most: the first one in each cell of a cubic grid.

    The cells are about as small as the number allows.
    """
    if len(points) <= count:
        return np.arange(len(points))
    low, high = 0.0, float(np.ptp(points, axis=0).max()) + 1e-6
    kept = np.array([0])
    for _ in range(24):
        size = 0.5 * (low + high)
        cells = np.floor((points - points.min(axis=0)) / size).astype(np.int64)
        first = np.unique(cells, axis=0, return_index=True)[1]
        if len(first) > count:
            low = size
        else:
            high, kept = size, first
    return np.sort(kept)


def _sorted_edges(edges):
    edges = np.sort(np.asarray(edges, np.int64), axis=1)
    return edges[np.lexsort(edges.T[::-1])]


def _mean_distance(one, other):
    return float(np.linalg.norm(one.astype(np.float64) - other, axis=1).mean())
