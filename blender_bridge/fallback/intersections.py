# SPDX-License-Identifier: GPL-3.0-or-later
"""Intersecting triangles: boxes, a filter in float64 with an error bound, then exact fractions.

Two triangles share a point exactly where an edge of one meets the other. Points, segments and
triangles in one plane meet exactly where their projections along all three axes do: one of these
projections at least loses nothing, and the others can only add meetings.
"""

from fractions import Fraction

import numpy as np

#: Part of a determinant's sum of absolute products that its rounding stays below.
ROUNDING = 1e-14

#: Pairs that are filtered at a time.
BLOCK = 100_000

AXES = ((1, 2), (2, 0), (0, 1))


def intersecting_triangles(mesh, other, progress):
    """`#P by 2` uint32, ascending."""
    corners = mesh[0][mesh[1]].astype(np.float64)
    other_corners = corners if other is None else other[0][other[1]].astype(np.float64)
    pairs = _overlapping_boxes(corners, other_corners, other is None, progress)
    found = []
    for begin in range(0, len(pairs), BLOCK):
        block = pairs[begin : begin + BLOCK]
        maybe = _not_clearly_apart(corners[block[:, 0]], other_corners[block[:, 1]], other is None)
        for one, two in block[maybe]:
            t, u = (_exact(mesh[i]) for mesh, i in ((corners, one), (other_corners, two)))
            if (_neighbors_meet if other is None else _triangles_meet)(t, u):
                found.append((one, two))
    progress.advance(1.0)
    return np.array(sorted(found), np.uint32).reshape(-1, 2)


def _overlapping_boxes(corners, others, within, progress):
    """Pairs whose boxes share a point, by a sweep along the longest axis."""
    if not len(corners) or not len(others):
        return np.empty((0, 2), np.int64)
    low, high = corners.min(axis=1), corners.max(axis=1)
    other_low, other_high = others.min(axis=1), others.max(axis=1)
    axis = int(np.argmax(other_high.max(axis=0) - other_low.min(axis=0)))
    order = np.argsort(other_low[:, axis], kind="stable")
    begins = other_low[order, axis]
    widest = (other_high - other_low)[:, axis].max()
    first = np.searchsorted(begins, low[:, axis] - widest, "left")
    last = np.searchsorted(begins, high[:, axis], "right")
    found = []
    for triangle in range(len(corners)):
        if triangle % 4096 == 0:
            progress.advance(0.5 * triangle / len(corners))
        near = order[first[triangle] : last[triangle]]
        if within:
            near = near[near > triangle]
        overlap = (other_low[near] <= high[triangle]) & (other_high[near] >= low[triangle])
        near = near[overlap.all(axis=1)]
        found.append(np.stack([np.full(len(near), triangle), near], axis=1))
    return np.concatenate(found)


def _not_clearly_apart(t, u, within):
    """False where all corners that are not common lie clearly on one side of the other's plane."""
    shared = (t[:, :, None, :] == u[:, None, :, :]).all(axis=3)
    if not within:
        shared[:] = False
    all_shared = shared.any(axis=1).all(axis=1)
    apart = _on_one_side(t, u, shared.any(axis=1)) | _on_one_side(u, t, shared.any(axis=2))
    return all_shared | ~apart


def _on_one_side(t, u, skipped):
    a, b, c = (t[:, corner, None, :] - u for corner in range(3))
    determinant = np.einsum("pci,pci->pc", a, np.cross(b, c))
    a, b, c = np.abs(a), np.abs(b), np.abs(c)
    turned = np.roll(b, -1, 2) * np.roll(c, -2, 2) + np.roll(b, -2, 2) * np.roll(c, -1, 2)
    doubt = ROUNDING * np.einsum("pci,pci->pc", a, turned)
    above, below = determinant > doubt, determinant < -doubt
    return (above | skipped).all(axis=1) | (below | skipped).all(axis=1)


def _exact(corners):
    return tuple(tuple(Fraction(number) for number in corner) for corner in corners.tolist())


def _neighbors_meet(t, u):
    """Triangles of one mesh; corners at the same place are common."""
    common = [corner for corner in t if corner in u]
    if not common:
        return _triangles_meet(t, u)
    if _is_flat(t) or _is_flat(u):
        return False
    own, others = ([p for p in triangle if p not in common] for triangle in (t, u))
    if len(common) == 1:
        return _segment_meets_triangle(own, u) or _segment_meets_triangle(others, t)
    if len(common) == 2:
        a, b = common
        turns = [_turn(axis, a, b, own[0]) * _turn(axis, a, b, others[0]) for axis in AXES]
        return _side((a, b, own[0]), others[0]) == 0 and max(turns) > 0
    return True


def _triangles_meet(t, u):
    return any(_segment_meets_triangle(edge, u) for edge in _edges(t)) or any(
        _segment_meets_triangle(edge, t) for edge in _edges(u)
    )


def _edges(t):
    return [(t[0], t[1]), (t[1], t[2]), (t[2], t[0])]


def _segment_meets_triangle(segment, t):
    p, q = segment
    of_p, of_q = _side(t, p), _side(t, q)
    if of_p * of_q > 0:
        return False
    if of_p or of_q:
        return _one_sign([_side((p, q, a), b) for a, b in _edges(t)])
    if _is_flat(t):
        return any(_segments_meet(segment, edge) for edge in _edges(t))
    return all(_meet_in_projection(axis, segment, t) for axis in AXES)


def _segments_meet(one, two):
    flat = _side((*one, two[0]), two[1]) == 0
    return flat and all(_segments_meet_in_projection(axis, one, two) for axis in AXES)


def _meet_in_projection(axis, segment, t):
    inside = _turn(axis, *t) != 0 and _one_sign(
        [_turn(axis, a, b, segment[0]) for a, b in _edges(t)]
    )
    return inside or any(_segments_meet_in_projection(axis, segment, edge) for edge in _edges(t))


def _segments_meet_in_projection(axis, one, two):
    of_two = [_turn(axis, *one, point) for point in two]
    of_one = [_turn(axis, *two, point) for point in one]
    if of_two[0] * of_two[1] < 0 and of_one[0] * of_one[1] < 0:
        return True
    return any(
        turn == 0 and _in_box(axis, segment, point)
        for segment, points, turns in ((one, two, of_two), (two, one, of_one))
        for point, turn in zip(points, turns)
    )


def _in_box(axis, segment, point):
    p, q = segment
    return all(min(p[i], q[i]) <= point[i] <= max(p[i], q[i]) for i in axis)


def _is_flat(t):
    return all(_turn(axis, *t) == 0 for axis in AXES)


def _one_sign(numbers):
    return min(numbers) >= 0 or max(numbers) <= 0


def _side(t, point):
    a, b, c = ([x - y for x, y in zip(corner, point)] for corner in t)
    return (
        a[0] * (b[1] * c[2] - b[2] * c[1])
        + a[1] * (b[2] * c[0] - b[0] * c[2])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
    )


def _turn(axis, a, b, c):
    x, y = axis
    return (b[x] - a[x]) * (c[y] - a[y]) - (b[y] - a[y]) * (c[x] - a[x])
