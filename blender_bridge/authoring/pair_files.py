# SPDX-License-Identifier: GPL-3.0-or-later
"""All files of an avatar, and all files of a pair, written to a folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..pipeline.avatar_data import ShapeField, load_avatar_data
from ..pipeline.config import load_config
from ..pipeline.errors import OutputError, UsageError
from ..pipeline.run_log import RunLog
from .avatar import Avatar, role_heads
from .avatar_files import (
    avatar_document,
    file_stem,
    initial_pose_document,
    pose_document,
    write_json,
)
from .config_files import config_document
from .deformation import FieldSettings, PairField, check_same_topology, field_between, pose_body
from .pose_difference import BASIS_ANGLE, basis_pose, moved_heads, pose_difference


@dataclass(frozen=True)
class PairFiles:
    """What was written for a pair."""

    config: Path
    pose: Path
    field: Path
    #: Mean distance of the bodies' vertices (metres) that the pose difference leaves, and that the
    #: field leaves of it.
    before: float
    after: float


def write_avatar(avatar: Avatar, folder: Path, settings: FieldSettings, log: RunLog) -> Avatar:
    """Writes description, basis pose, initial pose and blend-shape fields.

    The avatar with the paths of these files. A description of the user's is not written again.
    """
    if avatar.described:
        return avatar
    name = file_stem(avatar.data.name)
    heads = role_heads(avatar.data, avatar.body.skeleton)
    pose = avatar.base_pose or {role: np.eye(4) for role in heads}
    base_pose = folder / f"pose_basis_{name}.json"
    with log.phase("avatar data", avatar.data.name):
        write_json(base_pose, pose_document(pose, heads))
        write_json(folder / f"initial_pose_{name}.json", initial_pose_document(pose, avatar.data))
    forward, inverse = _write_shape_fields(avatar, name, folder, settings, log)
    data = replace(
        avatar.data,
        path=folder / f"avatar_data_{name}.json",
        base_pose=base_pose,
        base_pose_a=base_pose,
        blend_shapes={**dict.fromkeys(avatar.shapes, 0.0), **avatar.data.blend_shapes},
        blend_shape_fields=forward,
        inverted_blend_shape_fields=inverse,
    )
    write_json(data.path, avatar_document(data, avatar.fbx_name))
    return replace(avatar, data=load_avatar_data(data.path))


def in_basis_of(avatar: Avatar, reference: Avatar, angle: float = BASIS_ANGLE) -> Avatar:
    """The avatar with a basis pose like the reference's; one of the user's stays."""
    if avatar.described:
        return avatar
    heads = role_heads(avatar.data, avatar.body.skeleton)
    return replace(avatar, base_pose=basis_pose(heads, _basis_heads(reference), angle))


def write_pair(
    source: Avatar, target: Avatar, folder: Path, settings: FieldSettings, log: RunLog
) -> PairFiles:
    """Writes posediff, deformation and configuration; both avatars' files are there already.

    The configuration is read back, so that what is written is known to be readable.
    """
    source_name, target_name = file_stem(source.data.name), file_stem(target.data.name)
    if source_name == target_name:
        raise UsageError(
            f"both avatars are called {target.data.name!r}; name them by --source-name and "
            "--target-name"
        )
    stem = f"{source_name}_to_{target_name}"
    names = [
        f"the body {avatar.data.mesh_name!r} of {avatar.data.name}" for avatar in (source, target)
    ]
    counts = len(source.body.points), len(target.body.points)
    check_same_topology(source.edges, target.edges, counts, names)
    pose_path, field_path = folder / f"posediff_{stem}.json", folder / f"deformation_{stem}.npz"
    with log.phase("pose difference", stem):
        heads = _basis_heads(source)
        pose = pose_difference(heads, _basis_heads(target))
        write_json(pose_path, pose_document(pose, heads))
    with log.phase("deformation", stem):
        start = pose_body(pose_body(source.body, source.data, source.base_pose), source.data, pose)
        end = pose_body(target.body, target.data, target.base_pose)
        made = field_between(start.points, end.points, start.triangles, settings, log.cancel)
        _save(made, field_path)
    config = folder / f"config_{stem}.json"
    write_json(
        config, config_document(config, pose_path, field_path, source.data.path, target.data.path)
    )
    load_config(config)
    return PairFiles(config, pose_path, field_path, made.before, made.after)


def _write_shape_fields(avatar, name, folder, settings, log):
    """Fields of the body's blend shapes and their inverses, in the avatar's basis pose."""
    forward, inverse = [], []
    start = pose_body(avatar.body, avatar.data, avatar.base_pose).points
    for shape, displacements in avatar.shapes.items():
        with log.phase("blend shape", shape):
            shaped = replace(avatar.body, points=avatar.body.points + displacements)
            end = pose_body(shaped, avatar.data, avatar.base_pose).points
            path = folder / f"deformation_{name}_shape_{file_stem(shape)}.npz"
            for fields, way, file in (
                (forward, (start, end), path),
                (inverse, (end, start), path.with_name(f"{path.stem}_inv.npz")),
            ):
                _save(field_between(*way, avatar.body.triangles, settings, log.cancel), file)
                fields.append(ShapeField(shape, file, ()))
    return tuple(forward), tuple(inverse)


def _basis_heads(avatar):
    return moved_heads(role_heads(avatar.data, avatar.body.skeleton), avatar.base_pose)


def _save(made: PairField, path: Path):
    try:
        made.field.save(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None
