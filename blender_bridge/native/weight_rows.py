# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole rows of weights: averaged, propagated, merged and split, blended."""

from .marshal import address, functions, progress_pointer
from .weights import receive_sparse, sparse_arguments


def average_weights(sparse, labels, label_count):
    """`hem_average_weights`."""
    return receive_sparse(
        lambda out: functions.hem_average_weights(
            *sparse_arguments(sparse), address(labels), label_count, out
        )
    )


def propagate_weights(sparse, points, edges, group_mask, sources, progress):
    """`hem_propagate_weights`."""
    with progress_pointer(progress) as listener:
        return receive_sparse(
            lambda out: functions.hem_propagate_weights(
                *sparse_arguments(sparse),
                address(points),
                address(edges),
                len(edges),
                address(group_mask),
                out,
                address(sources),
                listener,
            )
        )


def merge_groups(sparse, parents):
    """`hem_merge_groups`."""
    return receive_sparse(
        lambda out: functions.hem_merge_groups(*sparse_arguments(sparse), address(parents), out)
    )


def split_groups(sparse, original, parents):
    """`hem_split_groups`."""
    return receive_sparse(
        lambda out: functions.hem_split_groups(
            *sparse_arguments(sparse), *original_arguments(original), address(parents), out
        )
    )


def blend_weights(sparse, original, mask, group_mask):
    """`hem_blend_weights`."""
    return receive_sparse(
        lambda out: functions.hem_blend_weights(
            *sparse_arguments(sparse),
            *original_arguments(original),
            address(mask),
            address(group_mask),
            out,
        )
    )


def original_arguments(original):
    """Offsets, groups, weights, entry count: as the ABI takes original rows."""
    offsets, _, groups, weights, entry_count, _ = sparse_arguments(original)
    return offsets, groups, weights, entry_count
