# SPDX-License-Identifier: GPL-3.0-or-later
"""Left and right by the names of groups and bones.

A name tells its side by

- the word `Left` or `Right` (also in capitals or in lower case), before, after or within others:
  `LeftArm`, `mixamorig:LeftArm`, `upper_arm_left`, `ArmLeft.001`;
- the letter `L` or `R` (or `l`, `r`) between separators or at an end: `Hand.L`, `L_Hand`,
  `J_Bip_L_Hand`, `Bip001 R Thigh`;
- 左 or 右: `左腕`, `ひざ_右`.

A name with both sides (`LeftToRight`) tells none. Where the mirrored name is another group's,
looser spellings count too: `lefthand`, `handRIGHT`, `HandL`, `lHand`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

import numpy as np

from .arguments import NO_INDEX
from .errors import InvalidArgument

# A word ends where the next letter cannot belong to it: `Bright`, `Leftover`, `cleft` tell no side.
_SPELLED = re.compile(
    r"(?<![A-Z])(?:LEFT|RIGHT)(?![A-Z])"
    r"|(?:Left|Right)(?![a-z])"
    r"|(?<![A-Za-z])(?:left|right)(?![a-z])"
    r"|(?<![^\W_])[LRlr](?![^\W_])"
    r"|[左右]"
)
_LOOSELY_SPELLED = re.compile(
    r"^(?:left|right|LEFT|RIGHT)|(?:left|right|LEFT|RIGHT)$|^[lr](?=[A-Z])|(?<=[a-z0-9])[LR]$"
)
_LEFT = ("Left", "left", "LEFT", "L", "l", "左")
_RIGHT = ("Right", "right", "RIGHT", "R", "r", "右")
_OTHER = dict(zip(_LEFT + _RIGHT, _RIGHT + _LEFT))


class Side(IntEnum):
    """The side that a group belongs to. Left is +x, as for avatars that face −y in Blender."""

    NEITHER = 0
    LEFT = 1
    RIGHT = 2


def mirror_name(name: str) -> str | None:
    """The name of the other side; None for a name that tells no side, or both."""
    return _mirrored(name, _SPELLED)


def pair_sides(names: Sequence[str]) -> np.ndarray:
    """`#G` uint32: the group that carries the mirrored name, `NO_INDEX` where there is none.

    Raises `InvalidArgument` where two groups have one name.
    """
    return np.array([pair for pair, _ in _pairs_and_sides(names)], np.uint32)


def group_sides(names: Sequence[str]) -> np.ndarray:
    """`#G` uint8: the `Side` of each group, whether or not its mirrored group is there.

    Raises `InvalidArgument` where two groups have one name.
    """
    return np.array([side for _, side in _pairs_and_sides(names)], np.uint8)


def side_pairs(names: Sequence[str]) -> np.ndarray:
    """`#P by 2` uint32: left and right group of each pair, ascending by the left group.

    Raises `InvalidArgument` where two groups have one name.
    """
    pairs = [
        (left, right)
        for left, (right, side) in enumerate(_pairs_and_sides(names))
        if side == Side.LEFT and right != NO_INDEX
    ]
    return np.array(pairs, np.uint32).reshape(-1, 2)


def split_sides(names: Sequence[str]) -> list[tuple[Side, str]]:
    """The `Side` of each name, and the name without what tells it: `.L` leaves `Hand.`.

    Raises `InvalidArgument` where two names are the same.
    """
    sides = [side for _, side in _pairs_and_sides(names)]
    return [(side, _without_side(name, side)) for name, side in zip(names, sides)]


def _without_side(name: str, side: Side) -> str:
    if side == Side.NEITHER:
        return name
    spelling = _SPELLED if _side(name, _SPELLED) == side else _LOOSELY_SPELLED
    return spelling.sub("", name)


def _pairs_and_sides(names: Sequence[str]) -> list[tuple[int, Side]]:
    index = {name: group for group, name in enumerate(names)}
    if len(index) != len(names):
        twice = next(name for group, name in enumerate(names) if index[name] != group)
        raise InvalidArgument("names", f"holds {twice!r} twice, expected distinct names")
    return [_pair_and_side(name, index) for name in names]


def _pair_and_side(name: str, index: dict[str, int]) -> tuple[int, Side]:
    mirrored = _mirrored(name, _SPELLED)
    if mirrored is not None:
        return index.get(mirrored, NO_INDEX), _side(name, _SPELLED)
    mirrored = _mirrored(name, _LOOSELY_SPELLED)
    if mirrored in index and not _SPELLED.search(name) and not _SPELLED.search(mirrored):
        return index[mirrored], _side(name, _LOOSELY_SPELLED)
    return NO_INDEX, Side.NEITHER


def _mirrored(name: str, spelling: re.Pattern[str]) -> str | None:
    if _side(name, spelling) == Side.NEITHER:
        return None
    return spelling.sub(lambda found: _OTHER[found.group()], name)


def _side(name: str, spelling: re.Pattern[str]) -> Side:
    found = spelling.findall(name)
    left = sum(word in _LEFT for word in found)
    if not found or 0 < left < len(found):
        return Side.NEITHER
    return Side.LEFT if left else Side.RIGHT
