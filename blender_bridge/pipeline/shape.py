# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape part of a pair: pose and fields on the points and shape keys of a mesh."""

from __future__ import annotations

import numpy as np

from ..components import connected_components, find_rigid_parts
from ..shape_stage import BonePose, FieldUse, ShapeResult, shape_stage
from ..sparse import SparseWeights
from ..surface import Surface
from .avatar_data import AvatarData
from .inputs import LoadedField, PairInputs
from .model import CostumeMesh, Skeleton

# Metres along the body over which a push out of it fades: a wider one would move the toes of a sock
# beside the one that is pushed.
REPAIR_RADIUS = 0.01


def follow_pair(
    mesh: CostumeMesh,
    skeleton: Skeleton,
    pose_weights: SparseWeights,
    deltas: np.ndarray,
    pair: PairInputs,
    body: Surface | None,
    key_names: dict[str, str],
    cancel=None,
) -> tuple[list[str], ShapeResult]:
    """Takes a mesh from the source's basis pose and shape to the target's.

    pose_weights, deltas: see `following.pose_weights`; body: the target's, in its basis pose,
    that the mesh is pushed out of (None: it is not);
    key_names: names of the shape keys that blend-shape fields make, by label, where they differ.
    The result's shape keys have the returned names.
    """
    keys, key_fields = _keys_and_fields(mesh, skeleton, pair, key_names)
    result = shape_stage(
        mesh.points,
        mesh.triangles,
        weights=pose_weights,
        shape_keys=np.stack(list(keys.values())) if keys else None,
        pose=BonePose(deltas),
        fields=(FieldUse(pair.field),),
        rigid=rigid_parts(mesh),
        key_fields=list(key_fields.values()) if keys else None,
        body=body,
        repair_radius=REPAIR_RADIUS,
        cancel=cancel,
    )
    return list(keys), result


def _keys_and_fields(mesh, skeleton, pair, key_names):
    """Displacements of every shape key, and the fields of those that have some of their own."""
    keys = dict(mesh.shape_keys)
    fields_of = dict.fromkeys(keys)
    for label, loaded in pair.shape_fields.items():
        name = key_names.get(label, label)
        mask = bone_mask(mesh, skeleton, pair.config.source, loaded.entry.mask_bones)
        if name not in keys:
            keys[name] = _source_displacement(mesh, skeleton, pair, loaded, mask)
        fields_of[name] = (
            (FieldUse(loaded.field),)
            if mask is None
            else (FieldUse(pair.field, 1.0 - mask), FieldUse(loaded.field, mask))
        )
    return keys, fields_of


def leave_basis_pose(mesh: CostumeMesh, deltas: np.ndarray, body: Surface, cancel=None):
    """Takes a mesh from the target's basis pose to its rest pose: a `ShapeResult`.

    deltas: rest to basis pose, #B by 4 by 4; body: the target's, at rest.
    """
    keys = list(mesh.shape_keys.values())
    return shape_stage(
        mesh.points,
        mesh.triangles,
        weights=mesh.weights,
        shape_keys=np.stack(keys) if keys else None,
        rigid=rigid_parts(mesh),
        unpose=BonePose(deltas),
        body=body,
        repair_radius=REPAIR_RADIUS,
        cancel=cancel,
    )


def undo_blend_shape(
    mesh: CostumeMesh, skeleton: Skeleton, avatar: AvatarData, inverse: LoadedField, value: float
) -> np.ndarray:
    """The points of a mesh after a blend shape of its avatar is taken back by `value`, 0 to 1."""
    mask = bone_mask(mesh, skeleton, avatar, inverse.entry.mask_bones)
    return inverse.field.apply(mesh.points, mask=_scaled(mask, value, len(mesh.points)))


def rigid_parts(mesh: CostumeMesh) -> np.ndarray:
    """The rigid part of each vertex, NO_INDEX for none: islands of one weight pattern."""
    islands = connected_components(mesh.edges, len(mesh.points))
    return find_rigid_parts(mesh.weights, islands).labels


def bone_mask(mesh: CostumeMesh, skeleton: Skeleton, avatar: AvatarData, roles):
    """The share (#V float32) of each vertex's weights on some humanoid bones; None: no roles."""
    if not roles:
        return None
    chosen = np.array([avatar.role_of_bone.get(name) in roles for name in skeleton.names], bool)
    rows = mesh.weights
    vertices = np.repeat(np.arange(rows.vertex_count), np.diff(rows.offsets.astype(np.int64)))
    listed = chosen[rows.groups]
    sums = np.bincount(vertices[listed], weights=rows.weights[listed], minlength=rows.vertex_count)
    return np.clip(sums, 0.0, 1.0).astype(np.float32)


def _source_displacement(mesh, skeleton, pair, loaded, within):
    """What the source's own blend shapes, those of a pair's field, do to the mesh; #V by 3.

    within: the mask of the pair's field, beyond which they do nothing.
    """
    values = loaded.entry.source_values or {loaded.entry.source_label: 1.0}
    points = mesh.points
    for label, value in values.items():
        for own in pair.source_shape_fields.get(label, ()):
            mask = bone_mask(mesh, skeleton, pair.config.source, own.entry.mask_bones)
            mask = _both(mask, within)
            points = own.field.apply(points, mask=_scaled(mask, value, len(points)))
    return points - mesh.points


def _both(mask, other):
    if mask is None or other is None:
        return other if mask is None else mask
    return np.minimum(mask, other)


def _scaled(mask, value, count):
    return np.full(count, value, np.float32) if mask is None else mask * np.float32(value)
