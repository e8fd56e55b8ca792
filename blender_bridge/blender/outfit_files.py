# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run's optional files say about an outfit's meshes, applied to imported objects."""

from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..pipeline.errors import SceneError
from ..pipeline.inputs import Inputs
from ..pipeline.model import Outfit
from .topology_edits import split_long_edges


def prepare_meshes(objects, inputs: Inputs, log):
    """Names shape keys, assigns materials, splits long edges, as the options ask."""
    meshes = {obj.name: obj for obj in objects if obj.type == "MESH"}
    for name, keys in _known(inputs.shape_names, meshes, "--shape-name-file", log):
        _name_shape_keys(meshes[name], keys, log)
    for name, parts in _known(inputs.mesh_materials, meshes, "--mesh-material-data", log):
        _assign_materials(meshes[name], parts)
    if inputs.options.no_subdivision:
        return
    fixed = inputs.cloth.positions if inputs.cloth else ()
    for name, obj in meshes.items():
        if name not in fixed and len(obj.data.vertices):
            split_long_edges(obj)


def _known(entries, meshes, option, log):
    """The entries of a file whose meshes there are."""
    for name in sorted(entries.keys() - meshes.keys()):
        log.warn(
            f"{option}: the outfit has no mesh {name!r}",
            f"correct the mesh's name in the file; the outfit has {', '.join(map(repr, meshes))}",
        )
    return [(name, entry) for name, entry in entries.items() if name in meshes]


def _name_shape_keys(obj, names, log):
    keys = list(obj.data.shape_keys.key_blocks)[1:] if obj.data.shape_keys else []
    if len(keys) != len(names):
        log.warn(
            f"--shape-name-file gives mesh {obj.name!r} {len(names)} names, it has {len(keys)} "
            "shape keys; they keep theirs",
            f"give {len(keys)} names in the file, in the order of the shape keys",
        )
        return
    for key, name in zip(keys, names):
        key.name = name


def _assign_materials(obj, parts):
    mesh = obj.data
    slots = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", slots)
    for material, faces in parts:
        outside = [face for face in faces if face >= len(slots)]
        if outside:
            raise SceneError(
                f"--mesh-material-data: face {outside[0]} of {material!r}, but mesh {obj.name!r} "
                f"has {len(slots)} faces"
            )
        slots[faces] = _slot(mesh, material)
    mesh.polygons.foreach_set("material_index", slots)


def _slot(mesh, name):
    for slot, material in enumerate(mesh.materials):
        if material is not None and material.name == name:
            return slot
    mesh.materials.append(bpy.data.materials.get(name) or bpy.data.materials.new(name))
    return len(mesh.materials) - 1


@dataclass
class ClothCopy:
    """The cloth constraints' vertices, found before the run and written after it."""

    inputs: Inputs
    vertices: dict[str, np.ndarray]

    @classmethod
    def find(cls, inputs: Inputs, outfit: Outfit, log) -> "ClothCopy":
        """Finds the vertex of each constraint."""
        vertices = {}
        if inputs.cloth is None:
            return cls(inputs, vertices)
        points = {mesh.name: mesh.points for mesh in outfit.meshes}
        for name in inputs.cloth.positions:
            if name in points:
                vertices[name] = inputs.cloth.vertices(name, points[name])
            else:
                known = ", ".join(map(repr, points))
                log.warn(
                    f"--cloth-metadata: the outfit has no mesh {name!r}",
                    f"correct the mesh's name in {inputs.options.cloth_metadata.name}; "
                    f"it has {known}",
                )
        return cls(inputs, vertices)

    def save(self, outfit: Outfit) -> Path | None:
        """Writes the copy beside the output, if there is a file to copy; its path."""
        if self.inputs.cloth is None:
            return None
        options = self.inputs.options
        path = options.output.with_name(f"{options.output.stem}_{options.cloth_metadata.name}")
        points = {mesh.name: mesh.points for mesh in outfit.meshes}
        moved = {name: points[name][vertices] for name, vertices in self.vertices.items()}
        self.inputs.cloth.save(path, moved)
        return path
