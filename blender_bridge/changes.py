# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rows of a buffer changed: what an incremental update has to look at."""

from __future__ import annotations

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument


def find_changed_rows(
    before: np.ndarray, after: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """Marks the rows (points, weights of a vertex) that differ in any bit from an earlier copy.

    Bits decide: −0 differs from 0, and a NaN equals itself.

    - `before`, `after`: arrays of one shape and dtype, of numbers; the first axis counts the rows;
    - `out`: `#R` bool.

    Returns `#R` bool, or `out`.
    """
    before, after = (
        _buffer(name, values) for name, values in (("before", before), ("after", after))
    )
    if before.shape != after.shape or before.dtype != after.dtype:
        raise InvalidArgument(
            "after",
            f"is {after.dtype} of shape {after.shape}, "
            f"expected {before.dtype} of shape {before.shape} as `before`",
        )
    result = arguments.output("out", out, (len(before),), np.bool_)
    arguments.not_overlapping("out", result, before, after, in_place=False)
    if not before.size:
        result[...] = False
        return result
    row_bytes = before.nbytes // len(before)
    backend().find_changed_rows(
        _bytes(before, row_bytes), _bytes(after, row_bytes), result.view(np.uint8)
    )
    return result


def _buffer(name, values):
    found = np.ascontiguousarray(values)
    if found.dtype.kind not in "fiub" or np.ndim(values) < 1:
        raise InvalidArgument(name, f"has dtype {found.dtype}, expected rows of numbers")
    return found


def _bytes(values, row_bytes):
    return values.reshape(-1).view(np.uint8).reshape(-1, row_bytes)
