# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of weights, against loops over edges and hand-made cases."""

import numpy as np
import pytest

import blender_bridge as hemline

RANDOM = np.random.default_rng(3)


def strip(count):
    """A band of `count` pairs of vertices along x."""
    x = np.repeat(np.arange(count), 2)
    points = np.stack([0.1 * x, 0.1 * np.tile([0, 1], count), 0 * x], axis=1).astype(np.float32)
    first = 2 * np.arange(count - 1)
    left = np.stack([first, first + 2, first + 1], axis=1)
    right = np.stack([first + 1, first + 2, first + 3], axis=1)
    return points, np.concatenate([left, right]).astype(np.uint32)


def random_rows(count, groups=4):
    dense = RANDOM.random((count, groups)).astype(np.float32)
    dense[RANDOM.random(dense.shape) < 0.4] = 0
    dense[:, 0] += 0.1
    return hemline.SparseWeights.from_dense(dense / dense.sum(axis=1, keepdims=True))


def test_gradients_and_counts_follow_their_formulas():
    points, triangles = strip(9)
    weights = random_rows(18)
    dense = weights.to_dense().astype(np.float64)
    found = hemline.weight_quality(points, triangles, weights)
    pairs = {tuple(sorted((t[i], t[i - 1]))) for t in triangles.tolist() for i in range(3)}
    steep, energy, total = [[] for _ in points], 0.0, 0.0
    for i, j in pairs:
        length = np.linalg.norm(points[i].astype(float) - points[j])
        slope = np.linalg.norm(dense[i] - dense[j]) / length
        steep[i].append(slope)
        steep[j].append(slope)
        energy += length * slope**2
        total += length
    np.testing.assert_allclose(found.gradients, [np.mean(slopes) for slopes in steep], rtol=1e-5)
    numbers = found.numbers
    assert numbers.gradient_energy == pytest.approx(energy / total, rel=1e-5)
    assert numbers.mean_influences == pytest.approx((dense > 0).sum(axis=1).mean())
    assert numbers.max_influences == (dense > 0).sum(axis=1).max()
    assert numbers.unweighted == 0 and numbers.max_sum_error < 1e-6
    assert numbers.seam_jump is None and numbers.stretch is None and numbers.deep is None


def test_shares_and_seam_jumps():
    points, triangles = strip(3)
    dense = np.zeros((6, 2), np.float32)
    dense[:, 0], dense[4] = 1, [0.5, 0.5]
    weights = hemline.SparseWeights.from_dense(dense)
    labels = [-1, 0, -1, -1, 0, -1]
    found = hemline.weight_quality(
        points, triangles, weights, sources=[1, 1, 0, 0, 0, 2], seams=labels
    )
    numbers = found.numbers
    assert (numbers.matched, numbers.inpainted) == pytest.approx((2 / 6, 3 / 6))
    assert numbers.extrapolated == pytest.approx(1 / 6)
    np.testing.assert_allclose(found.jumps, [0, 0.25, 0, 0, 0.25, 0])
    assert numbers.seam_jump == 0.25


def test_stretch_and_depth_over_poses():
    points, triangles = strip(4)
    floor = np.array([[-9, -9, -0.01], [9, -9, -0.01], [0, 9, -0.01]], np.float32)
    dense = np.zeros((8, 2), np.float32)
    dense[:4, 0] = dense[4:, 1] = 1
    weights = hemline.SparseWeights.from_dense(dense)
    rest = np.repeat(np.eye(4)[None], 2, axis=0)
    apart, down = rest.copy(), rest.copy()
    apart[1, 0, 3] = 0.1
    still = hemline.SparseWeights.from_dense(np.tile(np.float32([1, 0]), (3, 1)))
    down[1, 2, 3] = -0.015
    body = floor, [[0, 1, 2]], still
    found = hemline.weight_quality(
        points, triangles, weights, rest=rest, poses=[apart, down], body=body
    )
    # The middle edges double; nothing else changes but by the diagonals there.
    assert found.stretches[2] == pytest.approx(np.log(2), abs=1e-5)
    assert found.stretches[0] == pytest.approx(0.0, abs=1e-5)
    np.testing.assert_allclose(found.depths, np.repeat(np.float32([0, 0.005]), 4), atol=1e-6)
    assert found.numbers.deepest == pytest.approx(0.005, abs=1e-6)
    assert found.numbers.deep == 0.5
    with pytest.raises(hemline.InvalidArgument, match="rest"):
        hemline.weight_quality(points, triangles, weights, poses=[apart])


def test_empty_meshes_have_numbers():
    nothing = np.zeros((0, 3), np.float32)
    rows = hemline.SparseWeights(np.zeros(1), np.zeros(0), np.zeros(0), 3)
    found = hemline.weight_quality(nothing, nothing.astype(int), rows, sources=[], seams=[])
    assert found.numbers.vertices == 0 and found.numbers.gradient_energy == 0.0
