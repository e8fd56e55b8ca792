# SPDX-License-Identifier: GPL-3.0-or-later
"""The weight stage, composed of the library's kernels."""

from __future__ import annotations

import enum
from typing import NamedTuple

import numpy as np

from ..robust import robust_transfer_weights
from ..sparse import SparseWeights
from ..weights import limit_weights, normalize_weights

MAX_INFLUENCES = 4


class GroupRole(enum.IntEnum):
    """What a group is to the outfit."""

    BODY = 0
    """Transferred from the body."""
    OWN = 1
    """The outfit's own bone: each vertex keeps its present share of it."""


class OutfitPiece(NamedTuple):
    """One mesh of an outfit, in the body's space, with its present weights."""

    points: np.ndarray
    triangles: np.ndarray
    edges: np.ndarray
    weights: SparseWeights


class WeightStageReport(NamedTuple):
    """What happened to how many vertices, over all pieces."""

    matched: int
    inpainted: int
    extrapolated: int
    empty: int
    max_influences: int


class WeightStageResult(NamedTuple):
    """Weights of the pieces, in their order."""

    weights: list[SparseWeights]
    report: WeightStageReport


def weight_stage(
    body_points, body_triangles, body_weights, pieces, roles, *, mirror=None, cancel=None
) -> WeightStageResult:
    """New weights: the body's by robust transfer, after the shares of own groups; at most four.

    mirror: not looked at.
    """
    weights, counts = [], np.zeros(4, np.int64)
    for piece in pieces:
        transfer = robust_transfer_weights(
            body_points, body_triangles, body_weights, piece.points, piece.triangles, cancel=cancel
        )
        counts += transfer.report[:4]
        own = piece.weights.to_dense() * (np.asarray(roles) == GroupRole.OWN)
        rest = np.clip(1.0 - own.sum(axis=1, keepdims=True), 0.0, 1.0)
        rows = SparseWeights.from_dense(own + rest * transfer.weights.to_dense())
        weights.append(normalize_weights(limit_weights(rows, MAX_INFLUENCES)))
    return WeightStageResult(weights, WeightStageReport(*counts.tolist(), MAX_INFLUENCES))
