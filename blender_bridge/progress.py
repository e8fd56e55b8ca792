# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress reports and cancellation of long calls."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from .errors import Cancelled

#: Told how far a call is, from 0 to 1, on the calling thread. Returning False cancels the call
#: (`Cancelled` is raised); so does an exception, which is raised again by the call.
ProgressCallback = Callable[[float], object]


class CancelFlag:
    """Cancels the calls that it is handed to, from any thread: `flag.set()`."""

    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value = ctypes.c_int32(0)

    def set(self) -> None:
        """Asks every call that was given this flag to stop."""
        self._value.value = 1

    def clear(self) -> None:
        """Makes the flag usable again."""
        self._value.value = 0

    def is_set(self) -> bool:
        """Whether calls are asked to stop."""
        return self._value.value != 0

    @property
    def address(self) -> int:
        """Where the int32 lies that the native library polls."""
        return ctypes.addressof(self._value)


class Progress:
    """The callback and the flag of one call; either may be missing."""

    __slots__ = ("callback", "cancel")

    def __init__(self, callback: ProgressCallback | None, cancel: CancelFlag | None) -> None:
        self.callback = callback
        self.cancel = cancel

    def advance(self, fraction: float) -> None:
        """Reports that `fraction` of the call is done.

        Raises `Cancelled` when the callback or the flag asks to stop.
        """
        if self.callback is not None and self.callback(fraction) is False:
            raise Cancelled
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled


#: Of a step that reports nothing and is not to be cancelled.
SILENT = Progress(None, None)
