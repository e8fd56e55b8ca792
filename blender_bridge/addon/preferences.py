# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's preferences: what computes, with how many threads, and how much it may keep."""

import bpy

from ..runtime import cache_clear, cache_info, set_cache_limit, set_thread_count, status

#: Name of the add-on as Blender knows it.
ADDON = __package__.rpartition(".")[0]

MEBIBYTE = 1 << 20


def preferences():
    """The stored preferences; None where the package runs without being enabled as an add-on."""
    addon = bpy.context.preferences.addons.get(ADDON)
    return addon.preferences if addon else None


def apply_preferences():
    """Hands the stored preferences to the library."""
    stored = preferences()
    if stored is not None:
        set_thread_count(stored.threads)
        set_cache_limit(stored.cache_mebibytes * MEBIBYTE)


class HemlinePreferences(bpy.types.AddonPreferences):
    """Threads, cache memory, and the library's status."""

    bl_idname = ADDON

    threads: bpy.props.IntProperty(
        name="Threads",
        description="Threads that hemline uses; 0 for all cores. Results do not depend on it",
        min=0,
        max=1024,
        update=lambda self, context: apply_preferences(),
    )
    cache_mebibytes: bpy.props.IntProperty(
        name="Cache Memory (MiB)",
        description="Memory for search structures that are kept between calls",
        default=512,
        min=0,
        max=1 << 16,
        update=lambda self, context: apply_preferences(),
    )

    def draw(self, context):
        """Draws the preferences."""
        layout = self.layout
        draw_status(layout)
        layout.prop(self, "threads")
        row = layout.row()
        row.prop(self, "cache_mebibytes")
        row.operator(ClearCache.bl_idname)
        row.label(text=f"{cache_info().bytes / MEBIBYTE:.1f} MiB")


def draw_status(layout):
    """One line that says what computes; with the reason where it is the slow fallback."""
    now = status()
    if now.backend == "native":
        text = f"hemline {now.library_version}, {now.cpu_features}, {now.threads} threads"
        layout.label(text=text, icon="CHECKMARK")
        return
    box = layout.box()
    box.label(text="The native library is not in use: everything is slower", icon="ERROR")
    box.label(text=now.reason, translate=False)


class ClearCache(bpy.types.Operator):
    """Drop all search structures that are kept between calls"""

    bl_idname = "hemline.clear_cache"
    bl_label = "Clear Cache"

    def execute(self, context):
        """Empties the index cache."""
        cache_clear()
        return {"FINISHED"}
