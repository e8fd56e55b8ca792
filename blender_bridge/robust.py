# SPDX-License-Identifier: GPL-3.0-or-later
"""Robust weight transfer: copies where the costume follows the body, inpainting elsewhere."""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback
from .sparse import SparseWeights
from .surface import Surface

MATCHINGS = ("confidence", "threshold")


class WeightSource(enum.IntEnum):
    """Where the weights of a vertex come from."""

    INPAINTED = 0
    """From its surroundings, and from its own copy by its confidence."""
    MATCHED = 1
    """A copy from the body."""
    EXTRAPOLATED = 2
    """A copy, for want of anything better: the island has no match that was accepted."""
    EMPTY = 3
    """None at all, as the body has none there."""


class RobustReport(NamedTuple):
    """How many vertices got their weights in which way, and which islands had no match."""

    matched: int
    inpainted: int
    extrapolated: int
    empty: int
    islands: np.ndarray
    """`#V` uint32, island of each vertex, numbered by the lowest vertex."""
    unmatched_islands: np.ndarray
    """Islands without any accepted match, ascending; their vertices are extrapolated or empty."""


class RobustTransfer(NamedTuple):
    """Weights of the costume, and where they come from."""

    weights: Any
    """`SparseWeights`, or `#V by #G` float32: the form that the body's weights came in."""
    matched: np.ndarray
    """`#V` bool: the vertex has a copy of the body's weights."""
    sources: np.ndarray
    """`#V` uint8, `WeightSource`."""
    report: RobustReport


class RobustOptions(NamedTuple):
    """Checked options, as the back ends take them."""

    matching: int
    smoothing: float
    max_distance: float
    max_angle: float
    flipped_normals: bool
    smoothing_passes: int
    smoothing_factor: float
    max_influences: int
    limit_rings: int


def robust_transfer_weights(
    body_points: Any,
    body_triangles: Any,
    body_weights: Any,
    points: Any,
    triangles: Any,
    *,
    matching: str = "confidence",
    smoothing: float = 0.25,
    max_distance: float = 0.05,
    max_angle: float = 30.0,
    flipped_normals: bool = True,
    smoothing_passes: int = 0,
    smoothing_factor: float = 0.2,
    max_influences: int = 4,
    limit_rings: int = 1,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> RobustTransfer:
    """Transfers a body's skin weights to a costume. Weights lie in [0, 1] and sum to 1.

    By `"confidence"` each vertex's copy from the closest point of the body counts as much as its
    distance deserves: details smaller than about smoothing · distance / |cos angle|³ are smoothed
    away along the costume, with no threshold in metres to tune. By `"threshold"` vertices within
    `max_distance` and `max_angle` keep their copy and the others are inpainted, as published by
    Abdrashitov et al. (SIGGRAPH Asia 2023; their other options: `flipped_normals=False`,
    `smoothing_passes=4`, `limit_rings=5`). Islands never mix; one without any accepted match keeps
    its copies and is reported. Any triangles will do: non-manifold, degenerate, doubled.

    - `body_points`, `body_triangles`: `#B by 3` float32, `#F by 3`;
    - `body_weights`: `SparseWeights` or `#B by #G` float32, not below 0;
    - `points`, `triangles`: the costume, `#V by 3` and `#T by 3`, in the body's space (metres);
    - `flipped_normals`: a body point whose normal points the other way may match (linings), by
      confidence as if four times as far;
    - `smoothing_passes`, `smoothing_factor`: smoothing around the inpainted region;
    - `max_influences`: 0 for no limit; a dropped influence fades over `limit_rings` rings.
    """
    points = arguments.points("points", points)
    triangles = arguments.indices("triangles", triangles, 3, len(points))
    options = checked_options(
        matching,
        smoothing,
        max_distance,
        max_angle,
        flipped_normals,
        smoothing_passes,
        smoothing_factor,
        max_influences,
        limit_rings,
    )
    sparse = isinstance(body_weights, SparseWeights)
    body_weights = body_weights if sparse else SparseWeights.from_dense(body_weights)
    with Surface(body_points, body_triangles) as surface:
        arguments.length("body_weights", body_weights.vertex_count, surface.vertex_count)
        arguments.not_below_zero("body_weights", body_weights.weights)
        sources = np.empty(len(points), np.uint8)
        islands = np.empty(len(points), np.uint32)
        rows = backend().robust_transfer(
            surface.built,
            body_weights,
            points,
            triangles,
            options,
            sources,
            islands,
            Progress(progress, cancel),
        )
    weights = SparseWeights.trusted(*rows, body_weights.group_count)
    return RobustTransfer(
        weights if sparse else weights.to_dense(),
        sources == WeightSource.MATCHED,
        sources,
        _report(sources, islands),
    )


def checked_options(
    matching,
    smoothing,
    max_distance,
    max_angle,
    flipped_normals,
    smoothing_passes,
    smoothing_factor,
    max_influences,
    limit_rings,
):
    """The options of `robust_transfer_weights`, checked, in its order."""
    if matching not in MATCHINGS:
        names = " or ".join(map(repr, MATCHINGS))
        raise InvalidArgument("matching", f"is {matching!r}, expected {names}")
    if arguments.number("smoothing", smoothing) <= 0.0:
        raise InvalidArgument("smoothing", f"is {smoothing:g}, expected a number above 0")
    if arguments.not_negative("max_angle", max_angle) > 180.0:
        raise InvalidArgument("max_angle", f"is {max_angle:g}, expected degrees from 0 to 180")
    return RobustOptions(
        MATCHINGS.index(matching),
        float(smoothing),
        arguments.not_negative("max_distance", max_distance, infinite=True),
        float(max_angle),
        bool(flipped_normals),
        arguments.count("smoothing_passes", smoothing_passes, most=2**32 - 1),
        arguments.fraction("smoothing_factor", smoothing_factor),
        arguments.count("max_influences", max_influences, most=2**32 - 1),
        arguments.count("limit_rings", limit_rings, most=2**32 - 1),
    )


def _report(sources, islands):
    counts = np.bincount(sources, minlength=len(WeightSource))
    reached = np.zeros(int(islands.max()) + 1 if len(islands) else 0, bool)
    reached[islands[sources <= WeightSource.MATCHED]] = True
    return RobustReport(
        matched=int(counts[WeightSource.MATCHED]),
        inpainted=int(counts[WeightSource.INPAINTED]),
        extrapolated=int(counts[WeightSource.EXTRAPOLATED]),
        empty=int(counts[WeightSource.EMPTY]),
        islands=islands,
        unmatched_islands=np.flatnonzero(~reached).astype(np.uint32),
    )
