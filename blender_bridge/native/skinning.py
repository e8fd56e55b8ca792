# SPDX-License-Identifier: GPL-3.0-or-later
"""Skinning and its inverse."""

import numpy as np

from . import declarations
from .marshal import address, check, functions, options
from .weights import sparse_arguments

BLEND_CONSTANTS = {
    "linear": declarations.HEM_BLEND_LINEAR,
    "dual_quaternion": declarations.HEM_BLEND_DUAL_QUATERNION,
}


def skin_points(direction, weights, group_bones, rest, pose, to_armature, blend, given, results):
    """`hem_skin_points` or `hem_unskin_points`, or their double variants."""
    verb = "skin" if direction == "forward" else "unskin"
    suffix = "_f64" if rest.dtype == np.float64 else ""
    displacements = given[2]
    check(
        getattr(functions, f"hem_{verb}_points{suffix}")(
            *sparse_arguments(weights),
            address(group_bones),
            address(rest),
            address(pose),
            len(rest),
            address(to_armature),
            *map(address, given),
            0 if displacements is None else len(displacements),
            options(
                "HemSkinningOptions",
                functions.hem_skinning_options_init,
                blend=BLEND_CONSTANTS[blend],
            ),
            *map(address, results),
        )
    )
