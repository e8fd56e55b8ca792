# SPDX-License-Identifier: GPL-3.0-or-later
"""Smoothing and filters of skin weights over a radius, and smoothing along mesh edges.

Weights are float32, `#V` (one channel) or `#V by #G`, finite. A result has the shape of the
weights; `out` may be the weights themselves. Points are `#V by 3` float32 in metres; where a
function takes points it also takes a `RadiusGraph`, whose radius then counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .in_place import changed
from .progress import CancelFlag, Progress, ProgressCallback
from .spatial import RadiusGraph

FALLOFFS = ("gaussian", "linear", "uniform")


def smooth_weights(
    points: Any,
    weights: Any,
    *,
    radius: float = 0.02,
    falloff: str = "gaussian",
    iterations: int = 1,
    mask: Any = None,
    neighbor_limit: int = 0,
    out: np.ndarray | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Replaces each weight by the mean over all vertices within a radius, weighted by distance.

    `w_i = Σ_j k(d_ij) w_j / Σ_j k(d_ij)`, all new from all old, `iterations` times. A vertex is its
    own neighbour. Channels that are zero everywhere cost nothing.

    - `points`: `#V by 3`, or a `RadiusGraph`, which brings its own radius;
    - `falloff`: `gaussian` (σ = radius / 3), `linear` (1 − d / radius) or `uniform`;
    - `mask`: `#V` from 0 (the vertex keeps its weights) to 1 (smoothed), blended at the end;
    - `neighbor_limit`: takes only so many nearest neighbours; 0 takes all;
    - `progress`, `cancel`: see `ProgressCallback` and `CancelFlag`.

    Raises `HemlineError` with the argument at fault; `Cancelled` leaves `out` as it was.
    """
    _check_falloff(falloff)
    iterations = arguments.count("iterations", iterations, most=2**32 - 1)
    neighbor_limit = arguments.count("neighbor_limit", neighbor_limit, most=2**32 - 1)
    listener = Progress(progress, cancel)
    with _Graph(points, radius) as graph:
        weights, mask = graph.checked(weights, mask)
        return changed(
            weights,
            out,
            lambda rows: graph.backend.smooth_weights(
                graph.built, rows, falloff, iterations, mask, neighbor_limit, listener
            ),
        )


