# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape stage: the shape part of a retarget in one call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .field import DeformationField, apply_settings
from .penetration import repair_settings
from .progress import CancelFlag, Progress, ProgressCallback
from .skinning import BLENDS
from .sparse import SparseWeights
from .surface import Surface


class BonePose(NamedTuple):
    """Bones that move points, each by `posed · rest⁻¹`, in world space."""

    posed: Any
    """`#B by 4 by 4`, affine."""
    rest: Any = None
    """`#B by 4 by 4`, affine, invertible; None: identities, so that `posed` are delta matrices."""
    group_bones: Any = None
    """`#G`, the bone of each vertex group, -1 or `NO_INDEX` for none; None: group g is bone g."""
    blend: str = "linear"
    """`"linear"` or `"dual_quaternion"`."""


class FieldUse(NamedTuple):
    """A field and how it is applied: see `DeformationField.apply`."""

    field: DeformationField
    mask: Any = None
    """`#V`, finite factors of the displacements."""
    start: float = 0.0
    end: float = 1.0
    neighbor_count: int = 8
    epsilon: float = 1e-5
    max_distance: float = math.inf
    falloff: float = 0.0


class ShapeReport(NamedTuple):
    """The stage in numbers, all about the basis."""

    unweighted: int
    """Vertices that a pose did not move, for want of a bone."""
    singular: int
    """Vertices whose bones blend to a map without an inverse; the inverse pose left them."""
    rigid_parts: int
    deep_before: int
    """Vertices deeper than 1 mm inside the body before the repair."""
    deep_after: int
    deepest_before: float
    """Metres; 0 where none is inside."""
    deepest_after: float
    moved_by_repair: int
    largest_push: float
    """Metres."""
    inverted_faces: int
    """Faces that turned over against their neighbours, from the input to the result."""
    stretched_faces: int
    """Faces more than twice as long or less than half, against the growth of the whole mesh."""


class ShapeResult(NamedTuple):
    """The outfit's new shape."""

    points: np.ndarray
    """`#V by 3` float32."""
    shape_keys: np.ndarray
    """`#K by #V by 3` float32, displacements from `points`."""
    rigid_labels: np.ndarray
    """`#V` uint32, the rigid part of each vertex, `NO_INDEX` for none."""
    depths_before: np.ndarray
    """`#V` float32, metres inside the body before the repair; -inf without a body."""
    depths: np.ndarray
    """`#V` float32, the same after it."""
    report: ShapeReport


class ShapeInput(NamedTuple):
    """Checked arguments, as the back ends take them."""

    points: np.ndarray
    triangles: np.ndarray
    weights: SparseWeights | None
    shape_keys: np.ndarray
    pose: BonePose | None
    fields: list
    key_fields: list | None
    #: None, "detect" or labels.
    rigid: Any
    unpose: BonePose | None
    body: Surface | None
    source_body: Surface | None
    #: Options of the repair by name, or None.
    repair: dict | None


