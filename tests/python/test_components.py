# SPDX-License-Identifier: GPL-3.0-or-later
"""Components against SciPy's, rigid parts against their definition."""

import numpy as np
import pytest
from scipy import sparse as scipy_sparse
from scipy.sparse import csgraph

import blender_bridge as hemline
from blender_bridge import NO_INDEX, SparseWeights


@pytest.mark.parametrize("size", [2, 3, 4])
def test_components_are_scipys(size):
    elements = np.random.default_rng(size).integers(0, 500, (170, size))
    found = hemline.connected_components(elements, 500)
    pairs = np.concatenate([elements[:, [k, k + 1]] for k in range(size - 1)])
    graph = scipy_sparse.coo_matrix((np.ones(len(pairs)), tuple(pairs.T)), (500, 500))
    count, labels = csgraph.connected_components(graph, directed=False)
    assert found.count == count
    first = np.array([np.flatnonzero(labels == label)[0] for label in range(count)])
    np.testing.assert_array_equal(found.labels, np.argsort(np.argsort(first))[labels])


def test_small_meshes_and_ten_thousand_islands():
    assert hemline.connected_components([], 0).count == 0
    assert hemline.connected_components([], 3).labels.tolist() == [0, 1, 2]
    assert hemline.connected_components([[1, 1]], 2).count == 2
    corners = np.arange(30_000).reshape(-1, 3)
    found = hemline.connected_components(corners, 30_000)
    assert found.count == 10_000
    np.testing.assert_array_equal(found.labels, np.repeat(np.arange(10_000), 3))
    dense = np.repeat(np.random.default_rng(0).random((10_000, 4), np.float32), 3, axis=0)
    dense[::300] += 0.25
    parts = hemline.find_rigid_parts(SparseWeights.from_dense(dense), found)
    assert parts.count == 9_900
    assert (parts.labels.reshape(-1, 3)[::100] == NO_INDEX).all()


def test_rigid_parts_are_the_components_of_one_pattern(backend):
    random = np.random.default_rng(1)
    components = random.integers(-1, 60, 300)
    dense = random.choice(np.float32([0, 0.25, 0.5]), (60, 3))[components]
    dense[random.choice(300, 30)] += random.choice(np.float32([1e-4, 0.1]), (30, 1))
    parts = hemline.find_rigid_parts(SparseWeights.from_dense(dense), components, tolerance=1e-3)
    expected, names = np.full(300, NO_INDEX), []
    for vertex, component in enumerate(components):
        members = np.flatnonzero(components == component)
        spread = np.abs(dense[members] - dense[members[0]]).max()
        if component >= 0 and spread <= 1e-3 and dense[members[0]].any():
            names += [component] * (component not in names)
            expected[vertex] = names.index(component)
    np.testing.assert_array_equal(parts.labels, expected)
    assert parts.count == len(names) > 10


