# SPDX-License-Identifier: GPL-3.0-or-later
"""Intersecting triangles: both back ends, and a plain crossing test in float64."""

import numpy as np
import pytest

import blender_bridge as hemline

UNIT = np.float32([[0, 0, 0], [4, 0, 0], [0, 4, 0]])


def pairs(one, two):
    return hemline.intersecting_triangles(one, [[0, 1, 2]], two, [[0, 1, 2]]).tolist()


@pytest.mark.parametrize(
    "other, meets",
    [
        ([[1, 1, -1], [1, 1, 1], [9, 9, 1]], True),
        ([[3, 3, -1], [3, 3, 1], [9, 9, 1]], False),
        ([[1, 1, 0], [1, 1, 1], [2, 1, 1]], True),
        ([[1, 1, 1e-45], [1, 1, 1], [2, 1, 1]], False),
        ([[2, 2, 0], [5, 5, 1], [5, 5, 2]], True),
        ([[1, 1, 0], [1.5, 1, 0], [1, 1.5, 0]], True),
        ([[-9, -9, 0], [30, -9, 0], [-9, 30, 0]], True),
        ([[5, 0, 0], [9, 0, 0], [5, 1, 0]], False),
        ([[2.5, 2.5, 0], [9, 0, 0], [9, 9, 0]], False),
        ([[1, 1, -1], [1, 1, 1], [1, 1, -1]], True),
        ([[1, 1, 0], [1, 1, 0], [1, 1, 0]], True),
        ([[1, 1, 0.5], [1, 1, 0.5], [1, 1, 0.5]], False),
    ],
)
def test_two_triangles(other, meets):
    other = np.array(other, np.float32)
    assert pairs(UNIT, other) == ([[0, 0]] if meets else [])
    assert pairs(other, UNIT) == ([[0, 0]] if meets else [])


def test_triangles_with_common_corners():
    square = [[0, 0, 0], [2, 0, 0], [0, 2, 0], [2, 2, 0]]
    others = [[0.5, 0.5, 0], [0.5, 0.5, 1], [3, 3, -1], [-1, -1, 0], [-1, -2, 0], [0, 0, 0]]
    points = np.float32([*square, *others])
    for other, meets in [
        ([1, 3, 2], False),
        ([1, 2, 4], True),
        ([1, 2, 5], False),
        ([2, 0, 1], True),
        ([0, 5, 6], True),
        ([0, 7, 8], False),
        ([9, 7, 8], False),
        ([0, 4, 4], False),
    ]:
        found = hemline.intersecting_triangles(points, [[0, 1, 2], other]).tolist()
        assert found == ([[0, 1]] if meets else []), other


def crossing(segment, triangle):
    """True, False, or None where float64 cannot tell."""
    (p, q), (a, b, c) = segment, triangle
    normal = np.cross(b - a, c - a)
    below, above = normal @ (p - a), normal @ (q - a)
    if below * above >= -1e-12:
        return False if below * above > 1e-12 else None
    x = p + (q - p) * (below / (below - above))
    inside = min(normal @ np.cross(v - u, x - u) for u, v in ((a, b), (b, c), (c, a)))
    return None if abs(inside) < 1e-9 else inside > 0


def test_triangle_soups_and_both_back_ends(backend):
    random = np.random.default_rng(2)
    meshes = []
    for count in (70, 60):
        centres = random.uniform(-1, 1, (count, 1, 3))
        corners = (centres + random.uniform(-0.4, 0.4, (count, 3, 3))).astype(np.float32)
        meshes += [corners.reshape(-1, 3), np.arange(count * 3).reshape(-1, 3)]
    found = {tuple(pair) for pair in hemline.intersecting_triangles(*meshes).tolist()}
    assert len(found) > 20
    t, u = (meshes[i].reshape(-1, 3, 3).astype(np.float64) for i in (0, 2))
    for i, one in enumerate(t):
        for j, two in enumerate(u):
            edges = [(one[[k, k - 1]], two) for k in range(3)]
            edges += [(two[[k, k - 1]], one) for k in range(3)]
            answers = [crossing(*edge) for edge in edges]
            if True in answers or None not in answers:
                assert ((i, j) in found) == (True in answers)
    own = hemline.intersecting_triangles(*meshes[:2])
    assert (own[:, 0] < own[:, 1]).all() and own.tolist() == sorted(own.tolist())
    hemline.use_backend("fallback")
    np.testing.assert_array_equal(hemline.intersecting_triangles(*meshes[:2]), own)


def test_empty_meshes_and_bad_arguments():
    none = np.empty((0, 3))
    assert hemline.intersecting_triangles(none, none.astype(int)).shape == (0, 2)
    with pytest.raises(hemline.IndexOutOfRange, match="triangles"):
        hemline.intersecting_triangles(UNIT, [[0, 1, 3]])
    with pytest.raises(hemline.NotFinite, match="other_points"):
        hemline.intersecting_triangles(UNIT, [[0, 1, 2]], UNIT * np.nan, [[0, 1, 2]])
    with pytest.raises(hemline.InvalidArgument, match="other_triangles"):
        hemline.intersecting_triangles(UNIT, [[0, 1, 2]], UNIT)
