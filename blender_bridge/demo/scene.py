# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's scene: a rigged, weighted body, an outfit without weights, and two poses."""

from dataclasses import dataclass
from math import radians

import bpy
import numpy as np
from mathutils import Matrix

from ..blender import mesh_io, vertex_groups
from ..sparse import SparseWeights

# Turns about world axes (x to the body's left, y backwards, z up), in degrees, bone by bone from
# the rest pose; a bone's parents turn it further.
POSES = {
    "stride": {
        "spine_02": [("Z", -10)],
        "head": [("Z", 10)],
        "thigh_l": [("X", -22)],
        "calf_l": [("X", 16)],
        "thigh_r": [("X", 14)],
        "calf_r": [("X", 12)],
        "foot_r": [("X", 15)],
        "upperarm_l": [("X", 30), ("Y", 8)],
        "lowerarm_l": [("X", -30)],
        "upperarm_r": [("X", -40), ("Y", -8)],
        "lowerarm_r": [("X", -50)],
    },
    "reach": {
        "spine_01": [("Y", 8)],
        "spine_03": [("Y", 10), ("Z", 10)],
        "head": [("Y", -10), ("Z", -10)],
        "thigh_l": [("Y", -22)],
        "thigh_r": [("Y", 16)],
        "upperarm_l": [("Y", -80)],
        "lowerarm_l": [("Y", -25)],
        "upperarm_r": [("Y", 20)],
        "lowerarm_r": [("X", -75)],
    },
}


@dataclass
class Piece:
    """A piece of the outfit: its object, without weights at first, and the authored weights."""

    obj: bpy.types.Object
    authored: SparseWeights


@dataclass
class Scene:
    """The objects of the demo; the eyes are for the pictures alone."""

    armature: bpy.types.Object
    body: bpy.types.Object
    eyes: bpy.types.Object
    pieces: list
    group_names: list
    # The body that the pieces were made for: positions and triangles.
    source_body: object


def build(assets, size, shape="b"):
    """The sample body ``shape`` with its rig and weights, and an outfit of ``size`` that was made
    for the body "a", in an empty file.

    ``assets``: the module tests/assets/sample_assets.py.
    """
    bpy.ops.wm.read_factory_settings(use_empty=True)
    rig = assets.load_rig(shape)
    armature = _add_armature(rig)
    body, eyes = (
        _add_weighted(mesh, rig.group_names, armature)
        for mesh in (assets.load_body(shape), assets.load_garment("eyes", shape))
    )
    pieces = [Piece(_add_object(mesh), _sparse(mesh.skin)) for mesh in assets.make_outfit(size)]
    bpy.context.view_layer.update()
    return Scene(armature, body, eyes, pieces, rig.group_names, assets.load_body("a"))


def bind(obj, armature):
    """Parents the object to the armature and lets its vertex groups follow the bones."""
    obj.parent = armature
    modifier = obj.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature


def set_pose(armature, turns):
    """Poses the armature by world-axis turns, see :data:`POSES`; ``{}`` is the rest pose."""
    for bone in armature.pose.bones:
        rest = (armature.matrix_world @ bone.bone.matrix_local).to_quaternion().to_matrix()
        turn = Matrix.Identity(3)
        for axis, degrees in turns.get(bone.name, ()):
            turn = Matrix.Rotation(radians(degrees), 3, axis) @ turn
        bone.rotation_mode = "QUATERNION"
        bone.rotation_quaternion = (rest.inverted() @ turn @ rest).to_quaternion()
    bpy.context.view_layer.update()


def stand_on_ground(scene):
    """Moves the posed armature up or down until the body's lowest vertex lies at z = 0."""
    scene.armature.location.z = 0.0
    bpy.context.view_layer.update()
    positions = mesh_io.read_evaluated_mesh(scene.body).positions
    scene.armature.location.z = -float(positions[:, 2].min())
    bpy.context.view_layer.update()


def _add_armature(rig):
    armature = bpy.data.armatures.new("Armature")
    obj = bpy.data.objects.new("Armature", armature)
    bpy.context.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="EDIT")
    bones = []
    for name, parent, head, tail, roll in zip(
        rig.names, rig.parents, rig.heads, rig.tails, rig.rolls
    ):
        bone = armature.edit_bones.new(name)
        bone.head, bone.tail, bone.roll = head, tail, roll
        bone.parent = bones[parent] if parent >= 0 else None
        bones.append(bone)
    bpy.ops.object.mode_set(mode="OBJECT")
    return obj


def _add_object(mesh):
    name = mesh.name.capitalize()
    offsets = np.arange(len(mesh.quads) + 1) * 4
    data = mesh_io.create_mesh(name, mesh.positions, offsets, mesh.quads.ravel())
    obj = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(obj)
    return obj


def _add_weighted(mesh, group_names, armature):
    obj = _add_object(mesh)
    vertex_groups.write_vertex_groups(obj, group_names, _sparse(mesh.skin))
    bind(obj, armature)
    return obj


def _sparse(skin):
    return SparseWeights(skin.offsets, skin.groups, skin.weights, skin.group_count)
