# SPDX-License-Identifier: GPL-3.0-or-later
"""Smoothing and filters against float64 brute force over the full distance matrix."""

import numpy as np
import pytest
import sample_assets

import blender_bridge as hemline

RANDOM = np.random.default_rng(11)
RADIUS = 0.2
POINTS = np.concatenate(
    [RANDOM.random((150, 3)), np.repeat(RANDOM.random((10, 3)), 3, axis=0), [[9.0, 9.0, 9.0]]]
).astype(np.float32)
WEIGHTS = RANDOM.random((len(POINTS), 5)).astype(np.float32)
WEIGHTS[:, 2] = 0.0
WEIGHTS[:, 3] = 1.0
MASK = RANDOM.random(len(POINTS)).astype(np.float32)
EXACT = np.sqrt(((POINTS[:, None].astype(np.float64) - POINTS[None]) ** 2).sum(axis=2))
NEAR = np.float32(RADIUS) >= EXACT

FALLOFFS = {
    "gaussian": lambda d: np.exp(-(d**2) / (2 * (RADIUS / 3) ** 2)),
    "linear": lambda d: np.maximum(0, 1 - d / RADIUS),
    "uniform": np.ones_like,
}


def smoothed(weights, falloff, iterations, near=NEAR):
    operator = np.where(near, FALLOFFS[falloff](EXACT), 0.0)
    operator /= operator.sum(axis=1, keepdims=True)
    for _ in range(iterations):
        weights = (operator @ weights.astype(np.float64)).astype(np.float32)
    return weights


@pytest.mark.parametrize("falloff", FALLOFFS)
@pytest.mark.parametrize("iterations", [0, 1, 3])
def test_smoothing_is_the_weighted_mean_of_neighbours(falloff, iterations):
    found = hemline.smooth_weights(
        POINTS, WEIGHTS, radius=RADIUS, falloff=falloff, iterations=iterations
    )
    np.testing.assert_allclose(found, smoothed(WEIGHTS, falloff, iterations), atol=1e-6)
    assert (found[:, 2] == 0).all() and (found[:, 3] == 1).all()
    np.testing.assert_array_equal(found[-1], WEIGHTS[-1])


def test_mask_blends_at_the_end():
    after = smoothed(WEIGHTS, "gaussian", 2).astype(np.float64)
    expected = WEIGHTS * (1.0 - MASK[:, None]) + after * MASK[:, None]
    found = hemline.smooth_weights(POINTS, WEIGHTS, radius=RADIUS, iterations=2, mask=MASK)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_neighbor_limit_takes_the_nearest():
    points = RANDOM.random((200, 3)).astype(np.float32)
    exact = np.sqrt(((points[:, None].astype(np.float64) - points[None]) ** 2).sum(axis=2))
    near = np.zeros_like(exact, bool)
    np.put_along_axis(near, np.argsort(exact, axis=1, kind="stable")[:, :4], True, axis=1)
    near &= exact <= RADIUS
    weights = RANDOM.random((200, 2)).astype(np.float32)
    operator = np.where(near, FALLOFFS["gaussian"](exact), 0)
    expected = operator @ weights / operator.sum(axis=1, keepdims=True)
    found = hemline.smooth_weights(points, weights, radius=RADIUS, neighbor_limit=4)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_one_channel_and_a_reused_graph_give_the_same():
    with hemline.RadiusGraph(POINTS, RADIUS) as graph:
        many = hemline.smooth_weights(graph, WEIGHTS)
        one = hemline.smooth_weights(graph, np.ascontiguousarray(WEIGHTS[:, 1]))
    assert one.shape == (len(POINTS),)
    np.testing.assert_allclose(one, many[:, 1], atol=1e-7)
    np.testing.assert_array_equal(many, hemline.smooth_weights(POINTS, WEIGHTS, radius=RADIUS))


@pytest.mark.parametrize(
    "function",
    [hemline.smooth_weights, hemline.max_filter, hemline.min_filter, hemline.decaying_max],
)
def test_out_may_be_the_weights(function):
    expected = function(POINTS, WEIGHTS, radius=RADIUS)
    for array in (np.empty_like(WEIGHTS), WEIGHTS.copy()):
        array[...] = WEIGHTS
        assert function(POINTS, array, radius=RADIUS, out=array) is array
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize(
    ("function", "extreme", "nothing"),
    [(hemline.max_filter, np.max, -np.inf), (hemline.min_filter, np.min, np.inf)],
)
@pytest.mark.parametrize("mask", [None, MASK])
def test_filters_take_the_extreme_of_neighbours(function, extreme, nothing, mask):
    spread = np.where(NEAR[:, :, None], WEIGHTS[None], nothing)
    expected = extreme(spread, axis=1)
    if mask is not None:
        expected = WEIGHTS * (1.0 - mask[:, None]) + expected * mask[:, None]
    found = function(POINTS, WEIGHTS, radius=RADIUS, mask=mask)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_filters_take_negative_weights():
    negative = WEIGHTS - 2
    found = hemline.max_filter(POINTS, negative, radius=RADIUS)
    expected = np.where(NEAR[:, :, None], negative[None], -np.inf).max(axis=1)
    np.testing.assert_array_equal(found, expected)


