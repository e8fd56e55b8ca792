# SPDX-License-Identifier: GPL-3.0-or-later
"""What `PointIndex`, `RadiusGraph` and `Surface` share: they are built once and can be closed."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .backend import backend
from .errors import HandleClosed


class Handle:
    """Something that a back end built. A context manager; closing twice does nothing."""

    _built: Any
    backend: ModuleType

    def _build(self, name: str, *arguments: Any) -> None:
        self.backend = backend()
        self._built = getattr(self.backend, name)(*arguments)

    @property
    def built(self) -> Any:
        """The back end's object. Raises `HandleClosed` after `close`."""
        if self._built is None:
            raise HandleClosed(type(self).__name__)
        return self._built

    def close(self) -> None:
        """Releases the memory now rather than with the last reference."""
        built, self._built = self._built, None
        if built is not None:
            built.close()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
