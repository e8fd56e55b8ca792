# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin weights extended over a mesh from the vertices where they are known."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .handles import Handle
from .progress import CancelFlag, Progress, ProgressCallback


class WeightInpainter(Handle):
    """The smoothest extension of weights over a mesh, prepared for any number of weight sets.

    Vertices that are fixed keep their weights; the others minimise, for each group's weights w,
    `wᵀ (−L + L M⁻¹ L) w + Σ m c (w − w⁰)²`, with the cotangent Laplacian L, the masses m, and the
    confidence c in the vertex's own weights w⁰ (without confidence, the energy of Abdrashitov et
    al., SIGGRAPH Asia 2023). Any triangles will do: non-manifold, degenerate, doubled. Islands do
    not influence each other.

    - `points`: `#V by 3` float32, finite;
    - `triangles`: `#T by 3` uint32 or int32, below #V;
    - `fixed`: `#V` bool or uint8;
    - `confidence`: `#V` float64, 1/m⁴, finite, not below 0; None takes 0.
    """

    def __init__(
        self,
        points: Any,
        triangles: Any,
        fixed: Any,
        confidence: Any = None,
        *,
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
    ) -> None:
        points = arguments.points("points", points)
        triangles = arguments.indices("triangles", triangles, 3, len(points))
        if fixed is None:
            raise InvalidArgument("fixed", "is None, expected #V bool or uint8")
        fixed = arguments.selection("fixed", fixed, len(points))
        if confidence is not None:
            confidence = arguments.array("confidence", confidence, np.float64)
            arguments.length("confidence", confidence.size, len(points))
            arguments.finite("confidence", confidence)
            arguments.not_below_zero("confidence", confidence)
        self.vertex_count = len(points)
        notice = Progress(progress, cancel)
        self._build("weight_inpainter", points, triangles, fixed, confidence, notice)

    def inpaint(
        self,
        weights: Any,
        *,
        out: np.ndarray | None = None,
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
    ) -> np.ndarray:
        """Weights with those of the vertices that are not fixed replaced.

        The extension may leave [0, 1] a little; rows sum to 1 where the given ones do. Vertices
        that nothing reaches (`unreached`) keep their weights.

        - `weights`: `#V by #G` (or `#V`, one group) float32, finite;
        - `out`: an array of their shape, which may be the weights themselves.
        """
        weights = arguments.channels("weights", weights, self.vertex_count)
        result = arguments.output("out", out, weights.shape, np.float32)
        arguments.not_overlapping("out", result, weights, in_place=True)
        # Where the call fails, the caller's array must stay as it is.
        found = weights.reshape(self.vertex_count, -1).copy()
        self.built.inpaint(found, Progress(progress, cancel))
        result.reshape(found.shape)[...] = found
        return result

    @property
    def unreached(self) -> np.ndarray:
        """`#V` bool: neither a fixed vertex nor any confidence reaches the vertex."""
        mask = np.zeros(self.vertex_count, np.uint8)
        self.built.unreached(mask)
        return mask.view(np.bool_)
