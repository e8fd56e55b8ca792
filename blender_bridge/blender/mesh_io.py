# SPDX-License-Identifier: GPL-3.0-or-later
"""Positions, normals and topology of a mesh as arrays, by the fastest bulk calls of the version.

``attributes`` are read by a plain memory copy when the buffer has the attribute's own type; they
replaced the ``vertices``, ``edges`` and ``loops`` structures step by step from Blender 3.4 to 4.0
and are missing while a mesh is in edit mode, so each reader falls back to the older call.
`benches/blender_io.py` measures both.

Coordinates are in object space; multiply by :func:`world_matrix` for world space.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import bpy
import numpy as np

from ..errors import InvalidArgument
from . import modes


@dataclass(frozen=True)
class MeshArrays:
    """One mesh as arrays.

    positions, normals: #V by 3, float32; triangles: #T by 3, uint32, Blender's own triangulation;
    triangle_polygons: #T, uint32; edges: #E by 2, uint32.
    """

    positions: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    triangle_polygons: np.ndarray
    edges: np.ndarray


def read_mesh(obj):
    """All of :class:`MeshArrays` of an object's own mesh, edits in edit mode included."""
    modes.synchronise_edit_mode(obj)
    return _read_all(obj.data)


def read_evaluated_mesh(obj, depsgraph=None):
    """All of :class:`MeshArrays` of an object's mesh after shape keys and modifiers."""
    with evaluated_mesh(obj, depsgraph) as mesh:
        return _read_all(mesh)


@contextmanager
def evaluated_mesh(obj, depsgraph=None):
    """The object's mesh after shape keys and modifiers, valid inside the block."""
    modes.synchronise_edit_mode(obj)
    depsgraph = depsgraph or bpy.context.evaluated_depsgraph_get()
    evaluated = obj.evaluated_get(depsgraph)
    mesh = evaluated.to_mesh()
    try:
        yield mesh
    finally:
        evaluated.to_mesh_clear()


def read_positions(mesh, out=None):
    """Vertex coordinates, #V by 3, float32."""
    positions = _buffer(out, (len(mesh.vertices), 3), np.float32)
    attribute = _attribute(mesh, "position", "FLOAT_VECTOR")
    if attribute is not None:
        attribute.data.foreach_get("vector", positions.ravel())
    else:
        mesh.vertices.foreach_get("co", positions.ravel())
    return positions


def read_normals(mesh, out=None):
    """Unit vertex normals, #V by 3, float32, as Blender computes them (corner-angle weighted)."""
    normals = _buffer(out, (len(mesh.vertices), 3), np.float32)
    mesh.vertex_normals.foreach_get("vector", normals.ravel())
    return normals


def read_triangles(mesh, out=None):
    """Corner vertices of Blender's own triangulation, #T by 3, uint32."""
    mesh.calc_loop_triangles()
    triangles = _buffer(out, (len(mesh.loop_triangles), 3), np.uint32)
    mesh.loop_triangles.foreach_get("vertices", triangles.ravel())
    return triangles


def read_triangle_polygons(mesh, out=None):
    """The polygon of each triangle of :func:`read_triangles`, #T, uint32."""
    mesh.calc_loop_triangles()
    polygons = _buffer(out, (len(mesh.loop_triangles),), np.uint32)
    if hasattr(mesh, "loop_triangle_polygons"):
        mesh.loop_triangle_polygons.foreach_get("value", polygons.view(np.int32))
    else:
        mesh.loop_triangles.foreach_get("polygon_index", polygons.view(np.int32))
    return polygons


def read_edges(mesh, out=None):
    """Vertices of each edge, #E by 2, uint32."""
    edges = _buffer(out, (len(mesh.edges), 2), np.uint32)
    attribute = _attribute(mesh, ".edge_verts", "INT32_2D")
    if attribute is not None:
        attribute.data.foreach_get("value", edges.view(np.int32).ravel())
    else:
        mesh.edges.foreach_get("vertices", edges.ravel())
    return edges


def read_polygons(mesh):
    """Polygons as offsets (#P + 1, uint32) into corner vertices (#C, uint32)."""
    offsets = np.empty(len(mesh.polygons) + 1, np.uint32)
    mesh.polygons.foreach_get("loop_start", offsets[:-1].view(np.int32))
    offsets[-1] = len(mesh.loops)
    corners = np.empty(len(mesh.loops), np.uint32)
    attribute = _attribute(mesh, ".corner_vert", "INT")
    if attribute is not None:
        attribute.data.foreach_get("value", corners.view(np.int32))
    else:
        mesh.loops.foreach_get("vertex_index", corners.view(np.int32))
    return offsets, corners


