# SPDX-License-Identifier: GPL-3.0-or-later
"""Left and right: by the names of groups and bones, and in their weights.

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
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .arguments import NO_INDEX
from .backend import backend
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback
from .sparse import SparseWeights

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


class SideChange(NamedTuple):
    """Changed weights, and how many vertices changed."""

    weights: SparseWeights
    changed: int


def separate_sides(
    weights: SparseWeights,
    points: Any,
    sides: Any,
    mirror: Any,
    *,
    threshold: float = 0.01,
    group_mask: Any = None,
) -> SideChange:
    """Takes the other side's weights from vertices clearly on one side, `|x| > threshold` metres.

    Such a weight goes to the mirrored group. Without one it is dropped, and the row's other counted
    weights are scaled to the sum that the row had; it stays where there are no others. Left is +x.

    - `points`: `#V by 3` float32, finite;
    - `sides`, `mirror`: `#G`, of `group_sides` and `pair_sides`;
    - `group_mask`: `#G`, the groups that count and may change; None takes all.
    """
    weights, points, sides, mirror = _side_arguments(weights, points, sides, mirror)
    threshold = arguments.not_negative("threshold", threshold)
    group_mask = arguments.selection("group_mask", group_mask, weights.group_count)
    rows, changed = backend().separate_sides(weights, points, sides, mirror, group_mask, threshold)
    return SideChange(SparseWeights.trusted(*rows, weights.group_count), changed)


def repair_sides(
    weights: SparseWeights,
    points: Any,
    sides: Any,
    mirror: Any,
    *,
    reference: SparseWeights | None = None,
    width: float = 0.01,
) -> SideChange:
    """Swaps left and right weights back on the centre line, `|x| ≤ width` metres, pair by pair.

    With `reference` (the weights before a transfer), where the swapped pair is nearer to that of
    the vertex's reference: `|l − r₀| + |r − l₀| < |l − l₀| + |r − r₀|`. Without, where the side
    that the vertex lies on has the smaller weight, never at x = 0. Left is +x.

    - `points`, `sides`, `mirror`: as for `separate_sides`.
    """
    weights, points, sides, mirror = _side_arguments(weights, points, sides, mirror)
    if reference is not None:
        reference = arguments.sparse("reference", reference)
        arguments.length("reference", reference.vertex_count, weights.vertex_count)
        arguments.length("reference groups", reference.group_count, weights.group_count)
    width = arguments.not_negative("width", width)
    rows, changed = backend().repair_sides(weights, points, sides, mirror, reference, width)
    return SideChange(SparseWeights.trusted(*rows, weights.group_count), changed)


def symmetrize_weights(
    weights: SparseWeights,
    points: Any,
    mirror: Any,
    *,
    tolerance: float = 5e-4,
    vertex_mask: Any = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> SideChange:
    """Gives vertices that mirror each other mirrored weights: the mean of their rows.

    A vertex mirrors the one that is closest to its image (x → −x) within `tolerance` metres, and
    itself where its own image is that near; such links chain. Rows whose total variation is above
    0.25 differ for a reason and are not linked. Groups without a mirrored one keep their weights,
    the others their sum.

    - `points`: `#V by 3` float32, finite;
    - `mirror`: `#G`, the group on the other side, itself in the middle, -1 for none; mutual;
    - `vertex_mask`: `#V`, the vertices that may change and give; None takes all.

    `changed` counts the vertices that mirror one.
    """
    weights = arguments.sparse("weights", weights)
    points = arguments.points("points", points, weights.vertex_count)
    groups = weights.group_count
    mirror = check_mirror(arguments.optional_indices("mirror", mirror, groups, groups))
    tolerance = arguments.not_negative("tolerance", tolerance)
    vertex_mask = arguments.selection("vertex_mask", vertex_mask, weights.vertex_count)
    rows, changed = backend().symmetrize_weights(
        weights, points, mirror, vertex_mask, tolerance, Progress(progress, cancel)
    )
    return SideChange(SparseWeights.trusted(*rows, groups), changed)


def check_mirror(mirror: np.ndarray) -> np.ndarray:
    """The same groups, each of which must mirror its mirrored group."""
    paired = np.flatnonzero(mirror != NO_INDEX)
    bad = paired[mirror[mirror[paired]] != paired]
    if len(bad):
        problem = f"of group {bad[0]} is {mirror[bad[0]]}, expected a group that mirrors it"
        raise InvalidArgument("mirror", problem)
    return mirror


def _side_arguments(weights, points, sides, mirror):
    weights = arguments.sparse("weights", weights)
    points = arguments.points("points", points, weights.vertex_count)
    groups = weights.group_count
    sides = arguments.array("sides", sides, np.uint8).ravel()
    arguments.length("sides", len(sides), groups)
    mirror = arguments.optional_indices("mirror", mirror, groups, groups)
    unknown = np.flatnonzero(sides > Side.RIGHT)
    if len(unknown):
        group = int(unknown[0])
        raise InvalidArgument("sides", f"has {sides[group]} for group {group}, expected 0, 1 or 2")
    paired = np.flatnonzero(mirror != NO_INDEX)
    other = mirror[paired]
    opposite = (sides[paired] != sides[other]) & (sides[paired] > 0) & (sides[other] > 0)
    unpaired = paired[(mirror[other] != paired) | ~opposite]
    if len(unpaired):
        group = int(unpaired[0])
        raise InvalidArgument(
            "mirror",
            f"of group {group} is {mirror[group]}, "
            "expected a group of the other side that mirrors it",
        )
    return weights, points, sides, mirror
