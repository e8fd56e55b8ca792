# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows averaged, propagated, merged, split and blended: dense float64 formulas, plain loops."""

import numpy as np
import pytest

import blender_bridge as hemline
from blender_bridge import NO_INDEX, SparseWeights


def rows(seed, vertices=60, groups=7):
    """Dense weights with zeros, as painted ones have."""
    random = np.random.default_rng(seed)
    dense = random.random((vertices, groups), np.float32)
    return np.where(random.random((vertices, groups)) < 0.5, dense, np.float32(0))


def mesh(seed, vertices=60, edges=90):
    """Points on a coarse grid, so that many edges are equally long, and random edges."""
    random = np.random.default_rng(seed)
    points = random.integers(0, 4, (vertices, 3)).astype(np.float32)
    return points, random.integers(0, vertices, (edges, 2))


def test_labelled_rows_become_their_mean():
    dense = rows(0)
    labels = np.random.default_rng(1).integers(-1, 9, 60)
    labels[labels == 4] = 3
    expected = dense.astype(np.float64)
    for label in range(9):
        if (labels == label).any():
            expected[labels == label] = dense[labels == label].mean(axis=0, dtype=np.float64)
    found = hemline.average_weights(SparseWeights.from_dense(dense), labels)
    np.testing.assert_allclose(found.to_dense(), expected, atol=1e-6)
    equal = found.to_dense()
    for label in range(9):
        assert (equal[labels == label] == equal[labels == label][:1]).all()


def propagated(dense, points, edges, counted):
    """Wave after wave, vertex after vertex, by the definition."""
    neighbors = [set() for _ in points]
    for a, b in edges[edges[:, 0] != edges[:, 1]].tolist():
        neighbors[a].add(b)
        neighbors[b].add(a)
    weighted = (dense[:, counted] > 0).any(axis=1)
    sources = np.where(weighted, np.arange(len(points)), -1)
    while True:
        before = sources.copy()
        for vertex in np.flatnonzero(before < 0):
            near = sorted(n for n in neighbors[vertex] if before[n] >= 0)
            if near:
                spans = points[near].astype(np.float64) - points[vertex]
                sources[vertex] = before[near[int(np.argmin((spans**2).sum(axis=1)))]]
        if (before == sources).all():
            break
    result = dense.astype(np.float64)
    mean = dense[weighted].mean(axis=0, dtype=np.float64) if weighted.any() else result[0]
    for vertex in np.flatnonzero(~weighted):
        taken = dense[sources[vertex]] if sources[vertex] >= 0 else mean
        result[vertex, counted] = taken[counted]
    return result, sources


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("masked", [False, True])
def test_weights_propagate_wave_by_wave(seed, masked):
    dense, (points, edges) = rows(seed), mesh(seed)
    dense[np.random.default_rng(seed).random(60) < 0.85] = 0
    dense[:, 6] = 0.25 if masked else 0
    mask = np.arange(7) < 6
    expected, sources = propagated(dense, points, edges, mask if masked else mask | True)
    found = hemline.propagate_weights(
        SparseWeights.from_dense(dense), points, edges, group_mask=mask if masked else None
    )
    np.testing.assert_array_equal(found.sources.view(np.int32), sources)
    np.testing.assert_allclose(found.weights.to_dense(), expected, atol=1e-6)
    assert (sources < 0).any() and (sources != np.arange(60)).any()


def test_propagation_of_small_meshes():
    empty = SparseWeights([0], [], [], 2)
    none = np.empty((0, 2), np.uint32)
    assert hemline.propagate_weights(empty, np.empty((0, 3)), none).weights.vertex_count == 0
    bare = SparseWeights([0, 0, 1], [1], [0.0], 2)
    found = hemline.propagate_weights(bare, np.zeros((2, 3)), [[0, 1]])
    assert found.sources.tolist() == [NO_INDEX] * 2 and found.weights.entry_count == 0
    one = SparseWeights([0, 1], [1], [0.5], 2)
    found = hemline.propagate_weights(one, [[1.0, 2, 3]], none)
    assert found.sources.tolist() == [0] and found.weights.weights.tolist() == [0.5]


def test_propagation_can_be_cancelled():
    flag = hemline.CancelFlag()
    flag.set()
    weights = SparseWeights.from_dense(rows(0))
    with pytest.raises(hemline.Cancelled):
        hemline.propagate_weights(weights, *mesh(0), cancel=flag)


