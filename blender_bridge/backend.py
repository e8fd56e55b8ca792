# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses who computes: the native library, or NumPy where it is missing or does not fit.

`HEMLINE_BACKEND` may be `auto` (the default), `native` (an error where it cannot be used) or
`fallback`. Both back ends offer the same functions; the modules of the API check the arguments and
pass arrays of the right shape on.
"""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from dataclasses import dataclass
from types import ModuleType

from .errors import BackendUnavailable, InvalidArgument

NAMES = ("auto", "native", "fallback")


@dataclass(frozen=True)
class Choice:
    """A back end and why it was taken."""

    name: str
    reason: str
    module: ModuleType


_lock = threading.Lock()
_choice: Choice | None = None
_warned: set[str] = set()


def backend() -> ModuleType:
    """The module that computes; chosen at the first call."""
    return choice().module


def choice() -> Choice:
    """The back end in use and the reason."""
    global _choice
    if _choice is None:
        with _lock:
            if _choice is None:
                _choice = _choose(os.environ.get("HEMLINE_BACKEND", "auto").strip().lower())
    return _choice


def use_backend(name: str | None = None) -> None:
    """Takes another back end from now on: `auto`, `native` or `fallback`.

    None reads `HEMLINE_BACKEND` again. Handles that exist keep theirs.

    Raises `BackendUnavailable` when `native` cannot be used; the choice stays as it was.
    """
    global _choice
    if name is None:
        name = os.environ.get("HEMLINE_BACKEND", "auto").strip().lower()
    with _lock:
        _choice = _choose(name)


def _choose(name: str) -> Choice:
    if name not in NAMES:
        raise InvalidArgument("HEMLINE_BACKEND", f"is {name!r}, expected one of {', '.join(NAMES)}")
    if name == "fallback":
        return Choice("fallback", "HEMLINE_BACKEND asks for it", _fallback())
    native, reason = _native()
    if native is not None:
        return Choice("native", reason, native)
    if name == "native":
        raise BackendUnavailable(f"the native library cannot be used: {reason}")
    _warn_once(reason)
    return Choice("fallback", reason, _fallback())


def _native() -> tuple[ModuleType | None, str]:
    loader = importlib.import_module(".native.loader", __package__)
    try:
        library = loader.library()
    except loader.LibraryUnusable as error:
        return None, str(error)
    return importlib.import_module(".native.operations", __package__), f"loaded {library.path}"


def _fallback() -> ModuleType:
    return importlib.import_module(".fallback", __package__)


def _warn_once(reason: str) -> None:
    if reason not in _warned:
        _warned.add(reason)
        warnings.warn(f"hemline computes with NumPy: {reason}", RuntimeWarning, stacklevel=2)
