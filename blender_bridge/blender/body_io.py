# SPDX-License-Identifier: GPL-3.0-or-later
"""Target avatars from their FBX files: bodies as arrays, and the last one's armature."""

from pathlib import Path

import bpy
import numpy as np

from ..pipeline.errors import SceneError
from ..pipeline.inputs import PairInputs
from ..pipeline.model import Body
from ..pipeline.run_log import RunLog
from ..weights import normalize_weights, prune_weights
from . import armature, fbx, mesh_io, scene, vertex_groups
from .world_mesh import shape_keys, world_points, world_triangles

# The names that an object keeps free for the outfit's own while both are in the scene.
_TARGET = "hemline target armature"


def read_bodies(
    pairs: list[PairInputs], log: RunLog
) -> tuple[dict[tuple[Path, Path], Body], bpy.types.Object]:
    """The target's body of each pair, by its `body_files`; the last armature stays in the scene."""
    bodies: dict[tuple[Path, Path], Body] = {}
    for number, pair in enumerate(pairs, start=1):
        last = number == len(pairs)
        if pair.body_files in bodies and not last:
            continue
        with log.phase("import", pair.fbx.name):
            avatar = pair.config.target
            objects = fbx.import_fbx(
                pair.fbx,
                automatic_bone_orientation=avatar.automatic_bone_orientation,
                custom_normals=False,
            )
            body, rig = read_body(objects, avatar, pair.fbx)
            bodies[pair.body_files] = body
            scene.remove_objects([obj for obj in objects if not (last and obj == rig)])
    armature.apply_transform(rig)
    rig.name = rig.data.name = _TARGET
    return bodies, rig


def read_body(objects, avatar, path) -> tuple[Body, bpy.types.Object]:
    """The body of an imported target avatar, at rest, and its armature object.

    avatar: its description; path: the file that it came from, for messages.
    """
    bodies = [obj for obj in objects if obj.type == "MESH" and obj.name == avatar.mesh_name]
    if not bodies:
        names = ", ".join(repr(obj.name) for obj in objects if obj.type == "MESH") or "none"
        raise SceneError(
            f"{path}: there is no mesh {avatar.mesh_name!r}, which {avatar.path} names as "
            f"`meshName`; its meshes: {names}"
        )
    obj = bodies[0]
    rig = obj.find_armature()
    if rig is None:
        raise SceneError(f"{path}: mesh {obj.name!r} has no armature modifier")
    skeleton = armature.read_skeleton(rig)
    rows = vertex_groups.read_vertex_groups(obj, skeleton.names)
    points = world_points(obj, mesh_io.read_positions(obj.data), path)
    points = points + _blend_shapes(obj, avatar)
    triangles = world_triangles(obj)
    if not len(triangles) or not rows.weights.any():
        what = "faces" if not len(triangles) else "weights on the armature's bones"
        raise SceneError(f"{path}: the body {obj.name!r} has no {what}")
    weights = normalize_weights(prune_weights(rows))
    return Body(skeleton, points, triangles, weights), rig


def _blend_shapes(obj, avatar):
    """Displacements (#V by 3, world space) of the blend shapes that are on."""
    keys = {key.name: key for key in shape_keys(obj.data)}
    total = np.zeros((len(obj.data.vertices), 3), np.float32)
    for name, value in avatar.blend_shapes.items():
        if not value:
            continue
        if name not in keys:
            raise SceneError(f"{avatar.path}: the body {obj.name!r} has no blend shape {name!r}")
        basis = mesh_io.read_positions(obj.data)
        total += np.float32(value) * (mesh_io.read_shape_key(keys[name]) - basis)
    return (total @ mesh_io.world_matrix(obj)[:3, :3].T).astype(np.float32)
