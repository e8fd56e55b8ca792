# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of a body carried onto a costume by closest surface points."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback
from .sparse import SparseWeights
from .surface import Surface


class Transfer(NamedTuple):
    """Weights of the costume, and how well each vertex was matched."""

    weights: Any
    """`SparseWeights`, or `#P by #G` float32: the form that the body's weights came in."""
    matched: np.ndarray
    """`#P` bool: the body was within `max_distance`. Other vertices have no weights."""
    distances: np.ndarray
    """`#P` float32, metres to the body; infinite where not matched."""


def transfer_weights(
    surface: Surface,
    body_weights: Any,
    points: Any,
    *,
    max_distance: float = math.inf,
    out: np.ndarray | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> Transfer:
    """Gives each point the weights of the closest point of the body's surface.

    The weights of the triangle's three corners are mixed by barycentric coordinates.

    - `surface`: of the body;
    - `body_weights`: `SparseWeights` or `#V by #G` float32, one row for each vertex of the surface;
    - `points`: `#P by 3`, of the costume, in the space of the surface;
    - `max_distance`: metres; a point farther away is not matched;
    - `out`: for dense weights, `#P by #G` float32.
    """
    points = arguments.coordinates("points", points)
    max_distance = arguments.not_negative("max_distance", max_distance, infinite=True)
    matched = np.empty(len(points), np.uint8)
    distances = np.empty(len(points), np.float32)
    options = (points, max_distance, matched, distances, Progress(progress, cancel))
    if isinstance(body_weights, SparseWeights):
        arguments.length("body_weights", body_weights.vertex_count, surface.vertex_count)
        if out is not None:
            raise InvalidArgument("out", "is given, expected None for sparse weights")
        rows = surface.built.transfer_sparse(body_weights, *options)
        weights = SparseWeights.trusted(*rows, body_weights.group_count)
    else:
        dense = arguments.array("body_weights", body_weights, np.float32)
        if dense.ndim != 2:
            raise InvalidArgument("body_weights", f"has {dense.ndim} dimensions, expected #V by #G")
        arguments.length("body_weights", len(dense), surface.vertex_count)
        arguments.finite("body_weights", dense)
        weights = arguments.output("out", out, (len(points), dense.shape[1]), np.float32)
        arguments.not_overlapping("out", weights, dense, points, in_place=False)
        surface.built.transfer_dense(dense, *options, weights)
    return Transfer(weights, matched.view(np.bool_), distances)
