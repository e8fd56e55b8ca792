# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks by distance and angle to the body."""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from ..progress import SILENT
from ..ramps import face_centres, face_normals, folded_angles, ramp, weighted_normals
from .laplacian import vertex_normals
from .smoothing import filter_weights, smooth_weights, smooth_weights_on_edges
from .spatial import point_index, radius_graph


def inpaint_mask(surface, points, triangles, edges, options, mask, progress):
    """1 where the body is far and every face around is turned from it; smoothed and closed."""
    distance = surface.closest(points, np.inf)[2]
    angles = folded_angles(
        face_normals(points, triangles), nearest_normals(surface, face_centres(points, triangles))
    )
    turned = np.ones((len(points), 1), np.float32)
    turned[triangles[angles < options.min_angle]] = 0.0
    if options.face_radius > 0.0:
        _filter(points, options.face_radius, False, turned)
    turned[distance.astype(np.float32) < np.float32(options.min_distance)] = 0.0
    _smooth(edges, turned, options, options.smoothing_expand)
    if options.closing_radius > 0.0:
        for largest in (True, False):
            _filter(points, options.closing_radius, largest, turned)
    mask[...] = turned[:, 0]
    progress.advance(1.0)


def smooth_mask(surface, points, triangles, edges, factor, options, mask, progress):
    """Ramp of the distance × ramp of the angle, smoothed and spread, times `factor`."""
    distance = surface.closest(points, np.inf)[2]
    averages = averaged_vertex_normals(surface, points, triangles, None, options.normal_radius)
    angles = folded_angles(averages, nearest_normals(surface, points))
    value = ramp(distance, *options.distance_ramp) * np.where(
        np.isnan(angles), np.float32(0.0), ramp(angles, *options.angle_ramp)
    )
    value = value.astype(np.float32)[:, None]
    _smooth(edges, value, options, 0.0)
    if options.max_radius > 0.0:
        _filter(points, options.max_radius, True, value)
    if options.smooth_radius > 0.0:
        graph = radius_graph(points, options.smooth_radius, False)
        smooth_weights(graph, value, "gaussian", 1, None, 0, SILENT)
    mask[...] = value[:, 0] if factor is None else value[:, 0] * factor
    progress.advance(1.0)


def averaged_vertex_normals(surface, points, triangles, own, radius):
    """Normals averaged over a radius, faces turned to the surface's side; `own` where none is near.

    `own` None stands for the mesh's vertex normals.
    """
    centres, normals = face_centres(points, triangles), face_normals(points, triangles)
    against = np.einsum("ij,ij->i", normals, nearest_normals(surface, centres)) < 0.0
    normals[against] *= -1.0
    near = point_index(centres, False).within(points, radius)
    averages = weighted_normals(normals, *near, radius)
    alone = ~averages.any(axis=1)
    if own is None:
        own = vertex_normals(points, triangles.astype(np.int64))
    averages[alone] = own[alone]
    return averages


def nearest_normals(surface, points):
    """Normal of the nearest face, twice the area long; 0 where there is none."""
    triangle = surface.closest(points, np.inf)[0]
    normals = np.zeros((len(points), 3))
    found = triangle != NO_INDEX
    normals[found] = surface.normals[triangle[found]]
    return normals


def _filter(points, radius, largest, values):
    filter_weights(radius_graph(points, radius, False), largest, values, None, SILENT)


def _smooth(edges, values, options, expand):
    factor, iterations = options.smoothing_factor, options.smoothing_iterations
    smooth_weights_on_edges(edges, values, factor, iterations, expand, None, SILENT)
    values[values <= np.float32(options.threshold)] = 0.0
