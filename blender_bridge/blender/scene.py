# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender scene that a retarget works in."""

from pathlib import Path

import bpy

from ..pipeline.errors import InputFileError
from .console import silenced


def open_base(path: Path | None):
    """Opens the base file, without running what it may hold, and removes its objects.

    None makes an empty scene.
    """
    if path is None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        return
    try:
        with silenced():
            bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
    except RuntimeError as error:
        raise InputFileError(path, f"Blender cannot open it: {_last_line(error)}") from None
    remove_objects(list(bpy.data.objects))


def remove_objects(objects):
    """Removes objects, and everything that nothing uses: its names are free for what comes."""
    bpy.data.batch_remove(objects)
    bpy.data.orphans_purge(do_recursive=True)


def save_copy(path: Path):
    """Saves the scene for inspection."""
    with silenced():
        bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, compress=True)


def _last_line(error):
    return str(error).strip().splitlines()[-1]
