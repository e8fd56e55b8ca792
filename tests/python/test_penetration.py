# SPDX-License-Identifier: GPL-3.0-or-later
"""Penetration against the winding number, its repair, and distortion of faces."""

import numpy as np
import pytest
import sample_assets

import blender_bridge as hemline

RANDOM = np.random.default_rng(11)


def ball(levels, radius):
    """A bumpy ball; the middles of edges are there twice, once for each of their triangles."""
    points = np.concatenate([np.eye(3), -np.eye(3)])
    triangles = np.array(
        [[0, 1, 2], [1, 3, 2], [3, 4, 2], [4, 0, 2], [1, 0, 5], [3, 1, 5], [4, 3, 5], [0, 4, 5]]
    )
    for _ in range(levels):
        middles = points[triangles] + points[np.roll(triangles, -1, axis=1)]
        middles /= np.linalg.norm(middles, axis=2, keepdims=True)
        ab, bc, ca = (len(points) + np.arange(middles[:, 0].size).reshape(-1, 3)).T
        a, b, c = triangles.T
        points = np.concatenate([points, middles.reshape(-1, 3)])
        corners = [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
        triangles = np.concatenate([np.stack(three, axis=1) for three in corners])
    return (points * radius(points)[:, None]).astype(np.float32), triangles.astype(np.uint32)


def winding_numbers(points, triangles, queries):
    """How often the surface winds about each query (Van Oosterom and Strackee 1983), float64."""
    corners = points.astype(np.float64)[triangles][None] - queries.astype(np.float64)[:, None, None]
    a, b, c = np.moveaxis(corners, 2, 0)
    la, lb, lc = (np.linalg.norm(corner, axis=2) for corner in (a, b, c))
    dot = lambda p, q: np.einsum("qti,qti->qt", p, q)  # noqa: E731
    below = la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb
    return 2 * np.arctan2(dot(a, np.cross(b, c)), below).sum(axis=1) / (4 * np.pi)


BODY = ball(3, lambda p: 0.2 + 0.04 * np.sin(5 * p[:, 0] + 2 * p[:, 2]) * p[:, 1])
NEARBY = RANDOM.uniform(-0.3, 0.3, (300, 3)).astype(np.float32)


def test_depth_is_distance_signed_by_the_winding_number():
    surface = hemline.Surface(*BODY)
    depths = hemline.penetration(NEARBY, surface)
    np.testing.assert_allclose(np.abs(depths), surface.closest_points(NEARBY).distances, atol=1e-6)
    inside = winding_numbers(*BODY, NEARBY) > 0.5
    assert inside.any() and not inside.all()
    np.testing.assert_array_equal(depths > 0, inside)
    limited = hemline.penetration(NEARBY, surface, 0.05, out=np.empty(300, np.float32))
    near = np.abs(depths) <= 0.05
    np.testing.assert_array_equal(limited[near], depths[near])
    assert np.isneginf(limited[~near]).all()


def test_a_real_body_knows_its_inside(backend):
    body = sample_assets.load_body("a")
    surface = hemline.Surface(body.positions, body.triangles)
    below, above = (body.positions + shift * body.normals for shift in (-0.001, 0.001))
    # Eyes and mouth have folds thinner than that.
    assert (hemline.penetration(below[::7], surface) > 0).mean() > 0.99
    assert (hemline.penetration(above[::7], surface) < 0).mean() > 0.99


def test_open_borders_two_sides_and_nothing_have_no_inside():
    points = np.float32([[0, 0, 0], [1, 0, 0], [0, 1, 0]])
    queries = np.float32([[0.2, 0.2, -0.1], [-0.1, -0.1, -0.1]])
    one = hemline.Surface(points, [[0, 1, 2]])
    np.testing.assert_allclose(hemline.penetration(queries, one), [0.1, -np.sqrt(0.03)], rtol=1e-5)
    # Faces without area neither close a border nor open one.
    with_flat = hemline.Surface(points, [[0, 1, 2], [1, 1, 2], [0, 0, 0]])
    assert hemline.penetration(queries, with_flat)[0] == pytest.approx(0.1)
    two = hemline.Surface(points, [[0, 1, 2], [0, 2, 1]])
    assert hemline.penetration([[1, 1, -1]], two)[0] < 0
    nothing = hemline.Surface(np.empty((0, 3)), np.empty((0, 3), int))
    assert np.isneginf(hemline.penetration(queries, nothing)).all()
    assert len(hemline.penetration(np.empty((0, 3)), one)) == 0


def test_the_repair_leaves_nothing_inside_and_moves_as_the_specification_says():
    surface = hemline.Surface(*BODY)
    noise = RANDOM.uniform(-0.02, 0.004, (len(BODY[0]), 1))
    costume = (BODY[0] * (1 + noise)).astype(np.float32)
    found = hemline.repair_penetration(costume, surface, clearance=0.001)
    np.testing.assert_array_equal(found.depths_before, hemline.penetration(costume, surface))
    np.testing.assert_allclose(found.depths, hemline.penetration(found.points, surface), atol=1e-7)
    assert found.depths_before.max() > 0.001 and found.depths.max() < 1e-5
    assert (found.depths <= np.maximum(found.depths_before, 0) + 2e-6).all()
    hemline.use_backend("fallback")
    again = hemline.repair_penetration(costume, hemline.Surface(*BODY), clearance=0.001)
    np.testing.assert_allclose(found.points, again.points, atol=2e-5)
    hemline.use_backend()


def test_original_offsets_come_back_and_layers_keep_their_order():
    points, triangles = ball(3, lambda p: np.full(len(p), 0.2))
    surface = hemline.Surface(points, triangles)
    layers = np.concatenate([points * 0.99, points * 1.005]).astype(np.float32)
    offsets = np.repeat([0.003, 0.006], len(points)).astype(np.float32)
    found = hemline.repair_penetration(layers, surface, offsets=offsets)
    inner, outer = (np.linalg.norm(found.points, axis=1) - 0.2).reshape(2, -1)
    assert (outer - inner > 0.002).all()
    np.testing.assert_allclose(np.median(inner), 0.003, atol=3e-4)


def test_what_lay_inside_the_first_body_need_not_come_out_altogether():
    surface = hemline.Surface(*ball(4, lambda p: np.full(len(p), 0.2)))
    axes = np.float32([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0]])
    offsets = np.float32([-0.004, -0.00025, 0.0, 0.002])
    found = hemline.repair_penetration(axes * 0.195, surface, offsets=offsets)
    np.testing.assert_allclose(-found.depths, [-0.0005, 0.0, 0.0005, 0.002], atol=1e-5)


