# SPDX-License-Identifier: GPL-3.0-or-later
"""The job "transfer weights": from the active body to the other selected meshes."""

import bpy
import numpy as np

from ..blender.modes import object_mode, require_writable
from ..layers import layer_order
from ..outfit_pieces import OutfitPiece
from ..side_names import pair_sides
from ..weight_stage import GroupRole, WeightStageOptions, weight_stage
from . import results, scene_arrays
from .background import BackgroundOperator

SYMMETRY_DISTANCE = 5e-4


class TransferWeights(BackgroundOperator, bpy.types.Operator):
    """Give the selected outfits the skin weights of the active body"""

    bl_idname = "hemline.transfer_weights"
    bl_label = "Transfer Weights"

    @classmethod
    def poll(cls, context):
        """Needs an active mesh."""
        return context.active_object is not None and context.active_object.type == "MESH"

    def prepare(self, context):
        """Reads all meshes."""
        body, outfits = scene_arrays.body_and_outfits(context)
        for obj in outfits:
            require_writable(obj)
        names = scene_arrays.bone_groups(body)
        if not names:
            raise scene_arrays.SelectionError(f"{body.name!r} has no vertex groups to transfer")
        settings = context.scene.hemline
        roles = [GroupRole.BODY] * len(names)
        if settings.keep_own_bones:
            own = _own_bones(outfits, names)
            names, roles = names + own, roles + [GroupRole.OWN] * len(own)
        self._names = names
        self._outfits = [scene_arrays.read_weighted_mesh(obj, names) for obj in outfits]
        body = scene_arrays.read_weighted_mesh(body, names)
        pieces = [
            OutfitPiece(outfit.points, outfit.triangles, outfit.edges, outfit.weights)
            for outfit in self._outfits
        ]
        options = _options(settings)
        mirror = _mirror(names) if settings.symmetry else None

        def compute(progress, cancel):
            meshes = [(piece.points, piece.triangles) for piece in pieces]
            layers = layer_order(meshes, body.points, body.triangles)
            result = weight_stage(
                body.points,
                body.triangles,
                body.weights,
                [piece._replace(layer=int(layer)) for piece, layer in zip(pieces, layers)],
                roles,
                mirror=mirror,
                options=options,
                progress=progress,
                cancel=cancel,
            )
            new = zip(self._outfits, result.weights, result.sources)
            return result.weights, [results.weight_entry(*outfit) for outfit in new]

        return compute

    def finish(self, context, result):
        """Writes the weights, and the results for the panel."""
        weights, entries = result
        with object_mode():
            for outfit, rows in zip(self._outfits, weights):
                scene_arrays.write_weights(outfit.obj, self._names, rows)
        results.show_transfer(context.scene.hemline, self._outfits, entries)
        vertices = sum(len(outfit.points) for outfit in self._outfits)
        return f"{len(self._outfits)} meshes, {vertices} vertices"


def _own_bones(outfits, names):
    """Bones that only outfits have; without an armature an outfit's other groups are no bones."""
    with_armature = [obj for obj in outfits if obj.find_armature() is not None]
    own = (name for obj in with_armature for name in scene_arrays.bone_groups(obj))
    return sorted(set(own).difference(names))


def _options(settings):
    return WeightStageOptions(
        max_influences=settings.max_influences,
        mix=settings.mix,
        rigid_parts=settings.rigid_parts,
        symmetry=SYMMETRY_DISTANCE if settings.symmetry else 0.0,
    )


def _mirror(names):
    """Each group's other side; a group that tells no side is its own."""
    pairs = pair_sides(names).astype(np.int64)
    alone = pairs >= len(names)
    pairs[alone] = np.flatnonzero(alone)
    return pairs
