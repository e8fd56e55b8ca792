# SPDX-License-Identifier: GPL-3.0-or-later
"""Intersecting triangles."""

import numpy as np

from .marshal import (
    address,
    functions,
    library_array,
    progress_pointer,
    receive_handle,
    view,
)


def intersecting_triangles(mesh, other, progress):
    """`hem_self_intersecting_triangles`, or `hem_intersecting_triangles` with another mesh."""
    name = "hem_self_intersecting_triangles" if other is None else "hem_intersecting_triangles"
    meshes = (mesh,) if other is None else (mesh, other)
    arrays = [part for mesh in meshes for array in mesh for part in (address(array), len(array))]
    with progress_pointer(progress) as listener:
        owner = receive_handle(
            lambda out: getattr(functions, name)(*arrays, out, listener),
            functions.hem_triangle_pairs_destroy,
        )
    (pairs,), (count,) = view(functions.hem_triangle_pairs_view, owner, 1, 1)
    return library_array(owner, pairs, count * 2, np.uint32).reshape(-1, 2)
