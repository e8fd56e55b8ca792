# SPDX-License-Identifier: GPL-3.0-or-later
"""Seams within and between meshes, found and made equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback
from .sparse import SparseWeights
from .weight_rows import average_weights


class SeamMesh(NamedTuple):
    """What `find_seams` reads of a mesh. Meshes that are searched together share their groups."""

    #: `#V by 3` float32, metres, in a space that the meshes share.
    points: Any
    #: `#E by 2` uint32 or int32.
    edges: Any
    weights: SparseWeights


class Seams(NamedTuple):
    """The seams of several meshes."""

    #: For each mesh `#V` uint32: the seam of each vertex, `NO_INDEX` where it is on none.
    labels: list[np.ndarray]
    #: Number of seams.
    count: int


def find_seams(
    meshes: Sequence[SeamMesh],
    *,
    distance: float = 1e-4,
    angle: float = 3.0,
    similarity: float = 0.9,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> Seams:
    """Finds vertices that lie on each other, in one mesh or in several, and should move alike.

    Two vertices are joined where they are at most `distance` metres apart, an edge of one has the
    direction of an edge of the other, to `angle` degrees and in either sense, and
    `1 − mean |Δw| ≥ similarity`, the mean over the groups in which one of them has weight (1 where
    there is none). A seam is a set of vertices that such pairs connect.

    - `meshes`: of (points, edges, weights), see `SeamMesh`.
    """
    options = (
        arguments.radius("distance", distance),
        arguments.number("angle", angle),
        arguments.fraction("similarity", similarity),
    )
    if not 0.0 <= options[1] <= 90.0:
        raise InvalidArgument("angle", f"is {options[1]:g}, expected 0 to 90 degrees")
    meshes = [_checked(*mesh) for mesh in meshes]
    firsts = np.cumsum([0] + [len(mesh.points) for mesh in meshes])
    arguments.numbered_by_u32("meshes", int(firsts[-1]))
    points = np.concatenate([np.empty((0, 3), np.float32)] + [mesh.points for mesh in meshes])
    edges = np.concatenate(
        [np.empty((0, 2), np.uint32)]
        + [mesh.edges + np.uint32(first) for mesh, first in zip(meshes, firsts)]
    )
    rows = _joined([mesh.weights for mesh in meshes])
    labels = np.empty(len(points), np.uint32)
    notice = Progress(progress, cancel)
    count = backend().find_seams(rows, points, edges, options, labels, notice)
    return Seams(np.split(labels, firsts[1:-1]) if meshes else [], count)


def equalize_seams(weights: Sequence[SparseWeights], seams: Seams) -> list[SparseWeights]:
    """Gives all vertices of a seam the mean of their weights, over all meshes at once.

    - `weights`: of each mesh, in the order of `find_seams`; later ones than those it saw.
    """
    weights = [arguments.sparse("weights", rows) for rows in weights]
    arguments.length("weights", len(weights), len(seams.labels))
    for rows, labels in zip(weights, seams.labels):
        arguments.length("weights", rows.vertex_count, len(labels))
    if not weights:
        return []
    averaged = average_weights(_joined(weights), np.concatenate(seams.labels), seams.count)
    return _parted(averaged, [rows.vertex_count for rows in weights])


def _checked(points: Any, edges: Any, weights: SparseWeights) -> SeamMesh:
    weights = arguments.sparse("weights", weights)
    points = arguments.points("points", points, weights.vertex_count)
    return SeamMesh(points, arguments.indices("edges", edges, 2, len(points)), weights)


def _joined(weights: list[SparseWeights]) -> SparseWeights:
    """The rows of all meshes as one."""
    if len(weights) == 1:
        return weights[0]
    groups = weights[0].group_count if weights else 0
    for rows in weights:
        arguments.length("groups of weights", rows.group_count, groups)
    counts = [np.diff(rows.offsets.astype(np.int64)) for rows in weights]
    offsets = np.cumsum(np.concatenate([np.zeros(1, np.int64), *counts]))
    arguments.numbered_by_u32("weights", int(offsets[-1]))
    return SparseWeights.trusted(
        offsets.astype(np.uint32),
        np.concatenate([np.empty(0, np.uint32)] + [rows.groups for rows in weights]),
        np.concatenate([np.empty(0, np.float32)] + [rows.weights for rows in weights]),
        groups,
    )


def _parted(rows: SparseWeights, vertex_counts: list[int]) -> list[SparseWeights]:
    """The rows of each mesh."""
    parts, first = [], 0
    for count in vertex_counts:
        offsets = rows.offsets[first : first + count + 1]
        entries = slice(int(offsets[0]), int(offsets[-1]))
        parts.append(
            SparseWeights.trusted(
                offsets - offsets[0],
                rows.groups[entries],
                rows.weights[entries],
                rows.group_count,
            )
        )
        first += count
    return parts