def write_positions(obj, positions):
    """Moves all vertices of an object's own mesh to ``positions``, #V by 3, metres, float32.

    Shape keys keep their offsets from the basis, as when vertices are moved in edit mode. A mesh in
    edit mode, a wrong shape or a non-finite coordinate is an error and nothing is written.
    """
    modes.require_writable(obj)
    mesh = obj.data
    positions = np.ascontiguousarray(positions, np.float32)
    expected = (len(mesh.vertices), 3)
    if positions.shape != expected:
        raise InvalidArgument(
            "positions", f"has shape {positions.shape}, expected {expected} for {mesh.name!r}"
        )
    finite = np.isfinite(positions).all(axis=1)
    if not finite.all():
        vertex = int(np.argmin(finite))
        raise InvalidArgument("positions", f"holds {positions[vertex]} for vertex {vertex}")
    if mesh.shape_keys:
        _move_shape_keys(mesh.shape_keys, positions)
    attribute = _attribute(mesh, "position", "FLOAT_VECTOR")
    if attribute is not None:
        attribute.data.foreach_set("vector", positions.ravel())
    else:
        mesh.vertices.foreach_set("co", positions.ravel())
    mesh.update()


def read_shape_key(key, out=None):
    """Coordinates of one shape key, #V by 3, float32."""
    coordinates = _buffer(out, (len(key.data), 3), np.float32)
    if hasattr(key, "points"):
        key.points.foreach_get("co", coordinates.ravel())
    else:
        key.data.foreach_get("co", coordinates.ravel())
    return coordinates


def write_shape_key(key, coordinates):
    """Sets the coordinates of one shape key, #V by 3, float32; tag the mesh for update after it."""
    coordinates = np.ascontiguousarray(coordinates, np.float32)
    if coordinates.shape != (len(key.data), 3):
        raise InvalidArgument(
            "coordinates",
            f"has shape {coordinates.shape}, expected {(len(key.data), 3)} for {key.name!r}",
        )
    points = key.points if hasattr(key, "points") else key.data
    points.foreach_set("co", coordinates.ravel())


def create_mesh(name, positions, polygon_offsets, corner_vertices):
    """A new mesh datablock from positions (#V by 3) and the polygons of :func:`read_polygons`.

    Shading is smooth.
    """
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(positions))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(positions, np.float32).ravel())
    offsets = np.ascontiguousarray(polygon_offsets, np.int32)
    mesh.loops.add(len(corner_vertices))
    mesh.loops.foreach_set("vertex_index", np.ascontiguousarray(corner_vertices, np.int32))
    mesh.polygons.add(len(offsets) - 1)
    mesh.polygons.foreach_set("loop_start", offsets[:-1])
    if bpy.app.version < (3, 6):  # later versions derive the totals, and then refuse them
        mesh.polygons.foreach_set("loop_total", np.diff(offsets))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(offsets) - 1, bool))
    mesh.update(calc_edges=True)
    mesh.validate()
    return mesh


def world_matrix(obj):
    """The object's world matrix, 4 by 4, float64, row-major."""
    return np.array(obj.matrix_world, np.float64)


def _read_all(mesh):
    return MeshArrays(
        read_positions(mesh),
        read_normals(mesh),
        read_triangles(mesh),
        read_triangle_polygons(mesh),
        read_edges(mesh),
    )


def _attribute(mesh, name, data_type):
    """The named attribute if the running version stores the data there, else None."""
    if mesh.is_editmode:
        return None
    attribute = mesh.attributes.get(name)
    return attribute if attribute is not None and attribute.data_type == data_type else None


def _buffer(out, shape, dtype):
    """``out`` if given, which must be the contiguous array that the call fills, else a new one."""
    if out is None:
        return np.empty(shape, dtype)
    if out.shape != shape or out.dtype != dtype or not out.flags.c_contiguous:
        raise InvalidArgument(
            "out",
            f"is {out.dtype.name} {out.shape}, expected contiguous {np.dtype(dtype).name} {shape}",
        )
    return out


def _move_shape_keys(shape_keys, positions):
    displacement = positions - read_shape_key(shape_keys.reference_key)
    for key in shape_keys.key_blocks:
        write_shape_key(key, read_shape_key(key) + displacement)
    write_shape_key(shape_keys.reference_key, positions)