@pytest.mark.parametrize("seed", range(3))
def test_merged_groups_split_in_their_old_shares(seed):
    dense = rows(seed, groups=8)
    parents = np.array([NO_INDEX, 0, 1, 3, 3, -1 % 2**32, 5, 0], np.uint32)
    targets = np.array([0, 0, 0, 3, 3, 5, 5, 0])
    merge = hemline.merge_groups(SparseWeights.from_dense(dense), parents)
    expected = np.zeros((60, 8))
    np.add.at(expected.T, targets, dense.T.astype(np.float64))
    np.testing.assert_allclose(merge.weights.to_dense(), expected, atol=1e-6)
    changed = rows(seed + 10, groups=8) * np.isin(np.arange(8), targets)
    found = hemline.split_groups(SparseWeights.from_dense(changed), merge).to_dense()
    exact = np.zeros((60, 8))
    for vertex, target in np.ndindex(60, 8):
        shares = np.where(targets == target, dense[vertex].astype(np.float64), 0)
        if shares.sum() == 0:
            shares[target] = 1
        exact[vertex] += changed[vertex, target] * shares / shares.sum()
    np.testing.assert_allclose(found, exact, atol=1e-6)
    again = hemline.split_groups(merge.weights, merge).to_dense()
    np.testing.assert_allclose(again, dense, atol=1e-6)


@pytest.mark.parametrize("masked", [False, True])
def test_blends_are_those_of_dense_weights(masked):
    dense, original = rows(3), rows(4)
    mask = np.random.default_rng(5).choice(np.float32([0, 0.3, 1]), 60)
    groups = np.arange(7) % 2 == 0 if masked else np.ones(7, bool)
    found = hemline.blend_weights(
        SparseWeights.from_dense(dense),
        SparseWeights.from_dense(original),
        mask,
        group_mask=groups if masked else None,
    )
    part = mask[:, None].astype(np.float64) * groups
    np.testing.assert_allclose(found.to_dense(), (1 - part) * dense + part * original, atol=1e-6)
    kept = found.to_dense()[mask == 0]
    np.testing.assert_array_equal(kept, dense[mask == 0])


def test_unsorted_rows_are_fine():
    unsorted = SparseWeights([0, 3, 4], [2, 0, 1, 1], [0.5, 0.25, 0.25, 1.0], 3)
    sorted_rows = SparseWeights.from_dense(unsorted.to_dense())
    for change in (
        lambda weights: hemline.average_weights(weights, [0, 0]),
        lambda weights: hemline.merge_groups(weights, [0, 0, 2]).weights,
        lambda weights: hemline.blend_weights(weights, sorted_rows, [0.5, 0.5]),
        lambda weights: hemline.propagate_weights(weights, np.zeros((2, 3)), [[0, 1]]).weights,
    ):
        np.testing.assert_array_equal(change(unsorted).to_dense(), change(sorted_rows).to_dense())


def test_bad_arguments_are_named():
    weights = SparseWeights.from_dense(rows(0, 3, 2))
    points, edges = np.zeros((3, 3), np.float32), [[0, 1]]
    with pytest.raises(hemline.IndexOutOfRange, match="labels"):
        hemline.average_weights(weights, [0, 1, 2], 2)
    with pytest.raises(hemline.NotFinite, match="points"):
        hemline.propagate_weights(weights, points * np.nan, edges)
    with pytest.raises(hemline.IndexOutOfRange, match="edges"):
        hemline.propagate_weights(weights, points, [[0, 3]])
    with pytest.raises(hemline.InvalidArgument, match=r"parents` of group . lead in a circle"):
        hemline.merge_groups(weights, [1, 0])
    with pytest.raises(hemline.IndexOutOfRange, match="parents"):
        hemline.merge_groups(weights, [2, 0])
    with pytest.raises(hemline.InvalidArgument, match="mask` is 2 at element 1"):
        hemline.blend_weights(weights, weights, [0, 2, 0])
    with pytest.raises(hemline.LengthMismatch, match="original"):
        hemline.blend_weights(weights, SparseWeights.from_dense(rows(0, 2, 2)), [0, 0, 0])
    negative = SparseWeights([0, 1], [0], [-1.0], 1)
    with pytest.raises(hemline.InvalidArgument, match="weights"):
        hemline.merge_groups(negative, [0])
