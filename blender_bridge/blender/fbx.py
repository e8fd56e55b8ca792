# SPDX-License-Identifier: GPL-3.0-or-later
"""FBX files in and out by Blender's own add-on, a file being there whole or not at all."""

import os
from pathlib import Path

import bpy

from ..pipeline.errors import InputFileError, OutputError
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
    except MemoryError:
        raise
    except Exception as error:  # the add-on raises whatever a damaged file makes it stumble over
        reason = str(error).strip().splitlines()[-1]
        raise InputFileError(path, f"Blender cannot import it: {reason}") from error
    return [obj for obj in bpy.data.objects if obj not in before]


def export_fbx(path: Path, objects):
    """Writes the objects as Unity expects them; what was at `path` stays until the new is whole."""
    _require_add_on()
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial.fbx")
    bpy.context.view_layer.update()
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in objects)
    try:
        with silenced():
            bpy.ops.export_scene.fbx(
                filepath=str(partial),
                use_selection=True,
                object_types={"ARMATURE", "MESH"},
                apply_scale_options="FBX_SCALE_ALL",
                axis_forward="-Z",
                axis_up="Y",
                add_leaf_bones=False,
                bake_anim=False,
                use_mesh_modifiers=False,
            )
        os.replace(partial, path)
    except MemoryError:
        raise
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error).strip().splitlines()[-1]
        raise OutputError(f"{path}: cannot be written: {reason}") from error
    finally:
        partial.unlink(missing_ok=True)


def _require_add_on():
    """Enables Blender's FBX add-on where the preferences leave it out."""
    if not hasattr(bpy.types, "IMPORT_SCENE_OT_fbx"):
        import addon_utils

        addon_utils.enable("io_scene_fbx")
