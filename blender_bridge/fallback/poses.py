# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose algebra for chains of bones."""

import numpy as np

from ..errors import InvalidArgument
from .affine import inverse_maps, is_singular


def pose_by_deltas(parents, rest, deltas, listed, out):
    """pose = delta · rest, with the delta of the nearest listed ancestor or self."""
    effective = np.tile(np.eye(4), (len(parents), 1, 1))
    for bone, parent in _parents_first(parents):
        if listed is None or listed[bone]:
            effective[bone] = deltas[bone]
        elif parent is not None:
            effective[bone] = effective[parent]
    np.matmul(effective, rest, out=out.reshape(rest.shape))


def local_from_common(parents, matrices, out):
    """local = parent⁻¹ · bone."""
    out.reshape(matrices.shape)[...] = _local(parents, matrices, "matrices")


def common_from_local(parents, matrices, out):
    """bone = parent · local, from the roots on."""
    out.reshape(matrices.shape)[...] = _common(parents, matrices)


def basis_from_pose(parents, rest, pose, out):
    """basis = (local rest)⁻¹ · local pose."""
    local_rest, local_pose = _local(parents, rest, "rest"), _local(parents, pose, "pose")
    np.matmul(inverse_maps("rest", local_rest), local_pose, out=out.reshape(rest.shape))


def pose_from_basis(parents, rest, basis, out):
    """local pose = local rest · basis."""
    out.reshape(rest.shape)[...] = _common(parents, _local(parents, rest, "rest") @ basis)


def _local(parents, matrices, argument):
    result = matrices.copy()
    for bone, parent in _parents_first(parents):
        if parent is not None:
            if is_singular(matrices[parent : parent + 1, :3, :3])[0]:
                problem = f"holds a singular matrix at {parent}, expected one with an inverse"
                raise InvalidArgument(argument, problem)
            result[bone] = np.linalg.inv(matrices[parent]) @ matrices[bone]
    return result


def _common(parents, locals_):
    result = locals_.copy()
    for bone, parent in _parents_first(parents):
        if parent is not None:
            result[bone] = result[parent] @ result[bone]
    return result


def _parents_first(parents):
    """Bone and parent (or None) of all bones, each after its parent."""
    placed = np.zeros(len(parents), np.bool_)
    for first in range(len(parents)):
        chain = []
        bone = first
        while bone < len(parents) and not placed[bone]:
            if len(chain) == len(parents):
                problem = f"leads from bone {bone} back to it, expected a root"
                raise InvalidArgument("parents", problem)
            chain.append(bone)
            bone = int(parents[bone])
        for bone in reversed(chain):
            placed[bone] = True
            parent = int(parents[bone])
            yield bone, (parent if parent < len(parents) else None)
