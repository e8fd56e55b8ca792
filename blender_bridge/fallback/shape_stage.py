# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape stage: pose, fields, rigid parts, inverse pose, repair, for basis and shape keys."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from ..fits import Fits
from ..progress import Progress
from .distortion import face_distortion, stretched_count
from .fits import fit_similarity
from .penetration import penetration, repair_penetration
from .skinning import SINGULAR, UNWEIGHTED, skin_points

#: Metres inside the body from which on a vertex counts as deep.
DEEP = np.float32(0.001)
#: Weights that differ by no more than this are one pattern.
SAME_WEIGHT = np.float32(1e-3)
NO_PROGRESS = Progress(None, None)


def shape_stage(given, out, progress):
    """Fills points, keys, rigid labels and both depths; returns the numbers of the report."""
    points, keys, labels, depths_before, depths = out
    labels[...] = _rigid_labels(given)
    rigid = labels if (labels != NO_INDEX).any() else None

    posed, posed_keys, posed_status = _skinned("forward", given, given.points, given.shape_keys)
    basis = _deformed(given.fields, posed, given.points, rigid)
    progress.advance(0.6 / (len(keys) + 1))
    displaced = [_moving_rows(given, key, rigid) for key in range(len(keys))]
    for key, rows in enumerate(displaced):
        own = given.key_fields[key] if given.key_fields else None
        start = given.points + given.shape_keys[key]
        shape = _deformed(
            given.fields if own is None else own, posed + posed_keys[key], start, rigid
        )
        keys[key] = np.where(rows[:, None], shape - basis, np.float32(0.0))
        if own is not None:
            # A mask keeps the key's fields from the others, and so must the repair.
            displaced[key] = _displaced_rows(keys[key], rigid)
        progress.advance(0.6 * (key + 2) / (len(keys) + 1))
    basis, unposed_keys, status = _skinned("inverse", given, basis, keys)
    basis = basis.astype(np.float32)
    keys[...] = unposed_keys

    points[...] = basis
    depths_before[...] = depths[...] = -np.inf
    _leave_body(given, basis, rigid, out, displaced, progress)
    statuses = np.stack([posed_status, status])
    return _report(given, basis, out, statuses)


def _rigid_labels(given):
    """Islands whose vertices all have the weights of their lowest vertex, and some at all."""
    count = len(given.points)
    if given.rigid is None:
        return np.full(count, NO_INDEX, np.uint32)
    if not isinstance(given.rigid, str):
        return given.rigid
    island = _islands(given.triangles, count)
    weights = given.weights.to_dense()
    lowest = weights[island]
    strange = (np.abs(weights - lowest) > SAME_WEIGHT).any(axis=1) | ~(lowest > 0.0).any(axis=1)
    rigid = np.ones(count, bool)
    rigid[island[strange]] = False
    member = rigid[island] & np.isin(np.arange(count), given.triangles)
    labels = np.full(count, NO_INDEX, np.uint32)
    labels[member] = np.unique(island[member], return_inverse=True)[1]
    return labels


def _islands(triangles, count):
    """The lowest vertex of each vertex's island."""
    lowest = np.arange(count)
    while True:
        least = lowest[triangles].min(axis=1, keepdims=True)
        before = lowest.copy()
        np.minimum.at(lowest, triangles, np.broadcast_to(least, triangles.shape))
        lowest = lowest[lowest]
        if (lowest == before).all():
            return lowest


def _skinned(direction, given, points, keys):
    """Points and keys in float64 after a pose or its inverse, and each vertex's status."""
    pose = given.pose if direction == "forward" else given.unpose
    points, keys = points.astype(np.float64), keys.astype(np.float64)
    status = np.zeros(len(points), np.uint8)
    if pose is not None:
        posed, rest, bones, blend = pose
        buffers = (points, None, keys)
        skin_points(
            direction, given.weights, bones, rest, posed, None, blend, buffers,
            (points, None, keys, status),
        )  # fmt: skip
    return points, keys, status


def _deformed(fields, posed, start, rigid):
    """Fields, then rigid parts: each the similarity of `start` that fits best what they made."""
    moved = posed.astype(np.float32)
    for field, mask, settings in fields:
        field.apply(moved, mask, settings, moved, NO_PROGRESS)
    if rigid is None:
        return moved
    parts = int(rigid[rigid != NO_INDEX].max()) + 1
    fits = Fits(np.empty((parts, 4, 4)), np.empty(parts), np.empty(parts), np.empty_like(start))
    fit_similarity(start, moved, None, rigid, True, fits)
    return np.where((rigid != NO_INDEX)[:, None], fits.points, moved)


def _moving_rows(given, key, rigid):
    """Vertices that go a way of their own: all of a key with fields of its own."""
    if given.key_fields and given.key_fields[key] is not None:
        return np.ones(len(given.points), bool)
    return _displaced_rows(given.shape_keys[key], rigid)


def _displaced_rows(displacements, rigid):
    """Vertices that a key displaces, with the whole of each rigid part that it touches."""
    rows = (displacements != 0.0).any(axis=1)
    if rigid is not None:
        rows |= (rigid != NO_INDEX) & np.isin(rigid, rigid[rows & (rigid != NO_INDEX)])
    return rows


def _leave_body(given, basis, rigid, out, displaced, progress):
    points, keys, _, depths_before, depths = out
    if given.body is None:
        return
    body = given.body.built
    if given.repair is None or not given.body.triangle_count:
        penetration(body, basis, np.inf, depths_before, NO_PROGRESS)
        depths[...] = depths_before
        return
    repair_penetration(
        body, basis, _original_heights(given, given.points), rigid, given.repair,
        points, depths_before, depths, NO_PROGRESS,
    )  # fmt: skip
    for key, rows in enumerate(displaced):
        start = points[rows]
        moved = start + keys[key, rows]
        offsets = _original_heights(given, (given.points + given.shape_keys[key])[rows])
        labels = None if rigid is None else rigid[rows]
        unused = np.empty((2, len(start)), np.float32)
        repair_penetration(
            body, moved.copy(), offsets, labels, given.repair, moved, *unused, NO_PROGRESS
        )
        keys[key, rows] = moved - start
        progress.advance(0.6 + 0.4 * (key + 1) / len(keys))


def _original_heights(given, points):
    if given.source_body is None or not given.source_body.triangle_count:
        return None
    depths = np.empty(len(points), np.float32)
    penetration(given.source_body.built, points, np.inf, depths, NO_PROGRESS)
    return -depths


def _report(given, before_repair, out, statuses):
    points, _, labels, depths_before, depths = out
    stretches = np.empty((len(given.triangles), 2), np.float32)
    inverted = np.empty(len(given.triangles), bool)
    face_distortion(given.points, points, given.triangles, stretches, inverted)
    pushes = np.linalg.norm(points - before_repair, axis=1)
    return (
        int((statuses == UNWEIGHTED).any(axis=0).sum()),
        int((statuses == SINGULAR).any(axis=0).sum()),
        len(np.unique(labels[labels != NO_INDEX])),
        int((depths_before > DEEP).sum()),
        int((depths > DEEP).sum()),
        float(depths_before.max(initial=0.0)),
        float(depths.max(initial=0.0)),
        int((pushes > 0.0).sum()),
        float(pushes.max(initial=0.0)),
        int(inverted.sum()),
        stretched_count(stretches, given.points, points, given.triangles),
    )
