"""Writes the retarget case of examples/retarget_case.py, and its result, from inside Blender: the
reference that the C, C++ and C# programs are compared with.

    python tests/blender/write_retarget_case.py FOLDER            (a Python with ``bpy``)
    blender --background --python tests/blender/write_retarget_case.py -- FOLDER

Bodies and outfit become Blender objects; what is written is what Blender's buffers hold: the case
is read from them, and the result is read back after it was written into the outfit's mesh and
vertex groups.
"""

import os
import sys
from pathlib import Path

import bpy
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

import retarget_case

from blender_bridge.blender import mesh_io, vertex_groups


def write(folder):
    """Writes the case and its result into ``folder``; the result."""
    import sample_assets

    bpy.ops.wm.read_factory_settings(use_empty=True)
    names = sample_assets.load_rig("b").group_names
    source, target = (_add_object(sample_assets.load_body(shape)) for shape in ("a", "b"))
    vertex_groups.write_vertex_groups(target, names, retarget_case.sample_case().body_weights)
    outfit = _add_object(sample_assets.join(sample_assets.make_outfit("small"), "outfit"))
    bpy.context.view_layer.update()

    case = retarget_case.Case(
        *map(_read_mesh, (source, target, outfit)),
        names,
        vertex_groups.read_vertex_groups(target, names),
    )
    retarget_case.write_case(folder, case)
    made = retarget_case.retarget(case)
    mesh_io.write_positions(outfit, made.points)
    vertex_groups.write_vertex_groups(outfit, names, made.weights)
    result = retarget_case.Result(
        _read_mesh(outfit).points, vertex_groups.read_vertex_groups(outfit, names)
    )
    retarget_case.write_result(folder, case, result)
    return result


def _add_object(mesh):
    offsets = np.arange(len(mesh.quads) + 1) * 4
    data = mesh_io.create_mesh(mesh.name, mesh.positions, offsets, mesh.quads.ravel())
    obj = bpy.data.objects.new(mesh.name, data)
    bpy.context.collection.objects.link(obj)
    return obj


def _read_mesh(obj):
    mesh = mesh_io.read_mesh(obj)
    return retarget_case.Mesh(mesh.positions, mesh.triangles)


if __name__ == "__main__":
    write(sys.argv[-1])
    print(f"{sys.argv[-1]}: written by Blender {bpy.app.version_string}")
    # The ``bpy`` module can crash while the interpreter shuts down.
    sys.stdout.flush()
    os._exit(0)
