# SPDX-License-Identifier: GPL-3.0-or-later
"""Every input file of a run, loaded and checked before anything is computed."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import HemlineError
from ..field import DeformationField
from . import optional_files
from .avatar_data import ShapeField
from .config import PairConfig, PairShapeField, load_config
from .errors import AllInputsChecked, InputFileError, OutputError, RetargetError
from .fbx_file import check_fbx
from .input_bytes import read_bytes
from .input_files import input_files, named_files
from .pose_files import BoneTransform, load_initial_pose, load_pose
from .region_masks import TEMPLATE, RegionMask, load_region_masks


@dataclass(frozen=True)
class LoadedField:
    """A blend-shape field and what its file's description says."""

    entry: ShapeField | PairShapeField
    field: DeformationField


@dataclass(frozen=True)
class PairInputs:
    """All that one pair needs besides the target's FBX file, which Blender reads."""

    config: PairConfig
    fbx: Path
    pose: dict[str, np.ndarray]
    field: DeformationField
    #: Rest to basis pose of the target, by role; for source outfits in T-pose and in A-pose.
    base_pose: dict[str, np.ndarray]
    base_pose_a: dict[str, np.ndarray]
    #: By label, which is used once.
    shape_fields: dict[str, LoadedField]
    #: By label: the source avatar's own, and the same backwards; one after the other.
    source_shape_fields: dict[str, list[LoadedField]]
    inverse_source_shape_fields: dict[str, list[LoadedField]]
    #: By region, of the target's body.
    region_masks: dict[str, RegionMask]

    @property
    def body_files(self) -> tuple[Path, Path]:
        """Tells the target's body from others: the description names the mesh and blend shapes."""
        return self.fbx.resolve(), self.config.target.path.resolve()


@dataclass(frozen=True)
class Inputs:
    """A whole run."""

    options: argparse.Namespace
    pairs: list[PairInputs]
    initial_pose: dict[str, BoneTransform]
    name_conversion: dict[str, str]
    shape_names: dict[str, list[str]]
    mesh_materials: dict[str, list[tuple[str, list[int]]]]
    cloth: optional_files.ClothMetadata | None


class _Errors:
    """Collects what is wrong, so that a check names everything at once."""

    def __init__(self):
        self.found: list[RetargetError] = []

    def collect(self, load, *arguments):
        """The result of a loader, or None if it found something wrong."""
        try:
            return load(*arguments)
        except AllInputsChecked as several:
            self.found.append(several)
        except RetargetError as error:
            self.found.append(error)
        except HemlineError as error:  # the library's own
            path = arguments[0]
            problem = str(error).removeprefix(f"`path` {path} ")
            self.found.append(InputFileError(path, f"{problem}; make it again, or copy it again"))
        return None


def load_inputs(options: argparse.Namespace) -> Inputs:
    """Loads every file that the options name; raises `AllInputsChecked` with all complaints."""
    errors = _Errors()
    collect = errors.collect
    _optional(errors, check_blend, options.base)
    collect(check_fbx, options.input)
    pairs = [
        collect(load_pair, config, fbx) for config, fbx in zip(options.config, options.base_fbx)
    ]
    inputs = Inputs(
        options,
        pairs,
        collect(load_initial_pose, options.init_pose),
        _optional(errors, optional_files.load_name_conversion, options.name_conv) or {},
        _optional(errors, optional_files.load_shape_names, options.shape_name_file) or {},
        _optional(errors, optional_files.load_mesh_materials, options.mesh_material_data) or {},
        _optional(errors, optional_files.ClothMetadata, options.cloth_metadata),
    )
    read = named_files(options) if None in pairs else input_files(options)
    for path in filter(None, (options.output, options.report, options.report_html)):
        collect(check_output, path, read)
    if errors.found:
        raise AllInputsChecked(errors.found)
    return inputs


def load_pair(config_path: Path, fbx: Path) -> PairInputs:
    """A configuration and every file that it leads to."""
    errors = _Errors()
    errors.collect(check_fbx, fbx)
    config = errors.collect(load_config, config_path)
    if config is None:
        raise AllInputsChecked(errors.found)
    source, target = config.source, config.target
    pair = PairInputs(
        config,
        fbx,
        errors.collect(load_pose, config.pose_path),
        errors.collect(DeformationField.load, config.field_path),
        _optional(errors, load_pose, config.use_base_pose and target.base_pose) or {},
        _optional(errors, load_pose, config.use_base_pose and target.base_pose_a) or {},
        {
            label: loaded
            for label, (loaded,) in _load_fields(errors, config.blend_shape_fields).items()
        },
        _load_fields(errors, source.blend_shape_fields),
        _load_fields(errors, source.inverted_blend_shape_fields),
        (target.name == TEMPLATE and errors.collect(load_region_masks, fbx.parent)) or {},
    )
    if errors.found:
        raise AllInputsChecked(errors.found)
    return pair


def check_blend(path: Path) -> None:
    """Whether the file begins like a .blend file, plain or compressed (zstd, gzip)."""
    if not read_bytes(path, 12).startswith((b"BLENDER", b"\x28\xb5\x2f\xfd", b"\x1f\x8b")):
        raise InputFileError(path, "is not a .blend file; choose another, or leave --base out")


def check_output(path: Path, inputs: list[Path]) -> None:
    """Whether a file can be made there, and is none of the inputs."""
    folder = path.resolve().parent
    if not folder.is_dir():
        raise OutputError(f"{path}: the folder {folder} does not exist; make it")
    if path.is_dir():
        raise OutputError(f"{path}: is a folder, expected the name of a file")
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{path}: the folder {folder} is read-only; choose another")
    for other in inputs:
        if other.exists() and path.exists() and os.path.samefile(path, other):
            raise OutputError(f"{path}: is an input as well; choose another name")


def _optional(errors, load, path):
    return errors.collect(load, path) if path else None


def _load_fields(errors, entries):
    loaded = {}
    for entry in entries:
        field = errors.collect(DeformationField.load, entry.path)
        if field is not None:
            loaded.setdefault(entry.label, []).append(LoadedField(entry, field))
    return loaded
