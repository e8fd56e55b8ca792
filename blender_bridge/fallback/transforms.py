# SPDX-License-Identifier: GPL-3.0-or-later
"""Affine transforms of points and normals."""

import numpy as np

from ..errors import Singular


def transform_points(matrix, points, out):
    """x' = A x + t."""
    out.reshape(-1, 3)[...] = points @ matrix[:3, :3].T + matrix[:3, 3]


def transform_normals(matrix, normals, out):
    """n' = A⁻ᵀ n / |A⁻ᵀ n|; zero normals stay zero (Turkowski, Graphics Gems I, 1990)."""
    linear = matrix[:3, :3].astype(np.float64)
    # Aᵀ's cofactors over the determinant are A⁻ᵀ; in float64, as those of a small scale come close
    # to the limits of float32.
    cofactors = np.cross(linear[[1, 2, 0]], linear[[2, 0, 1]])
    determinant = float(linear[0] @ cofactors[0])
    scale = np.prod(np.linalg.norm(linear, axis=1))
    if not abs(determinant) > 1e-12 * scale:
        raise Singular("matrix", determinant)
    turned = normals @ (cofactors / determinant).astype(normals.dtype).T
    lengths = np.sqrt(np.einsum("ij,ij->i", turned, turned))[:, None]
    out.reshape(-1, 3)[...] = np.divide(
        turned, lengths, out=np.zeros_like(turned), where=lengths > 0.0
    )
