"""Measures of a retarget's mesh: what is counted, and which vertices have the problems."""

from types import SimpleNamespace

import numpy as np

import blender_bridge as hemline
from blender_bridge.pipeline.model import Body, CostumeMesh, Outfit, Skeleton
from blender_bridge.pipeline.quality import mesh_measures

LEFT, RIGHT, NONE = (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)
ROLES = {"左手": "LeftHand", "右手": "RightHand"}
#: A cube's corners, and faces that turn outwards.
CORNERS = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def rows(*weights):
    return hemline.SparseWeights.from_dense(np.array(weights, np.float32))


def test_problem_vertices_are_those_that_are_counted():
    heads = np.zeros((2, 3))
    skeleton = Skeleton(list(ROLES), np.array([-1, -1]), heads, heads + 1, heads + 1)
    triangles = [corners for a, b, c, d in QUADS for corners in ((a, b, c), (a, c, d))]
    body = Body(
        skeleton,
        np.array(CORNERS, np.float32),
        np.array(triangles, np.uint32),
        rows(*(LEFT if x > 0 else RIGHT for x, _, _ in CORNERS)),
    )
    cases = [
        ((1.1, 0.0, 0.0), LEFT, "as it should be"),
        ((0.9, 0.1, 0.0), LEFT, "deep"),
        ((1.1, 0.2, 0.0), RIGHT, "wrong side"),
        ((1.1, 0.0, 0.3), NONE, "without weights"),
        ((-1.1, 0.0, 0.1), RIGHT, "as it should be"),
        ((-0.8, 0.2, 0.1), LEFT, "deep, and on the wrong side"),
    ]
    points, weights, _ = zip(*cases)
    faces = np.array([[0, 1, 2], [1, 2, 3], [3, 4, 5]], np.uint32)
    edges = np.array([[0, 1], [1, 2], [3, 4]], np.uint32)
    mesh = CostumeMesh("袖", np.array(points, np.float32), faces, edges, rows(*weights))
    target = SimpleNamespace(role_of_bone=ROLES, bone_of_role={r: b for b, r in ROLES.items()})
    outfit = Outfit(skeleton, [mesh])
    [found] = mesh_measures(outfit, outfit, body, target)
    assert found["problem_vertices"] == [1, 2, 3, 5]
    assert found["deep_vertices"] == 2 and found["wrong_side"] == 2 and found["unweighted"] == 1
    assert abs(found["deepest"] - 0.2) < 1e-6 and abs(found["deep_share"] - 2 / 6) < 1e-9
