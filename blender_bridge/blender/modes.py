# SPDX-License-Identifier: GPL-3.0-or-later
"""Edit mode: Blender keeps the mesh under edit elsewhere, so its arrays are stale or locked."""

from contextlib import contextmanager

import bpy

from ..errors import HemlineError


class EditModeError(HemlineError, RuntimeError):
    """A mesh cannot be written while it is in edit mode."""


def synchronise_edit_mode(obj):
    """Copies the edits of a mesh that is in edit mode to its data, so that reading sees them."""
    if obj.mode == "EDIT":
        obj.update_from_editmode()


def require_writable(obj):
    """Raises :class:`EditModeError` if a write to ``obj`` would be lost on leaving edit mode.

    A mesh that several objects share is in edit mode for all of them.
    """
    if obj.data.is_editmode:
        raise EditModeError(
            f"mesh {obj.data.name!r} of object {obj.name!r} is in edit mode; "
            "leave edit mode first (Tab), or write inside object_mode()"
        )


@contextmanager
def object_mode():
    """Object mode inside the block; the active object's mode is restored after it.

    Edit mode may hold several objects; leaving and entering it again moves all of them.
    """
    active = bpy.context.view_layer.objects.active
    mode = active.mode if active else "OBJECT"
    if mode == "OBJECT":
        yield
        return
    bpy.ops.object.mode_set(mode="OBJECT")
    try:
        yield
    finally:
        bpy.context.view_layer.objects.active = active
        bpy.ops.object.mode_set(mode=mode)
