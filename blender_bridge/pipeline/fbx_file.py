# SPDX-License-Identifier: GPL-3.0-or-later
"""Binary FBX files: whether one is whole, before Blender's importer gets it.

The importer works for minutes on zeros, and takes half a file for a smaller scene. A file has a
header of 27 bytes, then nodes. A node begins with the offset of its end, the number of its
properties, their size in bytes, the length of its name; then come name, properties, and children,
the last of which is a null node: its offset of the end is 0.
"""

from __future__ import annotations

import struct
from pathlib import Path

from .errors import InputFileError
from .input_bytes import read_bytes

_MAGIC = b"Kaydara FBX Binary  \x00"
_HEADER_SIZE = 27
# From this version on a node begins with 64-bit numbers.
_WIDE_VERSION = 7500
_AGAIN = "export it again, or copy it again"


def check_fbx(path: Path) -> None:
    """Raises `InputFileError` unless the file is a binary FBX file whose nodes are all there."""
    data = read_bytes(path)
    if not data.startswith(_MAGIC):
        raise InputFileError(path, _what_it_is(data))
    if len(data) < _HEADER_SIZE:
        raise _truncated(path, data, _HEADER_SIZE)
    names = _root_nodes(path, data)
    if b"Objects" not in names:
        raise InputFileError(path, f"is damaged: it holds no objects; {_AGAIN}")


def _what_it_is(data):
    if not data:
        return f"is empty; {_AGAIN}"
    if not data.strip(b"\0"):
        return f"holds nothing but zeros; {_AGAIN}"
    if data.lstrip()[:1] == b";":
        return "is an FBX text file, Blender reads binary FBX only; export it as binary FBX"
    return "is not an FBX file; export it as binary FBX"


def _root_nodes(path, data):
    """Names of the nodes at the root, after a walk through all nodes."""
    version = int.from_bytes(data[_HEADER_SIZE - 4 : _HEADER_SIZE], "little")
    head = struct.Struct("<QQQB" if version >= _WIDE_VERSION else "<IIIB")
    names: set[bytes] = set()
    open_ends: list[int] = []  # of the nodes around `at`
    at = _HEADER_SIZE
    while True:
        limit = open_ends[-1] if open_ends else len(data)
        if at + head.size > limit:
            raise _truncated(path, data, at + head.size) if not open_ends else _damaged(path, at)
        end, _, property_size, name_length = head.unpack_from(data, at)
        if end == 0:
            if not open_ends:
                return names
            at += head.size
            if at != open_ends.pop():
                raise _damaged(path, at - head.size)
            continue
        body = at + head.size + name_length + property_size
        if end > len(data):
            raise _truncated(path, data, end)
        if not body <= end <= limit:
            raise _damaged(path, at)
        if not open_ends:
            names.add(data[at + head.size : at + head.size + name_length])
        if body < end:
            open_ends.append(end)
        at = body


def _truncated(path, data, least):
    return InputFileError(
        path, f"is truncated: it holds {len(data)} bytes, expected {least} or more; {_AGAIN}"
    )


def _damaged(path, at):
    return InputFileError(path, f"is damaged: the node at byte {at} is none; {_AGAIN}")
