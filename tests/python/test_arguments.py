# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API takes, what it refuses, and that it copies nothing which fits already."""

import inspect

import numpy as np
import pytest

import blender_bridge as hemline
from blender_bridge import arguments, backend

POINTS = np.random.default_rng(3).random((20, 3), dtype=np.float32)
TRIANGLES = np.array([[0, 1, 2], [3, 4, 5]], np.uint32)
WEIGHTS = np.random.default_rng(4).random((20, 2), dtype=np.float32)
MATRIX = np.eye(4, dtype=np.float32)


class Recorder:
    """Stands for a back end, or something that it built, and keeps the arrays that reach it."""

    def __init__(self):
        self.arrays = []

    def __getattr__(self, name):
        def call(*values, **_):
            self.arrays += [value for value in values if isinstance(value, np.ndarray)]
            return self

        return call

    def received(self, array):
        """Whether this very memory arrived."""
        return any(
            found.__array_interface__["data"] == array.__array_interface__["data"]
            for found in self.arrays
        )


@pytest.fixture
def recorder(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(backend, "_choice", backend.Choice("recorder", "test", recorder))
    return recorder


def test_fitting_arguments_reach_the_back_end_uncopied(recorder):
    out_points, weights = np.empty_like(POINTS), WEIGHTS.copy()
    mask = np.ones(20, np.float32)
    edges = np.array([[0, 1], [1, 2]], np.int32)
    selection = np.ones(20, bool)
    indices, distances = np.empty(20, np.uint32), np.empty(20, np.float32)
    hemline.transform_points(MATRIX, POINTS, out=out_points)
    hemline.PointIndex(POINTS).nearest(np.zeros_like(POINTS), out=(indices, distances))
    graph = hemline.RadiusGraph(POINTS, 0.1)
    hemline.smooth_weights(graph, weights, mask=mask, out=weights)
    hemline.smooth_weights_on_edges(edges, weights, selection=selection, out=weights)
    hemline.Surface(POINTS, TRIANGLES)
    for array in (POINTS, MATRIX, weights, mask, edges, selection, indices, distances, TRIANGLES):
        assert recorder.received(array)
    assert recorder.received(out_points)


def test_flat_buffers_are_viewed_as_rows(recorder):
    flat = POINTS.ravel()
    hemline.transform_points(MATRIX, flat)
    assert recorder.received(flat) and recorder.arrays[1].shape == (20, 3)


def test_sparse_arrays_are_kept():
    offsets, groups = np.array([0, 2, 3], np.uint32), np.array([0, 1, 1], np.uint32)
    weights = np.array([0.5, 0.5, 1.0], np.float32)
    sparse = hemline.SparseWeights(offsets, groups, weights, 2)
    assert sparse.offsets is offsets and sparse.groups is groups and sparse.weights is weights
    assert np.shares_memory(sparse.row(0)[1], weights)


def test_other_types_and_layouts_are_converted():
    expected = hemline.PointIndex(POINTS).nearest(POINTS[::-1].copy())
    for points in (POINTS.tolist(), np.asfortranarray(POINTS.astype(np.float64)), POINTS.ravel()):
        found = hemline.PointIndex(points).nearest(POINTS[::-1])
        np.testing.assert_array_equal(found.indices, expected.indices)


@pytest.mark.parametrize("position", [0, 17, 59])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_named(position, value):
    points = POINTS.copy()
    points.ravel()[position] = value
    name = "NaN" if np.isnan(value) else str(value)
    text = rf"`points`\[{position}\] is {name}, expected a finite number"
    for call in (
        lambda: hemline.PointIndex(points),
        lambda: hemline.RadiusGraph(points, 0.1),
        lambda: hemline.Surface(points, TRIANGLES),
        lambda: hemline.smooth_weights(points, WEIGHTS),
    ):
        with pytest.raises(hemline.NotFinite, match=text):
            call()


def test_large_numbers_whose_sum_overflows_are_finite():
    arguments.finite("weights", np.full((10, 1), 3e38, np.float32))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: hemline.PointIndex(POINTS[:, :2]),
            hemline.InvalidArgument,
            "`points` has shape 20 by 2, expected #rows by 3",
        ),
        (
            lambda: hemline.PointIndex("points"),
            hemline.InvalidArgument,
            "`points` has dtype <U6, expected numbers",
        ),
        (
            lambda: hemline.PointIndex(POINTS).k_nearest(POINTS, 0),
            hemline.InvalidArgument,
            "`k` is 0, expected a whole number",
        ),
        (
            lambda: hemline.PointIndex(POINTS).within(POINTS, -1),
            hemline.InvalidArgument,
            "`radius` is -1, expected a number not below 0",
        ),
        (
            lambda: hemline.RadiusGraph(POINTS, 0.0),
            hemline.InvalidArgument,
            "`radius` is 0, expected 1e-09 to 1e[+]09",
        ),
        (
            lambda: hemline.Surface(POINTS, [[0, 1, 20]]),
            hemline.IndexOutOfRange,
            r"`triangles`\[2\] is 20, expected an index below 20",
        ),
        (
            lambda: hemline.Surface(POINTS, np.array([[0, -1, 2]], np.int32)),
            hemline.IndexOutOfRange,
            r"`triangles`\[1\] is -1, expected an index below 20",
        ),
        (
            lambda: hemline.Surface(POINTS, [[0.0, 1.0, 2.0]]),
            hemline.InvalidArgument,
            "`triangles` has dtype float64, expected whole numbers",
        ),
        (
            lambda: hemline.smooth_weights(POINTS, WEIGHTS[:7]),
            hemline.LengthMismatch,
            "`weights` holds 7 elements, expected 20",
        ),
        (
            lambda: hemline.smooth_weights(POINTS, WEIGHTS, falloff="cubic"),
            hemline.InvalidArgument,
            "`falloff` is 'cubic', expected one of 'gaussian'",
        ),
        (
            lambda: hemline.smooth_weights(POINTS, WEIGHTS, iterations=-1),
            hemline.InvalidArgument,
            "`iterations` is -1, expected a whole number",
        ),
        (
            lambda: hemline.smooth_weights_on_edges([[0, 1]], WEIGHTS, factor=1.5),
            hemline.InvalidArgument,
            "`factor` is 1.5, expected a number from 0 to 1",
        ),
        (
            lambda: hemline.smooth_weights_on_edges([[0, 20]], WEIGHTS),
            hemline.IndexOutOfRange,
            r"`edges`\[1\] is 20, expected an index below 20",
        ),
        (
            lambda: hemline.normalize_weights(-WEIGHTS),
            hemline.InvalidArgument,
            "expected numbers not below 0",
        ),
        (
            lambda: hemline.limit_weights(WEIGHTS, 0),
            hemline.InvalidArgument,
            "`max_influences` is 0",
        ),
        (
            lambda: hemline.prune_weights(WEIGHTS, group_mask=[1]),
            hemline.LengthMismatch,
            "`group_mask` holds 1 elements, expected 2",
        ),
        (
            lambda: hemline.transfer_weights(
                hemline.Surface(POINTS, TRIANGLES), WEIGHTS[:5], POINTS
            ),
            hemline.LengthMismatch,
            "`body_weights` holds 5 elements, expected 20",
        ),
        (
            lambda: hemline.set_thread_count(5000),
            hemline.InvalidArgument,
            "`count` is 5000, expected at most 1024",
        ),
    ],
)
def test_errors_say_what_was_found_and_expected(call, error, text):
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize(
    ("out", "text"),
    [
        (np.empty((20, 2), np.float64), "`out` is float64, expected an array of float32"),
        (np.empty((19, 2), np.float32), "`out` has shape 19 by 2, expected 20 by 2"),
        (np.empty((40, 2), np.float32)[::2], "`out` is not a writable C-contiguous array"),
        ([0.0] * 40, "`out` is list, expected an array of float32"),
    ],
)
def test_bad_outputs_are_refused(out, text):
    with pytest.raises(hemline.InvalidArgument, match=text):
        hemline.smooth_weights(POINTS, WEIGHTS, out=out)


def test_all_errors_are_value_errors_with_one_base():
    classes = [
        value
        for value in vars(hemline).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    ]
    assert len(classes) > 10
    assert all(issubclass(found, (hemline.HemlineError, ValueError)) for found in classes)


def test_closed_handles_are_refused():
    with hemline.PointIndex(POINTS) as index:
        index.nearest(POINTS)
    with pytest.raises(hemline.HandleClosed, match="this PointIndex is closed"):
        index.nearest(POINTS)
    index.close()
