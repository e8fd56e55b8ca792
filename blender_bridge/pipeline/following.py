# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bones carry an outfit's shape from the source's body to the target's.

Skin weights say it, except on the outfit's own bones (a skirt's), which no pose file knows: hung on
the hips, the hem of a skirt would not follow longer legs. What hangs on own bones follows the body
underneath instead, by the target's skin weights: its body, taken back through the pose difference,
lies about where the source's body is, which is not among a run's inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..robust import robust_transfer_weights
from ..skinning import unskin_points
from ..sparse import SparseWeights
from .inputs import PairInputs
from .model import Body, CostumeMesh
from .posing import skeleton_deltas

# An island that hangs on own bones by more than this share follows the body alone.
OWN_SHARE = 0.5


@dataclass(frozen=True)
class SourceBody:
    """The target's body where the source's is, and how the pair's pose moves its bones."""

    points: np.ndarray
    triangles: np.ndarray
    weights: SparseWeights
    deltas: np.ndarray


def source_body(body: Body, pair: PairInputs) -> SourceBody:
    """Takes a target's body in its basis pose back through the pose difference of a pair."""
    deltas = skeleton_deltas(body.skeleton, pair.config.target, pair.pose).matrices
    rest = np.tile(np.eye(4), (len(deltas), 1, 1))
    back = unskin_points(body.weights, rest, deltas, body.points)
    return SourceBody(back.positions, body.triangles, body.weights, deltas)


def pose_weights(
    mesh: CostumeMesh, deltas: np.ndarray, own: np.ndarray, body: SourceBody, cancel=None
) -> tuple[SparseWeights, np.ndarray]:
    """Weights by which a mesh is posed, and the delta matrices that they refer to.

    deltas: #B by 4 by 4, of the outfit's bones; own: #B bool, the outfit's own ones.
    """
    rows = mesh.weights
    if not own[rows.groups].any():
        return rows, deltas
    transfer = robust_transfer_weights(
        body.points, body.triangles, body.weights, mesh.points, mesh.triangles, cancel=cancel
    )
    weights = rows.to_dense()
    share = weights[:, own].sum(axis=1)
    islands = transfer.report.islands
    island_share = np.bincount(islands, weights=share) / np.maximum(np.bincount(islands), 1)
    weights[:, own] = 0.0
    follows = island_share[islands] > OWN_SHARE
    weights[follows] = 0.0
    share[follows] = 1.0
    body_weights = share[:, None] * transfer.weights.to_dense()
    both = np.concatenate([weights, body_weights.astype(np.float32)], axis=1)
    return SparseWeights.from_dense(both), np.concatenate([deltas, body.deltas])
