# SPDX-License-Identifier: GPL-3.0-or-later
"""Armatures to and from :class:`Skeleton`."""

import bpy
import numpy as np

from ..pipeline.model import Skeleton
from . import mesh_io

# A shorter bone is dropped by Blender on leaving edit mode.
SHORTEST_BONE = 1e-4


def read_skeleton(obj) -> Skeleton:
    """The bones of an armature object at rest, in world space."""
    bones = obj.data.bones
    index = {bone.name: number for number, bone in enumerate(bones)}
    heads, tails = (_vectors(bones, name) for name in ("head_local", "tail_local"))
    matrices = np.array([bone.matrix_local for bone in bones], np.float64).reshape(-1, 4, 4)
    world = mesh_io.world_matrix(obj)
    axes = matrices[:, :3, 2] @ world[:3, :3].T
    return Skeleton(
        list(index),
        np.array([index[bone.parent.name] if bone.parent else -1 for bone in bones], np.int64),
        heads @ world[:3, :3].T + world[:3, 3],
        tails @ world[:3, :3].T + world[:3, 3],
        axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-12),
    )


def apply_transform(obj):
    """Moves an armature object's transform into its bones."""
    world = obj.matrix_world.copy()
    if np.abs(mesh_io.world_matrix(obj) - np.eye(4)).max() < 1e-7:
        return
    obj.parent = None
    obj.data.transform(world)
    obj.matrix_world.identity()


def add_bones(obj, skeleton: Skeleton):
    """Adds the bones of a skeleton that an armature object, whose transform is unit, lacks."""
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="EDIT")
    edit_bones = obj.data.edit_bones
    for bone, name in enumerate(skeleton.names):
        if name in edit_bones:
            continue
        added = edit_bones.new(name)
        added.head = skeleton.heads[bone]
        added.tail = _tail(skeleton, bone)
        added.align_roll(skeleton.z_axes[bone])
        parent = skeleton.parents[bone]
        if parent >= 0:
            added.parent = edit_bones[skeleton.names[parent]]
    bpy.ops.object.mode_set(mode="OBJECT")


def _tail(skeleton, bone):
    head, tail = skeleton.heads[bone], skeleton.tails[bone]
    if np.linalg.norm(tail - head) >= SHORTEST_BONE:
        return tail
    return head + np.array([0.0, 0.0, 10 * SHORTEST_BONE])


def _vectors(bones, name):
    values = np.empty(3 * len(bones), np.float32)
    bones.foreach_get(name, values)
    return values.reshape(-1, 3).astype(np.float64)
