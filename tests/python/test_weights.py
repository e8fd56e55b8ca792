# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalise, limit, prune and `SparseWeights`: formulas row by row, and properties."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import blender_bridge as hemline
from blender_bridge import SparseWeights

examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
#: Weights with many zeros and many equal values, as painted ones have.
DENSE = hnp.arrays(
    np.float32,
    st.tuples(st.integers(0, 12), st.integers(1, 9)),
    elements=st.sampled_from([0.0, 0.0, 0.125, 0.25, 0.5, 1.0]) | st.floats(0, 1, width=32),
)


def on_both_forms(function, dense, **options):
    """The result on dense weights, after the same on sparse ones was found equal."""
    result = function(dense, **options)
    sparse = function(SparseWeights.from_dense(dense), **options)
    np.testing.assert_allclose(sparse.to_dense(), result, rtol=1e-6, atol=1e-7)
    return result


@examples
@given(dense=DENSE)
def test_sparse_and_dense_are_the_same_weights(dense):
    sparse = SparseWeights.from_dense(dense)
    assert sparse.vertex_count == len(dense) and sparse.entry_count == np.count_nonzero(dense)
    np.testing.assert_array_equal(sparse.to_dense(), dense)
    checked = SparseWeights(sparse.offsets, sparse.groups, sparse.weights, sparse.group_count)
    np.testing.assert_array_equal(checked.to_dense(), dense)
    for vertex, row in enumerate(dense):
        groups, weights = sparse.row(vertex)
        np.testing.assert_array_equal(groups, np.flatnonzero(row))
        np.testing.assert_array_equal(weights, row[groups])


@examples
@given(dense=DENSE, data=st.data())
def test_normalised_rows_add_up_to_one(dense, data):
    groups = dense.shape[1]
    flags = st.none() | hnp.arrays(np.bool_, groups)
    mask, locked = data.draw(flags), data.draw(flags)
    counts = np.ones(groups, bool) if mask is None else mask
    fixed = counts & (np.zeros(groups, bool) if locked is None else locked)
    free = counts & ~fixed
    result = on_both_forms(hemline.normalize_weights, dense, group_mask=mask, locked_groups=locked)
    exact = dense.astype(np.float64)
    free_sum, locked_sum = exact[:, free].sum(axis=1), exact[:, fixed].sum(axis=1)
    factor = np.divide(
        np.maximum(0, 1 - locked_sum), free_sum, out=np.ones(len(dense)), where=free_sum > 0
    )
    expected = exact.copy()
    expected[:, free] *= factor[:, None]
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-7)


def limited(row, most, fade, keep_sum):
    influences = np.flatnonzero(row > 0)
    if len(influences) <= most:
        return row
    order = influences[np.argsort(-row[influences], kind="stable")]
    kept, cut = order[:most], row[order[most]]
    result = np.zeros_like(row)
    width = fade * cut
    shares = np.minimum((row[kept] - cut) / width, 1) if width > 0 else np.ones(most)
    result[kept] = row[kept] * shares
    total = result.sum()
    if total > 0:
        return result * (row.sum() / total) if keep_sum else result
    result[kept] = row.sum() / most if keep_sum else cut
    return result


@examples
@given(
    dense=DENSE,
    most=st.integers(1, 5),
    fade=st.sampled_from([0.0, 0.5, 1.0]),
    keep_sum=st.booleans(),
)
def test_limited_rows_fade_before_they_drop(dense, most, fade, keep_sum):
    result = on_both_forms(
        hemline.limit_weights, dense, max_influences=most, fade=fade, keep_sum=keep_sum
    )
    assert (np.count_nonzero(result, axis=1) <= most).all()
    for row, found in zip(dense.astype(np.float64), result):
        np.testing.assert_allclose(found, limited(row, most, fade, keep_sum), rtol=1e-5, atol=1e-6)


