# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigid and similarity fits, one for each component of points."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend


class Fits(NamedTuple):
    """The motion of each component, and its points moved by it."""

    #: `#C by 4 by 4` float64, row-major `[s R | t]`.
    matrices: np.ndarray
    #: `#C` float64.
    scales: np.ndarray
    #: `#C` float64, the root mean squared distances that are left.
    residuals: np.ndarray
    #: `#P by 3` float32, the source points moved by their component's fit.
    points: np.ndarray


def fit_similarity(
    source: Any,
    target: Any,
    *,
    weights: Any = None,
    labels: Any = None,
    component_count: int | None = None,
    scale: bool = True,
    out: np.ndarray | None = None,
) -> Fits:
    """The rotation, scale and translation that carry source points onto target points.

    Least weighted squared distance for each component (Horn 1987; Umeyama 1991). Never a
    reflection, and the scale is right where one would fit better. Where several rotations are
    equally good (one point, points on a line), the one that turns least; a component without
    points, or with weights of 0 alone, gets the identity.

    - `source`, `target`: `#P by 3` float32, finite;
    - `weights`: `#P` float32, finite, not negative;
    - `labels`: `#P`, the component of each point, -1 or `NO_INDEX` for none (it stays);
    - `component_count`: None takes the largest label plus one;
    - `scale`: False fits a rigid motion;
    - `out`: `#P by 3` float32 for the moved points.
    """
    source = arguments.points("source", source)
    target = arguments.points("target", target, len(source))
    if weights is not None:
        weights = arguments.array("weights", weights, np.float32).ravel()
        arguments.length("weights", len(weights), len(source))
        arguments.finite("weights", weights)
        arguments.not_below_zero("weights", weights)
    if labels is None:
        component_count = 1
    else:
        bound = arguments.NO_INDEX if component_count is None else component_count
        labels = arguments.optional_indices("labels", labels, len(source), bound)
        if component_count is None:
            used = labels[labels != arguments.NO_INDEX]
            component_count = int(used.max()) + 1 if len(used) else 0
    count = arguments.count("component_count", component_count, most=2**32 - 2)
    points = arguments.output("out", out, source.shape, np.float32)
    arguments.not_overlapping("out", points, source, target, in_place=False)
    fits = Fits(np.empty((count, 4, 4)), np.empty(count), np.empty(count), points)
    backend().fit_similarity(source, target, weights, labels, bool(scale), fits)
    return fits
