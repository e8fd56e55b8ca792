# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances, point index and radius graph."""

import numpy as np

from .marshal import (
    NativeHandle,
    address,
    check,
    functions,
    library_array,
    progress_pointer,
    receive_handle,
    view,
)


def distances(point, points, out):
    """`hem_distances`, or its double variant for float64."""
    wide = points.dtype == np.float64
    function = functions.hem_distances_f64 if wide else functions.hem_distances
    check(function(address(point), address(points), len(points), address(out)))


def distance_matrix(a, b, out):
    """`hem_distance_matrix`, or its double variant for float64."""
    wide = a.dtype == np.float64
    function = functions.hem_distance_matrix_f64 if wide else functions.hem_distance_matrix
    check(function(address(a), len(a), address(b), len(b), address(out)))


def point_index(points, cached):
    """`hem_point_index_acquire`, or `…_create`."""
    make = functions.hem_point_index_acquire if cached else functions.hem_point_index_create
    return PointIndex(
        receive_handle(
            lambda out: make(address(points), len(points), out), functions.hem_point_index_destroy
        )
    )


def radius_graph(points, radius, cached):
    """`hem_radius_graph_acquire`, or `…_create`."""
    make = functions.hem_radius_graph_acquire if cached else functions.hem_radius_graph_create
    handle = receive_handle(
        lambda out: make(address(points), len(points), radius, None, out),
        functions.hem_radius_graph_destroy,
    )
    return RadiusGraph(handle, len(points))


class PointIndex:
    """A `HemPointIndex`."""

    def __init__(self, handle: NativeHandle) -> None:
        self.handle = handle
        self.close = handle.close

    def k_nearest(self, queries, k, max_distance, indices, distances):
        """`hem_point_index_k_nearest`."""
        check(
            functions.hem_point_index_k_nearest(
                self.handle.handle,
                address(queries),
                len(queries),
                k,
                max_distance,
                address(indices),
                address(distances),
                None,
            )
        )

    def within(self, queries, radius):
        """`hem_point_index_within`."""
        return _receive_neighbors(
            lambda out: functions.hem_point_index_within(
                self.handle.handle, address(queries), len(queries), radius, None, out
            )
        )

    def count_within(self, queries, radius, counts):
        """`hem_point_index_count_within`."""
        check(
            functions.hem_point_index_count_within(
                self.handle.handle, address(queries), len(queries), radius, address(counts), None
            )
        )


class RadiusGraph:
    """A `HemRadiusGraph`."""

    def __init__(self, handle: NativeHandle, point_count: int) -> None:
        self.handle = handle
        self.point_count = point_count
        self.close = handle.close

    def neighbors(self, with_distances, progress):
        """`hem_radius_graph_neighbors`."""
        find = functions.hem_radius_graph_neighbors
        with progress_pointer(progress) as listener:
            return _receive_neighbors(
                lambda out: find(self.handle.handle, with_distances, listener, out),
                with_distances,
            )

    def counts(self, out):
        """`hem_radius_graph_counts`."""
        check(functions.hem_radius_graph_counts(self.handle.handle, address(out), len(out)))


def _receive_neighbors(call, with_distances=True):
    """Offsets, indices and distances or None, views of the result that `call(out)` gives."""
    owner = receive_handle(call, functions.hem_neighbors_destroy)
    pointers, (rows, entries) = view(functions.hem_neighbors_view, owner, 3, 2)
    return (
        library_array(owner, pointers[0], rows + 1, np.uint32),
        library_array(owner, pointers[1], entries, np.uint32),
        library_array(owner, pointers[2], entries, np.float32) if with_distances else None,
    )
