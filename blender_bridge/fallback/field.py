# SPDX-License-Identifier: GPL-3.0-or-later
"""Deformation fields: inverse distance weighting of the k nearest samples, step after step."""

import itertools

import numpy as np

from . import field_file
from .affine import inverse_maps
from .spatial import PointIndex

#: Points whose neighbours are held at a time.
BLOCK = 32_768


def field_create(samples):
    """A `Field` of checked samples."""
    return Field(samples)


def field_load(path):
    """A `Field` of a file."""
    return Field(field_file.load(path))


def field_save(field, path):
    """Writes a `Field` to a file."""
    field_file.save(path, field.samples())


class Field:
    """The samples of each step with their index."""

    def __init__(self, samples):
        self._samples = tuple(samples)
        offsets, points, displacements, world_matrix, mirror_x = self._samples
        self._from_world = inverse_maps("world_matrix", world_matrix[None])[0]
        self._steps = []
        for begin, end in itertools.pairwise(offsets):
            step = points[begin:end], displacements[begin:end]
            if mirror_x:
                right = step[0][:, 0] > 0.0
                mirror = np.float32([-1, 1, 1])
                step = tuple(np.concatenate([part, part[right] * mirror]) for part in step)
            self._steps.append((*step, PointIndex(step[0])))

    def close(self):
        """Nothing to release."""

    def samples(self):
        """What a file holds."""
        return self._samples

    def apply(self, points, mask, settings, out, progress):
        """x' = x + m f W · Σ w δ / Σ w, w = 1 / √(d² + ε²), in each step."""
        moved = points.copy()
        count = len(self._steps)
        covered = []
        for number, step in enumerate(self._steps):
            start, end = (
                min(max(settings[bound] * count - number, 0.0), 1.0) for bound in ("start", "end")
            )
            if start < end:
                covered.append((_from_fraction(step, start), end - start))
        for done, ((_, displacements, index), share) in enumerate(covered):
            for begin in range(0, len(points), BLOCK):
                rows = slice(begin, begin + BLOCK)
                shift = self._displacement(moved[rows], displacements, index, settings)
                factor = share if mask is None else share * mask[rows, None].astype(np.float64)
                moved[rows] = moved[rows] + factor * shift
                progress.advance((done + min(1.0, (begin + BLOCK) / len(points))) / len(covered))
        out.reshape(-1, 3)[...] = moved

    def _displacement(self, points, displacements, index, settings):
        matrix, k = self._samples[3], min(settings["neighbor_count"], len(displacements))
        queries = points.astype(np.float64) @ self._from_world[:3, :3].T + self._from_world[:3, 3]
        near = np.empty((len(points), k), np.uint32)
        distance = np.empty((len(points), k), np.float32)
        index.k_nearest(queries.astype(np.float32), k, np.inf, near, distance)
        weights = 1.0 / np.sqrt(distance.astype(np.float64) ** 2 + settings["epsilon"] ** 2)
        weights /= weights.sum(axis=1, keepdims=True)
        mean = np.einsum("vk,vkj->vj", weights, displacements[near].astype(np.float64))
        return (mean @ matrix[:3, :3].T) * _falloff(distance[:, :1], settings)


def _from_fraction(step, start):
    """The step with its samples moved on."""
    points, displacements, _ = step
    if start == 0.0:
        return step
    points = (points + displacements.astype(np.float64) * start).astype(np.float32)
    return points, displacements, PointIndex(points)


def _falloff(distance, settings):
    """1, then `1 − (3t² − 2t³)` over the falloff, 0 beyond the limit."""
    limit, width = settings["max_distance"], settings["falloff"]
    factor = np.ones(distance.shape)
    if width > 0.0 and np.isfinite(limit):
        t = np.clip((distance.astype(np.float64) - (limit - width)) / width, 0.0, 1.0)
        factor = 1.0 - t * t * (3.0 - 2.0 * t)
    factor[distance > limit] = 0.0
    return factor
