# SPDX-License-Identifier: GPL-3.0-or-later
"""The weight part of a pair: the target body's skin weights on all meshes of the outfit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arguments import NO_INDEX
from ..outfit_pieces import OutfitPiece
from ..side_names import mirror_name, pair_sides
from ..sides import symmetrize_weights
from ..weight_stage import GroupRole, WeightStageOptions, weight_stage
from ..weights import limit_weights, normalize_weights
from .avatar_data import AvatarData
from .model import Body, CostumeMesh


def weigh(
    meshes: list[CostumeMesh],
    body: Body,
    target: AvatarData,
    names,
    cancel=None,
    *,
    options: WeightStageOptions | None = None,
):
    """New weights for each mesh, over the bones `names`; a `WeightStageResult`.

    names: the body's first, then the outfit's own. meshes: in the body's space, with their present
    weights over the same bones. The outfit's own bones keep their shares; the body's share the
    rest.
    """
    roles = np.full(len(names), GroupRole.OWN, np.uint32)
    roles[: len(body.skeleton.names)] = GroupRole.BODY
    body_weights = with_columns(body.weights, len(names))
    pieces = [_piece(mesh) for mesh in meshes]
    return weight_stage(
        body.points,
        body.triangles,
        body_weights,
        pieces,
        roles,
        mirror=mirror_columns(names, target),
        options=options,
        cancel=cancel,
    )


def _piece(mesh: CostumeMesh) -> OutfitPiece:
    mask = np.zeros(len(mesh.points), np.float32) if mesh.bound else None
    return OutfitPiece(mesh.points, mesh.triangles, mesh.edges, mesh.weights, mask)


def symmetrized(mesh: CostumeMesh, mirror: np.ndarray) -> CostumeMesh:
    """A mesh in its last shape, with mirrored weights where its vertices mirror each other.

    The weight stage sees to that in the shape of its pose, where other vertices may be closest.

    mirror: see `mirror_columns`.
    """
    rows = symmetrize_weights(mesh.weights, mesh.points, mirror).weights
    rows = limit_weights(rows, WeightStageOptions().max_influences)
    return replace(mesh, weights=normalize_weights(rows))


def mirror_columns(names: list[str], avatar: AvatarData) -> np.ndarray:
    """The bone on the other side of each, itself in the middle, -1 where there is none; #B int64.

    By humanoid role where the bone has one, else by its name.
    """
    index = {name: column for column, name in enumerate(names)}
    by_name = pair_sides(names)
    mirror = np.where(by_name == NO_INDEX, -1, by_name.astype(np.int64))
    for column, name in enumerate(names):
        role = avatar.role_of_bone.get(name)
        if role is None:
            continue
        other = mirror_name(role)
        mirror[column] = column if other is None else index.get(avatar.bone_of_role.get(other), -1)
    columns = np.arange(len(names))
    # A name may call one bone the mirror of another whose role knows better.
    return np.where(mirror[mirror] == columns, mirror, -1)


def with_columns(rows, group_count):
    """The same rows over more groups."""
    return type(rows).trusted(rows.offsets, rows.groups, rows.weights, group_count)
