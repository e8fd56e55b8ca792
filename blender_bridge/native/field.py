# SPDX-License-Identifier: GPL-3.0-or-later
"""Deformation fields."""

import numpy as np

from .marshal import (
    NativeHandle,
    address,
    check,
    functions,
    library_array,
    options,
    progress_pointer,
    receive_handle,
    view,
)


def field_create(samples):
    """`hem_field_create`."""
    offsets, points, displacements, world_matrix, mirror_x = samples
    return _receive(
        lambda out: functions.hem_field_create(
            address(offsets),
            len(offsets) - 1,
            address(points),
            address(displacements),
            len(points),
            address(world_matrix),
            mirror_x,
            out,
        )
    )


def field_create_from_shapes(body, deformed, correspondence, triangles, settings, progress):
    """`hem_field_create_from_shapes`."""
    initialize = functions.hem_field_creation_options_init
    settings = options("HemFieldCreationOptions", initialize, **settings)
    with progress_pointer(progress) as listener:
        return _receive(
            lambda out: functions.hem_field_create_from_shapes(
                address(body),
                len(body),
                address(deformed),
                len(deformed),
                address(correspondence),
                address(triangles),
                0 if triangles is None else len(triangles),
                settings,
                out,
                listener,
            )
        )


def field_load(path):
    """`hem_field_load`."""
    return _receive(lambda out: functions.hem_field_load(_encoded(path), out))


def field_save(field, path):
    """`hem_field_save`."""
    check(functions.hem_field_save(field.handle.handle, _encoded(path)))


class Field:
    """A `HemField`."""

    def __init__(self, handle: NativeHandle) -> None:
        self.handle = handle
        self.close = handle.close

    def samples(self):
        """`hem_field_view`."""
        pointers, counts = view(functions.hem_field_view, self.handle, 4, 3)
        offsets, points, displacements, matrix = pointers
        steps, samples, mirror_x = counts
        array = library_array
        return (
            array(self.handle, offsets, steps + 1, np.uint32),
            array(self.handle, points, samples * 3, np.float32).reshape(-1, 3),
            array(self.handle, displacements, samples * 3, np.float32).reshape(-1, 3),
            array(self.handle, matrix, 16, np.float64).reshape(4, 4),
            bool(mirror_x),
        )

    def apply(self, points, mask, settings, out, progress):
        """`hem_field_apply`."""
        settings = options("HemFieldOptions", functions.hem_field_options_init, **settings)
        with progress_pointer(progress) as listener:
            check(
                functions.hem_field_apply(
                    self.handle.handle,
                    address(points),
                    len(points),
                    address(mask),
                    settings,
                    address(out),
                    listener,
                )
            )


def _receive(call):
    return Field(receive_handle(call, functions.hem_field_destroy))


def _encoded(path):
    return path if isinstance(path, bytes) else path.encode()
