# SPDX-License-Identifier: GPL-3.0-or-later
"""Output files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import OutputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`: the file there becomes `path` when the block ends well.

    What was at `path` stays until then. Raises `OutputError` where the system does not let it.
    """
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        yield partial
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}; make room there, or choose "
            "another folder"
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes a text file in UTF-8.

    A name that no UTF-8 can hold, as a file system may give one, is no reason to fail.
    """
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", errors="backslashreplace")
