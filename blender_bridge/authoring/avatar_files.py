# SPDX-License-Identifier: GPL-3.0-or-later
"""`avatar_data_*.json`, pose files and initial poses, written; `pipeline` reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from ..pipeline.avatar_data import AvatarData, ShapeField
from ..pipeline.model import Skeleton
from ..pipeline.whole_file import write_text
from .humanoid import HumanoidBones
from .pose_difference import Heads, Pose, moved


def describe_avatar(
    path: Path,
    name: str,
    mesh_name: str,
    root_name: str,
    skeleton: Skeleton,
    humanoid: HumanoidBones,
    *,
    base_pose: Path | None = None,
    blend_shapes: dict[str, float] | None = None,
) -> AvatarData:
    """An avatar's description as `load_avatar_data` gives it back once it is written to `path`.

    root_name: the armature's, on top of the hierarchy; it is extended where a bone has that name.
    blend_shapes: those of the body that are on, 0 to 1.
    """
    while root_name in skeleton.index:
        root_name += "_armature"
    parents: dict[str, str | None] = {root_name: None}
    for bone, parent in zip(skeleton.names, skeleton.parents.tolist()):
        parents[bone] = skeleton.names[parent] if parent >= 0 else root_name
    return AvatarData(
        path=path,
        name=name,
        mesh_name=mesh_name,
        bone_of_role=dict(humanoid.bone_of_role),
        role_of_bone={bone: role for role, bone in humanoid.bone_of_role.items()},
        role_of_auxiliary=dict(humanoid.role_of_auxiliary),
        parents=parents,
        base_pose=base_pose,
        base_pose_a=base_pose,
        blend_shapes=dict(blend_shapes or {}),
    )


def avatar_document(avatar: AvatarData, fbx_name: str = "") -> dict:
    """What an `avatar_data` file holds; its other files lie in its own folder."""
    auxiliary: dict[str, list[str]] = {}
    for bone, role in avatar.role_of_auxiliary.items():
        auxiliary.setdefault(role, []).append(bone)
    return {
        "name": avatar.name,
        "defaultFBXPath": fbx_name,
        "meshName": avatar.mesh_name,
        "basePose": _name(avatar.base_pose),
        "basePoseA": _name(avatar.base_pose_a),
        "enableAutomaticBoneOrientation": int(avatar.automatic_bone_orientation),
        "blendshapes": [
            {"name": name, "value": 100.0 * value} for name, value in avatar.blend_shapes.items()
        ],
        "humanoidBones": [
            {"humanoidBoneName": role, "boneName": bone}
            for role, bone in avatar.bone_of_role.items()
        ],
        "auxiliaryBones": [
            {"humanoidBoneName": role, "auxiliaryBones": bones} for role, bones in auxiliary.items()
        ],
        "boneHierarchy": _hierarchy(avatar.parents),
        "commonSwaySettings": {"startDistance": 0.025, "endDistance": 0.05},
        "swayBones": [],
        "blendShapeGroups": [],
        "blendShapeFields": _shape_fields(avatar.blend_shape_fields),
        "invertedBlendShapeFields": _shape_fields(avatar.inverted_blend_shape_fields),
    }


def pose_document(pose: Pose, heads: Heads) -> dict:
    """What a pose file holds: `heads` are those before the pose, by role."""
    return {role: _pose_entry(pose[role], heads[role]) for role in pose}


def initial_pose_document(pose: Pose, avatar: AvatarData) -> dict:
    """The initial pose that takes an avatar's outfits from its rest pose to a pose by role."""
    return {
        "bones": [
            {
                "boneName": avatar.bone_of_role[role],
                "transform": {"delta_matrix": matrix.tolist()},
            }
            for role, matrix in pose.items()
        ]
    }


def file_stem(name: str) -> str:
    """An avatar's name as a part of file names: `Aria (v2)` gives `aria_v2`."""
    return re.sub(r"\W+", "_", name).strip("_").lower() or "avatar"


def write_json(path: Path, document: dict) -> None:
    """Writes a file, whole or not at all."""
    write_text(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def _name(path):
    return path.name if path else ""


def _hierarchy(parents):
    nodes = {bone: {"name": bone, "children": []} for bone in parents}
    root = {}
    for bone, parent in parents.items():
        if parent is None:
            root = nodes[bone]
        else:
            nodes[parent]["children"].append(nodes[bone])
    return root


def _shape_fields(fields: tuple[ShapeField, ...]):
    return [
        {
            "label": field.label,
            "filePath": field.path.name,
            "maskBones": list(field.mask_bones),
        }
        for field in fields
    ]


def _pose_entry(matrix, head):
    after = moved(matrix, head)
    scale = float(np.cbrt(np.linalg.det(matrix[:3, :3])))
    return {
        "delta_matrix": matrix.tolist(),
        "location": (after - head).tolist(),
        "rotation": np.degrees(_euler_angles(matrix[:3, :3] / scale)).tolist(),
        "scale": [scale] * 3,
        "head_world": np.asarray(head).tolist(),
        "head_world_transformed": after.tolist(),
    }


def _euler_angles(rotation):
    """Angles about x, then y, then z: the inverse of `pipeline.pose_files.euler_matrix`."""
    y = np.arcsin(np.clip(-rotation[2, 0], -1, 1))
    x = np.arctan2(rotation[2, 1], rotation[2, 2])
    z = np.arctan2(rotation[1, 0], rotation[0, 0])
    return np.array([x, y, z])
