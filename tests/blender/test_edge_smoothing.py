"""Edge smoothing beside Blender's own operator for vertex groups."""

import bmesh
import bpy
import numpy as np
import pytest

import blender_bridge as hemline
from blender_bridge.blender import mesh_io, vertex_groups


def grid_object(random, groups):
    """A bent grid with random weights, some vertices in no group at all."""
    mesh = bpy.data.meshes.new("Grid")
    shape = bmesh.new()
    bmesh.ops.create_grid(shape, x_segments=14, y_segments=11, size=1.0)
    bmesh.ops.triangulate(shape, faces=shape.faces[:40])
    shape.to_mesh(mesh)
    shape.free()
    obj = bpy.data.objects.new("Grid", mesh)
    bpy.context.collection.objects.link(obj)
    dense = random.random((len(mesh.vertices), groups)).astype(np.float32)
    dense[random.random(dense.shape) < 0.4] = 0.0
    names = [f"group {index}" for index in range(groups)]
    rows = hemline.SparseWeights.from_dense(dense)
    vertex_groups.write_vertex_groups(obj, names, rows)
    return obj, names, dense


@pytest.mark.parametrize("expand", [0.0, 0.25, 1.0, -0.5])
@pytest.mark.parametrize("factor, repeat", [(0.5, 3), (0.3, 10), (1.0, 1)])
def test_edge_smoothing_is_blenders_operator(factor, repeat, expand):
    obj, names, dense = grid_object(np.random.default_rng(7), groups=3)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="WEIGHT_PAINT")
    bpy.ops.object.vertex_group_smooth(
        group_select_mode="ALL", factor=factor, repeat=repeat, expand=expand
    )
    bpy.ops.object.mode_set(mode="OBJECT")
    expected = vertex_groups.read_vertex_groups(obj, names).to_dense()
    edges = mesh_io.read_mesh(obj).edges
    found = hemline.smooth_weights_on_edges(
        edges, dense, factor=factor, iterations=repeat, expand=expand
    )
    assert np.abs(expected - dense).max() > 0.05
    assert np.abs(found - expected).max() < 1e-5
