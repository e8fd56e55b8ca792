# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigid and similarity fits."""

from . import declarations
from .marshal import address, check, functions, options


def fit_similarity(source, target, weights, labels, scale, fits):
    """`hem_fit_similarity`."""
    motion = declarations.HEM_MOTION_SIMILARITY if scale else declarations.HEM_MOTION_RIGID
    check(
        functions.hem_fit_similarity(
            address(source),
            address(target),
            address(weights),
            address(labels),
            len(source),
            len(fits.matrices),
            options("HemFitOptions", functions.hem_fit_options_init, motion=motion),
            *map(address, fits),
        )
    )
