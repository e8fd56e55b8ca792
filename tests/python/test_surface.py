# SPDX-License-Identifier: GPL-3.0-or-later
"""Closest points and weight transfer against float64 brute force."""

import functools

import numpy as np
import pytest
import sample_assets

import blender_bridge as hemline

RANDOM = np.random.default_rng(5)
POINTS = RANDOM.random((60, 3)).astype(np.float32)
TRIANGLES = RANDOM.integers(0, 60, (80, 3)).astype(np.uint32)
# Without area: a point, a segment, one folded onto itself.
TRIANGLES[:3] = [[7, 7, 7], [8, 9, 9], [4, 5, 4]]
QUERIES = np.concatenate([RANDOM.random((150, 3)) * 2 - 0.5, POINTS[:20]]).astype(np.float32)
SPARSE_BODY = RANDOM.random((60, 6)).astype(np.float32) * (RANDOM.random((60, 6)) < 0.4)


def distances_to_triangles(point, corners):
    """Exact distances by minimising over the plane, the edges and the corners, one by one."""
    found = []
    for triangle in corners:
        candidates = []
        edges = np.stack([triangle[1] - triangle[0], triangle[2] - triangle[0]], axis=1)
        if np.linalg.matrix_rank(edges) == 2:
            shares = np.linalg.lstsq(edges, point - triangle[0], rcond=None)[0]
            if (shares >= 0).all() and shares.sum() <= 1:
                candidates.append(triangle[0] + edges @ shares)
        for start, end in zip(triangle, np.roll(triangle, -1, axis=0)):
            edge = end - start
            length = edge @ edge
            along = np.clip((point - start) @ edge / length, 0, 1) if length else 0.0
            candidates.append(start + along * edge)
        found.append(min(np.linalg.norm(point - candidate) for candidate in candidates))
    return np.array(found)


@functools.cache
def exact_distances():
    corners = POINTS.astype(np.float64)[TRIANGLES]
    return [distances_to_triangles(query, corners) for query in QUERIES.astype(np.float64)]


@pytest.mark.parametrize("max_distance", [np.inf, 0.1])
def test_closest_points_are_those_of_brute_force(max_distance):
    corners = POINTS.astype(np.float64)[TRIANGLES]
    found = hemline.Surface(POINTS, TRIANGLES).closest_points(QUERIES, max_distance)
    rows = zip(QUERIES, exact_distances(), *found)
    for query, exact, triangle, barycentric, point, distance in rows:
        if exact.min() > max_distance:
            assert triangle == hemline.NO_INDEX and np.isinf(distance) and (point == 0).all()
            continue
        # Any of the triangles that are equally near will do.
        assert exact[triangle] <= exact.min() + 1e-9
        assert abs(distance - exact.min()) < 1e-6
        assert abs(barycentric.sum() - 1) < 1e-6 and (barycentric >= 0).all()
        np.testing.assert_allclose(barycentric @ corners[triangle], point, atol=1e-6)
        assert abs(np.linalg.norm(point.astype(np.float64) - query) - exact.min()) < 1e-6


def test_of_equally_near_triangles_the_first_is_taken():
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, -1]], np.float32)
    triangles = [[0, 1, 2], [0, 1, 2], [2, 1, 0]]
    surface = hemline.Surface(points, triangles)
    assert (surface.closest_points([[0.2, 0.2, 1], [5, 5, 5]]).triangles == 0).all()


def test_out_and_a_surface_without_triangles():
    surface = hemline.Surface(POINTS, TRIANGLES)
    expected = surface.closest_points(QUERIES)
    out = tuple(np.empty_like(array) for array in expected)
    found = surface.closest_points(QUERIES, out=out)
    assert all(a is b for a, b in zip(found, out))
    for array, other in zip(found, expected):
        np.testing.assert_array_equal(array, other)
    empty = hemline.Surface(POINTS, np.empty((0, 3), np.uint32))
    assert (empty.closest_points(QUERIES).triangles == hemline.NO_INDEX).all()
    assert surface.closest_points(np.empty((0, 3), np.float32)).distances.shape == (0,)


