# SPDX-License-Identifier: GPL-3.0-or-later
"""One pair: an outfit in its source avatar's basis pose becomes the target's, in its basis pose."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..skinning import skin_points
from ..surface import Surface
from ..weight_stage import WeightStageOptions
from . import bones, following, shape, weights
from .inputs import PairInputs
from .model import Body, CostumeMesh, Outfit, Skeleton
from .posing import is_a_pose, posed, skeleton_deltas
from .run_log import RunLog
from .weight_rules import apply_rules


@dataclass(frozen=True)
class Target:
    """A target avatar in its basis pose."""

    body: Body
    #: Rest to basis pose by role; empty: the basis pose is the rest pose.
    base_pose: dict[str, np.ndarray]


def target_in_basis_pose(body: Body, pair: PairInputs, outfit: Outfit) -> Target:
    """Poses a target's body; the outfit, in its source's basis pose, chooses A- or T-pose."""
    a_pose = pair.base_pose_a and is_a_pose(outfit.skeleton, pair.config.source)
    base_pose = pair.base_pose_a if a_pose else pair.base_pose
    if is_identity(base_pose):
        return Target(body, {})
    deltas = skeleton_deltas(body.skeleton, pair.config.target, base_pose).matrices
    moved = skin_points(body.weights, _identities(deltas), deltas, body.points)
    basis = replace(body, skeleton=posed(body.skeleton, deltas), points=moved.positions)
    return Target(basis, base_pose)


def convert(
    outfit: Outfit,
    pair: PairInputs,
    target: Target,
    key_names: dict[str, str],
    log: RunLog,
    *,
    repair: bool,
) -> Outfit:
    """The outfit on the target, with the target's bones and weights.

    repair: pushes out of the target's body what has come to lie inside.
    """
    config, body = pair.config, target.body
    deltas = _pose_deltas(outfit.skeleton, pair, log)
    mapping = bones.map_bones(outfit, config.source, config.target, body.skeleton)
    for warning in mapping.warnings:
        log.warn(*warning)
    meshes = _shaped(outfit, pair, body, deltas, mapping, key_names, log, repair)
    with log.phase("bones"):
        moved = _through_field(posed(outfit.skeleton, deltas), pair)
        skeleton = bones.new_skeleton(body.skeleton, mapping, moved)
    with log.phase("weights") as phase:
        found = weights.weigh(meshes, body, config.target.for_transfer, skeleton.names, log.cancel)
        phase.result = found.report._asdict()
        rows = _by_rules(meshes, found.weights, pair, body, skeleton.names, log)
    return Outfit(skeleton, [replace(mesh, weights=row) for mesh, row in zip(meshes, rows)])


def _pose_deltas(skeleton: Skeleton, pair: PairInputs, log: RunLog) -> np.ndarray:
    """The pair's pose difference by bone of the outfit, #B by 4 by 4."""
    deltas = skeleton_deltas(skeleton, pair.config.source, pair.pose)
    for stray in deltas.strays:
        log.warn(
            f"bone {stray!r} of the outfit has no humanoid parent; it follows the hips",
            "parent it to the bone that it should follow, before the export",
        )
    return deltas.matrices


def _shaped(outfit, pair, body, deltas, mapping, key_names, log, repair) -> list[CostumeMesh]:
    """The meshes in their new shape, with their present weights over the new bones."""
    own = np.isin(np.arange(len(outfit.skeleton.names)), mapping.own)
    with log.phase("pose body", "back to the source"):
        source_body = following.source_body(body, pair)
    meshes = []
    with Surface(body.points, body.triangles) as surface:
        for mesh in outfit.meshes:
            with log.phase("shape", mesh.name) as phase:
                pose = following.pose_weights(mesh, deltas, own, source_body, log.cancel)
                names, result = shape.follow_pair(
                    mesh,
                    outfit.skeleton,
                    *pose,
                    pair,
                    surface if repair else None,
                    key_names,
                    log.cancel,
                )
                phase.result = result.report._asdict()
            shaped = {
                "points": result.points,
                "shape_keys": dict(zip(names, result.shape_keys)),
                "weights": bones.rename_columns(mesh.weights, mapping),
            }
            meshes.append(replace(mesh, **shaped))
    return meshes


def _by_rules(meshes, rows, pair, body, names, log):
    """The weights after the target's own rules (`weight_rules`), where it has any."""
    avatar = pair.config.target
    ruled = apply_rules(meshes, rows, body, avatar.sway, pair.region_masks, names)
    if ruled is None:
        return rows
    # A mix of 0 keeps them as they are, but for the steps after the transfer.
    options = WeightStageOptions(mix=0.0)
    ruled = [replace(mesh, weights=row) for mesh, row in zip(meshes, ruled)]
    return weights.weigh(
        ruled, body, avatar.for_transfer, names, log.cancel, options=options
    ).weights


def to_rest_pose(
    outfit: Outfit, pair: PairInputs, target: Target, body: Body, log: RunLog
) -> Outfit:
    """The outfit in the target's rest pose; `body`: the target's, at rest."""
    if not target.base_pose:
        return outfit
    deltas = skeleton_deltas(outfit.skeleton, pair.config.target, target.base_pose).matrices
    meshes = []
    with Surface(body.points, body.triangles) as surface:
        for mesh in outfit.meshes:
            with log.phase("rest pose", mesh.name) as phase:
                result = shape.leave_basis_pose(mesh, deltas, surface, log.cancel)
                phase.result = result.report._asdict()
                keys = dict(zip(mesh.shape_keys, result.shape_keys))
                meshes.append(replace(mesh, points=result.points, shape_keys=keys))
    return Outfit(_at_rest(outfit.skeleton, deltas, body.skeleton), meshes)


def is_identity(pose: dict[str, np.ndarray]) -> bool:
    """Whether a pose moves nothing by more than a hair (1e-7)."""
    return all(np.abs(matrix - np.eye(4)).max() < 1e-7 for matrix in pose.values())


def _at_rest(skeleton: Skeleton, deltas, body: Skeleton) -> Skeleton:
    """The target's bones as they are in its file, the outfit's own taken back by their deltas."""
    back = posed(skeleton, np.linalg.inv(deltas))
    count = len(body.names)
    return replace(
        back,
        heads=np.concatenate([body.heads, back.heads[count:]]),
        tails=np.concatenate([body.tails, back.tails[count:]]),
        z_axes=np.concatenate([body.z_axes, back.z_axes[count:]]),
    )


def _through_field(skeleton: Skeleton, pair: PairInputs) -> Skeleton:
    """Bones' ends moved by the field, as the vertices around them are."""
    ends = np.concatenate([skeleton.heads, skeleton.tails]).astype(np.float32)
    heads, tails = np.split(pair.field.apply(ends).astype(np.float64), 2)
    return replace(skeleton, heads=heads, tails=tails)


def _identities(matrices):
    return np.tile(np.eye(4), (len(matrices), 1, 1))
