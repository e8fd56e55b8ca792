# SPDX-License-Identifier: GPL-3.0-or-later
"""Between NumPy and the C ABI: addresses, statuses, handles, results that library memory holds."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import errors
from ..progress import Progress
from . import declarations, loader

LIBRARY = loader.library()
functions = LIBRARY.functions

_ERRORS = {
    declarations.HEM_NULL_POINTER: errors.InvalidArgument,
    declarations.HEM_INVALID_ARGUMENT: errors.InvalidArgument,
    declarations.HEM_LENGTH_MISMATCH: errors.LengthMismatch,
    declarations.HEM_INDEX_OUT_OF_RANGE: errors.IndexOutOfRange,
    declarations.HEM_NOT_FINITE: errors.NotFinite,
    declarations.HEM_SIZE_OVERFLOW: errors.SizeOverflow,
    declarations.HEM_SINGULAR: errors.Singular,
    declarations.HEM_OUT_OF_MEMORY: errors.OutOfMemory,
    declarations.HEM_CANCELLED: errors.Cancelled,
    declarations.HEM_FILE_ERROR: errors.FileError,
}


def check(status: int) -> None:
    """Raises what a status other than 0 says, with the library's text."""
    if status:
        raise_status(status)


def raise_status(status: int) -> None:
    """Raises the error of a status that is not 0, with the library's text."""
    kind = _ERRORS.get(status, errors.InternalError)
    # The classes' own constructors put texts together; here the text is there already.
    raise kind.__new__(kind, functions.hem_last_error_message().decode("utf-8", "replace"))


def address(array: np.ndarray | None) -> int | None:
    """Where the data lies; None (NULL) for no array."""
    return None if array is None else array.ctypes.data


class NativeHandle:
    """A handle of the library, destroyed by `close` or with its last reference."""

    def __init__(self, handle: int, destroy: Callable[[int], None]) -> None:
        self.handle = handle
        self._finalizer = weakref.finalize(self, destroy, handle)
        # The process ends anyway, and others may still use the memory.
        self._finalizer.atexit = False

    def close(self) -> None:
        """Destroys the handle; nobody may use it any more."""
        self._finalizer()
        self.handle = None


def receive_handle(call: Callable[[Any], int], destroy: Callable[[int], None]) -> NativeHandle:
    """The handle that `call(out)` gives."""
    slot = ctypes.c_void_p()
    check(call(ctypes.byref(slot)))
    return NativeHandle(slot.value, destroy)


class _LibraryMemory:
    """Memory of a result handle as NumPy's array interface; keeps the handle alive."""

    __slots__ = ("__array_interface__", "owner")

    def __init__(self, owner: NativeHandle, pointer: int, shape: tuple, dtype: np.dtype) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "data": (pointer, False),
            "shape": shape,
            "typestr": dtype.str,
            "version": 3,
        }


def library_array(owner: NativeHandle, pointer: int | None, count: int, dtype: Any) -> np.ndarray:
    """`count` elements at `pointer`, a view that keeps `owner` alive."""
    dtype = np.dtype(dtype)
    if not count:
        return np.empty(0, dtype)
    return np.asarray(_LibraryMemory(owner, pointer, (count,), dtype))


def view(function: Any, owner: NativeHandle, pointers: int, counts: int) -> tuple[list, list]:
    """Calls a `hem_…_view`: so many pointers out, then so many counts out."""
    addresses = [ctypes.c_void_p() for _ in range(pointers)]
    sizes = [ctypes.c_size_t() for _ in range(counts)]
    check(function(owner.handle, *map(ctypes.byref, (*addresses, *sizes))))
    return [found.value for found in addresses], [found.value for found in sizes]


@contextmanager
def progress_pointer(progress: Progress) -> Iterator[Any]:
    """A `HemProgress*` for one call, or None when nobody listens.

    The callback runs on the calling thread. Its exception cancels the call and is raised here.
    """
    if progress.callback is None and progress.cancel is None:
        yield None
        return
    raised: list[BaseException] = []

    def report(fraction: float, _user_data: Any) -> int:
        try:
            return int(progress.callback(fraction) is False)
        except BaseException as error:  # Must not unwind through C; raised again below.
            raised.append(error)
            return 1

    native = declarations.HemProgress(struct_size=ctypes.sizeof(declarations.HemProgress))
    if progress.callback is not None:
        native.callback = declarations.HemProgressCallback(report)
    if progress.cancel is not None:
        native.cancel_flag = progress.cancel.address
    try:
        yield ctypes.byref(native)
    except errors.Cancelled:
        if raised:
            raise raised[0] from None
        raise


def options(struct: str, initialize: Any, **fields: Any) -> Any:
    """A pointer to an options struct: the library's defaults, with these fields set."""
    settings = getattr(declarations, struct)()
    check(initialize(ctypes.byref(settings)))
    for name, value in fields.items():
        setattr(settings, name, value)
    return ctypes.byref(settings)
