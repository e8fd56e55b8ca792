# SPDX-License-Identifier: GPL-3.0-or-later
"""Humanoid bones: Unity's names of what bones are for, and how these hang together.

Breasts are no roles of Unity's, but the avatars' files know them.
"""

from __future__ import annotations

SIDES = ("Left", "Right")
FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
JOINTS = ("Proximal", "Intermediate", "Distal")


def _parents() -> dict[str, str | None]:
    parents: dict[str, str | None] = {
        "Hips": None,
        "Spine": "Hips",
        "Chest": "Spine",
        "UpperChest": "Chest",
        "Neck": "UpperChest",
        "Head": "Neck",
        "Jaw": "Head",
    }
    for side in SIDES:
        chains = [
            ("Head", ["Eye"]),
            ("UpperChest", ["Breast"]),
            ("UpperChest", ["Shoulder", "UpperArm", "LowerArm", "Hand"]),
            ("Hips", ["UpperLeg", "LowerLeg", "Foot", "Toes"]),
        ]
        for parent, chain in chains:
            for part in chain:
                parents[side + part] = parent
                parent = side + part
        for finger in FINGERS:
            parent = f"{side}Hand"
            for joint in JOINTS:
                parents[side + finger + joint] = parent
                parent = side + finger + joint
    return parents


#: Parent of each role, None for Hips; parents come first.
PARENT_OF_ROLE = _parents()
ROLES = tuple(PARENT_OF_ROLE)
#: The bones without which Unity takes no avatar for a humanoid.
REQUIRED = (
    "Hips",
    "Spine",
    "Head",
    *(
        side + part
        for side in SIDES
        for part in ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
    ),
)


def nearest_role(role: str, present) -> str | None:
    """The nearest role above `role` that is in `present`; None without one."""
    above = PARENT_OF_ROLE[role]
    while above is not None and above not in present:
        above = PARENT_OF_ROLE[above]
    return above


def without_side(role: str) -> str:
    """`UpperArm` for `LeftUpperArm`; others as they are."""
    for side in SIDES:
        if role.startswith(side):
            return role[len(side) :]
    return role
