# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender add-on: panel "hemline" in the 3D view's sidebar, its operators and preferences."""

import bpy

from . import (
    make_avatar,
    panel,
    preferences,
    retarget_outfit,
    select_problems,
    settings,
    smooth_weights,
    transfer_weights,
)
from .translations import TRANSLATIONS

CLASSES = (
    preferences.ClearCache,
    preferences.HemlinePreferences,
    *settings.CLASSES,
    transfer_weights.TransferWeights,
    select_problems.SelectProblems,
    smooth_weights.SmoothWeights,
    *retarget_outfit.CLASSES,
    make_avatar.MakeAvatarData,
    *panel.CLASSES,
)


def register():
    """Called by Blender when the add-on is enabled."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.hemline = bpy.props.PointerProperty(type=settings.HemlineSettings)
    bpy.app.translations.register(__name__, TRANSLATIONS)
    preferences.apply_preferences()


def unregister():
    """Called by Blender when the add-on is disabled."""
    bpy.app.translations.unregister(__name__)
    del bpy.types.Scene.hemline
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
