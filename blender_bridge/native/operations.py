# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation by the native library; importing this loads it, or raises `LibraryUnusable`.

These functions only pass arrays on, which the modules of the API have checked. The names are
those of the fallback.
"""

from .marshal import LIBRARY
from .runtime import (
    batch_size,
    cache_clear,
    cache_info,
    cpu_features,
    memory_budget,
    set_batch_size,
    set_cache_limit,
    set_memory_budget,
    set_thread_count,
    thread_count,
)
from .smoothing import decaying_max, filter_weights, smooth_weights, smooth_weights_on_edges
from .spatial import distance_matrix, distances, point_index, radius_graph
from .surface import surface
from .transfer import transfer_dense, transfer_sparse
from .transforms import transform_normals, transform_points
from .weights import (
    limit_dense,
    limit_sparse,
    normalize_dense,
    normalize_sparse,
    prune_dense,
    prune_sparse,
    sparse_from_dense,
    sparse_to_dense,
)

__all__ = [
    "LIBRARY",
    "batch_size",
    "cache_clear",
    "cache_info",
    "cpu_features",
    "decaying_max",
    "distance_matrix",
    "distances",
    "filter_weights",
    "limit_dense",
    "limit_sparse",
    "memory_budget",
    "normalize_dense",
    "normalize_sparse",
    "point_index",
    "prune_dense",
    "prune_sparse",
    "radius_graph",
    "set_batch_size",
    "set_cache_limit",
    "set_memory_budget",
    "set_thread_count",
    "smooth_weights",
    "smooth_weights_on_edges",
    "sparse_from_dense",
    "sparse_to_dense",
    "surface",
    "thread_count",
    "transfer_dense",
    "transfer_sparse",
    "transform_normals",
    "transform_points",
]
