# SPDX-License-Identifier: GPL-3.0-or-later
"""Deformation fields: sample points with displacements, in one or several steps."""

from __future__ import annotations

import math
import os
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .handles import Handle
from .progress import CancelFlag, Progress, ProgressCallback


class FieldSamples(NamedTuple):
    """What a field file holds, in field space; the arrays belong to the field."""

    #: `#S + 1` uint32: step s has the samples `offsets[s]` to `offsets[s + 1]`.
    offsets: np.ndarray
    #: `#N by 3` float32.
    points: np.ndarray
    #: `#N by 3` float32.
    displacements: np.ndarray
    #: 4 by 4 float64, from field space to world space.
    world_matrix: np.ndarray
    #: Whether samples with x > 0 stand for both sides of the plane x = 0.
    mirror_x: bool


class DeformationField(Handle):
    """Moves points as a field of samples does. Safe to apply from many threads.

    - `points`, `displacements`: field space, finite; `#S by #N by 3`, or `#N by 3` for one step, or
      a list of `#N by 3` arrays where steps differ in length. Each step has one sample at least;
    - `world_matrix`: 4 by 4, from field space to world space;
    - `mirror_x`: samples with x > 0 stand for both sides of the plane x = 0.
    """

    def __init__(
        self,
        points: Any,
        displacements: Any,
        *,
        world_matrix: Any = None,
        mirror_x: bool = False,
    ) -> None:
        points = _steps("points", points)
        displacements = _steps("displacements", displacements)
        lengths = [len(step) for step in points]
        if not lengths or 0 in lengths:
            raise InvalidArgument("points", "has a step without samples, expected some in each")
        arguments.length("displacements", len(displacements), len(points))
        for step, length in zip(displacements, lengths):
            arguments.length("displacements", len(step), length)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)
        points = np.concatenate(points)
        displacements = np.concatenate(displacements)
        arguments.finite("points", points)
        arguments.finite("displacements", displacements)
        matrix = np.eye(4) if world_matrix is None else world_matrix
        matrix = arguments.matrix("world_matrix", matrix, np.float64)
        samples = FieldSamples(offsets, points, displacements, matrix, bool(mirror_x))
        self._build("field_create", samples)

    @classmethod
    def load(cls, path: str | os.PathLike) -> DeformationField:
        """Reads a field file (`.npz`), in all layouts that there are.

        Pickled arrays are decoded by a reader that makes numbers and lists only; nothing in a file
        is run. Raises `FileError`, which says what is wrong with the file.
        """
        field = cls.__new__(cls)
        field._build("field_load", os.fspath(path))
        return field

    def save(self, path: str | os.PathLike) -> None:
        """Writes a field file (`.npz`); one that is there is replaced by a whole one or stays.

        Raises `FileError`, or `InvalidArgument` where steps differ in length.
        """
        self.backend.field_save(self.built, os.fspath(path))

    @property
    def samples(self) -> FieldSamples:
        """The samples as a file holds them."""
        return FieldSamples(*self.built.samples())

    def apply(
        self,
        points: Any,
        *,
        mask: Any = None,
        neighbor_count: int = 8,
        epsilon: float = 1e-5,
        start: float = 0.0,
        end: float = 1.0,
        max_distance: float = math.inf,
        falloff: float = 0.0,
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Moves points of world space (`#P by 3`, finite).

        In each step a point takes the displacements of its nearest samples, weighted by
        `1 / √(d² + ε²)` (Shepard 1968); the next step starts from there, in float32.

        - `mask`: `#P`, finite, factors of the displacements;
        - `neighbor_count`: samples that each point takes, 1 to 1024;
        - `start`, `end`: the part of the steps that is applied. A step that is covered from
          fraction a on has its samples moved by a and its displacements shortened by a, so that
          0 to a, then a to 1, does what 0 to 1 does wherever the field moves neighbours alike;
        - `max_distance`: metres; points farther from every sample stay;
        - `falloff`: metres before `max_distance` over which displacements fade to zero;
        - `progress`, `cancel`: see `ProgressCallback` and `CancelFlag`;
        - `out`: `#P by 3` float32, which may be `points` itself.
        """
        points = arguments.points("points", points)
        if mask is not None:
            mask = arguments.array("mask", mask, np.float32).ravel()
            arguments.length("mask", len(mask), len(points))
            arguments.finite("mask", mask)
        settings = apply_settings(start, end, neighbor_count, epsilon, max_distance, falloff)
        result = arguments.output("out", out, points.shape, np.float32)
        arguments.not_overlapping("out", result, points, in_place=True)
        arguments.not_overlapping("out", result, mask, in_place=False)
        self.built.apply(points, mask, settings, result, Progress(progress, cancel))
        return result


def apply_settings(
    start: Any, end: Any, neighbor_count: Any, epsilon: Any, max_distance: Any, falloff: Any
) -> dict[str, Any]:
    """The checked options of `DeformationField.apply`, by name."""
    start, end = arguments.fraction("start", start), arguments.fraction("end", end)
    if start > end:
        raise InvalidArgument("start", f"is {start:g}, expected at most `end`, {end:g}")
    epsilon = arguments.not_negative("epsilon", epsilon)
    if np.float32(epsilon) < np.finfo(np.float32).tiny:
        raise InvalidArgument("epsilon", "is 0, expected a number above 0")
    return {
        "neighbor_count": arguments.count("neighbor_count", neighbor_count, 1, 1024),
        "epsilon": epsilon,
        "start": start,
        "end": end,
        "max_distance": arguments.not_negative("max_distance", max_distance, infinite=True),
        "falloff": arguments.not_negative("falloff", falloff),
    }


def _steps(name, values):
    """A list of float32 arrays, `#N by 3` each."""
    if isinstance(values, np.ndarray) and values.ndim == 2:
        values = [values]
    return [arguments.rows(name, step, 3) for step in values]
