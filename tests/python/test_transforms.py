# SPDX-License-Identifier: GPL-3.0-or-later
"""Affine transforms against float64 matrix products."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import blender_bridge as hemline

MATRIX = np.array([[2, 0.5, 0, 1], [0, 1, 0, -2], [0.25, 0, -3, 0.25], [0, 0, 0, 1]], np.float64)
ANY_POINTS = hnp.arrays(
    np.float32, st.tuples(st.integers(0, 50), st.just(3)), elements=st.floats(-2, 2, width=32)
)
# The backend fixture is set once for all examples of a test, which is what is meant.
examples = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@examples
@given(points=ANY_POINTS)
def test_points_are_those_of_float64(points):
    expected = points.astype(np.float64) @ MATRIX[:3, :3].T + MATRIX[:3, 3]
    np.testing.assert_allclose(hemline.transform_points(MATRIX, points), expected, atol=2e-6)
    wide = points.astype(np.float64)
    found = hemline.transform_points(MATRIX, wide)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, atol=1e-14)


@examples
@given(normals=ANY_POINTS)
def test_normals_are_unit_and_those_of_the_inverse_transpose(normals):
    normals[np.linalg.norm(normals, axis=1) < 1e-3] = 0.0
    turned = normals.astype(np.float64) @ np.linalg.inv(MATRIX[:3, :3])
    lengths = np.linalg.norm(turned, axis=1, keepdims=True)
    expected = np.divide(turned, lengths, out=np.zeros_like(turned), where=lengths > 0)
    np.testing.assert_allclose(hemline.transform_normals(MATRIX, normals), expected, atol=2e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", [hemline.transform_points, hemline.transform_normals])
def test_out_may_be_new_flat_or_the_input(function, dtype):
    points = np.random.default_rng(0).random((100, 3)).astype(dtype)
    expected = function(MATRIX, points)
    out = np.empty_like(points)
    assert function(MATRIX, points, out=out) is out
    np.testing.assert_array_equal(out, expected)
    flat = points.ravel().copy()
    assert function(MATRIX, flat, out=flat) is flat
    np.testing.assert_array_equal(flat.reshape(-1, 3), expected)


def test_points_that_are_not_finite_disturb_no_other():
    points = np.ones((3, 3), np.float32)
    points[1, 1] = np.nan
    found = hemline.transform_points(MATRIX, points)
    assert not np.isfinite(found[1]).all()
    np.testing.assert_array_equal(found[0], found[2])


def test_bad_matrices_are_refused_and_nothing_is_written():
    points = np.ones((2, 3), np.float32)
    out = np.full((2, 3), 7, np.float32)
    flat = np.diag([1.0, 1.0, 0.0, 1.0])
    with pytest.raises(hemline.Singular, match="`matrix` is singular"):
        hemline.transform_normals(flat, points, out=out)
    broken = MATRIX.copy()
    broken[1, 1] = np.nan
    with pytest.raises(hemline.NotFinite, match=r"`matrix`\[5\] is NaN, expected a finite number"):
        hemline.transform_points(broken, points, out=out)
    projective = MATRIX.copy()
    projective[3, 0] = 0.1
    with pytest.raises(hemline.InvalidArgument, match=r"last row .* expected 0 0 0 1"):
        hemline.transform_points(projective, points, out=out)
    with pytest.raises(hemline.InvalidArgument, match="has shape 3 by 3, expected 4 by 4"):
        hemline.transform_points(np.eye(3), points, out=out)
    assert (out == 7).all()


def test_partly_overlapping_buffers_are_refused():
    buffer = np.zeros(303, np.float32)
    with pytest.raises(hemline.InvalidArgument, match="`out` overlaps an input"):
        hemline.transform_points(MATRIX, buffer[:300], out=buffer[3:])
