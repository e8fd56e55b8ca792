# SPDX-License-Identifier: GPL-3.0-or-later
"""The index cache: built indices, found again by the content they were built from."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

#: Bytes kept until `set_limit` changes it, as in the native library.
DEFAULT_LIMIT = 256 << 20


class IndexCache:
    """Keeps the indices used last, up to a limit of bytes; safe to use from many threads."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, tuple[Any, int]] = OrderedDict()
        self.limit = limit
        self.bytes = self.hits = self.misses = self.evictions = 0

    def acquire(self, kind: str, arrays: tuple[np.ndarray, ...], build: Callable[[], Any]) -> Any:
        """The index of this kind over these arrays; `build` makes it (with `nbytes`) if needed."""
        key = _content_key(kind, arrays)
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                self.hits += 1
                return self._entries[key][0]
            self.misses += 1
        index = build()
        with self._lock:
            if key not in self._entries:
                self._entries[key] = (index, index.nbytes)
                self.bytes += index.nbytes
                self._evict()
        return index

    def clear(self) -> None:
        """Drops all indices; those in use stay valid. Limit and counters stay."""
        with self._lock:
            self._entries.clear()
            self.bytes = 0

    def set_limit(self, limit: int) -> None:
        """Sets how many bytes are kept, and drops what exceeds them."""
        with self._lock:
            self.limit = limit
            self._evict()

    def info(self) -> dict[str, int]:
        """Counters by name."""
        with self._lock:
            return {
                "bytes": self.bytes,
                "limit": self.limit,
                "entries": len(self._entries),
                "hits": self.hits,
                "misses": self.misses,
                "evictions": self.evictions,
            }

    def _evict(self) -> None:
        while self.bytes > self.limit:
            _, (_, size) = self._entries.popitem(last=False)
            self.bytes -= size
            self.evictions += 1


def _content_key(kind: str, arrays: tuple[np.ndarray, ...]) -> bytes:
    digest = hashlib.blake2b(kind.encode(), digest_size=16)
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8))
    return digest.digest()


SHARED = IndexCache()
