# SPDX-License-Identifier: GPL-3.0-or-later
"""Deformation quality: penetration into a body and its repair, distortion of faces."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .progress import CancelFlag, Progress, ProgressCallback
from .surface import Surface


class Repair(NamedTuple):
    """A costume after the repair of its penetration."""

    points: np.ndarray
    """`#V by 3` float32."""
    depths_before: np.ndarray
    """`#V` float32, metres inside the body before the repair; negative outside."""
    depths: np.ndarray
    """`#V` float32, the same after it."""


class FaceDistortion(NamedTuple):
    """What a deformation did to each face."""

    stretches: np.ndarray
    """`#T by 2` float32, greatest and least stretch; 1 and 1 for a face without area before."""
    inverted: np.ndarray
    """`#T` bool: the face turned over against its edge neighbours."""


def penetration(
    points: Any,
    body: Surface,
    max_distance: float = math.inf,
    *,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """How deep points (`#P by 3`) lie inside a body: metres, negative outside; `#P` float32.

    The distance to the closest point of the body; minus infinity where that is farther than
    `max_distance`. A point is inside by the pseudo-normal of the closest face, edge or corner
    (Bærentzen and Aanæs 2005). Bodies may be open: where the closest point lies on a border, a
    point is outside. So it is where the body has two sides or no area.
    """
    points = arguments.coordinates("points", points)
    max_distance = arguments.not_negative("max_distance", max_distance, infinite=True)
    depths = arguments.output("out", out, (len(points),), np.float32)
    arguments.not_overlapping("out", depths, points, in_place=False)
    body.backend.penetration(body.built, points, max_distance, depths, Progress(progress, cancel))
    return depths


def repair_penetration(
    points: Any,
    body: Surface,
    *,
    offsets: Any = None,
    rigid_labels: Any = None,
    clearance: float = 0.0005,
    keep_offset: float = 0.01,
    radius: float = 0.03,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
    out: np.ndarray | None = None,
) -> Repair:
    """Pushes a costume (`#V by 3`) out of a body, smoothly along it.

    Neighbours and layers over one spot move alike and keep their order; a rigid part moves as a
    whole; no vertex ends deeper than it was.

    - `offsets`: `#V`, finite, the original heights over the body that the costume was made for
      (`-penetration(…)` there): those up to `keep_offset` are restored where it came closer;
    - `rigid_labels`: `#V`, the rigid part of each vertex, below #V, -1 or `NO_INDEX` for none;
    - `clearance`: metres over the body that a vertex has at least; one whose offset is this far
      inside, or farther, may end this deep, in between in proportion;
    - `radius`: metres, the farthest that a push spreads along the body;
    - `progress`, `cancel`: see `ProgressCallback` and `CancelFlag`;
    - `out`: `#V by 3` float32 for the points, which may be `points` itself.
    """
    points = arguments.coordinates("points", points)
    count = len(points)
    if offsets is not None:
        offsets = arguments.mask("offsets", offsets, count)
    if rigid_labels is not None:
        rigid_labels = arguments.optional_indices("rigid_labels", rigid_labels, count, count)
    settings = repair_settings(clearance, keep_offset, radius)
    moved = arguments.output("out", out, points.shape, np.float32)
    arguments.not_overlapping("out", moved, points, in_place=True)
    arguments.not_overlapping("out", moved, offsets, in_place=False)
    depths = np.empty((2, count), np.float32)
    body.backend.repair_penetration(
        body.built, points, offsets, rigid_labels, settings, moved, *depths,
        Progress(progress, cancel),
    )  # fmt: skip
    return Repair(moved.reshape(-1, 3), *depths)


def repair_settings(clearance: Any, keep_offset: Any, radius: Any) -> dict[str, float]:
    """The checked options of a repair, by name."""
    return {
        "clearance": arguments.not_negative("clearance", clearance),
        "keep_offset": arguments.not_negative("keep_offset", keep_offset),
        "radius": arguments.not_negative("radius", radius),
    }


def face_distortion(before: Any, after: Any, triangles: Any) -> FaceDistortion:
    """Compares two shapes (`#V by 3`) of one mesh, face by face.

    The stretches are the singular values of the map from the face before to the face after. A face
    is inverted where its normal agreed with its edge neighbours' before, and opposes it after: a
    pose that turns the whole neighbourhood inverts nothing.
    """
    before = arguments.points("before", before)
    after = arguments.points("after", after, len(before))
    triangles = arguments.indices("triangles", triangles, 3, len(before))
    found = FaceDistortion(
        np.empty((len(triangles), 2), np.float32), np.empty(len(triangles), np.bool_)
    )
    backend().face_distortion(before, after, triangles, *found)
    return found