def update_smoothing(
    before: RadiusGraph,
    after: RadiusGraph,
    changed: Any,
    weights: Any,
    result: np.ndarray,
    *,
    falloff: str = "gaussian",
    iterations: int = 1,
    mask: Any = None,
    neighbor_limit: int = 0,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Brings an earlier result of `smooth_weights` up to date, as a full run would give it.

    The native library smooths only the rows that can differ, with the bits of a full run.

    - `before`, `after`: the graphs of the earlier run and of the vertices now, of one radius; the
      same one where no vertex moved;
    - `changed`: `#V` bool: vertices that moved, or whose weights or mask differ from those of the
      earlier run (see `find_changed_rows`);
    - `weights`: `#V` or `#V by #G`, those to smooth, as they are now;
    - `result`: of their shape, C-contiguous float32: the earlier result, replaced by the new one;
    - the other arguments: those of the earlier run, the mask as it is now.

    Returns `#V` bool: the rows of `result` that changed. Errors leave `result` as it was.
    """
    _check_falloff(falloff)
    iterations = arguments.count("iterations", iterations, most=2**32 - 1)
    neighbor_limit = arguments.count("neighbor_limit", neighbor_limit, most=2**32 - 1)
    count = after.point_count
    if before.point_count != count or before.radius != after.radius:
        raise InvalidArgument(
            "before",
            f"has {before.point_count} points and the radius {before.radius:g} m, "
            f"expected {count} and {after.radius:g} m",
        )
    changed_rows = arguments.selection("changed", changed, count)
    if changed_rows is None:
        raise InvalidArgument("changed", "is None, expected one flag for each vertex")
    weights = arguments.channels("weights", weights, count)
    mask = arguments.mask("mask", mask, count)
    result = arguments.output("result", result, weights.shape, np.float32)
    arguments.finite("result", result)
    arguments.not_overlapping("result", result, weights, in_place=False)
    shape = (count, -1) if result.size else (count, 0)
    updated = after.backend.update_smoothing(
        before.built,
        after.built,
        changed_rows,
        weights.reshape(shape),
        falloff,
        iterations,
        mask,
        neighbor_limit,
        result.reshape(shape),
        Progress(progress, cancel),
    )
    return updated.view(np.bool_)


def max_filter(
    points: Any,
    weights: Any,
    *,
    radius: float = 0.02,
    mask: Any = None,
    out: np.ndarray | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Replaces each weight by the largest within the radius; arguments as `smooth_weights`."""
    return _filter(points, weights, True, radius, mask, out, Progress(progress, cancel))


def min_filter(
    points: Any,
    weights: Any,
    *,
    radius: float = 0.02,
    mask: Any = None,
    out: np.ndarray | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Replaces each weight by the smallest within the radius; arguments as `smooth_weights`."""
    return _filter(points, weights, False, radius, mask, out, Progress(progress, cancel))


def decaying_max(
    points: Any,
    weights: Any,
    *,
    radius: float = 0.02,
    sigma: float = 0.00659,
    iterations: int = 3,
    out: np.ndarray | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Spreads weights outwards: `w_i = max(w_i, max_j w_j exp(−d² / (2 sigma²)))`, clamped to 1.

    - `sigma`: metres, how fast a weight decays with distance;
    - `iterations`: how often, all new from all old.
    """
    sigma = arguments.number("sigma", sigma)
    if sigma <= 0.0:
        raise InvalidArgument("sigma", f"is {sigma:g}, expected a number above 0")
    iterations = arguments.count("iterations", iterations, most=2**32 - 1)
    listener = Progress(progress, cancel)
    with _Graph(points, radius) as graph:
        weights, _ = graph.checked(weights, None)
        return changed(
            weights,
            out,
            lambda rows: graph.backend.decaying_max(graph.built, rows, sigma, iterations, listener),
        )


def smooth_weights_on_edges(
    edges: Any,
    weights: Any,
    factor: float = 0.5,
    iterations: int = 1,
    expand: float = 0.0,
    selection: Any = None,
    *,
    out: np.ndarray | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Smooths weights along mesh edges, as Blender's operator "Smooth Vertex Weights" does.

    `s_i = mean·factor + s_i·(1 − factor)` over the edge neighbours, itself not counted, all new
    from all old. With `expand` e > 0, a neighbour's lower value u counts as `u(1 − e) + s·e`, by
    weight 1 − e, so that weights spread; with e < 0 a higher one, by |e|, so that they draw back.

    - `edges`: `#E by 2`, uint32 or int32, below #V;
    - `factor`: from 0 to 1, `expand`: from -1 to 1;
    - `selection`: `#V` bool or uint8; other vertices keep their weights but still count.
    """
    weights = arguments.channels("weights", weights, len(np.atleast_1d(weights)))
    count = len(weights)
    edges = arguments.indices("edges", edges, 2, count)
    factor = arguments.fraction("factor", factor)
    iterations = arguments.count("iterations", iterations, most=2**32 - 1)
    expand = arguments.number("expand", expand)
    if not -1.0 <= expand <= 1.0:
        raise InvalidArgument("expand", f"is {expand:g}, expected a number from -1 to 1")
    selection = arguments.selection("selection", selection, count)
    listener = Progress(progress, cancel)
    return changed(
        weights,
        out,
        lambda rows: backend().smooth_weights_on_edges(
            edges, rows, factor, iterations, expand, selection, listener
        ),
    )


def _check_falloff(falloff):
    if falloff not in FALLOFFS:
        raise InvalidArgument(
            "falloff", f"is {falloff!r}, expected one of {', '.join(map(repr, FALLOFFS))}"
        )


def _filter(points, weights, largest, radius, mask, out, progress):
    with _Graph(points, radius) as graph:
        weights, mask = graph.checked(weights, mask)
        return changed(
            weights,
            out,
            lambda rows: graph.backend.filter_weights(graph.built, largest, rows, mask, progress),
        )


class _Graph:
    """A radius graph for one call: the caller's, or one over the caller's points."""

    def __init__(self, points, radius) -> None:
        self.own = None if isinstance(points, RadiusGraph) else RadiusGraph(points, radius)
        self.graph = self.own or points
        self.built = self.graph.built
        self.backend = self.graph.backend

    def checked(self, weights, mask):
        """Weights and mask, one row for each point of the graph."""
        count = self.graph.point_count
        return arguments.channels("weights", weights, count), arguments.mask("mask", mask, count)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.own is not None:
            self.own.close()
