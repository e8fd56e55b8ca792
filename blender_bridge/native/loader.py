# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds and loads the native library.

Looked for in this order, the first that exists is tried, and the next if it does not fit:

1. the file that `HEMLINE_LIBRARY` names; nothing else is tried then;
2. `blender_bridge/lib/<os>-<arch>/`, where a release has it. The file name carries the version,
   since Windows cannot replace a library that a running Blender has loaded;
3. `target/release/` beside the package, in a checkout.

A loaded library is never unloaded: arrays may view its memory.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..version import __version__
from .elf import is_cut_off

PACKAGE = Path(__file__).resolve().parent.parent


class LibraryUnusable(Exception):
    """Why there is no native library to use."""


@dataclass(frozen=True)
class Library:
    """A loaded library of the right version; `functions` has what it exports as attributes."""

    path: Path
    version: str
    abi: int
    functions: Any


_lock = threading.Lock()
_loaded: dict[Path, Library] = {}


def library() -> Library:
    """The native library. Raises `LibraryUnusable` with the reason for every file tried."""
    with _lock:
        reasons = []
        for path in candidates():
            try:
                return _loaded.get(path) or _loaded.setdefault(path, load(path))
            except LibraryUnusable as error:
                reasons.append(str(error))
    raise LibraryUnusable("; ".join(reasons) or f"no library in {_package_folder()}")


def candidates() -> Iterator[Path]:
    """Files to try, in order."""
    named = os.environ.get("HEMLINE_LIBRARY")
    if named:
        yield Path(named)
        return
    prefix, suffix = _file_name_parts()
    released = _package_folder() / f"{prefix}hemline-{__version__}{suffix}"
    built = PACKAGE.parent / "target" / "release" / f"{prefix}hemline{suffix}"
    yield from (path for path in (released, built) if path.is_file())


def load(path: Path) -> Library:
    """Loads one file. Raises `LibraryUnusable` when it is no library of this version."""
    if not path.is_file():
        raise LibraryUnusable(f"{path} does not exist")
    if is_cut_off(path):
        raise LibraryUnusable(f"{path} cannot be loaded: the file is cut off")
    try:
        # The header's own numbers; a package without them is incomplete.
        from . import declarations
    except ImportError as error:
        raise LibraryUnusable(f"the declarations of the library are missing: {error}") from None
    try:
        shared = ctypes.CDLL(str(path))
    except OSError as error:
        raise LibraryUnusable(f"{path} cannot be loaded: {error}") from None
    abi = _declared(shared, path, "hem_abi_version", declarations)()
    if abi != declarations.HEM_ABI_VERSION:
        raise LibraryUnusable(
            f"{path} has ABI version {abi}, expected {declarations.HEM_ABI_VERSION}"
        )
    version = _declared(shared, path, "hem_version_string", declarations)().decode()
    if version != __version__:
        raise LibraryUnusable(f"{path} has version {version}, expected {__version__}")
    for name in declarations.FUNCTIONS:
        _declared(shared, path, name, declarations)
    return Library(path, version, abi, shared)


def _declared(shared: Any, path: Path, name: str, declarations: Any) -> Any:
    try:
        function = getattr(shared, name)
    except AttributeError:
        raise LibraryUnusable(f"{path} does not export {name}") from None
    function.restype, function.argtypes = declarations.FUNCTIONS[name]
    return function


def _package_folder() -> Path:
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    machine = platform.machine().lower()
    architecture = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    return PACKAGE / "lib" / f"{system}-{architecture}"


def _file_name_parts() -> tuple[str, str]:
    return {"win32": ("", ".dll"), "darwin": ("lib", ".dylib")}.get(sys.platform, ("lib", ".so"))
