# SPDX-License-Identifier: GPL-3.0-or-later
"""FBX files in and out by Blender's own add-on."""

from pathlib import Path

import bpy

from ..pipeline.errors import InputFileError
from .console import silenced


def import_fbx(path: Path, *, automatic_bone_orientation=False, custom_normals=True):
    """Imports a file without its animations; the list of its objects."""
    _require_add_on()
    before = set(bpy.data.objects)
    try:
        with silenced():
            bpy.ops.import_scene.fbx(
                filepath=str(path),
                use_anim=False,
                use_image_search=False,
                use_custom_normals=custom_normals,
                automatic_bone_orientation=automatic_bone_orientation,
            )
    except Exception as error:  # the add-on raises whatever a damaged file makes it stumble over
        problem = f"Blender cannot import it: {_reason(error)}; export it again, or copy it again"
        raise InputFileError(path, problem) from error
    return [obj for obj in bpy.data.objects if obj not in before]


def export_fbx(path: Path, objects):
    """Writes the objects as Unity expects them; `path` is a name for the time being (`whole_file`).

    Raises OSError where that fails.
    """
    _require_add_on()
    bpy.context.view_layer.update()
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in objects)
    try:
        with silenced():
            bpy.ops.export_scene.fbx(
                filepath=str(path),
                use_selection=True,
                object_types={"ARMATURE", "MESH"},
                apply_scale_options="FBX_SCALE_ALL",
                axis_forward="-Z",
                axis_up="Y",
                add_leaf_bones=False,
                bake_anim=False,
                use_mesh_modifiers=False,
            )
    except RuntimeError as error:
        raise OSError(_reason(error)) from error


def _reason(error):
    """What an add-on raised: an operator gives its traceback as text, then the place in Blender."""
    lines = [line.strip() for line in str(error).splitlines()]
    reason = [line for line in lines if line and not line.startswith("Location:")][-1]
    if reason.startswith("MemoryError"):
        raise MemoryError from error
    return reason


def _require_add_on():
    """Enables Blender's FBX add-on where the preferences leave it out."""
    if not hasattr(bpy.types, "IMPORT_SCENE_OT_fbx"):
        import addon_utils

        addon_utils.enable("io_scene_fbx")
