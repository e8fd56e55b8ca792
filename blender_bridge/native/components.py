# SPDX-License-Identifier: GPL-3.0-or-later
"""Components of meshes: which there are, which are rigid, their boxes, and which lie together."""

import ctypes

from .marshal import address, check, functions, progress_pointer
from .weights import sparse_arguments


def find_components(elements, labels):
    """`hem_find_components`."""
    count = ctypes.c_size_t()
    check(
        functions.hem_find_components(
            address(elements), *elements.shape, len(labels), address(labels), ctypes.byref(count)
        )
    )
    return count.value


def find_rigid_parts(sparse, components, component_count, tolerance, labels):
    """`hem_find_rigid_parts`."""
    count = ctypes.c_size_t()
    check(
        functions.hem_find_rigid_parts(
            *sparse_arguments(sparse),
            address(components),
            component_count,
            tolerance,
            address(labels),
            ctypes.byref(count),
        )
    )
    return count.value


def fit_boxes(points, labels, boxes):
    """`hem_fit_boxes`."""
    check(
        functions.hem_fit_boxes(
            address(points),
            address(labels),
            len(points),
            len(boxes.frames),
            *map(address, boxes),
        )
    )


def cluster_components(points, labels, distance, clusters, progress):
    """`hem_cluster_components`."""
    count = ctypes.c_size_t()
    with progress_pointer(progress) as listener:
        check(
            functions.hem_cluster_components(
                address(points),
                address(labels),
                len(points),
                len(clusters),
                distance,
                address(clusters),
                ctypes.byref(count),
                listener,
            )
        )
    return count.value
