# SPDX-License-Identifier: GPL-3.0-or-later
"""The job "make avatar data": the files that a retarget needs, from avatars in the scene."""

from pathlib import Path

import bpy

from ..authoring.deformation import FieldSettings
from ..authoring.pair_files import in_basis_of, write_avatar, write_pair
from ..blender.avatar_io import AvatarChoice, read_avatar
from ..pipeline.run_log import RunLog
from .background import BackgroundOperator
from .scene_arrays import SelectionError


class MakeAvatarData(BackgroundOperator, bpy.types.Operator):
    """Write the avatar's data files; with a second armature selected, those of the pair, too"""

    bl_idname = "hemline.make_avatar_data"
    bl_label = "Make Avatar Data"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context):
        """Needs an active armature."""
        return context.active_object is not None and context.active_object.type == "ARMATURE"

    def prepare(self, context):
        """Reads the avatars: the selected armature is the source, the active one the target."""
        settings = context.scene.hemline
        folder = Path(bpy.path.abspath(settings.avatar_folder))
        if not settings.avatar_folder or not folder.is_dir():
            raise SelectionError(f"there is no folder {settings.avatar_folder!r} to write to")
        armatures = _source_then_target(context)
        avatars = [_avatar(context, armature) for armature in armatures]
        fields = FieldSettings(mirror_x=settings.mirror_field, spacing=settings.field_spacing)

        def compute(progress, cancel):
            log = RunLog(quiet=True)
            log.cancel = cancel
            source, *targets = avatars
            source = write_avatar(source, folder, fields, log)
            pairs = []
            for target in targets:
                target = write_avatar(in_basis_of(target, source), folder, fields, log)
                pairs.append(write_pair(source, target, folder, fields, log))
            return pairs

        return compute

    def finish(self, context, result):
        """Tells what was written."""
        if not result:
            return "Avatar data written"
        pair = result[0]
        millimetres = f"{1000 * pair.before:.2f} → {1000 * pair.after:.2f} mm"
        return f"{pair.config.name}: {millimetres}"


def _source_then_target(context):
    target = context.active_object
    others = [o for o in context.selected_objects if o.type == "ARMATURE" and o != target]
    if len(others) > 1:
        raise SelectionError(
            f"{len(others) + 1} armatures are selected, expected the target and at most one source"
        )
    return [*others, target]


def _avatar(context, armature):
    """The avatar of an armature, named like it, with the meshes that follow it."""
    meshes = [
        obj
        for obj in context.scene.objects
        if obj.type == "MESH" and obj.find_armature() == armature
    ]
    choice = AvatarChoice(name=armature.name, mesh_name="", table={}, shapes_on={})
    avatar, _ = read_avatar([armature, *meshes], choice, armature.name)
    return avatar