def shape_stage(
    points: Any,
    triangles: Any,
    *,
    weights: SparseWeights | np.ndarray | None = None,
    shape_keys: Any = None,
    pose: BonePose | None = None,
    fields: Sequence[FieldUse | DeformationField] = (),
    key_fields: Sequence[Sequence[FieldUse] | None] | None = None,
    rigid: Any = "detect",
    unpose: BonePose | None = None,
    body: Surface | None = None,
    source_body: Surface | None = None,
    repair: bool = True,
    clearance: float = 0.0005,
    keep_offset: float = 0.01,
    repair_radius: float = 0.03,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> ShapeResult:
    """Carries an outfit's shape to another body. World space, metres.

    In this order, each step left out where its argument is: the pose (`skin_points`), the fields
    one after the other, rigid parts (each as the similarity of its input shape that fits best what
    the fields made of it), back from another pose (`unskin_points`), and out of the body
    (`repair_penetration`). A shape key goes the way of a shape of its own; vertices that it does
    not displace stay those of the basis, unless it has fields of its own. Its repair starts from
    the repaired basis and moves what it displaces alone. Call it once for a mesh, or for the joined
    meshes of a layered outfit, whose layers then keep their order.

    - `points`, `triangles`: `#V by 3`, finite; `#T by 3`;
    - `weights`: the present skin weights, `#V` rows or `#V by #G`; for the poses, and for
      `"detect"` (without them nothing is rigid);
    - `shape_keys`: `#K by #V by 3`, finite displacements from `points`;
    - `pose`: the pose that the fields were made in; `unpose`: the one that is undone after them;
    - `fields`: those of the basis; `key_fields`: `#K`, each None for the same, or a key's own list
      in place of it (a new key begins as a set of zeros);
    - `rigid`: `"detect"` for edge-connected parts of one weight pattern (to 0.001), None, or `#V`
      labels, -1 or `NO_INDEX` for none;
    - `body`: what the outfit ends on, in the space of the result; without it nothing is repaired;
    - `source_body`: what it was made for, in the space of `points`: original offsets up to
      `keep_offset` metres are restored where the outfit came closer;
    - `repair`: False measures penetration only; `clearance`, `repair_radius`: see
      `repair_penetration`;
    - `progress`, `cancel`: see `ProgressCallback` and `CancelFlag`.
    """
    points = arguments.coordinates("points", points)
    count = len(points)
    if weights is not None:
        if not isinstance(weights, SparseWeights):
            weights = SparseWeights.from_dense(weights)
        arguments.length("weights", weights.vertex_count, count)
    elif pose is not None or unpose is not None:
        raise InvalidArgument("weights", "is None, expected weights for the poses")
    keys = _shape_keys(shape_keys, count)
    if key_fields is not None:
        arguments.length("key_fields", len(key_fields), len(keys))
        key_fields = [None if own is None else _field_uses(own, count) for own in key_fields]
    given = ShapeInput(
        points,
        arguments.indices("triangles", triangles, 3, count),
        weights,
        keys,
        _bone_pose("pose", pose, weights),
        _field_uses(fields, count),
        key_fields,
        _rigid(rigid, weights, count),
        _bone_pose("unpose", unpose, weights),
        body,
        source_body,
        repair_settings(clearance, keep_offset, repair_radius) if repair else None,
    )
    out = (
        np.empty_like(points),
        np.empty_like(keys),
        np.empty(count, np.uint32),
        np.empty(count, np.float32),
        np.empty(count, np.float32),
    )
    report = backend().shape_stage(given, out, Progress(progress, cancel))
    return ShapeResult(*out, ShapeReport(*report))


def _shape_keys(values, count):
    if values is None:
        return np.empty((0, count, 3), np.float32)
    found = arguments.array("shape_keys", values, np.float32)
    if found.ndim != 3 or found.shape[1:] != (count, 3):
        shape = " by ".join(map(str, found.shape))
        raise InvalidArgument("shape_keys", f"has shape {shape}, expected #K by {count} by 3")
    arguments.finite("shape_keys", found)
    return found


def _bone_pose(name, pose, weights):
    if pose is None:
        return None
    posed, rest, group_bones, blend = BonePose(*pose)
    posed = arguments.matrices(f"{name}.posed", posed, np.float64)
    if rest is None:
        rest = np.tile(np.eye(4), (len(posed), 1, 1))
    rest = arguments.matrices(f"{name}.rest", rest, np.float64, len(posed))
    if group_bones is None:
        arguments.length("groups", weights.group_count, len(posed))
    else:
        group_bones = arguments.optional_indices(
            f"{name}.group_bones", group_bones, weights.group_count, len(posed)
        )
    if blend not in BLENDS:
        names = ", ".join(BLENDS)
        raise InvalidArgument(f"{name}.blend", f"is {blend!r}, expected one of {names}")
    return BonePose(posed, rest, group_bones, blend)


def _field_uses(uses, count):
    """Field, mask and settings of each use."""
    checked = []
    for field, mask, *settings in map(_as_field_use, uses):
        mask = arguments.mask("mask", mask, count)
        checked.append((field.built, mask, apply_settings(*settings)))
    return checked


def _as_field_use(use):
    return FieldUse(use) if isinstance(use, DeformationField) else FieldUse(*use)


def _rigid(rigid, weights, count):
    if rigid is None or (isinstance(rigid, str) and rigid == "detect" and weights is None):
        return None
    if isinstance(rigid, str):
        if rigid != "detect":
            raise InvalidArgument("rigid", f"is {rigid!r}, expected 'detect', None or labels")
        return rigid
    return arguments.optional_indices("rigid", rigid, count, count)
