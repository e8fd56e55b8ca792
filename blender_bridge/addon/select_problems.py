# SPDX-License-Identifier: GPL-3.0-or-later
"""Selects the vertices of a result that have problems."""

import json

import bmesh
import bpy

from . import results


class SelectProblems(bpy.types.Operator):
    """Select the vertices that a job found to be looked at"""

    bl_idname = "hemline.select_problems"
    bl_label = "Select"
    bl_options = {"REGISTER", "UNDO"}

    index: bpy.props.IntProperty(options={"SKIP_SAVE"})

    def execute(self, context):
        """Enters edit mode on the mesh with these vertices selected."""
        found = context.scene.hemline.results
        if not 0 <= self.index < len(found):
            self.report({"ERROR"}, "there is no such result")
            return {"CANCELLED"}
        result = found[self.index]
        obj = results.object_of(context.scene, result)
        if obj is None:
            self.report({"ERROR"}, f"{result.object_name!r} is gone, or its mesh has changed")
            return {"CANCELLED"}
        _select_vertices(context, obj, json.loads(result.problem_indices))
        return {"FINISHED"}


def _select_vertices(context, obj, indices):
    if context.active_object is not None and context.active_object.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.object.select_all(action="DESELECT")
    obj.select_set(True)
    context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_mode(type="VERT")
    bpy.ops.mesh.select_all(action="DESELECT")
    shape = bmesh.from_edit_mesh(obj.data)
    shape.verts.ensure_lookup_table()
    for index in indices:
        shape.verts[index].select_set(True)
    shape.select_flush(True)
    bmesh.update_edit_mesh(obj.data)