def test_a_rigid_part_keeps_one_row_and_one_motion():
    cube = np.float32([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    points = np.concatenate([cube, cube + 5])
    before = SparseWeights.from_dense(np.repeat(np.float32([[0.5, 0.5], [1, 0]]), 8, axis=0))
    parts = hemline.find_rigid_parts(before, [0] * 8 + [1] * 8)
    assert parts.count == 2
    after = np.random.default_rng(2).random((16, 2), np.float32)
    unified = hemline.average_weights(SparseWeights.from_dense(after), parts).to_dense()
    expected = np.repeat(after.reshape(2, 8, 2).mean(axis=1), 8, axis=0)
    np.testing.assert_allclose(unified, expected, atol=1e-6)
    bent = points * np.float32([2, 2, 2]) + np.float32([1, 0, 0])
    fits = hemline.fit_similarity(points, bent, labels=parts.labels, component_count=parts.count)
    np.testing.assert_allclose(fits.points, bent, atol=1e-5)


def test_bad_arguments_are_named():
    weights = SparseWeights.from_dense(np.float32([[1.0], [1.0]]))
    with pytest.raises(hemline.IndexOutOfRange, match="elements"):
        hemline.connected_components([[0, 2]], 2)
    with pytest.raises(hemline.InvalidArgument, match="elements"):
        hemline.connected_components([0, 1], 2)
    with pytest.raises(hemline.LengthMismatch, match="components"):
        hemline.find_rigid_parts(weights, [0])
    with pytest.raises(hemline.HemlineError, match="tolerance"):
        hemline.find_rigid_parts(weights, [0, 0], tolerance=np.nan)
    with pytest.raises(hemline.InvalidArgument, match="expected SparseWeights"):
        hemline.find_rigid_parts(np.ones((2, 1)), [0, 0])


def volumes(boxes):
    return (2 * boxes.half_extents).prod(axis=1)


def test_a_turned_box_is_found_and_holds_its_points():
    random = np.random.default_rng(3)
    labels, clouds = [], []
    for label in range(6):
        rotation, _ = np.linalg.qr(random.normal(size=(3, 3)))
        inside = random.uniform(-1, 1, (20, 3))
        corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
        clouds.append((np.concatenate([inside, corners]) * [3, 2, 1]) @ rotation.T + label)
        labels += [label] * 28
    points = np.concatenate(clouds).astype(np.float32)
    boxes = hemline.oriented_boxes(points, labels)
    np.testing.assert_allclose(boxes.half_extents, np.tile([3.0, 2, 1], (6, 1)), atol=1e-3)
    local = np.einsum(
        "pij,pi->pj", boxes.frames[labels, :3, :3], points - boxes.frames[labels, :3, 3]
    )
    assert (np.abs(local) <= boxes.half_extents[labels] + 1e-6).all()
    np.testing.assert_allclose(np.linalg.det(boxes.frames), 1, atol=1e-9)


def test_no_direction_of_many_gives_a_much_smaller_box(backend):
    random = np.random.default_rng(4)
    for _ in range(5):
        points = (random.normal(size=(40, 3)) * [3, 1, 0.5]).astype(np.float32)
        found = volumes(hemline.oriented_boxes(points))[0]
        least = np.inf
        for _ in range(500):
            rotation, _ = np.linalg.qr(random.normal(size=(3, 3)))
            least = min(least, np.ptp(points @ rotation, axis=0).prod())
        assert found <= 1.05 * least
    native = volumes(hemline.oriented_boxes(points))
    hemline.use_backend("fallback")
    np.testing.assert_allclose(volumes(hemline.oriented_boxes(points)), native, rtol=0.05)


def test_boxes_of_flat_and_missing_points():
    points = np.float32(
        [[1, 1, 1], [0, 0, 0], [3, 4, 0], [1, 0, 0], [0, 0, 1], [-1, 0, 0], [0, 0, -1]]
    )
    boxes = hemline.oriented_boxes(points, [0, 1, 1, 2, 2, 2, 2], component_count=4)
    half = np.sqrt(0.5)
    expected = [[0, 0, 0], [2.5, 0, 0], [half, half, 0], [0, 0, 0]]
    np.testing.assert_allclose(boxes.half_extents, expected, atol=1e-7)
    np.testing.assert_allclose(boxes.frames[0, :3, 3], 1, atol=1e-7)
    np.testing.assert_array_equal(boxes.frames[3], np.eye(4))
    assert hemline.oriented_boxes(np.empty((0, 3)), []).frames.shape == (0, 4, 4)


def test_near_components_cluster():
    points = np.float32([[x, 0, 0] for x in (0, 1, 1.05, 2, 2.05, 9, 9.1)])
    labels = [0, 0, 3, 3, 1, 2, -1]
    clusters, count = hemline.cluster_components(points, labels, 0.06, component_count=5)
    assert clusters.tolist() == [0, 0, 1, 0, 2] and count == 3
    assert hemline.cluster_components(points, labels, 0.01).labels.tolist() == [0, 1, 2, 3]
    assert hemline.cluster_components(np.empty((0, 3)), [], 0.1).count == 0
    with pytest.raises(hemline.InvalidArgument, match="distance"):
        hemline.cluster_components(points, labels, 0)
    with pytest.raises(hemline.NotFinite, match="points"):
        hemline.oriented_boxes(points * np.nan)
