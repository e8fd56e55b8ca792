# SPDX-License-Identifier: GPL-3.0-or-later
"""Smoothing and filters of skin weights, all in place."""

import numpy as np

from . import declarations
from .marshal import address, check, functions, options, progress_pointer


def _options(falloff, iterations, neighbor_limit):
    return options(
        "HemSmoothOptions",
        functions.hem_smooth_options_init,
        falloff=getattr(declarations, f"HEM_FALLOFF_{falloff.upper()}"),
        iterations=iterations,
        neighbor_limit=neighbor_limit,
    )


def smooth_weights(graph, weights, falloff, iterations, mask, neighbor_limit, progress):
    """`hem_smooth_weights`."""
    settings = _options(falloff, iterations, neighbor_limit)
    with progress_pointer(progress) as listener:
        check(
            functions.hem_smooth_weights(
                graph.handle.handle,
                address(weights),
                *weights.shape,
                address(mask),
                settings,
                listener,
            )
        )


def update_smoothing(
    before, after, changed, weights, falloff, iterations, mask, neighbor_limit, result, progress
):
    """`hem_update_smoothing`; returns the rows of `result` that changed, `#V` uint8."""
    updated = np.empty(len(weights), np.uint8)
    settings = _options(falloff, iterations, neighbor_limit)
    with progress_pointer(progress) as listener:
        check(
            functions.hem_update_smoothing(
                before.handle.handle,
                after.handle.handle,
                address(changed),
                address(weights),
                *weights.shape,
                address(mask),
                settings,
                address(result),
                address(updated),
                listener,
            )
        )
    return updated


def filter_weights(graph, largest, weights, mask, progress):
    """`hem_max_filter` or `hem_min_filter`."""
    function = functions.hem_max_filter if largest else functions.hem_min_filter
    with progress_pointer(progress) as listener:
        check(
            function(graph.handle.handle, address(weights), *weights.shape, address(mask), listener)
        )


def decaying_max(graph, weights, sigma, iterations, progress):
    """`hem_decaying_max`."""
    settings = options(
        "HemDecayingMaxOptions",
        functions.hem_decaying_max_options_init,
        iterations=iterations,
        sigma=sigma,
    )
    with progress_pointer(progress) as listener:
        check(
            functions.hem_decaying_max(
                graph.handle.handle, address(weights), *weights.shape, settings, listener
            )
        )


def smooth_weights_on_edges(edges, weights, factor, iterations, expand, selection, progress):
    """`hem_smooth_weights_on_edges`."""
    settings = options(
        "HemEdgeSmoothOptions",
        functions.hem_edge_smooth_options_init,
        iterations=iterations,
        factor=factor,
        expand=expand,
    )
    with progress_pointer(progress) as listener:
        check(
            functions.hem_smooth_weights_on_edges(
                address(edges),
                len(edges),
                address(weights),
                *weights.shape,
                address(selection),
                settings,
                listener,
            )
        )
