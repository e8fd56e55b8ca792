# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation by the native library; importing this loads it, or raises `LibraryUnusable`.

These functions only pass arrays on, which the modules of the API have checked.
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
from .transforms import transform_normals, transform_points
from .weights import sparse_from_dense, sparse_to_dense

__all__ = [
    "LIBRARY",
    "batch_size",
    "cache_clear",
    "cache_info",
    "cpu_features",
    "memory_budget",
    "set_batch_size",
    "set_cache_limit",
    "set_memory_budget",
    "set_thread_count",
    "sparse_from_dense",
    "sparse_to_dense",
    "thread_count",
    "transform_normals",
    "transform_points",
]
