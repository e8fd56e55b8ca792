"""Vertex groups: exact round trips, exact membership, and nothing else touched."""

import bpy  # isort: skip  (the module brings bmesh with it)
import bmesh
import numpy as np
import pytest
import sample_assets
from scenes import add_object, assert_same_rows, members, sparse, sparse_from_lists

from blender_bridge.blender import modes
from blender_bridge.blender.vertex_groups import (
    WriteSummary,
    read_vertex_groups,
    vertex_group_names,
    write_vertex_groups,
)
from blender_bridge.errors import HemlineError
from blender_bridge.sparse import SparseWeights

NAMES = ["first", "second", "third"]
ROWS = [{0: 0.25, 2: 0.75}, {}, {1: 1.0}, {0: 0.0, 1: 0.125}]


@pytest.fixture
def plane():
    """Four vertices, one quad, no vertex groups."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    quads = np.array([[0, 1, 2, 3]], np.uint32)
    skin = sample_assets.SparseRows.from_dense(np.zeros((4, 1)))
    return add_object(sample_assets.Mesh("plane", corners, quads, skin))


def named(rows, names=NAMES):
    return [{names[group]: weight for group, weight in row.items()} for row in rows]


def random_rows(rng, vertex_count, group_count):
    """Rows of up to five groups in which zero and one are frequent."""
    choices = np.array([0.0, 1.0, 0.5, *rng.random(5)], np.float32)
    rows = []
    for _ in range(vertex_count):
        groups = rng.permutation(group_count)[: rng.integers(0, 6)]
        rows.append({int(group): float(rng.choice(choices)) for group in groups})
    return rows


def test_body_weights_round_trip_bit_for_bit():
    body = sample_assets.load_body("a")
    obj, rows = add_object(body), sparse(body.skin)
    names = sample_assets.load_rig("a").group_names
    assert write_vertex_groups(obj, names, rows) == WriteSummary(len(rows.groups), 0, 0)
    assert vertex_group_names(obj) == names
    assert_same_rows(read_vertex_groups(obj), rows)
    assert members(obj)[1000] == {
        names[group]: weight
        for group, weight in zip(
            rows.groups[rows.offsets[1000] : rows.offsets[1001]].tolist(),
            rows.weights[rows.offsets[1000] : rows.offsets[1001]].tolist(),
        )
    }


def test_zero_weights_are_members_and_empty_rows_are_not(plane):
    write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
    assert members(plane) == named(ROWS)


def test_any_state_becomes_any_other_state_exactly():
    rng = np.random.default_rng(5)
    obj = add_object(sample_assets.load_garment("eyes", "a"))
    count, names = len(obj.data.vertices), [f"group {index}" for index in range(9)]
    for step in range(8):
        rows = random_rows(rng, count, len(names))
        order = rng.permutation(len(names)).tolist()  # columns need not follow the stored order
        permuted = [{order.index(group): row[group] for group in row} for row in rows]
        columns = [names[group] for group in order]
        target = sparse_from_lists(permuted, len(names))
        current = read_vertex_groups(obj, columns) if step % 2 else None
        write_vertex_groups(obj, columns, target, current)
        assert members(obj) == named(rows, names)
        halved = SparseWeights(target.offsets, target.groups, target.weights / 2, len(names))
        write_vertex_groups(obj, columns, halved)  # weights alone change
        assert_same_rows(read_vertex_groups(obj, columns), halved)
        write_vertex_groups(obj, columns, target)
        assert_same_rows(read_vertex_groups(obj, columns), target)


def test_only_what_differs_is_written(plane):
    rows = sparse_from_lists(ROWS, 3)
    write_vertex_groups(plane, NAMES, rows)
    assert write_vertex_groups(plane, NAMES, rows) == WriteSummary(0, 0, 0)
    changed = [{0: 0.5, 2: 0.75}, {1: 0.5}, {}, {0: 0.0, 1: 0.125}]
    current = read_vertex_groups(plane, NAMES)
    summary = write_vertex_groups(plane, NAMES, sparse_from_lists(changed, 3), current)
    assert summary == WriteSummary(added=1, changed=1, removed=1)
    assert members(plane) == named(changed)


def test_other_groups_keep_their_members_and_weights(plane):
    other = plane.vertex_groups.new(name="mask")
    other.add([0, 3], 0.3, "REPLACE")
    write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
    write_vertex_groups(plane, ["first"], sparse_from_lists([{}, {0: 0.5}, {}, {0: 1.0}], 1))
    mask = np.float32(0.3).item()
    assert members(plane) == [
        {"third": 0.75, "mask": mask},
        {"first": 0.5},
        {"second": 1.0},
        {"first": 1.0, "second": 0.125, "mask": mask},
    ]


def test_reading_picks_groups_by_name_and_order(plane):
    write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
    picked = read_vertex_groups(plane, ["third", "absent", "first"])
    expected = [{0: 0.75, 2: 0.25}, {}, {}, {2: 0.0}]
    assert_same_rows(picked, sparse_from_lists(expected, 3))


def test_reading_a_mesh_without_groups_gives_empty_rows(plane):
    assert_same_rows(read_vertex_groups(plane), sparse_from_lists([{}] * 4, 0))


def test_evaluated_copies_and_shape_keys_are_left_alone(plane):
    plane.shape_key_add(name="Basis")
    key = plane.shape_key_add(name="Up")
    key.data[2].co.z = 1.5
    write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
    evaluated = plane.evaluated_get(bpy.context.evaluated_depsgraph_get())
    half = [{group: weight / 2 for group, weight in row.items()} for row in ROWS]
    before = read_vertex_groups(plane, mesh=evaluated.data)
    write_vertex_groups(plane, NAMES, sparse_from_lists(half, 3))
    assert_same_rows(read_vertex_groups(plane, mesh=evaluated.data), before)
    assert members(plane) == named(half)
    bpy.context.view_layer.update()
    evaluated = plane.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert_same_rows(read_vertex_groups(plane, mesh=evaluated.data), sparse_from_lists(half, 3))
    assert plane.data.shape_keys.key_blocks["Up"].data[2].co.z == 1.5


def test_members_that_a_removed_group_left_behind_do_not_come_back(plane):
    mesh = bmesh.new()
    mesh.from_mesh(plane.data)
    layer = mesh.verts.layers.deform.verify()
    mesh.verts.ensure_lookup_table()
    mesh.verts[1][layer][1] = 0.5
    mesh.to_mesh(plane.data)
    mesh.free()
    assert len(plane.data.vertices[1].groups) == 1 and not plane.vertex_groups
    write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
    assert members(plane) == named(ROWS)


def test_writing_in_edit_mode_is_refused_and_reading_sees_the_edits(plane):
    write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    plane.vertex_groups.active_index = 1
    bpy.context.scene.tool_settings.vertex_group_weight = 0.5
    bpy.ops.object.vertex_group_assign()
    seen = read_vertex_groups(plane, ["second"])
    np.testing.assert_array_equal(seen.weights, [0.5] * 4)
    with pytest.raises(modes.EditModeError, match=r"'Piece'.*edit mode.*Tab"):
        write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
    with modes.object_mode():
        write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
        assert plane.mode == "OBJECT"
    assert plane.mode == "EDIT"
    bpy.ops.object.mode_set(mode="OBJECT")
    assert members(plane) == named(ROWS)


def test_object_mode_is_restored_after_an_error(plane):
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(RuntimeError, match="inside"), modes.object_mode():
        raise RuntimeError("inside")
    assert plane.mode == "EDIT"


@pytest.mark.parametrize(
    ("names", "rows", "message"),
    [
        (NAMES, [{}] * 3, "`rows` holds 3 elements, expected 4"),
        (NAMES[:2], ROWS, "gives vertex 0 the group 2, expected below 2"),
        (NAMES, [{}, {1: 1.5}, {}, {}], "gives vertex 1 the weight 1.5, expected 0 to 1"),
        (NAMES, [{}, {}, {2: np.nan}, {}], "gives vertex 2 the weight nan"),
        (["a", "b", "a"], ROWS, "`names` holds 'a' more than once"),
        (["a", "", "c"], ROWS, "`names` holds '', expected names of 1 to 63 bytes"),
        (["a", "b", "é" * 32], ROWS, "1 to 63 bytes"),
    ],
)
def test_bad_input_is_named_and_writes_nothing(plane, names, rows, message):
    write_vertex_groups(plane, NAMES, sparse_from_lists(ROWS, 3))
    with pytest.raises(HemlineError, match=message):
        write_vertex_groups(plane, names, sparse_from_lists(rows, 3))
    assert vertex_group_names(plane) == NAMES
    assert members(plane) == named(ROWS)
