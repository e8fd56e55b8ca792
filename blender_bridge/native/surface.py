# SPDX-License-Identifier: GPL-3.0-or-later
"""Closest points on a triangle surface."""

from .marshal import NativeHandle, address, check, functions, receive_handle


def surface(points, triangles, cached):
    """`hem_surface_acquire`, or `…_create`."""
    make = functions.hem_surface_acquire if cached else functions.hem_surface_create
    return Surface(
        receive_handle(
            lambda out: make(address(points), len(points), address(triangles), len(triangles), out),
            functions.hem_surface_destroy,
        )
    )


class Surface:
    """A `HemSurface`."""

    def __init__(self, handle: NativeHandle) -> None:
        self.handle = handle
        self.close = handle.close

    def closest_points(self, queries, max_distance, triangles, barycentric, points, distances):
        """`hem_surface_closest_points`."""
        check(
            functions.hem_surface_closest_points(
                self.handle.handle,
                address(queries),
                len(queries),
                max_distance,
                address(triangles),
                address(barycentric),
                address(points),
                address(distances),
                None,
            )
        )
