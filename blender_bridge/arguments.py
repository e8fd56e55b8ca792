# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of arguments, in one place for both back ends.

What already has the right dtype and layout is passed on as it is, never copied. What has not (a
list, a transposed view, float64 where a kernel takes float32) is converted once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .errors import IndexOutOfRange, InvalidArgument, LengthMismatch, NotFinite, SizeOverflow

#: In place of an index: there is none. Distances are infinite there.
NO_INDEX = 0xFFFF_FFFF

#: Elements are numbered by uint32, whose largest value stands for "none".
MOST_ELEMENTS = NO_INDEX - 1


#: Radii of a radius graph, metres.
RADIUS_RANGE = (float(np.float32(1e-9)), 1e9)


#: Coordinates of surfaces, metres.
MOST_COORDINATE = np.float32(1e18)


def array(argument: str, values: Any, dtype: Any) -> np.ndarray:
    """`values` as a C-contiguous array of `dtype`; the same object where it is one already."""
    if (
        type(values) is np.ndarray
        and values.dtype == dtype
        and values.flags.c_contiguous
        and values.flags.aligned
    ):
        return values
    try:
        found = np.asarray(values)
        if found.size and found.dtype.kind not in "fiub":
            raise InvalidArgument(argument, f"has dtype {found.dtype}, expected numbers")
        return np.require(found, dtype, ["C", "A"])
    except InvalidArgument:
        raise
    except (TypeError, ValueError) as error:
        raise InvalidArgument(argument, f"is no array of numbers: {error}") from None


def float_dtype(values: Any) -> type:
    """float64 for a float64 array, else float32: the precision that a transform computes in."""
    return np.float64 if getattr(values, "dtype", None) == np.float64 else np.float32


def rows(argument: str, values: Any, width: int, dtype: Any = np.float32) -> np.ndarray:
    """`#R by width` numbers; a flat buffer, as `foreach_get` fills it, is viewed as rows."""
    found = array(argument, values, dtype)
    if found.ndim == 2 and found.shape[1] == width:
        pass
    elif found.ndim == 1 and found.size % width == 0:
        found = found.reshape(-1, width)
    else:
        shape = " by ".join(map(str, found.shape)) or "a single number"
        raise InvalidArgument(argument, f"has shape {shape}, expected #rows by {width}")
    numbered_by_u32(argument, len(found))
    return found


def points(argument: str, values: Any, count: int | None = None) -> np.ndarray:
    """Finite points, `#P by 3` float32."""
    found = rows(argument, values, 3)
    if count is not None:
        length(argument, len(found), count)
    finite(argument, found)
    return found


def coordinates(argument: str, values: Any) -> np.ndarray:
    """Points whose squared distances stay in float32, `#P by 3`: of surfaces and their queries."""
    found = points(argument, values)
    if found.size and not max(found.max(), -found.min()) <= MOST_COORDINATE:
        flat = found.ravel()
        element = int(np.flatnonzero(np.abs(flat) > MOST_COORDINATE)[0])
        raise InvalidArgument(
            argument, f"[{element}] is {flat[element]:g}, expected at most {MOST_COORDINATE:g} m"
        )
    return found


def matrix(argument: str, values: Any, dtype: Any) -> np.ndarray:
    """An affine matrix, 4 by 4, row-major, finite, with the last row 0 0 0 1."""
    found = array(argument, values, dtype)
    if found.shape != (4, 4):
        shape = " by ".join(map(str, found.shape)) or "a single number"
        raise InvalidArgument(argument, f"has shape {shape}, expected 4 by 4")
    numbers = found.ravel().tolist()
    if not math.isfinite(sum(numbers)):
        finite(argument, found)
    if numbers[12:] != [0.0, 0.0, 0.0, 1.0]:
        raise InvalidArgument(argument, f"has the last row {numbers[12:]}, expected 0 0 0 1")
    return found


def matrices(argument: str, values: Any, dtype: Any, count: int | None = None) -> np.ndarray:
    """Affine matrices, `#B by 4 by 4`, row-major, finite, each with the last row 0 0 0 1."""
    found = array(argument, values, dtype)
    if found.ndim != 3 or found.shape[1:] != (4, 4):
        if found.size == 0:
            found = found.reshape(0, 4, 4)
        else:
            shape = " by ".join(map(str, found.shape)) or "a single number"
            raise InvalidArgument(argument, f"has shape {shape}, expected #B by 4 by 4")
    if count is not None:
        length(argument, len(found), count)
    finite(argument, found)
    bad = np.flatnonzero((found[:, 3] != (0.0, 0.0, 0.0, 1.0)).any(axis=1))
    if len(bad):
        row = found[bad[0], 3].tolist()
        problem = f"has the last row {row} in matrix {bad[0]}, expected 0 0 0 1"
        raise InvalidArgument(argument, problem)
    return found


