# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a run may have beside the required ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from ..spatial import PointIndex
from .avatar_data import blender_name
from .json_value import JsonValue, read_json
from .whole_file import write_text


def load_name_conversion(path: str | os.PathLike) -> dict[str, str]:
    """New bone names by the names in the outfit's FBX."""
    return {
        blender_name(entry.require("fbxBone").text()): blender_name(
            entry.require("prefabBone").text()
        )
        for entry in read_json(path).require("boneMapping").elements()
    }


def load_shape_names(path: str | os.PathLike) -> dict[str, list[str]]:
    """Names of the shape keys of each mesh, in order."""
    return {
        mesh: [name.text() for name in names.elements()] for mesh, names in read_json(path).items()
    }


def load_mesh_materials(path: str | os.PathLike) -> dict[str, list[tuple[str, list[int]]]]:
    """(material, polygons) of each sub-mesh, by mesh."""
    meshes = {}
    for entry in read_json(path).require("meshMaterials").elements():
        meshes[entry.require("meshName").text()] = [
            (
                part.require("materialName").text(),
                [face.index() for face in part.require("faces").elements()],
            )
            for part in entry.require("subMeshes").elements()
        ]
    return meshes


class ClothMetadata:
    """Cloth constraints of vertices, which the file knows by their positions in Unity's axes."""

    def __init__(self, path: str | os.PathLike):
        root = read_json(path)
        self._document = root.value
        #: Blender positions (#N by 3 float32) of each mesh.
        self.positions: dict[str, np.ndarray] = {}
        for entry in root.require("clothMetadata").elements():
            name = entry.require("meshName").text()
            vertices = entry.require("vertexData").elements()
            rows = [_blender_position(vertex.require("position")) for vertex in vertices]
            self.positions[name] = np.array(rows, np.float32).reshape(-1, 3)

    def vertices(self, mesh_name: str, points: np.ndarray) -> np.ndarray:
        """The nearest vertex of each entry, #N; `points` as the file was written for."""
        with PointIndex(points) as index:
            return index.nearest(self.positions[mesh_name]).indices

    def save(self, path: Path, new_positions: dict[str, np.ndarray]) -> None:
        """Writes a copy with new Blender positions, as many as `positions` has for each mesh."""
        document = json.loads(json.dumps(self._document))
        for entry in document["clothMetadata"]:
            moved = new_positions.get(entry["meshName"])
            if moved is None:
                continue
            for vertex, (x, y, z) in zip(entry["vertexData"], moved.tolist()):
                vertex["position"] = {"x": -x, "y": z, "z": -y}
        write_text(path, json.dumps(document, indent=1, ensure_ascii=False))


def _blender_position(position: JsonValue) -> tuple[float, float, float]:
    """Unity (x, y, z) is Blender (-x, -z, y)."""
    x, y, z = (position.require(axis).number() for axis in "xyz")
    return -x, -z, y
