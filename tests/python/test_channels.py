# SPDX-License-Identifier: GPL-3.0-or-later
"""Chosen and locked channels, and the mirrored body."""

import numpy as np
import pytest

import blender_bridge as hemline

RANDOM = np.random.default_rng(8)


def rows(count, groups, empty=0.2):
    dense = RANDOM.random((count, groups)).astype(np.float32)
    dense[RANDOM.random(dense.shape) < 0.4] = 0
    dense[RANDOM.random(count) < empty] = 0
    return dense


def test_rows_follow_the_formula_one_by_one():
    new, present = rows(200, 5), rows(200, 5)
    chosen = np.array([1, 1, 0, 1, 1], bool)
    locked = np.array([0, 0, 0, 1, 0], bool)
    mask = RANDOM.random(200).astype(np.float32)
    sparse = hemline.SparseWeights.from_dense
    found = hemline.combine_weights(
        sparse(new), sparse(present), groups=chosen, locked=locked, mix=0.7, mask=mask
    ).to_dense()
    free = [0, 1, 4]
    for row, ours, before, m in zip(found, new, present, 0.7 * mask):
        kept = before[[2, 3]].sum()
        np.testing.assert_allclose(
            row[[2, 3]],
            before[[2, 3]] / max(kept, 1)
            if ours[free].any() or before[free].any()
            else before[[2, 3]] / (kept or 1),
            atol=1e-6,
        )
        if ours[free].any() or before[free].any():
            m = 1 if not before[free].any() else m if ours[free].any() else 0
            parts = [w[free] / (w[free].sum() or 1) for w in (ours, before)]
            expected = (1 - min(kept, 1)) * (m * parts[0] + (1 - m) * parts[1])
            np.testing.assert_allclose(row[free], expected, atol=1e-6)
        if row.any():
            assert row.sum() == pytest.approx(1, abs=1e-6)


def test_a_mirrored_transfer_is_the_transfer_mirrored():
    points = RANDOM.random((30, 3)).astype(np.float32)
    triangles = RANDOM.integers(0, 30, (40, 3)).astype(np.uint32)
    weights = hemline.SparseWeights.from_dense(rows(30, 4, empty=0) + np.float32(0.01))
    mirror = [1, 0, 2, -1]
    body = hemline.mirrored_mesh(points, triangles, weights, mirror)
    targets = RANDOM.random((50, 3)).astype(np.float32)
    image = targets * np.float32([-1, 1, 1])
    with hemline.Surface(body.points, body.triangles) as surface:
        found = hemline.transfer_weights(surface, body.weights, image).weights.to_dense()
    with hemline.Surface(points, triangles) as surface:
        plain = hemline.transfer_weights(surface, weights, targets).weights.to_dense()
    np.testing.assert_allclose(found, plain[:, [1, 0, 2, 3]], atol=1e-5)


def test_bad_arguments_are_named():
    weights = hemline.SparseWeights.from_dense(rows(4, 3))
    with pytest.raises(hemline.InvalidArgument, match="mix"):
        hemline.combine_weights(weights, weights, mix=2)
    with pytest.raises(hemline.LengthMismatch, match="locked"):
        hemline.combine_weights(weights, weights, locked=[True])
    with pytest.raises(hemline.IndexOutOfRange, match="mirror"):
        hemline.mirrored_mesh(np.zeros((4, 3)), [[0, 1, 2]], weights, [0, 1, 9])