def optional_indices(argument: str, values: Any, count: int, bound: int) -> np.ndarray:
    """`count` indices below `bound` as uint32, where -1 and `NO_INDEX` both stand for none."""
    found = np.asarray(values)
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        problem = f"has {found.ndim} dimensions of {found.dtype}, expected 1 of whole numbers"
        raise InvalidArgument(argument, problem)
    length(argument, len(found), count)
    found = found.astype(np.int64)
    found[found == NO_INDEX] = -1
    bad = np.flatnonzero((found < -1) | (found >= bound))
    if len(bad):
        raise IndexOutOfRange(argument, int(bad[0]), int(found[bad[0]]), bound)
    return found.astype(np.uint32)


def indices(argument: str, values: Any, width: int, bound: int) -> np.ndarray:
    """`#R by width` indices below `bound`, uint32; int32 buffers are viewed, not copied."""
    found = np.asarray(values) if not isinstance(values, np.ndarray) else values
    if found.size and found.dtype.kind not in "iu":
        raise InvalidArgument(argument, f"has dtype {found.dtype}, expected whole numbers")
    if found.dtype == np.int32 and found.flags.c_contiguous:
        # A negative index becomes a huge one, which the check below refuses by its own value.
        checked = rows(argument, found.view(np.uint32), width, np.uint32)
    else:
        if found.dtype.itemsize > 4 and found.size:
            below(argument, found, bound)
        checked = rows(argument, found, width, np.uint32)
    below(argument, checked, bound, signed=found.dtype.kind == "i")
    return checked


def below(argument: str, values: np.ndarray, bound: int, signed: bool = False) -> None:
    """All indices lie in `[0, bound)`; the first that does not is named."""
    if not values.size or (int(values.max()) < bound and int(values.min()) >= 0):
        return
    flat = values.ravel()
    element = int(np.flatnonzero((flat >= bound) | (flat < 0))[0])
    number = flat[element]
    raise IndexOutOfRange(
        argument, element, int(number.astype(np.int32) if signed else number), bound
    )


def finite(argument: str, values: np.ndarray) -> None:
    """All numbers are finite; the first that is not is named."""
    # One NaN or infinity makes the sum so too: a fast look that allocates nothing. A sum may also
    # overflow by itself, so only the slow look decides.
    with np.errstate(over="ignore", invalid="ignore"):
        if math.isfinite(np.add.reduce(values, axis=None)):
            return
    bad = np.flatnonzero(~np.isfinite(values.ravel()))
    if len(bad):
        raise NotFinite(argument, int(bad[0]), float(values.ravel()[bad[0]]))


def not_below_zero(argument: str, values: np.ndarray) -> None:
    """No number is negative; the first that is is named."""
    if not values.size or values.min() >= 0.0:
        return
    flat = values.ravel()
    element = int(np.flatnonzero(flat < 0.0)[0])
    raise InvalidArgument(
        argument, f"has {flat[element]:g} at element {element}, expected numbers not below 0"
    )


def number(argument: str, value: Any) -> float:
    """One finite number, rounded to float32 as the kernels take it."""
    try:
        with np.errstate(over="ignore"):
            found = float(np.float32(value))
    except (TypeError, ValueError):
        raise InvalidArgument(argument, f"is {value!r}, expected a number") from None
    if not math.isfinite(found):
        raise NotFinite(argument, 0, found)
    return found


def not_negative(argument: str, value: Any, *, infinite: bool = False) -> float:
    """One number not below 0; infinity only where it means "no limit"."""
    if infinite and value == math.inf:
        return math.inf
    found = number(argument, value)
    if found < 0.0:
        raise InvalidArgument(argument, f"is {found:g}, expected a number not below 0")
    return found


def radius(argument: str, value: Any) -> float:
    """A radius whose square is an ordinary float32."""
    found = number(argument, value)
    if not RADIUS_RANGE[0] <= found <= RADIUS_RANGE[1]:
        least, most = RADIUS_RANGE
        raise InvalidArgument(argument, f"is {found:g}, expected {least:g} to {most:g}")
    return found


def fraction(argument: str, value: Any) -> float:
    """One number from 0 to 1."""
    found = number(argument, value)
    if not 0.0 <= found <= 1.0:
        raise InvalidArgument(argument, f"is {found:g}, expected a number from 0 to 1")
    return found


def count(argument: str, value: Any, least: int = 0, most: int = 2**63 - 1) -> int:
    """A whole number in `[least, most]`."""
    try:
        found = value.__index__()
    except AttributeError:
        raise InvalidArgument(argument, f"is {value!r}, expected a whole number") from None
    if not least <= found <= most:
        limits = f"from {least} to {most}" if most < 2**63 - 1 else f"of at least {least}"
        raise InvalidArgument(argument, f"is {found}, expected a whole number {limits}")
    return found


