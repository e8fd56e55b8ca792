# SPDX-License-Identifier: GPL-3.0-or-later
"""Points and triangles of mesh objects in world space."""

import numpy as np

from ..arguments import MOST_COORDINATE
from ..pipeline.errors import SceneError
from ..transforms import transform_points
from . import mesh_io


def world_points(obj, positions, where):
    """`positions` (#V by 3, object space) in world space; `where`: the file, for messages."""
    world = mesh_io.world_matrix(obj)
    if abs(np.linalg.det(world[:3, :3])) < 1e-12:
        raise SceneError(f"{where}: mesh {obj.name!r} is scaled to nothing; apply another scale")
    points = transform_points(world, positions)
    usable = (np.abs(points) <= MOST_COORDINATE).all(axis=1)  # NaN is not
    if not usable.all():
        vertex = int(np.argmin(usable))
        raise SceneError(
            f"{where}: mesh {obj.name!r}, vertex {vertex} is at {positions[vertex].tolist()}; "
            "delete or move it"
        )
    return points


def world_triangles(obj):
    """The object's triangles; a mirroring transform would turn them inside out."""
    triangles = mesh_io.read_triangles(obj.data)
    if np.linalg.det(mesh_io.world_matrix(obj)[:3, :3]) < 0:
        return np.ascontiguousarray(triangles[:, ::-1])
    return triangles


def shape_keys(mesh):
    """All keys but the basis."""
    return list(mesh.shape_keys.key_blocks)[1:] if mesh.shape_keys else []
