# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operators read from the selected objects, as arrays."""

from dataclasses import dataclass

import bpy
import numpy as np

from ..blender import mesh_io, vertex_groups
from ..errors import HemlineError
from ..sparse import SparseWeights
from ..transforms import transform_points


class SelectionError(HemlineError, ValueError):
    """What is selected does not fit the job."""


@dataclass(frozen=True)
class WeightedMesh:
    """One object's mesh and skin weights.

    points: #V by 3, world space, metres; triangles: #T by 3; edges: #E by 2; names: the vertex
    groups that are columns of weights.
    """

    obj: bpy.types.Object
    points: np.ndarray
    triangles: np.ndarray
    edges: np.ndarray
    names: list
    weights: SparseWeights


def selected_meshes(context):
    """The selected mesh objects, by name."""
    meshes = [obj for obj in context.selected_objects if obj.type == "MESH"]
    return sorted(meshes, key=lambda obj: obj.name)


def body_and_outfits(context):
    """The active mesh, and the other selected ones."""
    body = context.active_object
    if body is None or body.type != "MESH":
        raise SelectionError("the active object is no mesh: select the outfits, then the body last")
    outfits = [obj for obj in selected_meshes(context) if obj != body]
    if not outfits:
        raise SelectionError("no outfit is selected: select the outfits, then the body last")
    return body, outfits


def bone_groups(obj):
    """Names of the object's vertex groups that are bones; all of them without an armature."""
    names = vertex_groups.vertex_group_names(obj)
    armature = obj.find_armature()
    if armature is None:
        return names
    bones = {bone.name for bone in armature.data.bones if bone.use_deform}
    return [name for name in names if name in bones]


def read_weighted_mesh(obj, names):
    """The object's own mesh (no modifiers) and its weights of the groups `names`."""
    mesh = mesh_io.read_mesh(obj)
    return WeightedMesh(
        obj,
        transform_points(mesh_io.world_matrix(obj), mesh.positions),
        mesh.triangles,
        mesh.edges,
        names,
        vertex_groups.read_vertex_groups(obj, names),
    )


def write_weights(obj, names, rows):
    """Makes the groups `names` equal to `rows`, without creating groups that stay empty."""
    present = set(vertex_groups.vertex_group_names(obj))
    used = np.bincount(rows.groups, minlength=rows.group_count) > 0
    kept = [column for column, name in enumerate(names) if used[column] or name in present]
    place = np.full(rows.group_count, -1, np.int64)
    place[kept] = np.arange(len(kept))
    rows = SparseWeights(rows.offsets, place[rows.groups], rows.weights, len(kept))
    vertex_groups.write_vertex_groups(obj, [names[column] for column in kept], rows)