def test_closest_points_of_a_real_body():
    body = sample_assets.load_body("a")
    points = body.positions.astype(np.float32)
    garment = sample_assets.join(sample_assets.make_outfit("small")).positions[::97]
    garment = np.concatenate([garment, garment[:30] * 1.5]).astype(np.float32)
    found = hemline.Surface(points, body.triangles).closest_points(garment)
    corners = points.astype(np.float64)[body.triangles]
    centres = corners.mean(axis=1)
    reach = np.linalg.norm(corners - centres[:, None], axis=2).max()
    for query, triangle, distance in zip(garment[::4], found.triangles[::4], found.distances[::4]):
        near = np.linalg.norm(centres - query, axis=1) <= distance + reach + 1e-6
        exact = distances_to_triangles(query.astype(np.float64), corners[near])
        assert abs(distance - exact.min()) < 1e-6
        assert near[triangle]


@pytest.mark.parametrize("max_distance", [np.inf, 0.1])
def test_transfer_mixes_the_corners(max_distance):
    surface = hemline.Surface(POINTS, TRIANGLES)
    closest = surface.closest_points(QUERIES, max_distance)
    matched = closest.triangles != hemline.NO_INDEX
    corners = SPARSE_BODY[TRIANGLES[np.where(matched, closest.triangles, 0)]]
    expected = np.einsum("ij,ijk->ik", closest.barycentric, corners.astype(np.float64))
    expected[~matched] = 0.0
    dense = hemline.transfer_weights(surface, SPARSE_BODY, QUERIES, max_distance=max_distance)
    np.testing.assert_allclose(dense.weights, expected, atol=1e-6)
    np.testing.assert_array_equal(dense.matched, matched)
    np.testing.assert_array_equal(dense.distances, closest.distances)
    body = hemline.SparseWeights.from_dense(SPARSE_BODY)
    sparse = hemline.transfer_weights(surface, body, QUERIES, max_distance=max_distance)
    np.testing.assert_allclose(sparse.weights.to_dense(), expected, atol=1e-6)
    np.testing.assert_array_equal(sparse.matched, matched)
    np.testing.assert_array_equal(sparse.distances, dense.distances)
    assert (np.diff(sparse.weights.offsets)[~matched] == 0).all()


def test_dense_transfer_writes_to_out():
    surface = hemline.Surface(POINTS, TRIANGLES)
    out = np.empty((len(QUERIES), 6), np.float32)
    assert hemline.transfer_weights(surface, SPARSE_BODY, QUERIES, out=out).weights is out
    with pytest.raises(hemline.InvalidArgument, match="`out` is given, expected None"):
        body = hemline.SparseWeights.from_dense(SPARSE_BODY)
        hemline.transfer_weights(surface, body, QUERIES, out=out)


