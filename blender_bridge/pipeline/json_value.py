# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON files, read so that each complaint names the file and the field."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .errors import InputFileError
from .input_bytes import read_text


class JsonValue:
    """A value of a JSON file that knows where it stands."""

    def __init__(self, path: Path, field: str, value: Any):
        self.path, self.field, self.value = path, field, value

    def error(self, problem: str) -> InputFileError:
        """An error about this value."""
        return InputFileError(self.path, problem, self.field)

    def get(self, key: str) -> JsonValue | None:
        """The member `key` of an object; None where it is absent or null."""
        member = self._is(dict, "an object").get(key)
        return None if member is None else JsonValue(self.path, self._join(key), member)

    def require(self, key: str) -> JsonValue:
        """The member `key` of an object, which must be there."""
        member = self.get(key)
        if member is None:
            raise InputFileError(self.path, "is missing", self._join(key))
        return member

    def items(self) -> Iterator[tuple[str, JsonValue]]:
        """Members of an object."""
        for key, value in self._is(dict, "an object").items():
            yield key, JsonValue(self.path, self._join(key), value)

    def array(self, key: str) -> list[JsonValue]:
        """Elements of the array `key`; empty where it is absent."""
        member = self.get(key)
        return member.elements() if member else []

    def elements(self) -> list[JsonValue]:
        """Elements of an array."""
        return [
            JsonValue(self.path, f"{self.field}[{i}]", value)
            for i, value in enumerate(self._is(list, "an array"))
        ]

    def text(self) -> str:
        """A text that is not empty."""
        if not self._is(str, "a text"):
            raise self.error("is empty, expected a text")
        return self.value

    def texts(self, key: str) -> list[str]:
        """The array of texts `key`; empty where it is absent."""
        return [element.text() for element in self.array(key)]

    def number(self) -> float:
        """A finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.error(f"is {_brief(self.value)}, expected a number")
        if not math.isfinite(self.value):
            raise self.error(f"is {self.value}, expected a finite number")
        return float(self.value)

    def index(self) -> int:
        """A whole number, not below 0."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise self.error(f"is {_brief(self.value)}, expected a whole number from 0 on")
        return self.value

    def vector(self, length: int) -> np.ndarray:
        """An array of `length` numbers."""
        elements = self.elements()
        if len(elements) != length:
            raise self.error(f"holds {len(elements)} elements, expected {length}")
        return np.array([element.number() for element in elements])

    def matrix(self) -> np.ndarray:
        """An invertible affine matrix, 4 by 4, row-major."""
        rows = self.elements()
        if len(rows) != 4:
            raise self.error(f"has {len(rows)} rows, expected 4")
        matrix = np.array([row.vector(4) for row in rows])
        if not np.allclose(matrix[3], (0, 0, 0, 1), atol=1e-6):
            raise self.error(f"ends with the row {matrix[3].tolist()}, expected [0, 0, 0, 1]")
        if abs(np.linalg.det(matrix[:3, :3])) < 1e-12:
            raise self.error("has no inverse, expected an invertible matrix")
        return matrix

    def file(self, key: str, folders: list[Path] | None = None) -> Path:
        """The file that the text `key` names, in the first of `folders` that holds it.

        folders: None for this file's own. Backslashes (Windows) separate folders as well.
        """
        name = self.require(key)
        relative = name.text().replace("\\", "/")
        paths = [folder / relative for folder in folders or [self.path.parent]]
        for path in paths:
            if path.is_file():
                return path
        raise name.error(f"names {' or '.join(map(str, paths))}, which is no file")

    def _is(self, kind, expected):
        if not isinstance(self.value, kind):
            raise self.error(f"is {_brief(self.value)}, expected {expected}")
        return self.value

    def _join(self, key):
        return f"{self.field}.{key}" if self.field else key


def read_json(path: str | os.PathLike) -> JsonValue:
    """The whole file, UTF-8 with or without a byte order mark."""
    path = Path(path)
    try:
        return JsonValue(path, "", json.loads(read_text(path)))
    except RecursionError:
        raise InputFileError(path, "is nested too deeply") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        problem = f"is not JSON: {error.msg} at {where}; correct it there, or copy the file again"
        raise InputFileError(path, problem) from None


def _brief(value):
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:37] + "..."
