# SPDX-License-Identifier: GPL-3.0-or-later
"""Avatars from the scene, as the files of a pair are made from them."""

from dataclasses import dataclass, replace
from pathlib import Path

import bpy
import numpy as np

from ..authoring.avatar import Avatar, role_heads
from ..authoring.avatar_files import describe_avatar
from ..authoring.humanoid import HumanoidBones, find_humanoid_bones
from ..pipeline.avatar_data import AvatarData, load_avatar_data
from ..pipeline.errors import SceneError
from ..pipeline.model import Skeleton
from ..pipeline.pose_files import load_pose
from . import armature, body_io, fbx, mesh_io, scene, vertex_groups


@dataclass(frozen=True)
class AvatarChoice:
    """Which of a file's or scene's objects make up an avatar, and what the user says about it.

    mesh_name: "" finds the body; table: bones by role, before all that is found; shapes_on: blend
    shapes (0 to 1) that make the body what it is; shape_fields: those that get fields; data: a
    description to use instead of a new one.
    """

    name: str
    mesh_name: str
    table: dict[str, str | None]
    shapes_on: dict[str, float]
    shape_fields: tuple[str, ...] = ()
    data: Path | None = None


@dataclass(frozen=True)
class Rig:
    """An avatar's armature and body; body_bones: #B bool, bones that the body has weights on."""

    armature_name: str
    mesh_name: str
    skeleton: Skeleton
    body_bones: np.ndarray
    edges: np.ndarray


def read_avatar_file(path: Path, choice: AvatarChoice) -> tuple[Avatar, HumanoidBones | None]:
    """The avatar of an FBX file, which leaves nothing in the scene.

    The bones that were found come with it; None where a description tells them.
    """
    objects = fbx.import_fbx(path, custom_normals=False)
    try:
        avatar, found = read_avatar(objects, choice, str(path))
    finally:
        scene.remove_objects(objects)
    return replace(avatar, fbx_name=path.name), found


def read_avatar(objects, choice: AvatarChoice, where: str) -> tuple[Avatar, HumanoidBones | None]:
    """The avatar among objects; where: what messages call these."""
    if choice.data:
        data, found = load_avatar_data(choice.data), None
        rig = read_rig(objects, choice.mesh_name or data.mesh_name, where)
        data = replace(data, mesh_name=rig.mesh_name)
    else:
        rig = read_rig(objects, choice.mesh_name, where)
        found = find_humanoid_bones(rig.skeleton, choice.table, rig.body_bones, where)
        data = describe_avatar(
            Path(where),
            choice.name,
            rig.mesh_name,
            rig.armature_name,
            rig.skeleton,
            found,
            blend_shapes=choice.shapes_on,
        )
    role_heads(data, rig.skeleton)
    body, _ = body_io.read_body(objects, data, where)
    shapes = {
        name: _shape_points(objects, data, name, where) - body.points
        for name in choice.shape_fields
    }
    base_pose = data.base_pose_a or data.base_pose
    return (
        Avatar(
            data,
            body,
            rig.edges,
            shapes,
            load_pose(base_pose) if base_pose else {},
            described=choice.data is not None,
        ),
        found,
    )


def read_rig(objects, mesh_name: str, where: str) -> Rig:
    """Armature and body among objects.

    Without a name the body is the mesh called "Body", else the one with most vertices.
    """
    meshes = [obj for obj in objects if obj.type == "MESH" and obj.find_armature()]
    names = ", ".join(repr(obj.name) for obj in meshes) or "none"
    if not meshes:
        raise SceneError(f"{where}: there is no mesh that follows an armature")
    if mesh_name:
        chosen = [obj for obj in meshes if obj.name == mesh_name]
        if not chosen:
            raise SceneError(
                f"{where}: no mesh {mesh_name!r} follows an armature; those that do: {names}"
            )
    else:
        chosen = [obj for obj in meshes if obj.name.lower() == "body"]
    body = chosen[0] if chosen else max(meshes, key=lambda obj: len(obj.data.vertices))
    rig = body.find_armature()
    skeleton = armature.read_skeleton(rig)
    rows = vertex_groups.read_vertex_groups(body, skeleton.names)
    body_bones = np.zeros(len(skeleton.names), bool)
    body_bones[np.unique(rows.groups[rows.weights > 0])] = True
    return Rig(rig.name, body.name, skeleton, body_bones, mesh_io.read_edges(body.data))


def clear_scene():
    """Removes all objects, whose names would change those of imported ones."""
    scene.remove_objects(list(bpy.data.objects))


def _shape_points(objects, data: AvatarData, shape, where):
    """The body's points with one more blend shape on."""
    shaped = replace(data, blend_shapes={**data.blend_shapes, shape: 1.0})
    return body_io.read_body(objects, shaped, where)[0].points
