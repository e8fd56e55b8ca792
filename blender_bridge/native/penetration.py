# SPDX-License-Identifier: GPL-3.0-or-later
"""Penetration, its repair, and distortion of faces."""

from .marshal import address, check, functions, options, progress_pointer


def penetration(body, points, max_distance, depths, progress):
    """`hem_measure_penetration`."""
    with progress_pointer(progress) as listener:
        check(
            functions.hem_measure_penetration(
                body.handle.handle,
                address(points),
                len(points),
                max_distance,
                address(depths),
                listener,
            )
        )


def repair_penetration(body, points, offsets, labels, settings, out, before, after, progress):
    """`hem_repair_penetration`."""
    with progress_pointer(progress) as listener:
        check(
            functions.hem_repair_penetration(
                body.handle.handle,
                address(points),
                len(points),
                address(offsets),
                address(labels),
                options("HemRepairOptions", functions.hem_repair_options_init, **settings),
                address(out),
                address(before),
                address(after),
                listener,
            )
        )


def face_distortion(before, after, triangles, stretches, inverted):
    """`hem_measure_distortion`."""
    check(
        functions.hem_measure_distortion(
            address(before),
            address(after),
            len(before),
            address(triangles),
            len(triangles),
            address(stretches),
            address(inverted),
        )
    )
