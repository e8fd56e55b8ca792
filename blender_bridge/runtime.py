# SPDX-License-Identifier: GPL-3.0-or-later
"""What hemline runs on, and its settings: threads, memory, the index cache."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

import numpy as np

from . import arguments
from .backend import backend, choice
from .version import __version__


@dataclass(frozen=True)
class Status:
    """What hemline runs on."""

    backend: str
    """`native` or `fallback`."""
    reason: str
    """Why this back end: the file that was loaded, or what is wrong with it."""
    version: str
    """Version of this package."""
    library_path: str | None
    """File of the native library in use."""
    library_version: str | None
    """Its version."""
    abi: int | None
    """Number of its binary interface."""
    cpu_features: str
    """Instruction set in use: `avx512`, `avx2`, `neon`, `scalar`; `numpy` in the fallback."""
    threads: int
    """Number of threads that kernels use."""
    numpy: str
    """Version of NumPy."""
    scipy: bool
    """Whether SciPy is installed, which the fallback profits from."""


@dataclass(frozen=True)
class CacheInfo:
    """What the index cache holds, and how often it helped."""

    bytes: int
    """Bytes of the kept indices."""
    limit: int
    """Bytes that may be kept."""
    entries: int
    """Number of kept indices."""
    hits: int
    """Calls that found their index."""
    misses: int
    """Calls that had to build it."""
    evictions: int
    """Indices dropped to keep the limit."""


def status() -> Status:
    """Tells which back end computes, why, and with what."""
    chosen = choice()
    library = getattr(chosen.module, "LIBRARY", None)
    return Status(
        backend=chosen.name,
        reason=chosen.reason,
        version=__version__,
        library_path=str(library.path) if library else None,
        library_version=library.version if library else None,
        abi=library.abi if library else None,
        cpu_features=chosen.module.cpu_features(),
        threads=chosen.module.thread_count(),
        numpy=np.__version__,
        scipy=importlib.util.find_spec("scipy") is not None,
    )


def set_thread_count(count: int) -> None:
    """Sets the number of threads of later calls, at most 1024.

    0 restores the default: `HEMLINE_THREADS`, else all cores. Results do not depend on it.
    """
    backend().set_thread_count(arguments.count("count", count))


def thread_count() -> int:
    """Number of threads that kernels use."""
    return backend().thread_count()


def set_memory_budget(bytes: int) -> None:
    """Sets how many bytes a call may use beyond inputs and outputs; 0 restores 1 GiB.

    What could store more computes in blocks instead, with the same result.
    """
    backend().set_memory_budget(arguments.count("bytes", bytes))


def memory_budget() -> int:
    """The memory budget in bytes."""
    return backend().memory_budget()


def set_batch_size(rows: int) -> None:
    """Sets how many rows a thread takes at a time; 0 lets hemline choose.

    Results do not depend on it.
    """
    backend().set_batch_size(arguments.count("rows", rows))


def batch_size() -> int:
    """The number of rows set by `set_batch_size`, 0 when hemline chooses."""
    return backend().batch_size()


def cache_info() -> CacheInfo:
    """What the cache of point indices, radius graphs and surfaces holds."""
    return CacheInfo(**backend().cache_info())


def cache_clear() -> None:
    """Drops all kept indices; handles in use stay valid. Limit and counters stay."""
    backend().cache_clear()


def set_cache_limit(bytes: int) -> None:
    """Sets how many bytes of indices are kept; 0 keeps none."""
    backend().set_cache_limit(arguments.count("bytes", bytes))
