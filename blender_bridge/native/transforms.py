# SPDX-License-Identifier: GPL-3.0-or-later
"""Affine transforms of points and normals."""

import numpy as np

from .marshal import check, functions


def transform_points(matrix, points, out):
    """`hem_transform_points`, or its double variant for float64."""
    function = (
        functions.hem_transform_points_f64
        if points.dtype == np.float64
        else functions.hem_transform_points
    )
    check(function(matrix.ctypes.data, points.ctypes.data, len(points), out.ctypes.data))


def transform_normals(matrix, normals, out):
    """`hem_transform_normals`, or its double variant for float64."""
    function = (
        functions.hem_transform_normals_f64
        if normals.dtype == np.float64
        else functions.hem_transform_normals
    )
    check(function(matrix.ctypes.data, normals.ctypes.data, len(normals), out.ctypes.data))
