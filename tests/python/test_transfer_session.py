# SPDX-License-Identifier: GPL-3.0-or-later
"""A transfer session against full transfers, after changes of every kind."""

import numpy as np
import pytest

import blender_bridge as hemline

VERTICES, GROUPS = 300, 7


class Scene:
    """Random inputs of a transfer, which a step changes in part."""

    def __init__(self, point_count=400):
        self.random = np.random.default_rng(11)
        self.body_points = self.random.random((VERTICES, 3)).astype(np.float32)
        self.triangles = self.random.integers(0, VERTICES, (200, 3)).astype(np.uint32)
        self.body = self.weights()
        self.points = self.random.random((point_count, 3)).astype(np.float32)
        self.normals = self.random.standard_normal((point_count, 3)).astype(np.float32)

    def weights(self):
        dense = self.random.random((VERTICES, GROUPS)) * (self.random.random(GROUPS) < 0.5)
        return dense.astype(np.float32)

    def sparse(self):
        return hemline.SparseWeights.from_dense(self.body)

    def surface(self):
        return hemline.Surface(self.body_points, self.triangles, cached=False)

    def replace(self, name, share):
        """Takes new values for a share of the rows; returns which."""
        values = getattr(self, name)
        rows = self.random.random(len(values)) < share
        new = values.copy()
        new[rows] = self.random.random((rows.sum(), values.shape[1]))
        setattr(self, name, new)
        return rows


def check_equal(found, expected):
    for name in ("offsets", "groups", "weights"):
        one, other = getattr(found.weights, name), getattr(expected.weights, name)
        assert one.tobytes() == other.tobytes(), name
    np.testing.assert_array_equal(found.matched, expected.matched)
    assert found.distances.tobytes() == expected.distances.tobytes()


FACES = np.arange(399, dtype=np.uint32).reshape(-1, 3)
OPTIONS = [
    {},
    {"max_distance": 0.05},
    {"angle_min": 20, "angle_max": 60, "small_triangles_by_corner": True},
    {"angle_min": 20, "angle_max": 60, "normal_radius": 0.1, "triangles": FACES},
]


@pytest.mark.parametrize("masks", [False, True])
@pytest.mark.parametrize("options", OPTIONS)
def test_updates_equal_full_transfers(options, masks):
    scene = Scene()
    normals = scene.normals if "angle_min" in options else None
    session = hemline.TransferSession(
        scene.surface(), scene.sparse(), scene.points, normals=normals, **options
    )
    for moved, reweighted, shifted in [(0, 0, 0), (0.02, 0, 0), (0, 0.02, 0), (1, 1, 1)]:
        before = session.result().weights
        vertices = scene.replace("body_points", moved) | scene.replace("body", reweighted)
        points = scene.replace("points", shifted) | scene.replace("normals", shifted)
        normals = scene.normals if "angle_min" in options else None
        changed = session.update(
            body_points=scene.body_points,
            body_weights=scene.sparse(),
            points=scene.points,
            normals=normals,
            changed_vertices=vertices if masks else None,
            changed_points=points if masks else None,
        )
        expected = hemline.transfer_weights(
            scene.surface(), scene.sparse(), scene.points, normals=normals, **options
        )
        check_equal(session.result(), expected)
        old, new = before.to_dense(), expected.weights.to_dense()
        np.testing.assert_array_equal(changed, (old != new).any(axis=1))


def test_threads_do_not_matter(backend):
    # Large enough for several blocks of work; the fallback has one thread in any case.
    scene = Scene(30000 if backend == "native" else 300)
    results = []
    for threads in (1, 2, 8):
        hemline.set_thread_count(threads)
        try:
            session = hemline.TransferSession(scene.surface(), scene.sparse(), scene.points)
            session.update(body_points=scene.body_points * np.float32(1.125))
            results.append(session.result())
        finally:
            hemline.set_thread_count(0)
    check_equal(results[1], results[0])
    check_equal(results[2], results[0])


def test_what_is_left_out_or_not_marked_stays():
    scene = Scene()
    with hemline.TransferSession(scene.surface(), scene.sparse(), scene.points) as session:
        first = session.result()
        assert not session.update().any()
        others = scene.points + 1
        nothing = np.zeros(len(others), bool)
        assert not session.update(points=others, changed_points=nothing).any()
        check_equal(session.result(), first)
        only = nothing.copy()
        only[17] = True
        assert np.flatnonzero(session.update(points=others, changed_points=only)).tolist() == [17]
        # What was handed out does not change.
        check_equal(first, hemline.transfer_weights(scene.surface(), scene.sparse(), scene.points))
    with pytest.raises(hemline.HandleClosed):
        session.update()


def test_refused_updates_change_nothing():
    scene = Scene()
    session = hemline.TransferSession(scene.surface(), scene.sparse(), scene.points)
    before = session.result()
    broken = scene.points.copy()
    broken[5, 1] = np.nan
    flag = hemline.CancelFlag()
    flag.set()
    for arguments, error, words in [
        ({"points": broken}, hemline.NotFinite, r"`points`\[16\] is NaN"),
        ({"body_points": scene.points}, hemline.LengthMismatch, "`body_points` holds 400"),
        ({"normals": scene.normals}, hemline.InvalidArgument, "`normals` is given"),
        ({"body_weights": scene.body}, hemline.InvalidArgument, "expected SparseWeights"),
        ({"changed_points": [True]}, hemline.LengthMismatch, "`changed_points` holds 1"),
        ({"points": scene.points + 1, "cancel": flag}, hemline.Cancelled, "cancelled by"),
    ]:
        with pytest.raises(error, match=words):
            session.update(**arguments)
    more_groups = hemline.SparseWeights.from_dense(np.zeros((VERTICES, GROUPS + 1), np.float32))
    with pytest.raises(hemline.InvalidArgument, match="has 8 groups, expected 7"):
        session.update(body_weights=more_groups)
    check_equal(session.result(), before)
