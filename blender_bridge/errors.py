# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of hemline: which argument, which element, what was found, what was expected.

Both back ends raise the same classes. The texts are those of the native library.
"""


class HemlineError(ValueError):
    """A call was refused or ended early; nothing was written to any output."""


class InvalidArgument(HemlineError):
    """An argument does not have the form that the function needs."""

    def __init__(self, argument: str, problem: str):
        super().__init__(f"`{argument}` {problem}")


class LengthMismatch(HemlineError):
    """Two arrays that describe the same elements have different lengths."""

    def __init__(self, argument: str, found: int, expected: int):
        super().__init__(f"`{argument}` holds {found} elements, expected {expected}")


class IndexOutOfRange(HemlineError):
    """An index refers to an element that does not exist."""

    def __init__(self, argument: str, element: int, found: int, bound: int):
        super().__init__(f"`{argument}`[{element}] is {found}, expected an index below {bound}")


class NotFinite(HemlineError):
    """A number that would poison the result is NaN or infinite."""

    def __init__(self, argument: str, element: int, found: float):
        text = "NaN" if found != found else f"{found}"
        super().__init__(f"`{argument}`[{element}] is {text}, expected a finite number")


class SizeOverflow(HemlineError):
    """A result does not fit 32-bit indices, or a product of counts the address space."""

    def __init__(self, what: str, detail: str):
        super().__init__(f"{what} is too large: {detail}")


class Singular(HemlineError):
    """A matrix cannot be inverted."""

    def __init__(self, argument: str, determinant: float):
        super().__init__(
            f"`{argument}` is singular (determinant {determinant:e}), expected an invertible matrix"
        )


class OutOfMemory(HemlineError, MemoryError):
    """Memory could not be had."""


class FileError(HemlineError):
    """A file cannot be read or written, or does not hold what it should."""

    def __init__(self, path: str, problem: str):
        super().__init__(f"`path` {path} {problem}")


class Cancelled(HemlineError):
    """The progress callback or the cancel flag asked to stop."""

    def __init__(self):
        super().__init__("cancelled by the caller")


class InternalError(HemlineError, RuntimeError):
    """A fault inside the native library; handles remain valid."""


class BackendUnavailable(HemlineError, RuntimeError):
    """`HEMLINE_BACKEND=native` asks for the native library, which cannot be used."""


class HandleClosed(HemlineError):
    """A handle (`PointIndex`, `RadiusGraph`, `Surface`) is used after `close`."""

    def __init__(self, handle: str):
        super().__init__(f"this {handle} is closed, expected an open one")
