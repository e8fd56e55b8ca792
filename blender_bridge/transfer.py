# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of a body carried onto a costume by closest surface points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback
from .sparse import SparseWeights
from .surface import Surface


class Transfer(NamedTuple):
    """Weights of the costume, and how well each vertex was matched."""

    weights: Any
    """`SparseWeights`, or `#P by #G` float32: the form that the body's weights came in."""
    matched: np.ndarray
    """`#P` bool: the body was within `max_distance`. Other vertices have no weights."""
    distances: np.ndarray
    """`#P` float32, metres to the body; infinite where not matched."""


@dataclass(frozen=True)
class TransferOptions:
    """Checked options, as both back ends take them; see `transfer_weights`."""

    max_distance: float
    normals: np.ndarray | None
    triangles: np.ndarray | None
    normal_radius: float
    angle_min: float
    angle_max: float
    small_triangles_by_corner: bool
    first_triangles: np.ndarray | None

    @classmethod
    def checked(
        cls,
        surface,
        point_count,
        max_distance,
        normals,
        triangles,
        normal_radius,
        angle_min,
        angle_max,
        small_triangles_by_corner,
        first_triangles,
    ) -> TransferOptions:
        """The options for so many points; raises `HemlineError` where one is bad."""
        return cls(
            arguments.not_negative("max_distance", max_distance, infinite=True),
            None if normals is None else arguments.points("normals", normals, point_count),
            *_mesh(triangles, normal_radius, point_count),
            *_angles(angle_min, angle_max),
            bool(small_triangles_by_corner),
            _first_triangles(first_triangles, surface.triangle_count),
        )


def transfer_weights(
    surface: Surface,
    body_weights: Any,
    points: Any,
    *,
    max_distance: float = math.inf,
    normals: Any = None,
    triangles: Any = None,
    normal_radius: float = 0.0,
    angle_min: float = 0.0,
    angle_max: float = 0.0,
    small_triangles_by_corner: bool = False,
    first_triangles: Any = None,
    out: np.ndarray | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> Transfer:
    """Gives each point the weights of the closest point of the body's surface.

    The weights of the triangle's three corners are mixed by barycentric coordinates and clamped to
    [0, 1]. With `normals` the mix is multiplied by a ramp over the angle between the point's normal
    and the triangle's, folded to [0°, 90°]: 0 at `angle_min` and below, 1 at `angle_max` and above.

    - `surface`: of the body;
    - `body_weights`: `SparseWeights` or `#V by #G` float32, one row for each vertex of the surface;
    - `points`: `#P by 3`, of the costume, in the space of the surface;
    - `max_distance`: metres; a point farther away is not matched;
    - `normals`: `#P by 3`, of any length; a zero normal leaves the ramp out;
    - `normal_radius`: metres; above 0 (off) the ramp takes `averaged_normals` of the points' mesh,
      faces turned to the body's side, in place of `normals`. Where no face's centre is within the
      radius, those stay; where they are not given, the mesh's vertex normals;
    - `triangles`: `#T by 3` point numbers, the points' mesh; needed for a `normal_radius`;
    - `angle_min`, `angle_max`: degrees;
    - `out`: for dense weights, `#P by #G` float32.

    Two switches repeat faults of older scripts, to compare with their results:

    - `small_triangles_by_corner`: where 4·area² ≤ 1e-8 m⁴ the nearest corner gives all;
    - `first_triangles`: `#T`, for each triangle the first one of its polygon, which alone gives
      weights.
    """
    points = arguments.coordinates("points", points)
    options = TransferOptions.checked(
        surface,
        len(points),
        max_distance,
        normals,
        triangles,
        normal_radius,
        angle_min,
        angle_max,
        small_triangles_by_corner,
        first_triangles,
    )
    matched = np.empty(len(points), np.uint8)
    distances = np.empty(len(points), np.float32)
    matches = (matched, distances)
    listener = Progress(progress, cancel)
    if isinstance(body_weights, SparseWeights):
        if out is not None:
            raise InvalidArgument("out", "is given, expected None for sparse weights")
        weights = _sparse(surface, body_weights, points, options, matches, listener)
    else:
        weights = _dense(surface, body_weights, points, options, matches, listener, out)
    return Transfer(weights, matched.view(np.bool_), distances)


def _sparse(surface, body, points, options, matches, listener):
    arguments.length("body_weights", body.vertex_count, surface.vertex_count)
    rows = surface.backend.transfer_sparse(surface.built, body, points, options, *matches, listener)
    return SparseWeights.trusted(*rows, body.group_count)


def _dense(surface, body, points, options, matches, listener, out):
    body = arguments.array("body_weights", body, np.float32)
    if body.ndim != 2:
        raise InvalidArgument("body_weights", f"has {body.ndim} dimensions, expected #V by #G")
    arguments.length("body_weights", len(body), surface.vertex_count)
    arguments.finite("body_weights", body)
    weights = arguments.output("out", out, (len(points), body.shape[1]), np.float32)
    arguments.not_overlapping("out", weights, body, points, in_place=False)
    surface.backend.transfer_dense(
        surface.built, body, points, options, *matches, weights, listener
    )
    return weights


def _mesh(triangles, normal_radius, point_count):
    normal_radius = arguments.not_negative("normal_radius", normal_radius)
    if triangles is not None:
        triangles = arguments.indices("triangles", triangles, 3, point_count)
    elif normal_radius > 0.0:
        problem = "is not given, expected the points' triangles for normal_radius"
        raise InvalidArgument("triangles", problem)
    return triangles, normal_radius


def _angles(angle_min, angle_max):
    angle_min = arguments.not_negative("angle_min", angle_min)
    angle_max = arguments.number("angle_max", angle_max)
    if angle_max < angle_min:
        raise InvalidArgument(
            "angle_max", f"is {angle_max:g}, expected at least angle_min ({angle_min:g})"
        )
    return angle_min, angle_max


def _first_triangles(values, triangle_count):
    if values is None:
        return None
    found = arguments.indices("first_triangles", values, 1, triangle_count).ravel()
    arguments.length("first_triangles", len(found), triangle_count)
    return found
