# SPDX-License-Identifier: GPL-3.0-or-later
"""Deformation fields from a body and its other shape."""

import numpy as np

from ..arguments import NO_INDEX
from ..errors import InvalidArgument
from ..progress import Progress
from .field import Field
from .rbf import Rbf
from .spatial import PointIndex
from .surface import Surface

#: Cells along the longest side of the box before the first cut, at most.
ROOTS = 8.0

#: Samples at most.
MOST_SAMPLES = 50_000_000

_CORNERS = np.array([[n & 1, n >> 1 & 1, n >> 2] for n in range(8)])


def field_create_from_shapes(body, deformed, correspondence, triangles, settings, progress):
    """Samples of the interpolant, times the falloff, step by step."""
    vertices = np.arange(len(body))
    if correspondence is not None:
        vertices = np.flatnonzero(correspondence != NO_INDEX)
    if not len(vertices):
        problem = "has no vertex that is a control point, expected one at least"
        raise InvalidArgument("body", problem)
    partners = vertices if correspondence is None else correspondence[vertices]
    start, end = body[vertices].astype(np.float64), deformed[partners].astype(np.float64)
    if settings["inverse"]:
        start, end = end, start
    distances_of = _distances(start, vertices, len(body), triangles)
    samples, distances = _grid(start, distances_of, settings)
    control = start.astype(np.float32)
    if settings["mirror_x"]:
        control = control[control[:, 0] >= 0.0]
    samples = np.concatenate([samples, control])
    factors = _falloff(np.concatenate([distances, np.zeros(len(control))]), settings)
    progress.advance(0.1)

    count = settings["step_count"]
    points, displacements = [], []
    for step in range(count):
        before, after = (
            (start + (end - start) * (number / count)).astype(np.float32)
            for number in (step, step + 1)
        )
        moved = np.zeros_like(samples)
        chosen = factors > 0.0
        moved[chosen] = _interpolate(before, after, samples[chosen], settings, progress)
        moved = (moved * factors[:, None]).astype(np.float32)
        points.append(samples)
        displacements.append(moved)
        samples = samples + moved
        progress.advance(0.1 + 0.9 * (step + 1) / count)
    offsets = np.arange(count + 1, dtype=np.uint32) * np.uint32(len(samples))
    mirror_x = bool(settings["mirror_x"])
    return Field(
        (offsets, np.concatenate(points), np.concatenate(displacements), np.eye(4), mirror_x)
    )


def _interpolate(before, after, targets, settings, progress):
    rbf = Rbf(before.astype(np.float64), settings)
    values = (after.astype(np.float64) - before).astype(np.float32)
    coefficients = np.empty((len(before) + 4, 3))
    out = np.empty((len(targets), 3), np.float32)
    quiet = Progress(None, progress.cancel)
    rbf.fit(values, coefficients, quiet)
    rbf.evaluate(coefficients, targets, out, quiet)
    return out.astype(np.float64)


def _distances(start, vertices, vertex_count, triangles):
    """A function of points."""
    if triangles is None:
        index = PointIndex(start)

        def from_points(points):
            near = np.empty((len(points), 1), np.uint32)
            distance = np.empty((len(points), 1), np.float32)
            index.k_nearest(points, 1, np.inf, near, distance)
            return distance[:, 0]

        return from_points
    number = np.full(vertex_count, NO_INDEX, np.uint32)
    number[vertices] = np.arange(len(vertices), dtype=np.uint32)
    kept = number[triangles]
    kept = kept[(kept != NO_INDEX).all(axis=1)]
    if not len(kept):
        problem = "has no triangle between control points, expected one at least"
        raise InvalidArgument("triangles", problem)
    surface = Surface(start, kept)
    return lambda points: surface.closest(points, np.inf)[2].astype(np.float32)


def _grid(start, distances_of, settings):
    """Centres of the cells, large ones first, and their distances.

    A cell of edge h with distance d is cut into eight unless h is the base spacing or
    h ≤ base + growth · max(0, d − ½√3 h). Edges are the base spacing times powers of two, on one
    lattice through the origin.
    """
    base, growth = settings["base_spacing"], settings["growth"]
    low, high = start.min(axis=0), start.max(axis=0)
    center, half = 0.5 * (low + high), 0.5 * (high - low) * settings["box_scale"]
    low, high = center - half, center + half
    levels = int(np.ceil(np.log2(max((high - low).max() / ROOTS / base, 1.0))))
    edge = base * 2.0**levels
    first, last = np.floor(low / edge), np.floor(high / edge)
    if max(np.abs(first).max(), np.abs(last).max()) >= 1 << 20:
        problem = "is too small for control points that far from the origin"
        raise InvalidArgument("base_spacing", problem)
    x, y, z = (np.arange(first[axis], last[axis] + 1.0) for axis in range(3))
    cells = np.stack(np.meshgrid(z, y, x, indexing="ij"), axis=-1).reshape(-1, 3)[:, ::-1]
    points, distances, count = [], [], 0
    for level in reversed(range(levels + 1)):
        corners = cells * edge
        kept = (corners <= high).all(axis=1) & (corners + edge >= low).all(axis=1)
        if settings["mirror_x"]:
            kept &= cells[:, 0] >= 0
        cells, centers = cells[kept], (corners[kept] + 0.5 * edge).astype(np.float32)
        distance = distances_of(centers)
        nearest = np.maximum(distance.astype(np.float64) - np.sqrt(0.75) * edge, 0.0)
        done = np.full(len(cells), level == 0) | (edge <= base + growth * nearest)
        points.append(centers[done])
        distances.append(distance[done])
        cells = (cells[~done, None] * 2 + _CORNERS).reshape(-1, 3)
        count += int(done.sum())
        if count + len(cells) > MOST_SAMPLES:
            raise InvalidArgument(
                "base_spacing",
                f"asks for {count + len(cells)} samples and more, expected {MOST_SAMPLES} at most: "
                "take a larger one",
            )
        edge *= 0.5
    return np.concatenate(points), np.concatenate(distances)


def _falloff(distance, settings):
    """1 − (3t² − 2t³), t = (d − start) / (end − start) within 0 and 1."""
    start, end = settings["falloff_start"], settings["falloff_end"]
    t = np.clip((distance.astype(np.float64) - start) / (end - start), 0.0, 1.0)
    return 1.0 - t * t * (3.0 - 2.0 * t)
