# SPDX-License-Identifier: GPL-3.0-or-later
"""One batch at a time in a folder of results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..pipeline.errors import OutputError

LOCK_FILE = ".batch.lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Makes the folder and holds it; the system lets go of it when the process ends."""
    with _opened(folder) as file:
        try:
            _lock(file)
        except OSError:
            raise OutputError(f"{folder}: another batch is at work there") from None
        yield


def _opened(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return open(folder / LOCK_FILE, "a+b")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from None


def _lock(file):
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