def test_a_rigid_part_moves_as_a_whole():
    surface = hemline.Surface(*ball(4, lambda p: np.full(len(p), 0.2)))
    button = np.float32([[0, 0, 0.195], [0.02, 0, 0.195], [0, 0.02, 0.195], [0.5, 0.5, 0.5]])
    labels = np.array([2, 2, 2, -1])
    found = hemline.repair_penetration(button, surface, rigid_labels=labels)
    shift = found.points - button
    assert np.ptp(shift[:3], axis=0).max() < 1e-6 and np.linalg.norm(shift[0]) > 0.004
    assert (shift[3] == 0).all() and found.depths.max() < 1e-5
    with pytest.raises(hemline.IndexOutOfRange, match="rigid_labels"):
        hemline.repair_penetration(button, surface, rigid_labels=[0, 1, 2, 4])
    with pytest.raises(hemline.Cancelled):
        hemline.repair_penetration(button, surface, progress=lambda _: False)
    with pytest.raises(hemline.InvalidArgument, match="clearance"):
        hemline.repair_penetration(button, surface, clearance=-1)


def test_stretches_are_singular_values():
    before = RANDOM.random((30, 3)).astype(np.float32)
    after = RANDOM.random((30, 3)).astype(np.float32)
    triangles = np.array([RANDOM.permutation(30)[:3] for _ in range(40)])
    found = hemline.face_distortion(before, after, triangles)
    for triangle, stretch in zip(triangles, found.stretches):
        a, b, c = before[triangle].astype(np.float64)
        # In an orthonormal frame of the plane, the map's matrix.
        frame = np.linalg.qr(np.stack([b - a, c - a], axis=1))[0]
        edges = frame.T @ np.stack([b - a, c - a], axis=1)
        p, q, r = after[triangle].astype(np.float64)
        values = np.linalg.svd(np.stack([q - p, r - p], axis=1) @ np.linalg.inv(edges))[1]
        np.testing.assert_allclose(stretch, values, rtol=1e-4, atol=1e-5)


def test_a_pose_inverts_nothing_and_a_fold_does():
    x, y = np.meshgrid(np.arange(6.0), np.arange(6.0))
    points = np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3).astype(np.float32)
    corner = (6 * np.arange(5)[:, None] + np.arange(5)).ravel()
    first = np.stack([corner, corner + 1, corner + 6], axis=1)
    second = np.stack([corner + 1, corner + 7, corner + 6], axis=1)
    triangles = np.concatenate([first, second, [[0, 0, 1], [0, 1, 2]]])
    turned = points * np.float32([-1, 1, -1])
    found = hemline.face_distortion(points, turned, triangles)
    np.testing.assert_allclose(found.stretches, 1, atol=1e-6)
    assert not found.inverted.any()
    turned[14] += np.float32([-1.6, 1.6, 0])
    inverted = hemline.face_distortion(points, turned, triangles).inverted
    assert inverted.any() and (triangles[inverted] == 14).any(axis=1).all()
