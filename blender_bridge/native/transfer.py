# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface weight transfer."""

from . import declarations
from .marshal import address, check, functions, options, progress_pointer
from .weights import receive_sparse, sparse_arguments


def transfer_dense(surface, body, points, chosen, matched, distances, out, progress):
    """`hem_transfer_weights_dense`."""
    with progress_pointer(progress) as listener:
        check(
            functions.hem_transfer_weights_dense(
                surface.handle.handle,
                address(body),
                *body.shape,
                *points_and_options(points, chosen),
                listener,
                address(out),
                address(matched),
                address(distances),
            )
        )


def transfer_sparse(surface, body, points, chosen, matched, distances, progress):
    """`hem_transfer_weights_sparse`."""
    with progress_pointer(progress) as listener:
        return receive_sparse(
            lambda out: functions.hem_transfer_weights_sparse(
                surface.handle.handle,
                *sparse_arguments(body),
                *points_and_options(points, chosen),
                listener,
                out,
                address(matched),
                address(distances),
            )
        )


def points_and_options(points, chosen):
    """Points, normals, triangles, first triangles and options, as all entries take them."""
    flags = declarations.HEM_TRANSFER_SMALL_TRIANGLES_BY_CORNER
    settings = options(
        "HemTransferOptions",
        functions.hem_transfer_options_init,
        flags=flags if chosen.small_triangles_by_corner else 0,
        max_distance=chosen.max_distance,
        angle_min=chosen.angle_min,
        angle_max=chosen.angle_max,
        normal_radius=chosen.normal_radius,
    )
    return (
        address(points),
        address(chosen.normals),
        len(points),
        address(chosen.triangles),
        0 if chosen.triangles is None else len(chosen.triangles),
        address(chosen.first_triangles),
        settings,
    )
