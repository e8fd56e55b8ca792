# SPDX-License-Identifier: GPL-3.0-or-later
"""Penetration of a costume into a body, and its repair.

The repair moves space near the body along the ways out of it. A vertex j that is lower over the
body than it should be by q_j asks for a push of q_j at its closest body point c_j. Every vertex i
takes the largest push that is asked for around it,

`push_i = max_j q_j φ(|c_i − c_j| / R_j) φ((h_i − h_j) / (6 q_j)) max(0, n_i · n_j)`

with `φ(x) = 1 − 3x² + 2x³` from 1 at x ≤ 0 to 0 at x ≥ 1, `R_j = min(radius, 8 q_j)`, n the ways
out: so neighbours along the body move alike, and heights keep their order: the slope of φ is at
most 1.5, so two layers keep three quarters of their distance. A rigid part moves as a whole, as its
farthest pushed vertex. Rounds of this are followed by one that moves by itself what is still too
low. At last no vertex is deeper than before: one that would be goes half the way, a quarter, or
stays.
"""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from .signed_surface import SignedSurface
from .spatial import PointIndex

ROUNDS = 3
#: Metres of reach along the body for each metre of push, and of fading height.
REACH, FADE = 8.0, 6.0
#: Metres by which a vertex may be deeper than before.
TOLERANCE = 1e-6


def penetration(surface, points, max_distance, depths, progress):
    """Depth inside the body, negative outside."""
    depths[...] = -SignedSurface(surface).nearest(points, max_distance).heights
    progress.advance(1.0)


def repair_penetration(surface, points, offsets, labels, settings, out, before, after, progress):
    """Fills the moved points and the depths before and after."""
    signed = SignedSurface(surface)
    clearance = settings["clearance"]
    wanted = np.full(len(points), clearance)
    if offsets is not None:
        least = np.clip(clearance + 2.0 * offsets.astype(np.float64), -clearance, clearance)
        wanted = np.maximum(least, np.minimum(offsets, settings["keep_offset"]))
    moved = points.copy()
    first = near = signed.nearest(moved)
    for done in range(ROUNDS + 1):
        need = np.maximum(wanted - near.heights, 0.0)
        alone = done == ROUNDS
        push = need if alone else _spread(near, need, settings["radius"])
        shift = _rigid(push[:, None] * near.outward, labels)
        moved = (moved + shift).astype(np.float32)
        near = signed.nearest(moved)
        progress.advance((done + 1) / (ROUNDS + 2))
    allowed = np.maximum(-first.heights, 0.0) + TOLERANCE
    out.reshape(-1, 3)[...], heights = _never_deeper(
        signed, points, moved, near.heights, allowed, labels
    )
    before[...], after[...] = -first.heights, -heights
    progress.advance(1.0)


def _spread(near, need, radius):
    push = need.copy()
    low = np.flatnonzero(need > 0.0)
    if not len(low):
        return push
    index = PointIndex(near.points)
    for rows, offsets, items, distances in index.within_blocks(near.points[low], radius):
        asking = np.repeat(low[rows], np.diff(offsets))
        q = need[asking]
        reach = np.minimum(radius, REACH * q)
        along = np.where(distances < reach, _fade(distances / np.where(reach > 0, reach, 1.0)), 0.0)
        above = _fade((near.heights[items] - near.heights[asking]) / (FADE * q))
        facing = np.einsum("ij,ij->i", near.outward[items], near.outward[asking])
        np.maximum.at(push, items, q * along * above * np.maximum(facing, 0.0))
    return push


def _fade(x):
    x = np.clip(x, 0.0, 1.0)
    return 1.0 - x * x * (3.0 - 2.0 * x)


def _rigid(shift, labels):
    """Each rigid part takes its longest shift; ties to the first vertex."""
    if labels is None:
        return shift
    squared = np.einsum("ij,ij->i", shift, shift)
    members = np.flatnonzero(labels != NO_INDEX)
    order = members[np.lexsort((members, -squared[members], labels[members]))]
    parts, first = np.unique(labels[order], return_index=True)
    shift = shift.copy()
    shift[members] = shift[order[first]][np.searchsorted(parts, labels[members])]
    return shift


def _never_deeper(signed, points, moved, heights, allowed, labels):
    """Shortens moves to a half, a quarter, nothing, where they end deeper than allowed."""
    share = np.ones(len(points))
    result = moved
    for smaller in (0.5, 0.25, 0.0):
        worse = -heights > allowed
        if labels is not None:
            rigid = labels != NO_INDEX
            worse |= rigid & np.isin(labels, labels[worse & rigid])
        if not worse.any():
            break
        share[worse] = smaller
        shifted = points + share[:, None] * (moved.astype(np.float64) - points)
        result = shifted.astype(np.float32)
        result[share == 1.0] = moved[share == 1.0]
        heights = signed.nearest(result).heights
    return result, heights
