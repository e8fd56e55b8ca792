"""Objects that several Blender tests build."""

import bpy
import numpy as np
import sample_assets

from blender_bridge.blender import mesh_io, vertex_groups
from blender_bridge.sparse import SparseWeights


def add_object(mesh, name="Piece"):
    """A linked, active object with the positions and quads of a sample mesh, without groups."""
    offsets = np.arange(len(mesh.quads) + 1) * 4
    data = mesh_io.create_mesh(name, mesh.positions, offsets, mesh.quads.ravel())
    obj = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    obj.select_set(True)
    return obj


def weighted_body_and_outfit():
    """Objects of the sample body with its vertex groups, and of two pieces without any."""
    mesh, names = sample_assets.load_body("a"), sample_assets.load_rig("a").group_names
    body = add_object(mesh, "Body")
    vertex_groups.write_vertex_groups(body, names, sparse(mesh.skin))
    pieces = sample_assets.make_outfit("small")[:2]
    return body, [add_object(piece, piece.name) for piece in pieces]


def report_of(obj):
    """A retarget's report of one mesh, with too many influences and two deep vertices."""
    entry = {
        "name": obj.name, "vertices": len(obj.data.vertices), "triangles": 1, "shape_keys": [],
        "largest_sum_error": 1e-7, "most_influences": 5, "unweighted": 0, "asymmetry": 0.0,
        "wrong_side": 0, "deep_share": 0.004, "deepest": 0.002, "problem_vertices": [2, 5],
        "weight_quality": {"mean_influences": 2.5, "gradient_energy": 31.0},
        "distortion": {"median_longest": 1.1, "median_shortest": 0.9, "inverted_faces": 3,
                       "percentile_99_longest": 1.9, "percentile_1_shortest": 0.6},
    }  # fmt: skip
    return {"warnings": [{}, {}], "meshes": [entry]}


def sparse(skin):
    """A sample mesh's skin weights as the bridge's own type."""
    return SparseWeights(skin.offsets, skin.groups, skin.weights, skin.group_count)


def sparse_from_lists(rows, group_count):
    """Sparse rows, unchecked, from one dict of group to weight for each vertex."""
    offsets = np.cumsum([0] + [len(row) for row in rows]).astype(np.uint32)
    groups = np.array([group for row in rows for group in sorted(row)], np.uint32)
    weights = np.array([row[group] for row in rows for group in sorted(row)], np.float32)
    return SparseWeights.trusted(offsets, groups, weights, group_count)


def members(obj):
    """The object's vertex groups by plain API calls: one dict of name to weight per vertex."""
    names = [group.name for group in obj.vertex_groups]
    return [{names[m.group]: m.weight for m in vertex.groups} for vertex in obj.data.vertices]


def assert_same_rows(actual, expected):
    """Two sparse rows hold the same members with the same bits."""
    np.testing.assert_array_equal(actual.offsets, expected.offsets)
    np.testing.assert_array_equal(actual.groups, expected.groups)
    np.testing.assert_array_equal(actual.weights, expected.weights)
    assert actual.group_count == expected.group_count
