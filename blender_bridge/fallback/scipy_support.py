# SPDX-License-Identifier: GPL-3.0-or-later
"""SciPy where it is installed; everything works without it, only slower."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType


@functools.cache
def scipy_module(name: str) -> ModuleType | None:
    """`scipy.<name>`, or None where SciPy is missing or does not fit this NumPy."""
    try:
        return importlib.import_module(f"scipy.{name}")
    except Exception:  # A SciPy built for another NumPy fails with more than ImportError.
        return None
