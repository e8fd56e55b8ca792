# SPDX-License-Identifier: GPL-3.0-or-later
"""An avatar as the files of a pair are made from it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..pipeline.avatar_data import AvatarData
from ..pipeline.errors import SceneError
from ..pipeline.model import Body, Skeleton
from .pose_difference import Heads, Pose


@dataclass(frozen=True)
class Avatar:
    """Armature and body at rest, world space, and the avatar's description.

    edges: #E by 2, of the body; shapes: displacements (#V by 3 float32) of the body's blend shapes
    that get fields of their own, by name; base_pose: from the rest to the basis pose, by role,
    empty where these are the same.
    """

    data: AvatarData
    body: Body
    edges: np.ndarray
    shapes: dict[str, np.ndarray] = field(default_factory=dict)
    base_pose: Pose = field(default_factory=dict)
    fbx_name: str = ""
    #: Whether the description is a file of the user's, which stays as it is.
    described: bool = False


def role_heads(avatar: AvatarData, skeleton: Skeleton) -> Heads:
    """Head of each humanoid bone, by role."""
    index = skeleton.index
    for role, bone in avatar.bone_of_role.items():
        if bone not in index:
            raise SceneError(f"{avatar.path}: {role} is {bone!r}, which the armature does not have")
    return {role: skeleton.heads[index[bone]] for role, bone in avatar.bone_of_role.items()}
