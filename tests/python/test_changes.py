# SPDX-License-Identifier: GPL-3.0-or-later
"""Changed rows, bit by bit."""

import numpy as np
import pytest

import blender_bridge as hemline


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint32, np.uint8, np.bool_])
@pytest.mark.parametrize("shape", [(200,), (200, 3), (200, 2, 2), (0, 3), (5, 0)])
def test_rows_that_differ_are_marked(dtype, shape):
    before = (np.random.default_rng(0).random(shape) * 100).astype(dtype)
    after = before.copy()
    expected = np.zeros(len(before), bool)
    if before.size:
        for row in (0, 7, 199):
            after.reshape(len(after), -1)[row, -1] = not after.reshape(len(after), -1)[row, -1]
            expected[row] = True
    np.testing.assert_array_equal(hemline.find_changed_rows(before, after), expected)
    out = np.ones(len(before), bool)
    assert hemline.find_changed_rows(before, after, out=out) is out
    np.testing.assert_array_equal(out, expected)


def test_bits_decide():
    before = np.array([[0, np.nan], [1, 2]], np.float32)
    after = np.array([[-0.0, np.nan], [1, 2]], np.float32)
    assert hemline.find_changed_rows(before, after).tolist() == [True, False]
    assert hemline.find_changed_rows(before, before.copy()).tolist() == [False, False]


def test_buffers_that_do_not_match_are_refused():
    points = np.zeros((4, 3), np.float32)
    with pytest.raises(hemline.InvalidArgument, match="expected float32 of shape"):
        hemline.find_changed_rows(points, points[:3])
    with pytest.raises(hemline.InvalidArgument, match="expected float32 of shape"):
        hemline.find_changed_rows(points, points.astype(np.float64))
