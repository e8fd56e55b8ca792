# SPDX-License-Identifier: GPL-3.0-or-later
"""Oriented bounding boxes, tight by turns about their own axes."""

from __future__ import annotations

import numpy as np

#: Rounds of turning about each axis.
MOST_ROUNDS = 16
#: A turn must make the box smaller by this part, or it is rounding.
LEAST_GAIN = 1e-9


def fit_boxes(points, labels, boxes):
    """Fills frames and half extents."""
    for label, (frame, half_extents) in enumerate(zip(*boxes)):
        frame[...], half_extents[...] = np.eye(4), 0.0
        chosen = points[labels == label].astype(np.float64)
        if not len(chosen):
            continue
        axes = tight_axes(chosen)
        heights = chosen @ axes.T
        least, most = heights.min(axis=0), heights.max(axis=0)
        frame[:3, :3] = axes.T
        frame[:3, 3] = axes.T @ (0.5 * (least + most))
        half_extents[...] = 0.5 * (most - least)


def tight_axes(points):
    """Axes as rows, right-handed, the longest first."""
    axes = np.linalg.eigh(np.cov(points.T, bias=True) if len(points) > 1 else np.eye(3))[1].T
    axes[2] = np.cross(axes[0], axes[1])
    for _ in range(MOST_ROUNDS):
        before = axes.copy()
        for axis in range(3):
            turn_about(axis, axes, points)
        if (axes == before).all():
            break
    axes = axes[np.argsort(-np.ptp(points @ axes.T, axis=0), kind="stable")]
    for axis in axes[:2]:
        axis *= 1.0 if axis[np.argmax(np.abs(axis))] > 0.0 else -1.0
    axes[2] = np.cross(axes[0], axes[1])
    return axes


def turn_about(axis, axes, points):
    """Turns the box about one axis, where that makes its rectangle there smaller."""
    u, v = axes[(axis + 1) % 3], axes[(axis + 2) % 3]
    area = lambda a, b: np.ptp(points @ a) * np.ptp(points @ b)  # noqa: E731
    best, least = None, area(u, v) * (1.0 - LEAST_GAIN)
    hull = convex_hull(points @ np.stack([u, v], axis=1))
    for side in np.roll(hull, -1, axis=0) - hull:
        if not side.any():
            continue
        along = u * side[0] + v * side[1]
        along /= np.linalg.norm(along)
        across = np.cross(axes[axis], along)
        if area(along, across) < least:
            best, least = (along, across), area(along, across)
    if best is not None:
        axes[(axis + 1) % 3], axes[(axis + 2) % 3] = best


def convex_hull(points):
    """Corners of the hull of points of a plane, counterclockwise (Andrew 1979)."""
    points = np.unique(points, axis=0)
    if len(points) < 3:
        return points
    chains = []
    for ordered in (points, points[::-1]):
        chain = []
        for point in ordered.tolist():
            while len(chain) > 1 and not turns_left(chain[-2], chain[-1], point):
                chain.pop()
            chain.append(point)
        chains += chain[:-1]
    return np.array(chains)


def turns_left(a, b, c):
    """Whether the way from a over b to c turns left."""
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) > 0.0
