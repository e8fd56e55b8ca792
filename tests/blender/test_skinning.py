"""Skinning against Blender's own armature modifier, and its inverse back to the rest shape."""

import bpy
import numpy as np
import pytest
from mathutils import Euler, Matrix, Vector

import blender_bridge as hemline

BONES = 6
VERTICES = 2000


def armature_object(random, scales):
    """A chain with a branch, posed; bones that scale when asked for."""
    data = bpy.data.armatures.new("rig")
    armature = bpy.data.objects.new("rig", data)
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for bone in range(BONES):
        edit = data.edit_bones.new(f"bone{bone}")
        edit.head = Vector((0.1 * bone, 0.2 * (bone % 2), 0.3 * bone))
        edit.tail = edit.head + Vector((0.05, 0.1 * (bone % 3), 0.3))
        edit.roll = 0.3 * bone
        if bone:
            edit.parent = data.edit_bones[f"bone{max(bone - 2, 0)}"]
    bpy.ops.object.mode_set(mode="OBJECT")
    for channel in armature.pose.bones:
        channel.rotation_mode = "XYZ"
        channel.rotation_euler = Euler(random.uniform(-0.7, 0.7, 3))
        channel.location = random.uniform(-0.1, 0.1, 3)
        if scales:
            channel.scale = random.uniform(0.7, 1.4, 3)
    return armature


def costume_object(random, armature):
    """A cloud of vertices with up to four groups each; the last group has no bone."""
    mesh = bpy.data.meshes.new("costume")
    positions = random.uniform((-0.5, -0.5, 0), (0.7, 0.7, 1.8), (VERTICES, 3))
    mesh.from_pydata(positions.tolist(), [], [])
    costume = bpy.data.objects.new("costume", mesh)
    bpy.context.collection.objects.link(costume)
    dense = random.random((VERTICES, BONES + 1)).astype(np.float32)
    dense[dense < 0.6] = 0.0
    for group in range(BONES + 1):
        vertex_group = costume.vertex_groups.new(name=f"bone{group}")
        for vertex in np.flatnonzero(dense[:, group]):
            vertex_group.add([int(vertex)], float(dense[vertex, group]), "REPLACE")
    costume.matrix_world = Matrix.LocRotScale((0.1, 0.2, 0.3), Euler((0.1, 0.2, 0.3)), (1, 2, 0.5))
    modifier = costume.modifiers.new("armature", "ARMATURE")
    modifier.object = armature
    return costume, dense


def positions_of(mesh):
    found = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", found)
    return found.reshape(-1, 3)


@pytest.mark.parametrize("scales", [False, True])
@pytest.mark.parametrize("blend", ["linear", "dual_quaternion"])
def test_skinning_is_the_armature_modifier(blend, scales):
    if blend == "dual_quaternion" and scales and bpy.app.version < (4, 2):
        pytest.skip("Blender 3.4 preserves volume in another way under scaled bones than 4.2 does")
    random = np.random.default_rng(4)
    armature = armature_object(random, scales)
    armature.matrix_world = Matrix.LocRotScale((0, 0.5, 0), Euler((0.3, 0, 0)), (1, 1, 1))
    costume, dense = costume_object(random, armature)
    costume.modifiers[0].use_deform_preserve_volume = blend == "dual_quaternion"
    bpy.context.view_layer.update()
    evaluated = costume.evaluated_get(bpy.context.evaluated_depsgraph_get())
    posed = positions_of(evaluated.data)
    rest_shape = positions_of(costume.data)

    channels = armature.pose.bones
    skinning = {
        "rest": np.array([channel.bone.matrix_local for channel in channels]),
        "pose": np.array([channel.matrix for channel in channels]),
        "group_bones": [channels.find(group.name) for group in costume.vertex_groups],
        "to_armature": np.array(armature.matrix_world.inverted() @ costume.matrix_world),
        "blend": blend,
    }
    found = hemline.skin_points(dense, positions=rest_shape, **skinning)
    assert np.abs(found.positions - posed).max() < 1e-5
    assert np.abs(posed - rest_shape).max() > 0.1
    back = hemline.unskin_points(dense, positions=posed, **skinning)
    solved = back.status == hemline.VertexStatus.SKINNED
    assert solved.mean() > 0.95
    assert np.abs(back.positions - rest_shape)[solved].max() < 1e-5


def test_pose_algebra_is_blenders():
    armature = armature_object(np.random.default_rng(7), scales=True)
    bpy.context.view_layer.update()
    channels = armature.pose.bones
    parents = [channels.find(c.parent.name) if c.parent else -1 for c in channels]
    rest = np.array([channel.bone.matrix_local for channel in channels])
    pose = np.array([channel.matrix for channel in channels])
    basis = np.array([channel.matrix_basis for channel in channels])
    np.testing.assert_allclose(hemline.basis_from_pose(parents, rest, pose), basis, atol=1e-5)
    np.testing.assert_allclose(hemline.pose_from_basis(parents, rest, basis), pose, atol=1e-5)
