# SPDX-License-Identifier: GPL-3.0-or-later
"""Sparse and dense skin weights."""

import numpy as np

from .marshal import (
    address,
    check,
    functions,
    library_array,
    options,
    receive_handle,
    view,
)


def sparse_arguments(sparse):
    """Offsets, vertex count, groups, weights, entry count, group count: as the ABI takes rows."""
    return (
        address(sparse.offsets),
        sparse.vertex_count,
        address(sparse.groups),
        address(sparse.weights),
        sparse.entry_count,
        sparse.group_count,
    )


def receive_sparse(call):
    """Offsets, groups and weights, views of the result that `call(out)` gives."""
    owner = receive_handle(call, functions.hem_sparse_weights_destroy)
    pointers, counts = view(functions.hem_sparse_weights_view, owner, 3, 3)
    vertices, entries, _ = counts
    return (
        library_array(owner, pointers[0], vertices + 1, np.uint32),
        library_array(owner, pointers[1], entries, np.uint32),
        library_array(owner, pointers[2], entries, np.float32),
    )


def sparse_from_dense(dense):
    """`hem_sparse_from_dense`."""
    return receive_sparse(
        lambda out: functions.hem_sparse_from_dense(address(dense), *dense.shape, out)
    )


def sparse_to_dense(sparse, out):
    """`hem_sparse_to_dense`."""
    check(functions.hem_sparse_to_dense(*sparse_arguments(sparse), address(out)))


def normalize_dense(weights, group_mask, locked_groups):
    """`hem_normalize_weights_dense`."""
    check(
        functions.hem_normalize_weights_dense(
            address(weights), *weights.shape, address(group_mask), address(locked_groups), None
        )
    )


def limit_dense(weights, group_mask, max_influences, fade, keep_sum):
    """`hem_limit_weights_dense`."""
    settings = _limit_options(max_influences, fade, keep_sum)
    check(
        functions.hem_limit_weights_dense(
            address(weights), *weights.shape, address(group_mask), settings, None
        )
    )


def prune_dense(weights, group_mask, threshold, keep_largest, keep_sum):
    """`hem_prune_weights_dense`."""
    settings = _prune_options(threshold, keep_largest, keep_sum)
    check(
        functions.hem_prune_weights_dense(
            address(weights), *weights.shape, address(group_mask), settings, None
        )
    )


def normalize_sparse(sparse, group_mask, locked_groups, out):
    """`hem_normalize_weights_sparse`, on a copy of the weights in `out`."""
    if address(out) != address(sparse.weights):
        out[...] = sparse.weights
    rows = list(sparse_arguments(sparse))
    rows[3] = address(out)
    check(
        functions.hem_normalize_weights_sparse(
            *rows, address(group_mask), address(locked_groups), None
        )
    )


def limit_sparse(sparse, group_mask, max_influences, fade, keep_sum):
    """`hem_limit_weights_sparse`."""
    settings = _limit_options(max_influences, fade, keep_sum)
    return receive_sparse(
        lambda out: functions.hem_limit_weights_sparse(
            *sparse_arguments(sparse), address(group_mask), settings, out, None
        )
    )


def prune_sparse(sparse, group_mask, threshold, keep_largest, keep_sum):
    """`hem_prune_weights_sparse`."""
    settings = _prune_options(threshold, keep_largest, keep_sum)
    return receive_sparse(
        lambda out: functions.hem_prune_weights_sparse(
            *sparse_arguments(sparse), address(group_mask), settings, out, None
        )
    )


def _limit_options(max_influences, fade, keep_sum):
    return options(
        "HemLimitOptions",
        functions.hem_limit_options_init,
        max_influences=max_influences,
        fade=fade,
        keep_sum=keep_sum,
    )


def _prune_options(threshold, keep_largest, keep_sum):
    return options(
        "HemPruneOptions",
        functions.hem_prune_options_init,
        threshold=threshold,
        keep_largest=keep_largest,
        keep_sum=keep_sum,
    )