def length(argument: str, found: int, expected: int) -> None:
    """An array has the length that the other arguments imply."""
    if found != expected:
        raise LengthMismatch(argument, found, expected)


def numbered_by_u32(what: str, elements: int) -> None:
    """Elements can be numbered by uint32."""
    if elements > MOST_ELEMENTS:
        raise SizeOverflow(what, f"{elements} elements, expected fewer than 2³² − 1")


def channels(argument: str, values: Any, vertex_count: int) -> np.ndarray:
    """Dense weights, `#V` (one channel) or `#V by #G`, float32 and finite, as they were given."""
    found = array(argument, values, np.float32)
    if found.ndim not in (1, 2):
        raise InvalidArgument(argument, f"has {found.ndim} dimensions, expected #V or #V by #G")
    length(argument, len(found), vertex_count)
    finite(argument, found)
    return found


def mask(argument: str, values: Any, vertex_count: int) -> np.ndarray | None:
    """One finite factor for each vertex, float32, or none at all."""
    if values is None:
        return None
    found = array(argument, values, np.float32)
    if found.ndim != 1:
        raise InvalidArgument(argument, f"has {found.ndim} dimensions, expected #V")
    length(argument, len(found), vertex_count)
    finite(argument, found)
    return found


def fractions(argument: str, values: Any, vertex_count: int) -> np.ndarray:
    """One number from 0 to 1 for each vertex, float32."""
    found = mask(argument, values, vertex_count)
    if found is None:
        raise InvalidArgument(argument, "is None, expected #V numbers from 0 to 1")
    bad = np.flatnonzero((found < 0.0) | (found > 1.0))
    if len(bad):
        problem = f"is {found[bad[0]]:g} at element {bad[0]}, expected 0 to 1"
        raise InvalidArgument(argument, problem)
    return found


def sparse(argument: str, values: Any) -> Any:
    """`SparseWeights` that are not below 0."""
    if not hasattr(values, "offsets"):
        problem = f"is {type(values).__name__}, expected SparseWeights"
        raise InvalidArgument(argument, problem)
    not_below_zero(argument, values.weights)
    return values


def selection(argument: str, values: Any, vertex_count: int) -> np.ndarray | None:
    """One byte for each vertex, 0 where it is left alone; bool arrays are viewed, not copied."""
    if values is None:
        return None
    found = np.asarray(values)
    if found.dtype == np.bool_:
        found = found.view(np.uint8) if found.flags.c_contiguous else found.astype(np.uint8)
    elif found.dtype != np.uint8:
        found = (found != 0).astype(np.uint8)
    if found.ndim != 1:
        raise InvalidArgument(argument, f"has {found.ndim} dimensions, expected #V")
    length(argument, len(found), vertex_count)
    return np.require(found, np.uint8, ["C"])


def output(argument: str, out: Any, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """The caller's `out`, or a new array. A flat buffer of the right size serves as well."""
    if out is None:
        return np.empty(shape, dtype)
    if not isinstance(out, np.ndarray) or out.dtype != dtype:
        found = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
        raise InvalidArgument(argument, f"is {found}, expected an array of {np.dtype(dtype)}")
    if out.shape != shape and out.shape != (math.prod(shape),):
        found = " by ".join(map(str, out.shape))
        expected = " by ".join(map(str, shape))
        raise InvalidArgument(argument, f"has shape {found}, expected {expected}")
    flags = out.flags
    if not (flags.c_contiguous and flags.writeable and flags.aligned):
        raise InvalidArgument(argument, "is not a writable C-contiguous array, expected one")
    return out


def outputs(out: Any, names: tuple[str, ...], shapes: Any, dtypes: Any) -> list[np.ndarray]:
    """[`output`] for a result of several arrays: `out` is None or a tuple of as many arrays."""
    given = (None,) * len(names) if out is None else tuple(out)
    if len(given) != len(names):
        raise InvalidArgument("out", f"holds {len(given)} arrays, expected {len(names)}")
    return [
        output(f"out.{name}", array, shape, dtype)
        for name, array, shape, dtype in zip(names, given, shapes, dtypes)
    ]


def not_overlapping(argument: str, out: np.ndarray, *inputs: np.ndarray, in_place: bool) -> None:
    """`out` shares no memory with an input, unless (in place) it is the whole of it."""
    for found in inputs:
        if found is None or not np.may_share_memory(out, found):
            continue
        if in_place and out.ctypes.data == found.ctypes.data and out.nbytes == found.nbytes:
            continue
        expected = "the same buffer or another" if in_place else "another buffer"
        raise InvalidArgument(argument, f"overlaps an input, expected {expected}")
