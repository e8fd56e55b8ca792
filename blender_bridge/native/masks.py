# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks by distance and angle to the body."""

import ctypes

from .marshal import address, check, functions, options, progress_pointer


def inpaint_mask(surface, points, triangles, edges, settings, mask, progress):
    """`hem_inpaint_mask`."""
    settings = options(
        "HemInpaintMaskOptions", functions.hem_inpaint_mask_options_init, **settings._asdict()
    )
    with progress_pointer(progress) as listener:
        check(
            functions.hem_inpaint_mask(
                *_outfit(surface, points, triangles, edges), settings, address(mask), listener
            )
        )


def smooth_mask(surface, points, triangles, edges, factor, settings, mask, progress):
    """`hem_smooth_mask`."""
    fields = settings._asdict()
    for ramp in ("distance_ramp", "angle_ramp"):
        fields[ramp] = (ctypes.c_float * 2)(*fields[ramp])
    settings = options("HemSmoothMaskOptions", functions.hem_smooth_mask_options_init, **fields)
    with progress_pointer(progress) as listener:
        check(
            functions.hem_smooth_mask(
                *_outfit(surface, points, triangles, edges),
                address(factor),
                settings,
                address(mask),
                listener,
            )
        )


def _outfit(surface, points, triangles, edges):
    # Edges that the caller has none of must not become those of the triangles: never NULL.
    return (
        surface.handle.handle,
        address(points),
        len(points),
        address(triangles),
        len(triangles),
        address(edges),
        len(edges),
    )
