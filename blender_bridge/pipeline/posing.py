# SPDX-License-Identifier: GPL-3.0-or-later
"""From poses by humanoid bone to a delta matrix for each bone of a skeleton."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..poses import pose_by_deltas
from .avatar_data import AvatarData
from .model import Skeleton
from .pose_files import BoneTransform

# An upper arm that points farther down (or up) than this is in an A-pose.
A_POSE_DEGREES = 30.0


def avatar_deltas(avatar: AvatarData, pose: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """World-space delta matrix of each bone of an avatar that the pose moves, by bone name.

    A bone whose role the pose does not list takes the matrix of its nearest listed ancestor in the
    avatar's own hierarchy; bones above all listed ones stay.
    """
    deltas: dict[str, np.ndarray] = {}
    for bone, parent in avatar.parents.items():
        role = avatar.role_of_bone.get(bone)
        if role in pose:
            deltas[bone] = pose[role]
        elif parent in deltas:
            deltas[bone] = deltas[parent]
    return deltas


@dataclass(frozen=True)
class BoneDeltas:
    """A delta matrix for each bone of a skeleton, and the bones that none of them reaches."""

    matrices: np.ndarray
    """#B by 4 by 4 float64."""
    strays: list[str]
    """Bones outside the hips' chains; they move as the hips do."""


def skeleton_deltas(
    skeleton: Skeleton, avatar: AvatarData, pose: dict[str, np.ndarray]
) -> BoneDeltas:
    """Delta matrices of a skeleton's bones, those of the avatar and the outfit's own.

    The outfit's own bones follow their nearest ancestor; one whose ancestors are no bones of the
    avatar follows the hips.
    """
    known = avatar_deltas(avatar, pose)
    matrices = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    listed = np.zeros(len(skeleton.names), bool)
    for bone, name in enumerate(skeleton.names):
        if name in known:
            matrices[bone], listed[bone] = known[name], True
    strays = []
    reached = listed | np.array([name in avatar.parents for name in skeleton.names], bool)
    hips = known.get(avatar.bone_of_role["Hips"], np.eye(4))
    for bone, parent in enumerate(skeleton.parents.tolist()):
        if not reached[bone] and parent < 0:
            matrices[bone], listed[bone] = hips, True
            strays.append(skeleton.names[bone])
        reached[bone] |= parent >= 0 and reached[parent]
    identity = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    return BoneDeltas(pose_by_deltas(skeleton.parents, identity, matrices, listed=listed), strays)


def initial_deltas(skeleton: Skeleton, pose: dict[str, BoneTransform]) -> np.ndarray:
    """Delta matrices (#B by 4 by 4) of an initial pose; bones it lacks follow their parents."""
    matrices = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    listed = np.zeros(len(skeleton.names), bool)
    for bone, name in enumerate(skeleton.names):
        if name in pose:
            matrices[bone] = pose[name].delta(skeleton.heads[bone])
            listed[bone] = True
    identity = np.tile(np.eye(4), (len(skeleton.names), 1, 1))
    return pose_by_deltas(skeleton.parents, identity, matrices, listed=listed)


def is_a_pose(skeleton: Skeleton, avatar: AvatarData) -> bool:
    """Whether the upper arms point more than 30° away from the horizontal plane.

    False where the skeleton has no arms.
    """
    index = skeleton.index
    for side in ("Left", "Right"):
        upper = index.get(avatar.bone_of_role.get(f"{side}UpperArm"))
        lower = index.get(avatar.bone_of_role.get(f"{side}LowerArm"))
        if upper is None or lower is None:
            continue
        arm = skeleton.heads[lower] - skeleton.heads[upper]
        slope = np.degrees(np.arctan2(abs(arm[2]), np.hypot(arm[0], arm[1])))
        return bool(slope > A_POSE_DEGREES)
    return False


def posed(skeleton: Skeleton, deltas: np.ndarray) -> Skeleton:
    """The skeleton with each bone moved by its delta matrix (#B by 4 by 4)."""
    axes = np.einsum("bij,bj->bi", deltas[:, :3, :3], skeleton.z_axes)
    length = np.linalg.norm(axes, axis=1, keepdims=True)
    return Skeleton(
        skeleton.names,
        skeleton.parents,
        _moved(deltas, skeleton.heads),
        _moved(deltas, skeleton.tails),
        axes / np.maximum(length, 1e-12),
    )


def _moved(matrices, points):
    return np.einsum("bij,bj->bi", matrices[:, :3, :3], points) + matrices[:, :3, 3]
