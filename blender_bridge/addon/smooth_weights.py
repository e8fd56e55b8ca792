# SPDX-License-Identifier: GPL-3.0-or-later
"""The job "smooth weights": radius smoothing of the selected meshes' bone groups."""

import bpy
import numpy as np

from ..blender.modes import object_mode, require_writable
from ..smoothing import smooth_weights
from ..sparse import SparseWeights
from ..weights import limit_weights, normalize_weights
from . import results, scene_arrays
from .background import BackgroundOperator


class SmoothWeights(BackgroundOperator, bpy.types.Operator):
    """Smooth the skin weights of the selected meshes over a distance"""

    bl_idname = "hemline.smooth_weights"
    bl_label = "Smooth Weights"

    @classmethod
    def poll(cls, context):
        """Needs a selected mesh."""
        return any(obj.type == "MESH" for obj in context.selected_objects)

    def prepare(self, context):
        """Reads all meshes."""
        settings = context.scene.hemline
        meshes = []
        for obj in scene_arrays.selected_meshes(context):
            require_writable(obj)
            names = scene_arrays.bone_groups(obj)
            if not names:
                raise scene_arrays.SelectionError(f"{obj.name!r} has no vertex groups to smooth")
            meshes.append(scene_arrays.read_weighted_mesh(obj, names))
        self._meshes = meshes
        radius, iterations = settings.smooth_radius, settings.smooth_iterations
        factor, influences = settings.smooth_factor, settings.max_influences

        def compute(progress, cancel):
            def smooth(place, mesh):
                return smooth_weights(
                    mesh.points,
                    mesh.weights.to_dense(),
                    radius=radius,
                    iterations=iterations,
                    mask=np.full(len(mesh.points), factor, np.float32),
                    progress=lambda fraction: progress((place + fraction) / len(meshes)),
                    cancel=cancel,
                )

            dense = [smooth(place, mesh) for place, mesh in enumerate(meshes)]
            weights = [
                normalize_weights(limit_weights(SparseWeights.from_dense(rows), influences))
                for rows in dense
            ]
            return weights, [results.weight_entry(*mesh) for mesh in zip(meshes, weights)]

        return compute

    def finish(self, context, result):
        """Writes the weights, and the results for the panel."""
        weights, entries = result
        with object_mode():
            for mesh, rows in zip(self._meshes, weights):
                scene_arrays.write_weights(mesh.obj, mesh.names, rows)
        results.show_smoothing(context.scene.hemline, self._meshes, entries)
        return f"{len(self._meshes)} meshes"
