# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances and neighbours against float64 brute force, on clouds that are not kind."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import sample_assets

import blender_bridge as hemline

RANDOM = np.random.default_rng(7)
CLOUDS = {
    "random": RANDOM.random((300, 3)),
    "planar": RANDOM.random((200, 3)) * [1, 1, 0],
    "collinear": RANDOM.random((100, 3)) * [0, 1, 0],
    "duplicates": np.repeat(RANDOM.random((20, 3)), 10, axis=0),
    "all equal": np.full((70, 3), 0.5),
    "grid": np.stack(np.meshgrid(*[np.arange(6)] * 3), -1).reshape(-1, 3) * 0.1,
    "one": np.full((1, 3), 0.25),
    "far": RANDOM.random((100, 3)) * 1e-3 + 1000.0,
}
CLOUDS = {name: np.asarray(points, np.float32) for name, points in CLOUDS.items()}


@pytest.fixture(params=CLOUDS)
def points(request):
    return CLOUDS[request.param]


def brute_force(queries, points):
    offsets = queries.astype(np.float64)[:, None] - points.astype(np.float64)[None]
    return np.sqrt((offsets**2).sum(axis=2))


def queries_for(points):
    jitter = RANDOM.standard_normal((37, 3)) * 0.3
    return np.concatenate([points[::5], points[:1] + jitter]).astype(np.float32)


def test_distances_are_those_of_float64(points):
    queries = queries_for(points)
    exact = brute_force(queries, points)
    tolerance = {"rtol": 3e-7, "atol": 1e-7}
    np.testing.assert_allclose(hemline.distances(queries[3], points), exact[3], **tolerance)
    np.testing.assert_allclose(hemline.distance_matrix(queries, points), exact, **tolerance)
    out = np.empty(exact.shape, np.float32)
    assert hemline.distance_matrix(queries, points, out=out) is out
    wide = queries.astype(np.float64), points.astype(np.float64)
    tolerance = {"rtol": 1e-14, "atol": 1e-14}
    np.testing.assert_allclose(hemline.distances(wide[0][3], wide[1]), exact[3], **tolerance)
    np.testing.assert_allclose(hemline.distance_matrix(*wide), exact, **tolerance)


def test_distances_of_points_that_are_not_finite():
    points = np.array([[3, 4, 0], [np.nan, 0, 0], [0, 0, 2]], np.float32)
    found = hemline.distances([0, 0, 0], points)
    assert found[[0, 2]].tolist() == [5.0, 2.0] and np.isnan(found[1])
    with pytest.raises(hemline.NotFinite, match=r"`point`\[1\] is inf"):
        hemline.distances([0, np.inf, 0], points)


@pytest.mark.parametrize("k", [1, 2, 8, 40])
@pytest.mark.parametrize("max_distance", [math.inf, 0.15, 0.0])
def test_k_nearest_in_order_of_distance_then_index(points, k, max_distance):
    queries = queries_for(points)
    exact = brute_force(queries, points)
    order = np.argsort(exact, axis=1, kind="stable")[:, :k]
    expected = np.full((len(queries), k), np.inf)
    expected[:, : order.shape[1]] = np.take_along_axis(exact, order, axis=1)
    expected[expected > np.float32(max_distance)] = np.inf
    found = hemline.PointIndex(points).k_nearest(queries, k, max_distance)
    np.testing.assert_allclose(found.distances, expected, rtol=3e-7, atol=1e-7)
    missing = np.isinf(expected)
    assert (found.indices[missing] == hemline.NO_INDEX).all()
    wanted = np.full(expected.shape, hemline.NO_INDEX)
    wanted[:, : order.shape[1]] = order
    np.testing.assert_array_equal(found.indices[~missing], wanted[~missing])


def test_nearest_is_the_first_of_k_nearest(points):
    queries = queries_for(points)
    index = hemline.PointIndex(points)
    nearest, two = index.nearest(queries), index.k_nearest(queries, 2)
    np.testing.assert_array_equal(nearest.indices, two.indices[:, 0])
    np.testing.assert_array_equal(nearest.distances, two.distances[:, 0])
    out = (np.empty(len(queries), np.uint32), np.empty(len(queries), np.float32))
    assert index.nearest(queries, out=out).indices is out[0]
    np.testing.assert_array_equal(out[0], nearest.indices)


@pytest.mark.parametrize("radius", [0.0, 0.07, 0.3, 5.0])
def test_within_lists_all_and_only_points_within_the_radius(points, radius):
    queries = queries_for(points)
    exact = brute_force(queries, points)
    index = hemline.PointIndex(points)
    found = index.within(queries, radius)
    np.testing.assert_array_equal(index.count_within(queries, radius), np.diff(found.offsets))
    for row, distances in enumerate(exact):
        entries = slice(found.offsets[row], found.offsets[row + 1])
        expected = np.flatnonzero(distances <= np.float32(radius))
        np.testing.assert_array_equal(found.indices[entries], expected)
        np.testing.assert_allclose(
            found.distances[entries], distances[expected], rtol=3e-7, atol=1e-7
        )