@examples
@given(
    dense=DENSE,
    threshold=st.sampled_from([0.0, 0.125, 0.3, 1.0]),
    keep_largest=st.booleans(),
    keep_sum=st.booleans(),
)
def test_pruned_rows_keep_what_lies_above(dense, threshold, keep_largest, keep_sum):
    result = on_both_forms(
        hemline.prune_weights,
        dense,
        threshold=threshold,
        keep_largest=keep_largest,
        keep_sum=keep_sum,
    )
    kept = dense > np.float32(threshold)
    if keep_largest:
        kept[np.arange(len(dense)), dense.argmax(axis=1)] = True
    expected = np.where(kept, dense, 0).astype(np.float64)
    if keep_sum:
        before, after = dense.sum(axis=1, dtype=np.float64), expected.sum(axis=1)
        expected *= np.divide(before, after, out=np.ones_like(before), where=after > 0)[:, None]
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-7)


def test_masked_groups_stay():
    dense = np.array([[0.4, 0.3, 0.2, 0.1]], np.float32)
    mask = [0, 1, 1, 1]
    limited = on_both_forms(hemline.limit_weights, dense, max_influences=1, group_mask=mask)
    np.testing.assert_allclose(limited, [[0.4, 0.6, 0, 0]], atol=1e-6)
    pruned = on_both_forms(hemline.prune_weights, dense, threshold=0.9, group_mask=mask)
    np.testing.assert_allclose(pruned, [[0.4, 0, 0, 0]], atol=1e-6)


@pytest.mark.parametrize(
    ("function", "options"),
    [
        (hemline.normalize_weights, {}),
        (hemline.limit_weights, {"max_influences": 2}),
        (hemline.prune_weights, {"threshold": 0.3}),
    ],
)
def test_arguments_stay_and_out_may_be_the_weights(function, options):
    dense = np.random.default_rng(0).random((30, 5), dtype=np.float32)
    before = dense.copy()
    expected = function(dense, **options)
    np.testing.assert_array_equal(dense, before)
    assert function(dense, **options, out=dense) is dense
    np.testing.assert_array_equal(dense, expected)


def test_unsorted_rows_are_fine():
    sparse = SparseWeights([0, 3, 4], [2, 0, 1, 1], [0.5, 0.25, 0.25, 2.0], 3)
    np.testing.assert_array_equal(sparse.to_dense(), [[0.25, 0.25, 0.5], [0, 2, 0]])
    np.testing.assert_array_equal(
        hemline.normalize_weights(sparse).weights, np.float32([0.5, 0.25, 0.25, 1])
    )
    pruned = hemline.prune_weights(sparse, 0.25)
    assert pruned.groups.tolist() == [2, 1] and pruned.offsets.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("offsets", "groups", "weights", "text"),
    [
        ([], [], [], "`offsets` is empty, expected one element more than vertices"),
        ([1, 2], [0, 1], [0, 0], "`offsets` begins with 1, expected 0"),
        ([0, 2, 1, 2], [0, 1], [0, 0], "`offsets` falls from 2 to 1 at element 2"),
        ([0, 3], [0, 1], [0, 0], "`offsets` ends with 3, expected the number of entries, 2"),
        ([0, 2], [0, 3], [0, 0], r"`groups`\[1\] is 3, expected an index below 3"),
        ([0, 1, 3], [1, 1, 1], [0, 0, 0], r"names group 1 twice in vertex 1 \(element 2\)"),
        ([0, 3], [2, 0, 2], [0, 0, 0], r"names group 2 twice in vertex 0 \(element 2\)"),
        ([0, 2], [0, 1], [0, np.nan], r"`weights`\[1\] is NaN"),
        ([0, 2], [0, 1], [0], "`weights` holds 1 elements, expected 2"),
    ],
)
def test_broken_rows_are_named(offsets, groups, weights, text):
    with pytest.raises(hemline.HemlineError, match=text):
        SparseWeights(offsets, groups, weights, 3)


def test_results_outlive_the_rows_they_came_from():
    dense = np.random.default_rng(1).random((500, 4), dtype=np.float32)
    weights = SparseWeights.from_dense(dense).weights
    for _ in range(20):
        SparseWeights.from_dense(dense * 0.5)
    np.testing.assert_array_equal(weights, dense.ravel())
