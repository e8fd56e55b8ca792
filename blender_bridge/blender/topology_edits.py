# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of a mesh's topology that carry along all that its corners and vertices hold.

UV maps, materials, vertex groups and shape keys; FBX export by Blender 3.4 loses the shape keys of
a mesh that it triangulates itself.
"""

from contextlib import contextmanager

import bmesh
import numpy as np

from . import mesh_io

# A longer edge (metres) may bridge a bend of the body that its ends do not see.
LONGEST_EDGE = 0.05
MOST_ROUNDS = 4


def split_long_edges(obj, longest=LONGEST_EDGE):
    """Halves edges until none is longer than `longest` metres in world space; how many were split.

    So a coarse mesh can follow the body's change of shape. Vertices that were there keep their
    numbers.
    """
    linear = mesh_io.world_matrix(obj)[:3, :3].T
    split = 0
    for _ in range(MOST_ROUNDS):
        edges = mesh_io.read_edges(obj.data)
        ends = mesh_io.read_positions(obj.data)[edges] @ linear
        long = np.flatnonzero(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) > longest)
        if not len(long):
            break
        _halve(obj.data, long)
        split += len(long)
    return split


def triangulate(obj):
    """Splits every polygon into triangles, as Blender shows it."""
    with _edited(obj.data) as work:
        bmesh.ops.triangulate(work, faces=work.faces)


def _halve(mesh, edges):
    with _edited(mesh) as work:
        work.edges.ensure_lookup_table()
        long = [work.edges[edge] for edge in edges.tolist()]
        bmesh.ops.subdivide_edges(work, edges=long, cuts=1, use_grid_fill=True)


@contextmanager
def _edited(mesh):
    work = bmesh.new()
    try:
        work.from_mesh(mesh)
        yield work
        work.to_mesh(mesh)
    finally:
        work.free()
    mesh.update()
