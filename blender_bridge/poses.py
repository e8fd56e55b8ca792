# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose algebra for chains of bones, in float64.

A skeleton is `parents`: the parent of each bone, -1 or `NO_INDEX` for a root, in any order.
Matrices are `#B by 4 by 4`, row-major, affine. *Common* ones are all in world or all in armature
space; *local* ones are relative to the parent bone; a *basis* (Blender's `matrix_basis`) turns a
bone's rest into its pose in the bone's own axes:
`pose = parent pose · parent rest⁻¹ · rest · basis`. To go between world and armature space,
multiply by the armature object's world matrix or its inverse.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import arguments
from .backend import backend


def pose_by_deltas(
    parents: Any, rest: Any, deltas: Any, *, listed: Any = None, out: np.ndarray | None = None
) -> np.ndarray:
    """Poses bones by world-space delta matrices: `pose = delta · rest`.

    A bone that is not listed takes the delta of its nearest listed ancestor, or stays without one.

    - `deltas`: those of bones that are not listed are not looked at;
    - `listed`: `#B` bool or uint8; None lists all.
    """
    parents = _parents(parents)
    rest = arguments.matrices("rest", rest, np.float64, len(parents))
    listed = arguments.selection("listed", listed, len(parents))
    deltas = arguments.array("deltas", deltas, np.float64)
    chosen = deltas if listed is None else deltas[listed != 0] if len(deltas) == len(listed) else ()
    arguments.length("deltas", len(deltas), len(parents))
    arguments.matrices("deltas", chosen, np.float64)
    return _computed("pose_by_deltas", out, parents, rest, deltas, listed)


def local_from_common(parents: Any, matrices: Any, out: np.ndarray | None = None) -> np.ndarray:
    """Matrices relative to the parent bone; a root's stay. A parent's must have an inverse."""
    parents = _parents(parents)
    matrices = arguments.matrices("matrices", matrices, np.float64, len(parents))
    return _computed("local_from_common", out, parents, matrices)


def common_from_local(parents: Any, matrices: Any, out: np.ndarray | None = None) -> np.ndarray:
    """Multiplies local matrices down the chains: the inverse of `local_from_common`."""
    parents = _parents(parents)
    matrices = arguments.matrices("matrices", matrices, np.float64, len(parents))
    return _computed("common_from_local", out, parents, matrices)


def basis_from_pose(
    parents: Any, rest: Any, pose: Any, out: np.ndarray | None = None
) -> np.ndarray:
    """The basis matrices of a pose; `rest` and `pose` in armature space."""
    parents = _parents(parents)
    rest = arguments.matrices("rest", rest, np.float64, len(parents))
    pose = arguments.matrices("pose", pose, np.float64, len(parents))
    return _computed("basis_from_pose", out, parents, rest, pose)


def pose_from_basis(
    parents: Any, rest: Any, basis: Any, out: np.ndarray | None = None
) -> np.ndarray:
    """The pose that basis matrices make: the inverse of `basis_from_pose`."""
    parents = _parents(parents)
    rest = arguments.matrices("rest", rest, np.float64, len(parents))
    basis = arguments.matrices("basis", basis, np.float64, len(parents))
    return _computed("pose_from_basis", out, parents, rest, basis)


def _parents(parents):
    found = np.atleast_1d(np.asarray(parents))
    if not found.size:
        return np.empty(0, np.uint32)
    return arguments.optional_indices("parents", found, len(found), len(found))


def _computed(name, out, parents, *matrices):
    result = arguments.output("out", out, (len(parents), 4, 4), np.float64)
    arguments.not_overlapping("out", result, *matrices, in_place=False)
    getattr(backend(), name)(parents, *matrices, result)
    return result
