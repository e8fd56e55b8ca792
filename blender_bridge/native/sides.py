# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of the wrong side, and swapped ones."""

import ctypes

from .marshal import address, functions, progress_pointer
from .weight_rows import original_arguments
from .weights import receive_sparse, sparse_arguments


def separate_sides(sparse, points, sides, mirror, group_mask, threshold):
    """`hem_separate_sides`."""
    count = ctypes.c_size_t()
    rows = receive_sparse(
        lambda out: functions.hem_separate_sides(
            *sparse_arguments(sparse),
            address(points),
            address(sides),
            address(mirror),
            address(group_mask),
            threshold,
            out,
            ctypes.byref(count),
        )
    )
    return rows, count.value


def repair_sides(sparse, points, sides, mirror, reference, width):
    """`hem_repair_sides`."""
    before = (None, None, None, 0) if reference is None else original_arguments(reference)
    count = ctypes.c_size_t()
    rows = receive_sparse(
        lambda out: functions.hem_repair_sides(
            *sparse_arguments(sparse),
            *before,
            address(points),
            address(sides),
            address(mirror),
            width,
            out,
            ctypes.byref(count),
        )
    )
    return rows, count.value


def symmetrize_weights(sparse, points, mirror, vertex_mask, tolerance, progress):
    """`hem_symmetrize_weights`."""
    count = ctypes.c_size_t()
    with progress_pointer(progress) as listener:
        rows = receive_sparse(
            lambda out: functions.hem_symmetrize_weights(
                *sparse_arguments(sparse),
                address(points),
                address(mirror),
                address(vertex_mask),
                tolerance,
                out,
                ctypes.byref(count),
                listener,
            )
        )
    return rows, count.value
