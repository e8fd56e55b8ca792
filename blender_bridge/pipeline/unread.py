# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of input files that no step reads: the user hears of each that holds anything."""

from __future__ import annotations

from collections.abc import Mapping

from .json_value import JsonValue
from .run_log import RunWarning


def warn_of_unread(
    root: JsonValue, read: frozenset[str], ignored: Mapping[str, str]
) -> tuple[RunWarning, ...]:
    """A warning for each member that is not in `read`; ignored: why those are not read."""
    unread = (key for key, member in root.items() if key not in read and member.value)
    return tuple(
        RunWarning(f"{root.path.name}: `{key}` is not used: {ignored[key]}", "nothing, or clear it")
        if key in ignored
        else RunWarning(
            f"{root.path.name}: `{key}` is not used: there is no such field",
            "correct its spelling (docs/retarget.md lists the fields), or delete it",
        )
        for key in unread
    )
