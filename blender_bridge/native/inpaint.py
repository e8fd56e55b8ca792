# SPDX-License-Identifier: GPL-3.0-or-later
"""Inpainting of weights, and the transfer that uses it."""

from .marshal import (
    NativeHandle,
    address,
    check,
    functions,
    options,
    progress_pointer,
    receive_handle,
)
from .weights import receive_sparse, sparse_arguments


def weight_inpainter(points, triangles, fixed, confidence, progress):
    """`hem_weight_inpainter_create`."""
    with progress_pointer(progress) as listener:
        return WeightInpainter(
            receive_handle(
                lambda out: functions.hem_weight_inpainter_create(
                    address(points),
                    len(points),
                    address(triangles),
                    len(triangles),
                    address(fixed),
                    address(confidence),
                    out,
                    listener,
                ),
                functions.hem_weight_inpainter_destroy,
            )
        )


class WeightInpainter:
    """A `HemWeightInpainter`."""

    def __init__(self, handle: NativeHandle) -> None:
        self.handle = handle
        self.close = handle.close

    def inpaint(self, weights, progress):
        """`hem_weight_inpainter_inpaint`."""
        with progress_pointer(progress) as listener:
            check(
                functions.hem_weight_inpainter_inpaint(
                    self.handle.handle, address(weights), *weights.shape, listener
                )
            )

    def unreached(self, mask):
        """`hem_weight_inpainter_unreached`."""
        check(
            functions.hem_weight_inpainter_unreached(self.handle.handle, address(mask), len(mask))
        )


def robust_transfer(surface, body, points, triangles, settings, sources, islands, progress):
    """`hem_transfer_weights_robust`."""
    settings = options("HemRobustOptions", functions.hem_robust_options_init, **settings._asdict())
    with progress_pointer(progress) as listener:
        return receive_sparse(
            lambda out: functions.hem_transfer_weights_robust(
                surface.handle.handle,
                *sparse_arguments(body),
                address(points),
                len(points),
                address(triangles),
                len(triangles),
                settings,
                out,
                address(sources),
                address(islands),
                listener,
            )
        )
