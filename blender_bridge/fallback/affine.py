# SPDX-License-Identifier: GPL-3.0-or-later
"""Affine matrices, many at once, in float64."""

import numpy as np

from ..errors import InvalidArgument

#: Condition number (Frobenius norms) from which on a matrix counts as singular.
WORST_CONDITION = 1e6


def is_singular(linear):
    """Which of `#M by 3 by 3` matrices reach `WORST_CONDITION`."""
    x, y, z = (linear[:, :, axis] for axis in range(3))
    cofactors = np.stack([np.cross(y, z), np.cross(z, x), np.cross(x, y)], axis=2)
    determinant = np.einsum("ij,ij->i", x, cofactors[:, :, 0])
    norms = np.linalg.norm(linear, axis=(1, 2)) * np.linalg.norm(cofactors, axis=(1, 2))
    return ~(WORST_CONDITION * np.abs(determinant) > norms)


def inverse_maps(argument, matrices):
    """Inverses of `#M by 4 by 4` affine matrices; a singular one is named."""
    singular = np.flatnonzero(is_singular(matrices[:, :3, :3]))
    if len(singular):
        problem = f"holds a singular matrix at {singular[0]}, expected one with an inverse"
        raise InvalidArgument(argument, problem)
    return np.linalg.inv(matrices)
