# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights that kernels change in place, and the caller's `out`, written on success only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import arguments


def changed(
    weights: np.ndarray, out: np.ndarray | None, change: Callable[[np.ndarray], None]
) -> np.ndarray:
    """The weights after `change`, which works on `#V by #G` in place and fails without a trace.

    - `weights`: `#V` or `#V by #G` float32, untouched unless `out` is the same memory;
    - `out`: an array of their shape, or None for a new one.
    """
    result = arguments.output("out", out, weights.shape, np.float32)
    arguments.not_overlapping("out", result, weights, in_place=True)
    if out is None:
        np.copyto(result, weights)
        change(_rows(result, weights))
    elif out.ctypes.data == weights.ctypes.data:
        change(_rows(result, weights))
    else:
        working = weights.copy()
        change(_rows(working, weights))
        np.copyto(result.reshape(weights.shape), working)
    return result


def _rows(values: np.ndarray, like: np.ndarray) -> np.ndarray:
    return values.reshape(like.shape if like.ndim == 2 else (len(like), 1))
