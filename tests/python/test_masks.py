# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks by distance and angle, against SEMANTICS' formulas vertex by vertex in float64."""

import numpy as np
import pytest

import blender_bridge as hemline
from blender_bridge.ramps import face_centres, face_normals, triangle_edges


def grid(rows, columns, step, height):
    """A sheet of quads, two triangles each; `height` is a function of x and y."""
    y, x = np.meshgrid(np.arange(rows) * step, np.arange(columns) * step, indexing="ij")
    points = np.stack([x, y, height(x, y)], axis=-1).reshape(-1, 3).astype(np.float32)
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    quads = np.stack([corner, corner + 1, corner + columns + 1, corner + columns], axis=1)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return points, triangles.astype(np.uint32)


@pytest.fixture
def body():
    """A wavy body: its closest points rarely tie."""
    return grid(14, 14, 0.021, lambda x, y: 0.01 * np.sin(9 * x + 0.3) * np.cos(7 * y))


@pytest.fixture
def costume():
    """Near and parallel on one side, lifted and folded on the other."""
    return grid(21, 19, 0.0083, lambda x, y: 0.013 + 1.2 * np.maximum(x - 0.06, 0) * (y > 0.07))


def closest_faces(points, triangles, queries):
    """Distance and normal of the nearest face of each query: all pairs, plane and three edges."""
    a, b, c = points.astype(np.float64)[triangles].transpose(1, 0, 2)
    queries = queries.astype(np.float64)[:, None]
    normal = np.cross(b - a, c - a)
    height = ((queries - a) * normal).sum(axis=2) / (normal**2).sum(axis=1)
    foot = queries - height[..., None] * normal
    distance = np.abs(height) * np.linalg.norm(normal, axis=1)
    for p, q in ((a, b), (b, c), (c, a)):
        outside = (np.cross(q - p, foot - p) * normal).sum(axis=2) < 0
        distance[outside] = np.inf
    for p, q in ((a, b), (b, c), (c, a)):
        along = ((queries - p) * (q - p)).sum(axis=2) / ((q - p) ** 2).sum(axis=1)
        on_edge = p + np.clip(along, 0, 1)[..., None] * (q - p)
        distance = np.minimum(distance, np.linalg.norm(queries - on_edge, axis=2))
    face = distance.argmin(axis=1)
    return distance.min(axis=1), normal[face]


def angle(a, b):
    cosine = abs(a @ b) / (np.linalg.norm(a) * np.linalg.norm(b))
    return np.degrees(np.arccos(min(cosine, 1.0)))


def edge_smooth(mask, triangles, factor, iterations, expand):
    neighbours = [set() for _ in mask]
    for i, j in triangle_edges(triangles):
        neighbours[i].add(j)
        neighbours[j].add(i)
    for _ in range(iterations):
        new = mask.copy()
        for v, own in enumerate(mask):
            total = weight = 0.0
            for u in neighbours[v]:
                if expand > 0 and mask[u] < own:
                    total += (mask[u] * (1 - expand) + own * expand) * (1 - expand)
                    weight += 1 - expand
                else:
                    total += mask[u]
                    weight += 1
            if weight:
                new[v] = total / weight * factor + own * (1 - factor)
        mask = new
    return mask


def ball(points, radius):
    wide = points.astype(np.float64)
    return [np.flatnonzero(np.linalg.norm(wide - p, axis=1) <= radius) for p in wide]


def drop(mask, threshold=0.5):
    return np.where(mask <= threshold, 0.0, mask)


def test_inpaint_mask_follows_the_formula(body, costume):
    points, triangles = costume
    wide = points.astype(np.float64)
    nearest = closest_faces(*body, wide[triangles].mean(axis=1))[1]
    angles = map(angle, face_normals(points, triangles), nearest)
    turned = np.array(list(angles)) >= 20
    far = closest_faces(*body, wide)[0] >= 0.005
    expected = np.zeros(len(points))
    near = ball(points, 0.01)
    for vertex, others in enumerate(ball(points, 0.009)):
        faces = np.isin(triangles, others).any(axis=1)
        expected[vertex] = far[vertex] and turned[faces].all()
    assert 0 < expected.sum() < len(points)
    expected = drop(edge_smooth(expected, triangles, 0.3, 10, 0.25))
    for reduce in (np.max, np.min):
        expected = np.array([reduce(expected[others]) for others in near])
    with hemline.Surface(*body) as surface:
        mask = hemline.inpaint_mask(surface, points, triangles, face_radius=0.009)
    # Where neighbours are equal but for rounding, the expansion takes one or the other branch.
    np.testing.assert_allclose(mask, expected, atol=1e-3)
    assert np.isclose(mask, expected, atol=2e-6).mean() > 0.8


