# SPDX-License-Identifier: GPL-3.0-or-later
"""Seams."""

import ctypes

from .marshal import address, check, functions, options, progress_pointer
from .weights import sparse_arguments


def find_seams(sparse, points, edges, seam_options, labels, progress):
    """`hem_find_seams`."""
    distance, angle, similarity = seam_options
    settings = options(
        "HemSeamOptions",
        functions.hem_seam_options_init,
        distance=distance,
        angle=angle,
        similarity=similarity,
    )
    count = ctypes.c_size_t()
    with progress_pointer(progress) as listener:
        check(
            functions.hem_find_seams(
                *sparse_arguments(sparse),
                address(points),
                address(edges),
                len(edges),
                settings,
                address(labels),
                ctypes.byref(count),
                listener,
            )
        )
    return count.value
