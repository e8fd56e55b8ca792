# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes and the text of input files, read so that each complaint names the file."""

from __future__ import annotations

import os

from .errors import InputFileError


def read_bytes(path: str | os.PathLike, length: int = -1) -> bytes:
    """The first `length` bytes of a file, or all; raises `InputFileError`."""
    try:
        with open(path, "rb") as file:
            return file.read(length)
    except FileNotFoundError:
        raise InputFileError(path, "there is no such file; correct the path") from None
    except OSError as error:
        raise InputFileError(path, f"cannot be read: {error.strerror}") from None


def read_text(path: str | os.PathLike) -> str:
    """The whole file, UTF-8 with or without a byte order mark; raises `InputFileError`."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputFileError(
            path, f"is not UTF-8 text: byte {error.start}; save it as UTF-8"
        ) from None