def test_decaying_max_spreads_by_a_gaussian_and_is_clamped():
    weights = WEIGHTS * 1.5
    sigma = RADIUS / 2
    decay = np.where(NEAR, np.exp(-(EXACT**2) / (2 * sigma**2)), 0.0)
    expected = weights.astype(np.float64)
    for _ in range(3):
        expected = np.maximum(expected, (decay[:, :, None] * expected[None]).max(axis=1))
    found = hemline.decaying_max(POINTS, weights, radius=RADIUS, sigma=sigma)
    np.testing.assert_allclose(found, np.minimum(expected, 1), atol=1e-6)
    assert found.max() == 1.0


@pytest.mark.parametrize("expand", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("chosen", [False, True])
def test_edge_smoothing_is_blenders_formula(expand, chosen):
    count = 40
    edges = RANDOM.integers(0, count, (70, 2))
    edges = np.unique(np.sort(edges[edges[:, 0] != edges[:, 1]], axis=1), axis=0)
    weights = RANDOM.random((count, 3)).astype(np.float32)
    selection = RANDOM.random(count) < 0.6 if chosen else None
    expected = weights.astype(np.float64)
    for _ in range(3):
        before = expected.copy()
        for vertex in range(count):
            neighbors = np.concatenate(
                [edges[edges[:, 0] == vertex, 1], edges[edges[:, 1] == vertex, 0]]
            )
            if not len(neighbors) or (chosen and not selection[vertex]):
                continue
            own, other = before[vertex], before[neighbors]
            lower = other < own
            shares = np.where(lower, 1 - expand, 1.0)
            terms = np.where(lower, other * (1 - expand) + own * expand, other)
            total = shares.sum(axis=0)
            mean = np.divide((terms * shares).sum(axis=0), total, out=own.copy(), where=total > 0)
            expected[vertex] = mean * 0.3 + own * 0.7
    found = hemline.smooth_weights_on_edges(edges, weights, 0.3, 3, expand, selection)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_nothing_to_smooth():
    none = np.empty((0, 3), np.float32)
    assert hemline.smooth_weights(none, np.empty((0, 4), np.float32)).shape == (0, 4)
    assert hemline.smooth_weights(POINTS, np.empty((len(POINTS), 0), np.float32)).size == 0
    weights = WEIGHTS[:3]
    found = hemline.smooth_weights_on_edges(np.empty((0, 2), np.uint32), weights)
    np.testing.assert_array_equal(found, weights)


@pytest.mark.parametrize("budget", [1 << 14, 0])
def test_memory_budget_does_not_change_the_result(budget):
    outfit = sample_assets.join(sample_assets.make_outfit("small"))
    points = outfit.positions.astype(np.float32)[::4].copy()
    weights = RANDOM.random((len(points), 3)).astype(np.float32)
    expected = hemline.smooth_weights(points, weights, iterations=2)
    try:
        hemline.set_memory_budget(budget)
        found = hemline.smooth_weights(points, weights, iterations=2)
    finally:
        hemline.set_memory_budget(0)
    np.testing.assert_array_equal(found, expected)


def test_real_outfit_against_a_sparse_matrix_of_scipy():
    sparse, spatial = pytest.importorskip("scipy.sparse"), pytest.importorskip("scipy.spatial")
    points = sample_assets.join(sample_assets.make_outfit("small")).positions.astype(np.float32)
    weights = RANDOM.random((len(points), 4)).astype(np.float32)
    radius = 0.0201
    tree = spatial.cKDTree(points.astype(np.float64))
    pairs = tree.query_pairs(radius, output_type="ndarray")
    distances = np.linalg.norm(points[pairs[:, 0]].astype(np.float64) - points[pairs[:, 1]], axis=1)
    values = np.exp(-(distances**2) / (2 * (radius / 3) ** 2))
    half = sparse.coo_matrix((values, pairs.T), shape=(len(points),) * 2).tocsr()
    operator = half + half.T + sparse.identity(len(points))
    scale = 1.0 / np.asarray(operator.sum(axis=1)).ravel()
    expected = weights
    for _ in range(3):
        expected = (scale[:, None] * (operator @ expected.astype(np.float64))).astype(np.float32)
    found = hemline.smooth_weights(points, weights, radius=radius, iterations=3)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("iterations", [1, 3])
def test_an_update_is_a_full_run(iterations):
    weights, points, changed = WEIGHTS.copy(), POINTS.copy(), np.zeros(len(POINTS), bool)
    weights[5] = 0.25
    points[40] += np.float32(0.1)
    changed[[5, 40]] = True
    options = {"iterations": iterations, "mask": MASK}
    radius = RADIUS / 2
    before, after = hemline.RadiusGraph(POINTS, radius), hemline.RadiusGraph(points, radius)
    with before, after:
        result = hemline.smooth_weights(before, WEIGHTS, **options)
        old = result.copy()
        updated = hemline.update_smoothing(before, after, changed, weights, result, **options)
        full = hemline.smooth_weights(after, weights, **options)
        wider = hemline.RadiusGraph(POINTS, RADIUS)
        with wider, pytest.raises(hemline.HemlineError, match="before"):
            hemline.update_smoothing(wider, after, changed, weights, result)
    np.testing.assert_array_equal(result, full)
    np.testing.assert_array_equal(updated, np.any(old != full, axis=1))
    assert updated.any() and not updated.all()