def normals_of(triangles):
    corners = POINTS.astype(np.float64)[triangles]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def test_ramp_over_the_folded_angle():
    surface = hemline.Surface(POINTS, TRIANGLES)
    plain = hemline.transfer_weights(surface, SPARSE_BODY, QUERIES)
    closest = surface.closest_points(QUERIES)
    normals = RANDOM.standard_normal(QUERIES.shape).astype(np.float32)
    normals[::7] = 0.0
    faces = normals_of(TRIANGLES)[closest.triangles]
    lengths = np.linalg.norm(faces, axis=1) * np.linalg.norm(normals, axis=1)
    cosine = np.abs(np.einsum("ij,ij->i", faces, normals))
    cosine = np.divide(cosine, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    ramp = np.clip((np.degrees(np.arccos(np.minimum(cosine, 1))) - 20) / 40, 0, 1)
    expected = plain.weights * np.where(lengths > 0, ramp, 1.0)[:, None]
    for body in (SPARSE_BODY, hemline.SparseWeights.from_dense(SPARSE_BODY)):
        found = hemline.transfer_weights(
            surface, body, QUERIES, normals=normals, angle_min=20, angle_max=60
        ).weights
        found = found if isinstance(found, np.ndarray) else found.to_dense()
        np.testing.assert_allclose(found, expected, atol=1e-6)
    with pytest.raises(hemline.InvalidArgument, match="`angle_max` is 10, expected at least"):
        hemline.transfer_weights(surface, SPARSE_BODY, QUERIES, angle_min=20, angle_max=10)


def outfit_normals(points, triangles, radius, own):
    """Averages over the faces within a radius, turned to the body's side, by brute force."""
    wide = points.astype(np.float64)
    corners, body = wide[triangles], POINTS.astype(np.float64)[TRIANGLES]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    exact = np.array([distances_to_triangles(centre, body) for centre in corners.mean(axis=1)])
    # Of triangles equally near, at an edge or a corner, the first one counts.
    nearest = (exact <= exact.min(axis=1, keepdims=True) + 1e-7).argmax(axis=1)
    faces *= np.where((faces * normals_of(TRIANGLES)[nearest]).sum(axis=1) < 0, -1, 1)[:, None]
    distances = np.linalg.norm(wide[:, None] - corners.mean(axis=1), axis=2)
    averages = np.maximum(0, 1 - distances / radius) @ faces
    return np.where(averages.any(axis=1, keepdims=True), averages, own)


@pytest.mark.parametrize("radius", [0.1, 0.5])
def test_ramp_over_averaged_normals(radius):
    random = np.random.default_rng(8)
    points = random.random((40, 3)).astype(np.float32)
    triangles = random.integers(0, 40, (50, 3)).astype(np.uint32)
    own = random.standard_normal(points.shape).astype(np.float32)
    surface = hemline.Surface(POINTS, TRIANGLES)
    averages = outfit_normals(points, triangles, radius, own)
    options = {"angle_min": 20, "angle_max": 60}
    expected = hemline.transfer_weights(surface, SPARSE_BODY, points, normals=averages, **options)
    options.update(normals=own, triangles=triangles, normal_radius=radius)
    found = hemline.transfer_weights(surface, SPARSE_BODY, points, **options)
    np.testing.assert_allclose(found.weights, expected.weights, atol=1e-5)
    plain = hemline.transfer_weights(
        surface, SPARSE_BODY, points, normals=own, angle_min=20, angle_max=60
    )
    assert np.abs(found.weights - plain.weights).max() > 0.1
    body = hemline.SparseWeights.from_dense(SPARSE_BODY)
    sparse = hemline.transfer_weights(surface, body, points, **options)
    np.testing.assert_array_equal(sparse.weights.to_dense(), found.weights)


def test_points_far_from_faces_keep_their_own_normal():
    surface = hemline.Surface(POINTS, TRIANGLES)
    points = RANDOM.random((9, 3)).astype(np.float32)
    triangles = np.arange(9, dtype=np.uint32).reshape(3, 3)
    corners = points.astype(np.float64)[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).repeat(3, 0)
    ramp = {"angle_min": 20, "angle_max": 60}
    expected = hemline.transfer_weights(surface, SPARSE_BODY, points, normals=normals, **ramp)
    found = hemline.transfer_weights(
        surface, SPARSE_BODY, points, triangles=triangles, normal_radius=1e-4, **ramp
    )
    np.testing.assert_allclose(found.weights, expected.weights, atol=1e-5)
    with pytest.raises(hemline.InvalidArgument, match="`triangles` is not given, expected the"):
        hemline.transfer_weights(surface, SPARSE_BODY, points, normal_radius=0.01)
    with pytest.raises(hemline.InvalidArgument, match="`normal_radius` is -1, expected"):
        hemline.transfer_weights(surface, SPARSE_BODY, points, normal_radius=-1)


def test_small_triangles_by_corner():
    points, triangles = POINTS * 0.005, TRIANGLES
    queries = QUERIES * 0.005
    surface = hemline.Surface(points, triangles)
    closest = surface.closest_points(queries)
    corners = points.astype(np.float64)[triangles[closest.triangles]]
    nearest = np.linalg.norm(corners - closest.points[:, None], axis=2).argmin(axis=1)
    expected = SPARSE_BODY[triangles[closest.triangles, nearest]]
    found = hemline.transfer_weights(surface, SPARSE_BODY, queries, small_triangles_by_corner=True)
    np.testing.assert_allclose(found.weights, expected, atol=1e-6)


def test_first_triangle_of_a_polygon_alone():
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    surface = hemline.Surface(square, [[0, 1, 2], [0, 2, 3]])
    # The fourth corner's weight is extrapolated from the first three, which leaves [0, 1].
    found = hemline.transfer_weights(
        surface, np.eye(4, dtype=np.float32), [[0.25, 0.75, 0.5]], first_triangles=[0, 0]
    )
    np.testing.assert_allclose(found.weights, [[0.75, 0.0, 0.75, 0.0]], atol=1e-6)
    with pytest.raises(hemline.LengthMismatch, match="`first_triangles` holds 1 elements"):
        hemline.transfer_weights(surface, np.eye(4), [[0, 0, 0]], first_triangles=[0])
