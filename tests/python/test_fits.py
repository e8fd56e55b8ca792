# SPDX-License-Identifier: GPL-3.0-or-later
"""Fits against SciPy's rotation alignment and Umeyama's formula by NumPy's SVD."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import blender_bridge as hemline


def cloud(seed, count=40):
    return np.random.default_rng(seed).uniform(-1, 1, (count, 3)).astype(np.float32)


def umeyama(source, target, weights):
    """Umeyama 1991, by SVD, in float64: scale, rotation, translation."""
    source, target = source.astype(np.float64), target.astype(np.float64)
    weights = weights / weights.sum(dtype=np.float64)
    p_centre, q_centre = weights @ source, weights @ target
    p, q = source - p_centre, target - q_centre
    u, d, v = np.linalg.svd((q * weights[:, None]).T @ p)
    signs = np.array([1, 1, np.sign(np.linalg.det(u) * np.linalg.det(v))])
    rotation = u @ np.diag(signs) @ v
    scale = (d * signs).sum() / (weights @ (p * p).sum(axis=1))
    return scale, rotation, q_centre - scale * rotation @ p_centre


@pytest.mark.parametrize("mirrored", [False, True])
def test_weighted_similarity_is_umeyamas(mirrored):
    for seed in range(5):
        source, target = cloud(seed), cloud(seed + 100)
        if mirrored:
            target = source * np.float32([-2, 2, 2]) + target * np.float32(0.1)
        weights = np.random.default_rng(seed).random(len(source)).astype(np.float32)
        scale, rotation, translation = umeyama(source, target, weights)
        fit = hemline.fit_similarity(source, target, weights=weights)
        np.testing.assert_allclose(fit.scales, [scale], rtol=1e-9)
        np.testing.assert_allclose(fit.matrices[0, :3, :3], scale * rotation, atol=1e-9)
        np.testing.assert_allclose(fit.matrices[0, :3, 3], translation, atol=1e-9)
        moved = source @ (scale * rotation).T + translation
        np.testing.assert_allclose(fit.points, moved, atol=1e-6)
        left = np.average(((moved - target) ** 2).sum(axis=1), weights=weights)
        np.testing.assert_allclose(fit.residuals, np.sqrt(left), rtol=1e-6)


def test_rigid_fit_is_scipys():
    source, target = cloud(1), cloud(2)
    fit = hemline.fit_similarity(source, target, scale=False)
    p, q = (points - points.mean(axis=0, dtype=np.float64) for points in (source, target))
    expected = Rotation.align_vectors(q, p)[0].as_matrix()
    np.testing.assert_allclose(fit.matrices[0, :3, :3], expected, atol=1e-9)
    assert fit.scales[0] == 1.0


def test_components_are_fitted_apart():
    source, target = cloud(1, 60), cloud(2, 60)
    labels = np.arange(60) % 4 - 1
    fit = hemline.fit_similarity(source, target, labels=labels, component_count=4)
    for component in range(3):
        alone = hemline.fit_similarity(source[labels == component], target[labels == component])
        np.testing.assert_allclose(fit.matrices[component], alone.matrices[0], atol=1e-12)
        np.testing.assert_allclose(fit.points[labels == component], alone.points, atol=1e-6)
    np.testing.assert_array_equal(fit.matrices[3], np.eye(4))
    counted = hemline.fit_similarity(source, target, labels=labels)
    np.testing.assert_array_equal(counted.matrices, fit.matrices[:3])
    np.testing.assert_array_equal(fit.points[labels == -1], source[labels == -1])


def test_degenerate_components_turn_as_little_as_possible():
    point = np.tile(np.float32([1, 2, 3]), (4, 1))
    fit = hemline.fit_similarity(point, point + 1)
    np.testing.assert_allclose(fit.matrices[0, :3], np.hstack([np.eye(3), np.ones((3, 1))]))
    line = np.outer(np.arange(5), [1, 0, 0]).astype(np.float32)
    fit = hemline.fit_similarity(line, 2 * line[:, [1, 0, 2]])
    np.testing.assert_allclose(
        fit.matrices[0, :3, :3], [[0, -2, 0], [2, 0, 0], [0, 0, 2]], atol=1e-7
    )
    assert hemline.fit_similarity(line, -line, scale=False).residuals[0] < 1e-6
    flat = cloud(5) * np.float32([1, 1, 0])
    lifted = flat[:, [0, 2, 1]]
    fit = hemline.fit_similarity(flat, lifted)
    np.testing.assert_allclose(fit.points, lifted, atol=1e-6)
    assert np.linalg.det(fit.matrices[0, :3, :3]) > 0.99


def test_bad_arguments_are_named():
    points = cloud(0, 3)
    with pytest.raises(hemline.LengthMismatch, match="target"):
        hemline.fit_similarity(points, points[:2])
    with pytest.raises(hemline.IndexOutOfRange, match="labels"):
        hemline.fit_similarity(points, points, labels=[0, 1, 2], component_count=2)
    with pytest.raises(hemline.InvalidArgument, match="weights"):
        hemline.fit_similarity(points, points, weights=[1, -1, 1])
    with pytest.raises(hemline.NotFinite, match="source"):
        hemline.fit_similarity(points * np.nan, points)
