# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a retarget for its report: the outfit before and after it, and heat maps."""

import colorsys
import tempfile
from pathlib import Path

import bpy
import numpy as np

from ..pipeline.model import Body, CostumeMesh, Outfit
from ..pipeline.quality import depths
from ..pipeline.report_page import Picture
from ..quality import weight_quality
from . import mesh_io, studio
from .console import silenced

# Metres of depth inside the body that are red.
FULL_DEPTH = 0.003
# The steepest weights of this share of the vertices are red.
STEEP_SHARE = 0.02
# What the studio shows whole at scale 1, metres: width, height.
FIGURE = (1.85, 1.95)

_BODY_COLOUR = (0.46, 0.37, 0.31)
# Linear RGB, one mesh of the outfit after the other.
_PIECE_COLOURS = (
    (0.015, 0.16, 0.19),
    (0.50, 0.045, 0.05),
    (0.55, 0.33, 0.04),
    (0.05, 0.07, 0.28),
    (0.60, 0.58, 0.52),
    (0.10, 0.22, 0.05),
)
# Kinds of data that a studio makes; those that use others come first.
_KINDS = ("objects", "meshes", "cameras", "lights", "materials", "worlds")


def take_pictures(before: Outfit, after: Outfit, body: Body) -> list[Picture]:
    """Renders in a scene of their own, which is gone afterwards.

    before: the outfit as it came; after: the result; body: the target's, at rest.
    """
    scene = bpy.data.scenes.new("hemline report")
    kinds = [getattr(bpy.data, kind) for kind in _KINDS]
    known = [set(kind) for kind in kinds]
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _Session(scene, body, Path(folder) / "picture.png").take(before, after)
    finally:
        bpy.data.scenes.remove(scene)
        for kind, kept in zip(kinds, known):
            bpy.data.batch_remove([made for made in kind if made not in kept])


class _Session:
    """A studio with the body in it."""

    def __init__(self, scene, body: Body, path: Path):
        self._scene, self._path, self._body = scene, path, body
        low, high = body.points.min(axis=0), body.points.max(axis=0)
        self._origin = np.array([*(low + high)[:2] / 2, low[2]], np.float32)
        studio.prepare(scene, float(((high - low)[[0, 2]] / FIGURE).max()), draft=True)
        self._figures: list = []
        self._figure = self._add("Body", body, _BODY_COLOUR)

    def take(self, before: Outfit, after: Outfit) -> list[Picture]:
        """All pictures."""
        came, result = self._add_outfit(before), self._add_outfit(after)
        pictures = [
            self._picture(
                "Before", "The outfit as it came, on the target's body.", [self._figure, *came]
            ),
            self._picture("After", "The result at rest.", [self._figure, *result]),
        ]
        self._turn_around()
        pictures.append(
            self._picture("After, from behind", "The result at rest.", [self._figure, *result])
        )
        self._turn_around()
        return pictures + self._weight_maps(after, result) + self._depth_map(after, result)

    def _weight_maps(self, outfit, objects):
        colours = _bone_colours(len(outfit.skeleton.names))
        for obj, mesh in zip(objects, outfit.meshes):
            studio.show_colours(obj, (mesh.weights.to_dense() @ colours).astype(np.float32))
        figures = [self._figure, *objects]
        bones = self._picture(
            "Weights",
            "Each bone has a colour; a vertex shows its bones' by their weights.",
            figures,
        )
        steepness = [_steepness(mesh) for mesh in outfit.meshes]
        full = max(float(np.quantile(np.concatenate(steepness), 1.0 - STEEP_SHARE)), 1e-9)
        for obj, values in zip(objects, steepness):
            studio.show_heat_map(obj, values / full)
        steep = self._picture(
            "Steepness of the weights",
            "How fast weights change along the cloth; a red line across a smooth piece is a jump.",
            figures,
            ("0", f"{full:.0f} per metre or more"),
        )
        return [bones, steep]

    def _depth_map(self, outfit, objects):
        for obj, mesh in zip(objects, outfit.meshes):
            studio.show_heat_map(obj, depths(mesh.points, self._body) / FULL_DEPTH)
        scale = ("outside", f"{1000 * FULL_DEPTH:g} mm or deeper")
        text = "Depth of the result inside the target's body, which is not shown."
        return [self._picture("Penetration", text, objects, scale)]

    def _picture(self, title, caption, visible, scale=None):
        hidden = [obj for obj in self._figures if obj not in visible]
        with silenced():
            studio.render(self._scene, self._path, visible, hidden)
        return Picture(title, caption, self._path.read_bytes(), scale)

    def _turn_around(self):
        for obj in self._figures:
            obj.rotation_euler.z += np.pi

    def _add_outfit(self, outfit):
        return [
            self._add(mesh.name, mesh, _PIECE_COLOURS[number % len(_PIECE_COLOURS)])
            for number, mesh in enumerate(outfit.meshes)
        ]

    def _add(self, name, mesh, colour):
        corners = 3 * np.arange(len(mesh.triangles) + 1)
        data = mesh_io.create_mesh(
            name, mesh.points - self._origin, corners, mesh.triangles.ravel()
        )
        data.materials.append(studio.material(name, colour, 0.6))
        obj = bpy.data.objects.new(name, data)
        self._scene.collection.objects.link(obj)
        self._figures.append(obj)
        return obj


def _steepness(mesh: CostumeMesh):
    return weight_quality(mesh.points, mesh.triangles, mesh.weights, edges=mesh.edges).gradients


def _bone_colours(count):
    """Linear RGBA (#B by 4): neighbours in the list have distant hues."""
    golden = 0.618033988749895
    rgb = [colorsys.hsv_to_rgb(bone * golden % 1.0, 0.85, 0.75) for bone in range(count)]
    return np.array([(*(channel**2.2 for channel in colour), 1.0) for colour in rgb])
