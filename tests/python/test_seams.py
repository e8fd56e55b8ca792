# SPDX-License-Identifier: GPL-3.0-or-later
"""Seams against their definition, pair by pair, over several meshes."""

import numpy as np
import pytest

import blender_bridge as hemline
from blender_bridge import NO_INDEX, SeamMesh, SparseWeights


def strip(x, weight, turned=False):
    """A ribbon of ten vertices along y at x, its weight in group 0; the rest in group 1."""
    points = np.float32([[x, 0.1 * k, 0] for k in range(10)])
    if turned:
        points = points[:, [1, 0, 2]]
    edges = np.stack([np.arange(9), np.arange(1, 10)], axis=1)
    dense = np.tile(np.float32([weight, 1 - weight]), (10, 1))
    return SeamMesh(points, edges, SparseWeights.from_dense(dense))


def test_two_meshes_share_a_seam_and_become_equal():
    meshes = [strip(0, 0.5), strip(5e-5, 0.58), strip(0, 0.9), strip(3e-4, 0.5)]
    seams = hemline.find_seams(meshes)
    assert seams.count == 10
    np.testing.assert_array_equal(seams.labels[0], np.arange(10))
    np.testing.assert_array_equal(seams.labels[1], np.arange(10))
    assert (np.stack(seams.labels[2:]) == NO_INDEX).all()
    equal = hemline.equalize_seams([mesh.weights for mesh in meshes], seams)
    np.testing.assert_allclose(equal[0].to_dense()[:, 0], 0.54, atol=1e-6)
    np.testing.assert_array_equal(equal[0].to_dense(), equal[1].to_dense())
    np.testing.assert_array_equal(equal[2].to_dense(), meshes[2].weights.to_dense())


def test_crossing_edges_are_no_seam_but_opposite_ones_are():
    crossing = hemline.find_seams([strip(0, 1), strip(0, 1, turned=True)])
    assert crossing.count == 0
    mesh = strip(0, 1)
    back = SeamMesh(mesh.points[::-1].copy(), mesh.edges, mesh.weights)
    assert hemline.find_seams([mesh, back]).count == 10


def by_definition(points, edges, dense, distance, angle, similarity):
    """Sets of joined vertices, from all pairs in float64."""
    spans = [[] for _ in points]
    for a, b in edges:
        span = points[b].astype(np.float64) - points[a]
        if span.any():
            spans[a].append(span / np.linalg.norm(span))
            spans[b].append(span / np.linalg.norm(span))
    sets = np.arange(len(points))
    for a in range(len(points)):
        for b in range(a):
            used = (dense[a] > 0) | (dense[b] > 0)
            mean = np.abs(dense[a] - dense[b])[used].mean() if used.any() else 0
            parallel = [abs(u @ v) for u in spans[a] for v in spans[b]]
            near = np.linalg.norm(points[a].astype(np.float64) - points[b]) <= distance
            aligned = max(parallel, default=0) >= np.cos(np.radians(angle))
            if near and aligned and 1 - mean >= similarity:
                sets[sets == sets[a]] = sets[b]
    return sets


@pytest.mark.parametrize("seed", range(4))
def test_seams_are_the_sets_that_the_definition_connects(seed):
    random = np.random.default_rng(seed)
    points = random.integers(0, 3, (80, 3)).astype(np.float32) * 0.1
    points += random.normal(0, 2e-5, points.shape).astype(np.float32)
    edges = random.integers(0, 80, (70, 2))
    dense = random.choice(np.float32([0, 0.5, 0.6]), (80, 3))
    sets = by_definition(points, edges, dense, 1e-4, 3.0, 0.88)
    mesh = SeamMesh(points, edges, SparseWeights.from_dense(dense))
    (found,), count = hemline.find_seams([mesh], similarity=0.88)
    alone = (sets[:, None] == sets).sum(axis=1) == 1
    np.testing.assert_array_equal(found == NO_INDEX, alone)
    same = (found[:, None] == found) & ~alone & ~alone[:, None]
    np.testing.assert_array_equal(same, (sets[:, None] == sets) & ~alone & ~alone[:, None])
    assert count == len(np.unique(found[~alone])) > 0
    assert (np.diff(np.unique(found, return_index=True)[1]) > 0).sum() >= count - 1


def test_no_meshes_small_meshes_and_many_duplicates(backend):
    assert hemline.find_seams([]).count == 0
    assert hemline.equalize_seams([], hemline.find_seams([])) == []
    empty = SeamMesh(np.empty((0, 3)), np.empty((0, 2), np.uint32), SparseWeights([0], [], [], 2))
    one = SeamMesh([[0, 0, 0]], np.empty((0, 2), np.uint32), SparseWeights([0, 0], [], [], 2))
    labels, count = hemline.find_seams([empty, one, empty])
    assert count == 0 and [len(found) for found in labels] == [0, 1, 0]
    copies = 3000 if backend == "native" else 200
    points = np.tile(np.float32([[0, 0, 0], [1, 0, 0]]), (copies, 1))
    edges = np.arange(2 * copies).reshape(-1, 2)
    weights = SparseWeights.from_dense(np.ones((2 * copies, 1), np.float32))
    (found,), count = hemline.find_seams([SeamMesh(points, edges, weights)])
    assert count == 2 and found.tolist() == [0, 1] * copies


def test_bad_arguments_are_named():
    mesh = strip(0, 1)
    for options in ({"distance": 0}, {"angle": 91}, {"similarity": 1.5}):
        with pytest.raises(hemline.InvalidArgument, match=next(iter(options))):
            hemline.find_seams([mesh], **options)
    with pytest.raises(hemline.NotFinite, match="points"):
        hemline.find_seams([mesh._replace(points=np.asarray(mesh.points) * np.nan)])
    with pytest.raises(hemline.IndexOutOfRange, match="edges"):
        hemline.find_seams([mesh._replace(edges=[[0, 10]])])
    with pytest.raises(hemline.LengthMismatch, match="groups"):
        other = SparseWeights.from_dense(np.ones((10, 3), np.float32))
        hemline.find_seams([mesh, mesh._replace(weights=other)])
