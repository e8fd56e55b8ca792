# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of `retarget` as a job file gives them, turned into those of its command line."""

from __future__ import annotations

import os
from pathlib import Path

from ..pipeline.errors import InputFileError
from ..pipeline.json_value import JsonValue
from ..pipeline.options import texts

#: Options that name files, in a job file relative to that file.
FILES = (
    "input",
    "base",
    "base-fbx",
    "config",
    "init-pose",
    "name-conv",
    "shape-name-file",
    "cloth-metadata",
    "mesh-material-data",
)
#: Options that the batch itself gives every job.
MANAGED = (
    "output", "report", "report-html", "pair-cache", "quality", "check", "verbose", "quiet"
)  # fmt: skip

# What stands between the elements of a list, and between the two texts of a pair.
_LIST_SEPARATORS = {"hips-position": ","}
_PAIR_SEPARATORS = {"mesh-renderers": ":", "blend-shape-mappings": ","}


def argument(name: str, value: JsonValue) -> list[str]:
    """The argument for an option, or none where a flag is false.

    A list's elements are joined as the command line wants them, a table's pairs likewise.
    """
    if isinstance(value.value, bool):
        return [f"--{name}"] if value.value else []
    return [f"--{name}={_files(value) if name in FILES else _text(name, value)}"]


def _files(value: JsonValue) -> str:
    named = value.elements() if isinstance(value.value, list) else [value]
    folder = value.path.resolve().parent
    paths = [path for element in named for path in texts(element.text().replace("\\", "/"))]
    return ";".join(os.path.normpath(folder / Path(path).expanduser()) for path in paths)


def _text(name: str, value: JsonValue) -> str:
    separator = _LIST_SEPARATORS.get(name, ";")
    if isinstance(value.value, list):
        return separator.join(_element(element, separator) for element in value.elements())
    if isinstance(value.value, dict):
        between = _PAIR_SEPARATORS.get(name)
        if between is None:
            raise value.error("is a table, expected a text, a number or a list")
        pairs = (f"{key}{between}{_element(text, ';')}" for key, text in value.items())
        return ";".join(pairs)
    return _scalar(value)


def _element(value: JsonValue, separator: str) -> str:
    text = _scalar(value)
    if separator in text:
        raise value.error(f"is {text!r}, but {separator!r} separates the elements of the list")
    return text


def _scalar(value: JsonValue) -> str:
    if isinstance(value.value, bool) or not isinstance(value.value, (str, int, float)):
        raise _unusable(value)
    return str(value.value)


def _unusable(value: JsonValue) -> InputFileError:
    return value.error(f"is of the type {type(value.value).__name__}, expected a text or a number")
