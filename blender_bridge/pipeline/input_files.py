# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file that a run reads, and what it held: to repeat the run, and to know when to."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .config import PairConfig, load_config
from .region_masks import TEMPLATE, region_files

_BLOCK = 1 << 20


class FileHash(NamedTuple):
    """What a file held."""

    path: str
    bytes: int
    sha256: str


def input_files(options: argparse.Namespace) -> list[Path]:
    """Every file that a run with these options reads, each once.

    Raises the error of the first configuration that cannot be read: the others lie behind it.
    """
    configured = (
        path
        for config, fbx in zip(options.config, options.base_fbx)
        for path in config_files(load_config(config), fbx)
    )
    return list(dict.fromkeys(path for path in (*named_files(options), *configured) if path))


def named_files(options: argparse.Namespace) -> list[Path]:
    """The files that the command line names to be read."""
    named = (
        options.input,
        options.base,
        *options.base_fbx,
        *options.config,
        options.init_pose,
        options.name_conv,
        options.shape_name_file,
        options.cloth_metadata,
        options.mesh_material_data,
    )
    return [path for path in named if path]


def hash_file(path: Path) -> FileHash:
    """Size and SHA-256 of a file; raises OSError where it cannot be read."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return FileHash(str(path), size, digest.hexdigest())


def config_files(config: PairConfig, fbx: Path) -> Iterator[Path | None]:
    """A configuration and every file that it leads to; None for a basis pose that it has not.

    fbx: the target avatar's file, beside which region masks lie; not among the files.
    """
    source, target = config.source, config.target
    yield from (config.path, config.pose_path, config.field_path, source.path, target.path)
    if config.use_base_pose:
        yield from (target.base_pose, target.base_pose_a)
    yield from (field.path for field in config.blend_shape_fields)
    yield from (field.path for field in source.blend_shape_fields)
    yield from (field.path for field in source.inverted_blend_shape_fields)
    if target.name == TEMPLATE:
        yield from region_files(fbx.parent).values()