@pytest.mark.parametrize("radius", [0.1, 0.25])
def test_radius_graph_is_symmetric_and_holds_itself(points, radius):
    graph = hemline.RadiusGraph(points, radius)
    found = graph.neighbors()
    np.testing.assert_array_equal(graph.counts(), np.diff(found.offsets))
    pairs = np.zeros((len(points), len(points)), bool)
    pairs[np.repeat(np.arange(len(points)), np.diff(found.offsets)), found.indices] = True
    assert pairs.diagonal().all()
    np.testing.assert_array_equal(pairs, pairs.T)
    exact = brute_force(points, points)
    # Pairs at the radius itself, to float32's precision, may be either.
    decided = np.abs(exact - radius) > 1e-6 * radius
    np.testing.assert_array_equal(pairs[decided], (exact <= radius)[decided])
    distances = exact[np.repeat(np.arange(len(points)), np.diff(found.offsets)), found.indices]
    np.testing.assert_allclose(found.distances, distances, rtol=1e-6, atol=1e-7)
    bare = graph.neighbors(distances=False)
    np.testing.assert_array_equal(bare.indices, found.indices)
    np.testing.assert_array_equal(bare.offsets, found.offsets)
    assert bare.distances is None


def test_no_points_and_no_queries():
    none = np.empty((0, 3), np.float32)
    index = hemline.PointIndex(none)
    found = index.k_nearest([[0, 0, 0]], 2)
    assert (found.indices == hemline.NO_INDEX).all() and np.isinf(found.distances).all()
    assert index.within([[0, 0, 0]], 1.0).offsets.tolist() == [0, 0]
    assert hemline.PointIndex([[0, 0, 0]]).nearest(none).indices.shape == (0,)
    assert hemline.PointIndex([[0, 0, 0]]).within(none, 1.0).offsets.tolist() == [0]
    assert hemline.RadiusGraph(none, 1.0).neighbors().offsets.tolist() == [0]
    assert hemline.distances([0, 0, 0], none).shape == (0,)
    assert hemline.distance_matrix(none, [[0, 0, 0]]).shape == (0, 1)


def test_results_outlive_their_handles():
    points = CLOUDS["random"]
    with hemline.PointIndex(points, cached=False) as index:
        found = index.within(points, 0.2)
    copies = [array.copy() for array in found]
    del index
    for _ in range(20):
        hemline.PointIndex(points, cached=False).within(points, 0.3)
    for array, copy in zip(found, copies):
        np.testing.assert_array_equal(array, copy)


def test_cache_tells_coordinates_apart_by_content():
    hemline.cache_clear()
    before = hemline.cache_info()
    a, b = RANDOM.random((2, 500, 3), dtype=np.float32)
    for points in (a, b, a.copy()):
        nearest = hemline.PointIndex(points).nearest(points)
        np.testing.assert_array_equal(nearest.indices, np.arange(500))
    after = hemline.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (2, 1)
    assert after.entries == 2 and 0 < after.bytes <= after.limit
    hemline.PointIndex(a, cached=False)
    assert hemline.cache_info() == after


def test_cache_keeps_its_limit():
    hemline.cache_clear()
    limit = hemline.cache_info().limit
    try:
        evicted = hemline.cache_info().evictions
        hemline.PointIndex(CLOUDS["random"])
        hemline.set_cache_limit(1)
        info = hemline.cache_info()
        assert (info.entries, info.bytes, info.evictions - evicted) == (0, 0, 1)
        index = hemline.PointIndex(CLOUDS["random"])
        assert index.nearest([[0, 0, 0]]).distances[0] < 1
    finally:
        hemline.set_cache_limit(limit)


def test_an_index_serves_many_threads():
    points = RANDOM.random((2000, 3), dtype=np.float32)
    index = hemline.PointIndex(points)
    expected = index.k_nearest(points, 5)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: index.k_nearest(points, 5), range(8)):
            np.testing.assert_array_equal(found.indices, expected.indices)


def test_real_outfit_against_scipy():
    spatial = pytest.importorskip("scipy.spatial")
    points = sample_assets.join(sample_assets.make_outfit("small")).positions.astype(np.float32)
    tree = spatial.cKDTree(points.astype(np.float64))
    body = sample_assets.load_body("a").positions.astype(np.float32)
    found = hemline.PointIndex(points).k_nearest(body, 4)
    exact, _ = tree.query(body.astype(np.float64), 4)
    np.testing.assert_allclose(found.distances, exact, rtol=1e-6, atol=1e-7)
    pairs = len(tree.query_pairs(0.02)) * 2 + len(points)
    assert abs(int(hemline.RadiusGraph(points, 0.02).counts().sum()) - pairs) <= pairs * 1e-5
