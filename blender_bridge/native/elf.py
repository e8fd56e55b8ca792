# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an ELF file is whole: Linux maps a cut-off library, and the process dies of SIGBUS."""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER_64 = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT_64 = struct.Struct("<IIQQQQQQ")


def is_cut_off(path: Path) -> bool:
    """Whether the file ends before what its headers name; False for what is no 64-bit ELF file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(_HEADER_64.size)
        if start[:6] != b"\x7fELF\x02\x01":
            return False
        if len(start) < _HEADER_64.size:
            return True
        fields = _HEADER_64.unpack(start)
        segments_at, sections_at = fields[5], fields[6]
        segment_size, segment_count, section_size, section_count = fields[9:13]
        file.seek(segments_at)
        segments = file.read(segment_size * segment_count)
    if len(segments) < segment_size * segment_count or segment_size != _SEGMENT_64.size:
        return True
    ends = [offset + length for _, _, offset, _, _, length, *_ in _SEGMENT_64.iter_unpack(segments)]
    return size < max([*ends, sections_at + section_size * section_count])