def test_smooth_mask_follows_the_formula(body, costume):
    points, triangles = costume
    wide = points.astype(np.float64)
    centres = face_centres(points, triangles).astype(np.float64)
    normals = face_normals(points, triangles)
    against = (normals * closest_faces(*body, centres)[1]).sum(axis=1) < 0
    normals[against] *= -1
    distances, body_normals = closest_faces(*body, wide)
    expected = np.zeros(len(points))
    for vertex, point in enumerate(wide):
        between = np.linalg.norm(centres - point, axis=1)
        share = np.maximum(0, 1 - between / 0.01) * (between <= 0.01)
        turn = angle((normals * share[:, None]).sum(axis=0), body_normals[vertex])
        ramps = np.clip([(distances[vertex] - 0.005) / 0.01, (turn - 15) / 15], 0, 1)
        expected[vertex] = ramps.prod()
    assert expected.max() > 0.1
    expected = drop(edge_smooth(expected, triangles, 0.3, 10, 0.0), 0.2)
    expected = np.array([expected[others].max() for others in ball(points, 0.02)])
    kernel = np.exp(-((wide[:, None] - wide) ** 2).sum(axis=2) / (2 * (0.05 / 3) ** 2))
    for vertex, others in enumerate(ball(points, 0.05)):
        kernel[vertex, np.setdiff1d(np.arange(len(points)), others)] = 0
    expected = kernel @ expected / kernel.sum(axis=1)
    factor = np.linspace(0, 1, len(points), dtype=np.float32)
    with hemline.Surface(*body) as surface:
        mask = hemline.smooth_mask(surface, points, triangles, factor=factor, threshold=0.2)
    np.testing.assert_allclose(mask, expected * factor, atol=5e-6)


def test_building_blocks(body, costume):
    points, triangles = costume
    with hemline.Surface(*body) as surface:
        falloff = hemline.distance_falloff(surface, points, 0.01, 0.02)
        distances = surface.closest_points(points).distances
        np.testing.assert_allclose(falloff, np.clip((0.02 - distances) / 0.01, 0, 1), atol=1e-5)
        plain = hemline.averaged_normals(points, triangles, 0.012)
        turned = hemline.averaged_normals(points, triangles[:, ::-1], 0.012, surface)
        angles = hemline.angles_to_surface(surface, points, plain)
        np.testing.assert_allclose(
            angles, hemline.angles_to_surface(surface, points, turned), atol=1e-3
        )
    assert ((angles >= 0) & (angles <= 90)).all()
    # The unturned, reversed faces average to the opposite normals.
    reversed_ = hemline.averaged_normals(points, triangles[:, ::-1], 0.012)
    np.testing.assert_allclose(reversed_, -plain, atol=1e-12)


def test_closing_fills_gaps_narrower_than_the_radius():
    points = np.zeros((9, 3), np.float32)
    points[:, 0] = np.arange(9)
    mask = np.array([1, 1, 0, 1, 1, 0, 0, 0, 0], np.float32)
    closed = hemline.close_mask(points, mask, 1.0)
    np.testing.assert_array_equal(closed, [1, 1, 1, 1, 1, 0, 0, 0, 0])


def test_vertices_near_faces():
    points, triangles = grid(3, 6, 1.0, lambda x, y: 0 * x)
    near = hemline.vertices_near_faces(points, triangles, [0], 1.0)
    surface = hemline.Surface(points, triangles[:1])
    expected = surface.closest_points(points).distances <= 1.0
    np.testing.assert_array_equal(near, expected)
    assert 3 < near.sum() < len(points)
    chosen = np.zeros(len(triangles), bool)
    assert not hemline.vertices_near_faces(points, triangles, chosen, 9.0).any()


def test_degenerate_and_empty_meshes_have_masks(body):
    nothing = np.zeros((0, 3), np.float32)
    loose = np.array([[0, 0, 1], [0, 0, 1], [0, 0.1, 0.001]], np.float32)
    flat = np.array([[0, 1, 2], [1, 1, 1]], np.uint32)
    for surface in (hemline.Surface(*body), hemline.Surface(nothing, nothing.astype(np.uint32))):
        for mask in (hemline.inpaint_mask, hemline.smooth_mask):
            assert mask(surface, nothing, nothing.astype(np.uint32)).shape == (0,)
            found = mask(surface, loose, flat)
            assert np.isfinite(found).all() and (found >= 0).all() and (found <= 1).all()


def test_bad_arguments_are_named(body, costume):
    surface = hemline.Surface(*body)
    bad = [
        (hemline.inpaint_mask, {"min_distance": -1}, "min_distance"),
        (hemline.inpaint_mask, {"smoothing_expand": 2}, "smoothing_expand"),
        (hemline.inpaint_mask, {"edges": [[0, 9999]]}, "edges"),
        (hemline.smooth_mask, {"distance_ramp": 3}, "distance_ramp"),
        (hemline.smooth_mask, {"angle_ramp": (0, np.nan)}, "angle_ramp"),
        (hemline.smooth_mask, {"factor": np.ones(3, np.float32)}, "factor"),
    ]
    for function, options, name in bad:
        with pytest.raises(hemline.HemlineError, match=name):
            function(surface, *costume, **options)
    with pytest.raises(hemline.InvalidArgument, match="farthest"):
        hemline.distance_falloff(surface, costume[0], 0.2, 0.1)
    with pytest.raises(hemline.Cancelled):
        flag = hemline.CancelFlag()
        flag.set()
        hemline.inpaint_mask(surface, *costume, cancel=flag)
