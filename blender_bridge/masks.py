# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks of an outfit by its distance and angle to the body, and the blocks that they are built of.

Masks are `#V` float32. Lengths are metres, angles degrees, folded to [0, 90]: artists' faces point
either way. The nearest body face of a point is the triangle of its closest surface point, the first
one where several are equally near.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback
from .ramps import face_centres, face_normals, folded_angles, ramp, triangle_edges, weighted_normals
from .smoothing import max_filter, min_filter
from .spatial import PointIndex, RadiusGraph
from .surface import Surface


class InpaintMaskOptions(NamedTuple):
    """Checked options of `inpaint_mask`, as the back ends take them."""

    min_distance: float
    min_angle: float
    face_radius: float
    smoothing_factor: float
    smoothing_iterations: int
    smoothing_expand: float
    threshold: float
    closing_radius: float


class SmoothMaskOptions(NamedTuple):
    """Checked options of `smooth_mask`, as the back ends take them, and their defaults."""

    distance_ramp: tuple[float, float] = (0.005, 0.015)
    angle_ramp: tuple[float, float] = (15.0, 30.0)
    normal_radius: float = 0.01
    smoothing_factor: float = 0.3
    smoothing_iterations: int = 10
    threshold: float = 0.5
    max_radius: float = 0.02
    smooth_radius: float = 0.05


