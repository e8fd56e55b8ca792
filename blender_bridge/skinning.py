# SPDX-License-Identifier: GPL-3.0-or-later
"""Skinning of positions, normals and displacements, and its inverse."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .sparse import SparseWeights

BLENDS = ("linear", "dual_quaternion")


class VertexStatus(IntEnum):
    """What became of a vertex."""

    #: It moved with its bones.
    SKINNED = 0
    #: No bone applies to it; it stays where it was.
    UNWEIGHTED = 1
    #: Its bones blend to a map without an inverse. Skinning applied that map; inverse skinning
    #: left the vertex where it was.
    SINGULAR = 2


class Skinned(NamedTuple):
    """Skinned buffers; those that were not given are None."""

    #: `#V by 3`.
    positions: np.ndarray
    #: `#V by 3`, unit.
    normals: np.ndarray | None
    #: `#S by #V by 3`.
    displacements: np.ndarray | None
    #: `#V` uint8, a `VertexStatus` each.
    status: np.ndarray


def skin_points(
    weights: SparseWeights | np.ndarray,
    rest: Any,
    pose: Any,
    positions: Any,
    *,
    normals: Any = None,
    displacements: Any = None,
    group_bones: Any = None,
    to_armature: Any = None,
    blend: str = "linear",
    out: Any = None,
) -> Skinned:
    """Skins vertices from the rest pose to the pose, as Blender's armature modifier does.

    Bone b moves by `pose[b] · rest[b]⁻¹`; a vertex goes by the blend of its groups' bones, over the
    groups with a weight above 0 and a bone. Points go by the blend, normals by its inverse
    transpose, displacements by its linear part. A vertex whose weights sum to 0.0001 or less stays.
    Computes in float64; float64 `positions` give float64 results, all else float32. Buffers may
    hold numbers that are not finite, which disturb no other vertex.

    - `weights`: `#V` rows, or `#V by #G` dense;
    - `rest`, `pose`: `#B by 4 by 4`, armature (or world) space, affine, rest invertible;
    - `positions`, `normals`: `#V by 3`; `displacements`: `#S by #V by 3`, such as shape keys less
      basis;
    - `group_bones`: `#G` whole numbers below #B, -1 or `NO_INDEX` for a group without a bone; None
      where group g belongs to bone g;
    - `to_armature`: 4 by 4, from the space of `positions` to that of the matrices;
    - `blend`: `"linear"` (Magnenat-Thalmann et al. 1988) or `"dual_quaternion"` (Kavan et al. 2007;
      Blender's "Preserve Volume");
    - `out`: a `Skinned` or a tuple of four, arrays like the results or None; the inputs serve too.
    """
    return _run(
        "forward",
        weights,
        rest,
        pose,
        positions,
        normals,
        displacements,
        group_bones,
        to_armature,
        blend,
        out,
    )


def unskin_points(
    weights: SparseWeights | np.ndarray,
    rest: Any,
    pose: Any,
    positions: Any,
    *,
    normals: Any = None,
    displacements: Any = None,
    group_bones: Any = None,
    to_armature: Any = None,
    blend: str = "linear",
    out: Any = None,
) -> Skinned:
    """Takes vertices from the pose back to the rest pose: the inverse of `skin_points`.

    Exact up to rounding for both blends. A vertex whose bones blend to a map without an inverse
    (condition number from 1e6 on) stays, and its status says so.
    """
    return _run(
        "inverse",
        weights,
        rest,
        pose,
        positions,
        normals,
        displacements,
        group_bones,
        to_armature,
        blend,
        out,
    )


def _run(
    direction,
    weights,
    rest,
    pose,
    positions,
    normals,
    displacements,
    group_bones,
    to_armature,
    blend,
    out,
):
    if not isinstance(weights, SparseWeights):
        weights = SparseWeights.from_dense(weights)
    if blend not in BLENDS:
        raise InvalidArgument("blend", f"is {blend!r}, expected one of {', '.join(BLENDS)}")
    dtype = arguments.float_dtype(positions)
    rest = arguments.matrices("rest", rest, dtype)
    pose = arguments.matrices("pose", pose, dtype, len(rest))
    if group_bones is None:
        arguments.length("groups", weights.group_count, len(rest))
    else:
        group_bones = arguments.optional_indices(
            "group_bones", group_bones, weights.group_count, len(rest)
        )
    if to_armature is not None:
        to_armature = arguments.matrix("to_armature", to_armature, dtype)
    count = weights.vertex_count
    given = (
        _buffer("positions", positions, (count, 3), dtype),
        _buffer("normals", normals, (count, 3), dtype),
        _buffer("displacements", displacements, (-1, count, 3), dtype),
    )
    results = _results(out, given, count, dtype)
    backend().skin_points(
        direction, weights, group_bones, rest, pose, to_armature, blend, given, results
    )
    return Skinned(*results)


def _buffer(name, values, shape, dtype):
    if values is None:
        return None
    found = arguments.array(name, values, dtype)
    rows = shape[-2]
    sets = len(found) if found.ndim == 3 else found.size // max(rows * 3, 1)
    expected = shape if shape[0] >= 0 else (sets, *shape[1:])
    if found.shape != expected and found.shape != (int(np.prod(expected)),):
        found_text, expected_text = (" by ".join(map(str, s)) for s in (found.shape, expected))
        raise InvalidArgument(name, f"has shape {found_text}, expected {expected_text}")
    return found.reshape(expected)


def _results(out, given, count, dtype):
    names = ("positions", "normals", "displacements", "status")
    targets = (None,) * 4 if out is None else tuple(out)
    if len(targets) != 4:
        raise InvalidArgument("out", f"holds {len(targets)} arrays, expected 4")
    results = []
    for name, values, target in zip(names, (*given, np.empty(count, np.uint8)), targets):
        if values is None:
            results.append(None)
            continue
        result = arguments.output(f"out.{name}", target, values.shape, values.dtype)
        arguments.not_overlapping(f"out.{name}", result, values, in_place=True)
        results.append(result.reshape(values.shape))
    return results
