# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel "hemline" in the 3D view's sidebar: one box a job."""

from pathlib import Path

import bpy

from . import (
    make_avatar,
    results,
    retarget_outfit,
    select_problems,
    smooth_weights,
    transfer_weights,
)
from .preferences import ADDON, draw_status


class SidebarPanel:
    """Where the panels are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "hemline"


class TransferPanel(SidebarPanel, bpy.types.Panel):
    """Weights from the active body to the selected outfits."""

    bl_idname = "HEMLINE_PT_transfer"
    bl_label = "Transfer Weights"

    def draw(self, context):
        """Draws the job, its advanced section and the last results."""
        layout, settings = self.layout, context.scene.hemline
        layout.use_property_split = True
        draw_status(layout)
        layout.label(text="Select the outfits, then the body")
        layout.operator(transfer_weights.TransferWeights.bl_idname, icon="MOD_DATA_TRANSFER")
        layout.prop(settings, "show_advanced")
        if settings.show_advanced:
            for name in ("max_influences", "mix", "keep_own_bones", "rigid_parts", "symmetry"):
                layout.prop(settings, name)
        _draw_results(layout, context, "TRANSFER")


class SmoothPanel(SidebarPanel, bpy.types.Panel):
    """Radius smoothing of the selected meshes."""

    bl_idname = "HEMLINE_PT_smooth"
    bl_label = "Smooth Weights"

    def draw(self, context):
        """Draws the job and the last results."""
        layout, settings = self.layout, context.scene.hemline
        layout.use_property_split = True
        layout.prop(settings, "smooth_radius")
        layout.prop(settings, "smooth_iterations")
        layout.prop(settings, "smooth_factor")
        layout.operator(smooth_weights.SmoothWeights.bl_idname, icon="MOD_SMOOTH")
        _draw_results(layout, context, "SMOOTH")


class RetargetPanel(SidebarPanel, bpy.types.Panel):
    """An outfit from avatar to avatar, file to file."""

    bl_idname = "HEMLINE_PT_retarget"
    bl_label = "Retarget Outfit"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """Draws the job and the last results."""
        layout, settings = self.layout, context.scene.hemline
        layout.use_property_split = True
        layout.prop(settings, "retarget_input")
        layout.prop(settings, "retarget_pose")
        for pair in settings.pairs:
            box = layout.box()
            box.prop(pair, "base_fbx")
            box.prop(pair, "config")
        row = layout.row(align=True)
        row.operator(retarget_outfit.AddPair.bl_idname, icon="ADD")
        row.operator(retarget_outfit.RemovePair.bl_idname, icon="REMOVE")
        layout.prop(settings, "retarget_output")
        layout.prop(settings, "retarget_report")
        layout.prop(settings, "retarget_options")
        name = retarget_outfit.RetargetOutfit.bl_idname
        layout.operator(name, text="Check", icon="CHECKMARK").check = True
        layout.operator(name, icon="MOD_CLOTH").check = False
        report = retarget_outfit.report_of(settings)
        if settings.retarget_report and Path(report).is_file():
            layout.operator("wm.path_open", text="Open Report", icon="URL").filepath = report
        if any(result.job == "RETARGET" for result in settings.results):
            warnings = settings.retarget_warnings
            _draw_number(layout, "Warnings", str(warnings), is_bad=warnings > 0)
            _draw_results(layout, context, "RETARGET")


class AvatarPanel(SidebarPanel, bpy.types.Panel):
    """An avatar's data files, from the scene."""

    bl_idname = "HEMLINE_PT_avatar"
    bl_label = "Make Avatar Data"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        """Draws the job."""
        layout, settings = self.layout, context.scene.hemline
        layout.use_property_split = True
        layout.label(text="Select the source's armature, then the target's")
        for name in ("avatar_folder", "field_spacing", "mirror_field"):
            layout.prop(settings, name)
        layout.operator(make_avatar.MakeAvatarData.bl_idname, icon="ARMATURE_DATA")


class PreferencesPanel(SidebarPanel, bpy.types.Panel):
    """The add-on's preferences, within reach."""

    bl_idname = "HEMLINE_PT_preferences"
    bl_label = "Preferences"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context):
        """Needs the add-on to be enabled."""
        return ADDON in context.preferences.addons

    def draw(self, context):
        """Draws the preferences."""
        addon = context.preferences.addons[ADDON].preferences
        self.layout.use_property_split = True
        self.layout.prop(addon, "threads")
        self.layout.prop(addon, "cache_mebibytes")


def _draw_results(layout, context, job):
    """A box for each mesh of a job's last run."""
    for index, result in enumerate(context.scene.hemline.results):
        if result.job != job:
            continue
        box = layout.box()
        box.label(text=result.object_name, icon="MESH_DATA", translate=False)
        column = box.column(align=True)
        for measure in result.measures:
            _draw_number(column, measure.label, measure.text, measure.is_bad)
        if result.problems:
            _draw_number(column, "Vertices to look at", str(result.problems), is_bad=True)
            if results.object_of(context.scene, result) is not None:
                box.operator(select_problems.SelectProblems.bl_idname).index = index


def _draw_number(layout, label, text, is_bad):
    # Blender cuts labels that are longer than half of the sidebar, if nothing gives them more.
    row = layout.split(factor=0.68)
    row.label(text=label)
    row.label(text=text, icon="ERROR" if is_bad else "NONE", translate=False)


CLASSES = (TransferPanel, SmoothPanel, RetargetPanel, AvatarPanel, PreferencesPanel)
