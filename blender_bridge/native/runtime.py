# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the library and what it runs on."""

import ctypes

from . import declarations
from .marshal import check, functions


def set_thread_count(count):
    """`hem_set_thread_count`."""
    check(functions.hem_set_thread_count(count))


def thread_count():
    """`hem_thread_count`."""
    return _size(functions.hem_thread_count)


def set_memory_budget(bytes):
    """`hem_set_memory_budget`."""
    check(functions.hem_set_memory_budget(bytes))


def memory_budget():
    """`hem_memory_budget`."""
    return _size(functions.hem_memory_budget)


def set_batch_size(rows):
    """`hem_set_batch_size`."""
    check(functions.hem_set_batch_size(rows))


def batch_size():
    """`hem_batch_size`."""
    return _size(functions.hem_batch_size)


def cpu_features():
    """`hem_cpu_features`."""
    return functions.hem_cpu_features().decode()


def cache_info():
    """`hem_cache_info`, counters by name."""
    info = declarations.HemCacheInfo(struct_size=ctypes.sizeof(declarations.HemCacheInfo))
    check(functions.hem_cache_info(ctypes.byref(info)))
    names = ("bytes", "limit", "entries", "hits", "misses", "evictions")
    return {name: getattr(info, name) for name in names}


def cache_clear():
    """`hem_cache_clear`."""
    check(functions.hem_cache_clear())


def set_cache_limit(bytes):
    """`hem_set_cache_limit`."""
    check(functions.hem_set_cache_limit(bytes))


def _size(getter):
    size = ctypes.c_size_t()
    check(getter(ctypes.byref(size)))
    return size.value
