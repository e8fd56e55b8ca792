# SPDX-License-Identifier: GPL-3.0-or-later
"""A chain of pairs, in memory: each target avatar is the next pair's source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..skinning import skin_points
from . import shape
from .bones import check_names
from .errors import SceneError
from .inputs import Inputs, PairInputs
from .model import Body, Outfit
from .pair import convert, is_identity, target_in_basis_pose, to_rest_pose
from .pair_cache import PairCache
from .posing import initial_deltas, posed
from .run_log import RunLog
from .weights import mirror_columns, symmetrized


def run_chain(
    outfit: Outfit, inputs: Inputs, read_body: Callable[[PairInputs], Body], log: RunLog
) -> Outfit:
    """The outfit on the last pair's target, at rest; `check_links` comes first.

    read_body: gives the target's body of a pair, at rest.
    """
    check_names(outfit.skeleton, inputs.pairs[0].config.source)
    outfit = _to_basis_pose(outfit, inputs, log)
    key_names = inputs.options.blend_shape_mappings
    kept = PairCache(inputs.options.pair_cache)
    *first, pair = inputs.pairs
    for before in first:
        outfit = _between(outfit, before, read_body(before), key_names, kept, log)
    body = read_body(pair)
    target = _posed_target(body, pair, outfit, log)
    # Once is enough: in the pose in which the outfit ends.
    outfit = convert(outfit, pair, target, key_names, log, repair=not target.base_pose)
    outfit = to_rest_pose(outfit, pair, target, body, log)
    with log.phase("symmetry"):
        mirror = mirror_columns(outfit.skeleton.names, pair.config.target.for_transfer)
        meshes = [symmetrized(mesh, mirror) for mesh in outfit.meshes]
    return replace(outfit, meshes=meshes)


def _between(outfit, pair, body, key_names, kept, log) -> Outfit:
    """The outfit on the target of a pair that others follow, in that target's basis pose."""

    def make():
        target = _posed_target(body, pair, outfit, log)
        return convert(outfit, pair, target, key_names, log, repair=False)

    return kept.convert(outfit, pair, body, key_names, log, make)


def _posed_target(body, pair, outfit, log):
    with log.phase("pose body", pair.config.target.name):
        return target_in_basis_pose(body, pair, outfit)


def check_links(pairs: list[PairInputs], log: RunLog) -> None:
    """Each pair's source must be the avatar that the pair before it ends with."""
    for before, after in pairwise(pairs):
        target, source = before.config.target, after.config.source
        if target.path.resolve() == source.path.resolve():
            continue
        if target.bone_of_role != source.bone_of_role:
            role = next(
                role
                for role in {**target.bone_of_role, **source.bone_of_role}
                if target.bone_of_role.get(role) != source.bone_of_role.get(role)
            )
            raise SceneError(
                f"{after.config.path} begins with {source.path}, but the pair before it ends with "
                f"{target.path}: {role} is {source.bone_of_role.get(role)!r} in one and "
                f"{target.bone_of_role.get(role)!r} in the other"
            )
        log.warn(
            f"{after.config.path.name} begins with {source.path.name}, the pair before it ends "
            f"with {target.path.name}; their humanoid bones are the same",
            "nothing, if both describe the same avatar; else correct `clothingAvatarDataPath`",
        )


def check_labels(inputs: Inputs, log: RunLog) -> None:
    """Tells the user about shape keys to be named that no pair makes."""
    made = {label: None for pair in inputs.pairs for label in pair.shape_fields}
    for label in sorted(inputs.options.blend_shape_mappings.keys() - made.keys()):
        log.warn(
            f"--blend-shape-mappings: no configuration has a blend-shape field {label!r} "
            f"(they have {_listed(made)})",
            "correct the label, or leave it out",
        )


def _to_basis_pose(outfit: Outfit, inputs: Inputs, log: RunLog) -> Outfit:
    """The outfit at the source's hips, in the pose and shape in which the first field was made."""
    first = inputs.pairs[0]
    with log.phase("initial pose"):
        outfit = at_hips(outfit, inputs.options.hips_position, first)
        outfit = _initially_posed(outfit, inputs, log)
        return _without_blend_shapes(outfit, inputs, first, log)


def at_hips(outfit: Outfit, hips_position, pair: PairInputs) -> Outfit:
    """The outfit moved so that its hips are at `hips_position` (x, y, z); None leaves it."""
    if hips_position is None:
        return outfit
    name = pair.config.source.bone_of_role["Hips"]
    if name not in outfit.skeleton.index:
        raise SceneError(f"--hips-position is given, but the outfit has no bone {name!r} (Hips)")
    offset = np.array(hips_position) - outfit.skeleton.heads[outfit.skeleton.index[name]]
    if np.linalg.norm(offset) < 1e-6:
        return outfit
    shift = offset.astype(np.float32)
    meshes = [replace(mesh, points=mesh.points + shift) for mesh in outfit.meshes]
    return Outfit(outfit.skeleton.moved(offset), meshes)


def _initially_posed(outfit, inputs, log):
    pose = inputs.initial_pose
    unknown = [name for name in pose if name not in outfit.skeleton.index and pose[name].moves]
    if unknown:
        log.warn(
            f"{inputs.options.init_pose.name} poses {', '.join(map(repr, unknown))}, which the "
            "outfit does not have",
            "correct the names; they are those after --name-conv",
        )
    deltas = initial_deltas(outfit.skeleton, pose)
    rest = np.tile(np.eye(4), (len(deltas), 1, 1))
    if is_identity(dict(enumerate(deltas))):
        return outfit
    meshes = []
    for mesh in outfit.meshes:
        keys = np.array(list(mesh.shape_keys.values())).reshape(-1, len(mesh.points), 3)
        done = skin_points(mesh.weights, rest, deltas, mesh.points, displacements=keys)
        keys = dict(zip(mesh.shape_keys, done.displacements))
        meshes.append(replace(mesh, points=done.positions, shape_keys=keys))
    return Outfit(posed(outfit.skeleton, deltas), meshes)


def _without_blend_shapes(outfit, inputs, pair, log):
    """Takes back the blend shapes of the source that the outfit was fitted with."""
    known = pair.inverse_source_shape_fields
    options = inputs.options
    for label, share in zip(options.blend_shapes, options.blend_shape_values):
        for name, value in pair.config.fitted_shapes(label).items():
            if name not in known:
                log.warn(
                    f"--blend-shapes: {name!r} is not used, as {pair.config.source.path.name} has "
                    f"no such field in `invertedBlendShapeFields` (it has {_listed(known)})",
                    "correct the label, or make the field (docs/authoring.md): until then the "
                    "result keeps what that blend shape did to the outfit",
                )
                continue
            for inverse in known[name]:
                outfit = _undone(outfit, pair.config.source, inverse, share * value)
    return outfit


def _listed(names):
    return ", ".join(map(repr, names)) or "none"


def _undone(outfit, avatar, inverse, value):
    """The outfit after one inverse field."""
    return Outfit(
        outfit.skeleton,
        [
            replace(
                mesh,
                points=shape.undo_blend_shape(mesh, outfit.skeleton, avatar, inverse, value),
            )
            for mesh in outfit.meshes
        ],
    )
