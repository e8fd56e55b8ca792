# SPDX-License-Identifier: GPL-3.0-or-later
"""Radial basis functions."""

import ctypes

from . import declarations
from .marshal import (
    NativeHandle,
    address,
    check,
    functions,
    options,
    progress_pointer,
    receive_handle,
)


def rbf_create(points, settings, progress):
    """`hem_rbf_create`."""
    settings = options("HemRbfOptions", functions.hem_rbf_options_init, **settings)
    with progress_pointer(progress) as listener:
        return Rbf(
            receive_handle(
                lambda out: functions.hem_rbf_create(
                    address(points), len(points), settings, out, listener
                ),
                functions.hem_rbf_destroy,
            )
        )


class Rbf:
    """A `HemRbf`."""

    def __init__(self, handle: NativeHandle) -> None:
        self.handle = handle
        self.close = handle.close

    def info(self):
        """`hem_rbf_info`."""
        info = declarations.HemRbfInfo(struct_size=ctypes.sizeof(declarations.HemRbfInfo))
        check(functions.hem_rbf_info(self.handle.handle, ctypes.byref(info)))
        return info.distinct_point_count, info.condition

    def fit(self, values, coefficients, progress):
        """`hem_rbf_fit`."""
        with progress_pointer(progress) as listener:
            check(
                functions.hem_rbf_fit(
                    self.handle.handle,
                    address(values),
                    *values.shape,
                    address(coefficients),
                    listener,
                )
            )

    def evaluate(self, coefficients, targets, out, progress):
        """`hem_rbf_evaluate`."""
        rows, columns = coefficients.shape
        with progress_pointer(progress) as listener:
            check(
                functions.hem_rbf_evaluate(
                    self.handle.handle,
                    address(coefficients),
                    rows - 4,
                    columns,
                    address(targets),
                    len(targets),
                    address(out),
                    listener,
                )
            )
