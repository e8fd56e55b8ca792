# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads two outputs for a comparison."""

import argparse
from pathlib import Path

import bpy

from ..pipeline.compare import Tolerances, compare_outfits
from ..pipeline.model import Outfit
from ..pipeline.run_log import RunLog
from . import fbx, outfit_io

_EVERYTHING = argparse.Namespace(target_meshes=[], mesh_renderers={})


def compare_files(first: Path, second: Path, tolerances: Tolerances) -> dict:
    """`compare_outfits` of two FBX files; replaces the scene."""
    return compare_outfits(load_outfit(first), load_outfit(second), tolerances)


def load_outfit(path: Path) -> Outfit:
    """The costume meshes and the skeleton of an FBX file; replaces the scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    log = RunLog(quiet=True)
    return outfit_io.read_outfit(fbx.import_fbx(path), _EVERYTHING, {}, log).outfit
