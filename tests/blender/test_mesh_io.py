"""Positions, normals and topology: the same bits as Blender's element-by-element access."""

import bpy
import numpy as np
import pytest
import sample_assets
from scenes import add_object

from blender_bridge.blender import mesh_io, modes
from blender_bridge.errors import HemlineError


@pytest.fixture
def skirt():
    return add_object(sample_assets.load_garment("skirt", "a"))


def test_created_meshes_hold_the_given_geometry(skirt):
    source = sample_assets.load_garment("skirt", "a")
    np.testing.assert_array_equal(mesh_io.read_positions(skirt.data), source.positions)
    offsets, corners = mesh_io.read_polygons(skirt.data)
    np.testing.assert_array_equal(offsets, np.arange(len(source.quads) + 1) * 4)
    np.testing.assert_array_equal(corners, source.quads.ravel())
    edges = np.sort(mesh_io.read_edges(skirt.data), axis=1)
    np.testing.assert_array_equal(edges[np.lexsort(edges.T[::-1])], source.edges)


def test_reads_equal_access_one_element_at_a_time(skirt):
    arrays, mesh = mesh_io.read_mesh(skirt), skirt.data
    np.testing.assert_array_equal(arrays.positions, [tuple(v.co) for v in mesh.vertices])
    np.testing.assert_array_equal(arrays.normals, [tuple(n.vector) for n in mesh.vertex_normals])
    np.testing.assert_array_equal(arrays.edges, [tuple(e.vertices) for e in mesh.edges])
    triangles = mesh.loop_triangles
    np.testing.assert_array_equal(arrays.triangles, [tuple(t.vertices) for t in triangles])
    np.testing.assert_array_equal(arrays.triangle_polygons, [t.polygon_index for t in triangles])
    assert [array.dtype.name for array in vars(arrays).values()] == [
        "float32", "float32", "uint32", "uint32", "uint32",
    ]  # fmt: skip


def test_reads_fill_the_callers_buffers(skirt):
    for read in (
        mesh_io.read_positions,
        mesh_io.read_normals,
        mesh_io.read_triangles,
        mesh_io.read_triangle_polygons,
        mesh_io.read_edges,
    ):
        expected = read(skirt.data)
        out = np.zeros_like(expected)
        assert read(skirt.data, out=out) is out
        np.testing.assert_array_equal(out, expected)
        with pytest.raises(HemlineError, match=r"`out` is .* expected contiguous"):
            read(skirt.data, out=np.zeros(3, expected.dtype))


def test_evaluated_mesh_has_modifiers_applied_and_the_own_mesh_has_not(skirt):
    modifier = skirt.modifiers.new("Subdivision", "SUBSURF")
    modifier.levels = modifier.render_levels = 1
    source = sample_assets.load_garment("skirt", "a")
    arrays = mesh_io.read_evaluated_mesh(skirt)
    assert len(arrays.positions) == len(source.positions) + len(source.edges) + len(source.quads)
    assert len(mesh_io.read_mesh(skirt).positions) == len(source.positions)


def test_our_subdivision_is_blenders_catmull_clark(skirt):
    modifier = skirt.modifiers.new("Subdivision", "SUBSURF")
    modifier.levels = 1
    modifier.use_limit_surface = False
    ours = sample_assets.subdivide(sample_assets.load_garment("skirt", "a")).positions
    blenders = mesh_io.read_evaluated_mesh(skirt).positions
    distance = np.linalg.norm(ours[:, None] - blenders[None], axis=2).min(axis=1)
    assert distance.max() < 1e-5


def test_written_positions_are_read_back_and_normals_follow(skirt):
    positions = mesh_io.read_positions(skirt.data)
    turned = np.ascontiguousarray(positions[:, [1, 0, 2]] * np.float32([-1, 1, 1]))
    normals = mesh_io.read_normals(skirt.data)
    mesh_io.write_positions(skirt, turned)
    np.testing.assert_array_equal(mesh_io.read_positions(skirt.data), turned)
    expected = normals[:, [1, 0, 2]] * np.float32([-1, 1, 1])
    np.testing.assert_allclose(mesh_io.read_normals(skirt.data), expected, atol=1e-5)


def test_shape_keys_keep_their_offsets_when_positions_are_written(skirt):
    basis = skirt.shape_key_add(name="Basis")
    key = skirt.shape_key_add(name="Wide")
    positions = mesh_io.read_positions(skirt.data)
    mesh_io.write_shape_key(key, positions * np.float32([2, 1, 1]))
    moved = positions + np.float32([0, 0, 1])
    mesh_io.write_positions(skirt, moved)
    np.testing.assert_array_equal(mesh_io.read_shape_key(basis), moved)
    np.testing.assert_allclose(
        mesh_io.read_shape_key(key) - moved, positions * np.float32([1, 0, 0]), atol=1e-6
    )
    key.value = 1.0
    np.testing.assert_allclose(
        mesh_io.read_evaluated_mesh(skirt).positions, mesh_io.read_shape_key(key), atol=1e-6
    )


def test_bad_positions_are_named_and_nothing_is_written(skirt):
    positions = mesh_io.read_positions(skirt.data)
    bad = positions.copy()
    bad[7, 1] = np.inf
    with pytest.raises(HemlineError, match=r"`positions` holds .*inf.* for vertex 7"):
        mesh_io.write_positions(skirt, bad)
    with pytest.raises(HemlineError, match=r"\(719, 3\), expected \(720, 3\)"):
        mesh_io.write_positions(skirt, positions[:-1])
    np.testing.assert_array_equal(mesh_io.read_positions(skirt.data), positions)


def test_edit_mode_reads_the_edits_and_refuses_writes(skirt):
    positions = mesh_io.read_positions(skirt.data)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.transform.translate(value=(0, 0, 1))
    arrays = mesh_io.read_mesh(skirt)
    np.testing.assert_allclose(arrays.positions, positions + np.float32([0, 0, 1]), atol=1e-6)
    assert len(arrays.edges) == len(skirt.data.edges)
    with pytest.raises(modes.EditModeError, match="edit mode"):
        mesh_io.write_positions(skirt, positions)
    bpy.ops.object.mode_set(mode="OBJECT")


def test_world_matrix_is_row_major(skirt):
    skirt.location = (1, 2, 3)
    bpy.context.view_layer.update()
    np.testing.assert_array_equal(mesh_io.world_matrix(skirt)[:3, 3], [1, 2, 3])


def test_bone_matrices_of_the_sample_rig_are_blenders():
    rig = sample_assets.load_rig("b")
    armature = bpy.data.armatures.new("Rig")
    obj = bpy.data.objects.new("Rig", armature)
    bpy.context.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="EDIT")
    for name, head, tail, roll in zip(rig.names, rig.heads, rig.tails, rig.rolls):
        bone = armature.edit_bones.new(name)
        bone.head, bone.tail, bone.roll = head, tail, roll
    bpy.ops.object.mode_set(mode="OBJECT")
    blenders = np.array([np.array(armature.bones[name].matrix_local) for name in rig.names])
    np.testing.assert_allclose(rig.matrices, blenders, atol=2e-5)
