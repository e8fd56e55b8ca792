# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the fallback: SciPy's searches take the thread count, blocks the memory budget."""

import os

from ..errors import InvalidArgument
from .cache import SHARED

DEFAULT_MEMORY_BUDGET = 1 << 30
MOST_THREADS = 1024

_settings = {"threads": 0, "budget": DEFAULT_MEMORY_BUDGET, "batch": 0}


def set_thread_count(count):
    """0 restores the default."""
    if count > MOST_THREADS:
        raise InvalidArgument("count", f"is {count}, expected at most {MOST_THREADS}")
    _settings["threads"] = count


def thread_count():
    """The number set, else `HEMLINE_THREADS`, else all cores."""
    if _settings["threads"]:
        return _settings["threads"]
    wished = os.environ.get("HEMLINE_THREADS", "").strip()
    if wished.isdigit() and 1 <= int(wished) <= MOST_THREADS:
        return int(wished)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def set_memory_budget(bytes):
    """0 restores the default."""
    _settings["budget"] = bytes or DEFAULT_MEMORY_BUDGET


def memory_budget():
    """Bytes that a call may use beyond its inputs and outputs, roughly."""
    return _settings["budget"]


def set_batch_size(rows):
    """Accepted for the sake of one API; NumPy's blocks follow the number of pairs."""
    _settings["batch"] = rows


def batch_size():
    """The number set, 0 by default."""
    return _settings["batch"]


def cpu_features():
    """NumPy chooses its own instructions."""
    return "numpy"


def cache_info():
    """Counters of the index cache by name."""
    return SHARED.info()


def cache_clear():
    """Drops all kept indices."""
    SHARED.clear()


def set_cache_limit(bytes):
    """Sets how many bytes of indices are kept."""
    SHARED.set_limit(bytes)
