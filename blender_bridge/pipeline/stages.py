# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape stage, composed of the library's kernels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..arguments import NO_INDEX
from ..field import DeformationField
from ..fits import fit_similarity
from ..skinning import skin_points, unskin_points


class BonePose(NamedTuple):
    """Delta matrices of bones, #B by 4 by 4."""

    posed: Any


class FieldUse(NamedTuple):
    """A field and the factors (#V) of its displacements."""

    field: DeformationField
    mask: Any = None


class ShapeReport(NamedTuple):
    """The stage in numbers."""

    rigid_parts: int


class ShapeResult(NamedTuple):
    """The outfit's new shape: #V by 3, and #K by #V by 3 displacements from it."""

    points: np.ndarray
    shape_keys: np.ndarray
    report: ShapeReport


def shape_stage(
    points,
    triangles,
    *,
    weights,
    shape_keys=None,
    pose=None,
    fields=(),
    key_fields=None,
    rigid=None,
    unpose=None,
    body=None,
    repair_radius=None,
    cancel=None,
) -> ShapeResult:
    """Pose, fields on basis and shape keys, rigid parts (#V labels), back from another pose.

    Nothing is pushed out of the body: `triangles`, `body` and `repair_radius` are not looked at.
    """
    keys = np.zeros((0, *points.shape), np.float32) if shape_keys is None else shape_keys
    source = points
    if pose is not None:
        done = skin_points(weights, _identities(pose), pose.posed, points, displacements=keys)
        points, keys = done.positions, done.displacements
    own = key_fields or [None] * len(keys)
    shapes = [_through(points, fields, cancel)]
    shapes += [_through(points + key, use or fields, cancel) for key, use in zip(keys, own)]
    parts = 0
    if rigid is not None and (rigid != NO_INDEX).any():
        shapes[0] = (
            fit_similarity(source, shapes[0], labels=rigid).points * (rigid != NO_INDEX)[:, None]
            + shapes[0] * (rigid == NO_INDEX)[:, None]
        )
        parts = int(rigid[rigid != NO_INDEX].max()) + 1
    points = shapes[0]
    keys = np.array([shape - points for shape in shapes[1:]], np.float32)
    keys = keys.reshape(-1, *points.shape)
    if unpose is not None:
        done = unskin_points(weights, _identities(unpose), unpose.posed, points, displacements=keys)
        points, keys = done.positions, done.displacements
    return ShapeResult(points, keys, ShapeReport(parts))


def _identities(pose):
    return np.tile(np.eye(4), (len(pose.posed), 1, 1))


def _through(points, uses, cancel):
    for use in uses:
        points = use.field.apply(points, mask=use.mask, cancel=cancel)
    return points
