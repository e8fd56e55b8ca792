# SPDX-License-Identifier: GPL-3.0-or-later
"""A weight transfer that is kept up to date: here by a full transfer after each change."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..sparse import SparseWeights
from .surface import Surface
from .transfer import transfer_sparse


def transfer_session(surface, body, points, options, progress):
    """A `TransferSession`."""
    body = SparseWeights.trusted(
        body.offsets.copy(), body.groups.copy(), body.weights.copy(), body.group_count
    )
    arrays = {name: getattr(options, name) for name in ("normals", "triangles", "first_triangles")}
    copies = {name: array.copy() for name, array in arrays.items() if array is not None}
    options = dataclasses.replace(options, **copies)
    return TransferSession(surface, body, points.copy(), options, progress)


class TransferSession:
    """A transfer and all that it was made of."""

    def __init__(self, surface, body, points, options, progress) -> None:
        self._surface = surface
        self._body = body
        self._points = points
        self._options = options
        self._matched = np.empty(len(points), np.uint8)
        self._distances = np.empty(len(points), np.float32)
        self._rows = transfer_sparse(
            surface, body, points, options, self._matched, self._distances, progress
        )

    def update(self, changes, changed, progress):
        """Transfers what is new; `changed` becomes 1 for rows that differ from before."""
        options = self._options
        if changes.normals is not None:
            normals = _merged(options.normals, changes.normals, changes.changed_points)
            options = dataclasses.replace(options, normals=normals)
        points = _merged(self._points, changes.points, changes.changed_points)
        body = _merged_rows(self._body, changes.body_weights, changes.changed_vertices)
        after = TransferSession(self._surface_after(changes), body, points, options, progress)
        changed[...] = _rows_that_differ(self._rows, after._rows)
        self.__dict__ = after.__dict__

    def weights(self, matched, distances):
        """Offsets, groups and weights as they are now."""
        matched[...] = self._matched
        distances[...] = self._distances
        return self._rows

    def close(self) -> None:
        """Nothing to release."""

    def _surface_after(self, changes):
        if changes.body_points is None:
            return self._surface
        triangles = self._surface.triangles
        # Vertices of no triangle do not matter.
        before = np.zeros((self._body.vertex_count, 3))
        before[triangles] = self._surface.corners
        points = _merged(before, changes.body_points, changes.changed_vertices)
        return Surface(points.astype(np.float64), triangles)


def _merged(before, after, mask):
    """A copy of `after`, with the rows of `before` where `mask` has 0."""
    if after is None:
        return before
    return after.copy() if mask is None else np.where(mask[:, None] != 0, after, before)


def _merged_rows(before, after, mask):
    """`_merged` for sparse rows."""
    if after is None:
        return before
    chosen = np.ones(after.vertex_count, bool) if mask is None else mask != 0
    starts = np.where(
        chosen, after.offsets[:-1].astype(np.int64) + before.entry_count, before.offsets[:-1]
    )
    counts = np.where(chosen, np.diff(after.offsets), np.diff(before.offsets)).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    entry = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], counts)
    return SparseWeights.trusted(
        offsets.astype(np.uint32),
        np.concatenate([before.groups, after.groups])[entry],
        np.concatenate([before.weights, after.weights])[entry],
        after.group_count,
    )


def _rows_that_differ(before, after):
    """Marks the rows of (offsets, groups, weights) that differ in any bit."""
    counts, counts_after = np.diff(before[0]), np.diff(after[0])
    differs = counts != counts_after
    # Rows of equal length: their entries side by side.
    same = np.flatnonzero(~differs)
    lengths = counts[same].astype(np.int64)
    row = np.repeat(same, lengths)
    place = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    one, other = before[0][row] + place, after[0][row] + place
    bits = before[2].view(np.uint32)[one] != after[2].view(np.uint32)[other]
    differs[row[(before[1][one] != after[1][other]) | bits]] = True
    return differs
