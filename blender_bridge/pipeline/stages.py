# SPDX-License-Identifier: GPL-3.0-or-later
"""The two stages, composed of kernels, in the form that the library's own have."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..robust import robust_transfer_weights
from ..skinning import skin_points, unskin_points
from ..sparse import SparseWeights
from ..weights import limit_weights, normalize_weights


class BonePose(NamedTuple):
    posed: Any


class FieldUse(NamedTuple):
    field: Any
    mask: Any = None


class ShapeResult(NamedTuple):
    points: np.ndarray
    shape_keys: np.ndarray
    report: dict


def shape_stage(
    points,
    triangles,
    *,
    weights=None,
    shape_keys=None,
    pose=None,
    fields=(),
    key_fields=None,
    unpose=None,
    body=None,
    cancel=None,
):
    keys = np.zeros((0, *points.shape), np.float32) if shape_keys is None else shape_keys
    if pose is not None:
        done = skin_points(weights, _rest(pose), pose.posed, points, displacements=keys)
        points, keys = done.positions, done.displacements
    absolute = [points + key for key in keys]
    for i, key in enumerate(absolute):
        absolute[i] = _fields(key, (key_fields[i] if key_fields else None) or fields, cancel)
    points = _fields(points, fields, cancel)
    keys = np.array([key - points for key in absolute], np.float32).reshape(-1, *points.shape)
    if unpose is not None:
        done = unskin_points(weights, _rest(unpose), unpose.posed, points, displacements=keys)
        points, keys = done.positions, done.displacements
    return ShapeResult(points, keys, {})


def _rest(pose):
    return np.tile(np.eye(4), (len(pose.posed), 1, 1))


def _fields(points, uses, cancel):
    for use in uses:
        points = use.field.apply(points, mask=use.mask, cancel=cancel)
    return points


def weight_stage(
    body_points, body_triangles, body_weights, pieces, roles, *, mirror=None, cancel=None
):
    results = []
    for piece in pieces:
        new = robust_transfer_weights(
            body_points, body_triangles, body_weights, piece.points, piece.triangles, cancel=cancel
        ).weights
        own = piece.weights.to_dense() * (np.asarray(roles) == 1)
        share = np.clip(own.sum(1, keepdims=True), 0, 1)
        dense = own + (1 - share) * new.to_dense()
        rows = limit_weights(SparseWeights.from_dense(dense), 4)
        results.append(normalize_weights(rows))
    return results
