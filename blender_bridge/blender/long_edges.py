# SPDX-License-Identifier: GPL-3.0-or-later
"""Splits long edges, so that a coarse mesh can follow the body's change of shape."""

import bmesh
import numpy as np

from . import mesh_io

# A longer edge (metres) may bridge a bend of the body that its ends do not see.
LONGEST_EDGE = 0.05
MOST_ROUNDS = 4


def split_long_edges(obj, longest=LONGEST_EDGE):
    """Halves edges until none is longer than `longest` metres in world space; how many were split.

    UV maps, materials, vertex groups and shape keys of new vertices are those in the middle of the
    edge; the vertices that were there keep their numbers.
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


def _halve(mesh, edges):
    work = bmesh.new()
    work.from_mesh(mesh)
    work.edges.ensure_lookup_table()
    bmesh.ops.subdivide_edges(
        work, edges=[work.edges[edge] for edge in edges.tolist()], cuts=1, use_grid_fill=True
    )
    work.to_mesh(mesh)
    work.free()
    mesh.update()