def inpaint_mask(
    surface: Surface,
    points: Any,
    triangles: Any,
    edges: Any = None,
    *,
    min_distance: float = 0.005,
    min_angle: float = 20.0,
    face_radius: float = 0.003,
    smoothing_factor: float = 0.3,
    smoothing_iterations: int = 10,
    smoothing_expand: float = 0.25,
    threshold: float = 0.5,
    closing_radius: float = 0.01,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Where the costume leaves the body, so that copies from there are not to be trusted.

    1 where the body is at least `min_distance` away and every face that uses any vertex within
    `face_radius` is turned by at least `min_angle` from its nearest body face; else 0. Then edge
    smoothing (`smooth_weights_on_edges`), values up to `threshold` dropped, and a closing. A radius
    or a number of iterations of 0 leaves its step out. Faces without area do not count.

    - `surface`: the body's;
    - `points`, `triangles`: the costume, `#V by 3` and `#T by 3`;
    - `edges`: `#E by 2`, those of the triangles by default.
    """
    points, triangles, edges = _outfit(points, triangles, edges)
    options = InpaintMaskOptions(
        arguments.not_negative("min_distance", min_distance),
        arguments.not_negative("min_angle", min_angle),
        arguments.not_negative("face_radius", face_radius),
        arguments.fraction("smoothing_factor", smoothing_factor),
        arguments.count("smoothing_iterations", smoothing_iterations, most=2**32 - 1),
        _expand(smoothing_expand),
        arguments.fraction("threshold", threshold),
        arguments.not_negative("closing_radius", closing_radius),
    )
    mask = np.empty(len(points), np.float32)
    listener = Progress(progress, cancel)
    surface.backend.inpaint_mask(surface.built, points, triangles, edges, options, mask, listener)
    return mask


def smooth_mask(
    surface: Surface,
    points: Any,
    triangles: Any,
    edges: Any = None,
    *,
    factor: Any = None,
    distance_ramp: tuple[float, float] = (0.005, 0.015),
    angle_ramp: tuple[float, float] = (15.0, 30.0),
    normal_radius: float = 0.01,
    smoothing_factor: float = 0.3,
    smoothing_iterations: int = 10,
    threshold: float = 0.5,
    max_radius: float = 0.02,
    smooth_radius: float = 0.05,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> np.ndarray:
    """Where a costume's weights may be smoothed: far from the body and turned away from it.

    Ramp of the distance times ramp of the angle between the normal averaged over `normal_radius`
    (`averaged_normals`; 0 takes vertex normals) and the nearest body face. Then edge smoothing,
    values up to `threshold` dropped, a maximum filter, a gaussian smoothing, times `factor`. A
    radius or a number of iterations of 0 leaves its step out.

    - `surface`, `points`, `triangles`, `edges`: as for `inpaint_mask`;
    - `factor`: `#V`, such as another group's weights;
    - `distance_ramp`, `angle_ramp`: where the ramp is 0 and where it is 1.
    """
    points, triangles, edges = _outfit(points, triangles, edges)
    factor = arguments.mask("factor", factor, len(points))
    options = SmoothMaskOptions(
        _ramp("distance_ramp", distance_ramp),
        _ramp("angle_ramp", angle_ramp),
        arguments.not_negative("normal_radius", normal_radius),
        arguments.fraction("smoothing_factor", smoothing_factor),
        arguments.count("smoothing_iterations", smoothing_iterations, most=2**32 - 1),
        arguments.fraction("threshold", threshold),
        arguments.not_negative("max_radius", max_radius),
        arguments.not_negative("smooth_radius", smooth_radius),
    )
    mask = np.empty(len(points), np.float32)
    surface.backend.smooth_mask(
        surface.built, points, triangles, edges, factor, options, mask, Progress(progress, cancel)
    )
    return mask


def distance_falloff(surface: Surface, points: Any, nearest: float, farthest: float) -> np.ndarray:
    """1 within `nearest` metres of the surface, 0 from `farthest` on, linear between."""
    nearest = arguments.not_negative("nearest", nearest)
    farthest = arguments.not_negative("farthest", farthest)
    if not nearest <= farthest:
        problem = f"is {farthest:g}, expected at least nearest, {nearest:g}"
        raise InvalidArgument("farthest", problem)
    distances = surface.closest_points(points, farthest).distances
    return np.float32(1.0) - ramp(distances, nearest, farthest)


def angles_to_surface(surface: Surface, points: Any, directions: Any) -> np.ndarray:
    """Angle between directions at points and the nearest body face, `#P` degrees from 0 to 90.

    NaN where the direction is 0, the nearest face has no area, or the surface is empty.
    """
    points = arguments.coordinates("points", points)
    directions = arguments.array("directions", directions, np.float64)
    if directions.shape != points.shape:
        shape = " by ".join(map(str, directions.shape))
        problem = f"has shape {shape}, expected {len(points)} by 3"
        raise InvalidArgument("directions", problem)
    return folded_angles(directions, _nearest_normals(surface, points))


def averaged_normals(
    points: Any, triangles: Any, radius: float, surface: Surface | None = None
) -> np.ndarray:
    """Normal of each vertex averaged over the faces whose centres lie within a radius.

    `Σ_f area_f (1 − d_f / radius) n_f`, not normalised, `#V by 3` float64; 0 where there is no
    face. With a surface, faces are first flipped that point against their nearest body face.
    """
    points = arguments.coordinates("points", points)
    triangles = arguments.indices("triangles", triangles, 3, len(points))
    radius = arguments.not_negative("radius", radius)
    centres, normals = face_centres(points, triangles), face_normals(points, triangles)
    if surface is not None:
        against = np.einsum("ij,ij->i", normals, _nearest_normals(surface, centres)) < 0.0
        normals[against] *= -1.0
    with PointIndex(centres, cached=False) as index:
        near = index.within(points, radius)
    return weighted_normals(normals, near.offsets, near.indices, near.distances, radius)


def close_mask(points: Any, mask: Any, radius: float = 0.01) -> np.ndarray:
    """Closes gaps in a mask narrower than a radius: maximum filter, then minimum filter."""
    with RadiusGraph(points, radius) as graph:
        return min_filter(graph, max_filter(graph, mask))


def vertices_near_faces(points: Any, triangles: Any, faces: Any, radius: float) -> np.ndarray:
    """`#V` bool: the vertex lies within a radius of one of the chosen faces of its own mesh.

    - `faces`: numbers of triangles, or `#T` bool.
    """
    points = arguments.coordinates("points", points)
    triangles = arguments.indices("triangles", triangles, 3, len(points))
    chosen = np.asarray(faces)
    if chosen.dtype == np.bool_:
        arguments.length("faces", len(chosen), len(triangles))
    else:
        arguments.below("faces", chosen, len(triangles))
    with Surface(points, triangles[chosen], cached=False) as surface:
        found = surface.closest_points(points, arguments.not_negative("radius", radius))
    return found.triangles != arguments.NO_INDEX


def _nearest_normals(surface, points):
    """Twice the area long; 0 where there is no face."""
    found = surface.closest_points(points).triangles
    normals = np.zeros((len(points), 3))
    exists = found != arguments.NO_INDEX
    normals[exists] = face_normals(surface.points, surface.triangles[found[exists]])
    return normals


def _outfit(points, triangles, edges):
    points = arguments.coordinates("points", points)
    triangles = arguments.indices("triangles", triangles, 3, len(points))
    if edges is None:
        edges = triangle_edges(triangles)
    return points, triangles, arguments.indices("edges", edges, 2, len(points))


def _expand(value):
    found = arguments.number("smoothing_expand", value)
    if not -1.0 <= found <= 1.0:
        raise InvalidArgument("smoothing_expand", f"is {found:g}, expected a number from -1 to 1")
    return found


def _ramp(argument, values):
    try:
        zero_at, one_at = values
    except (TypeError, ValueError):
        raise InvalidArgument(argument, f"is {values!r}, expected two numbers") from None
    return (arguments.not_negative(argument, zero_at), arguments.not_negative(argument, one_at))
