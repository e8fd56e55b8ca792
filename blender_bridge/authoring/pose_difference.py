# SPDX-License-Identifier: GPL-3.0-or-later
"""Poses between two avatars, as world-space similarities by humanoid bone.

All functions take heads: position (3) by role, metres, world space; they give 4 by 4 float64.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from ..pipeline.pose_files import NEVER_POSED
from .roles import FINGERS, JOINTS, ROLES, SIDES, nearest_role, without_side

Heads = Mapping[str, np.ndarray]
Pose = dict[str, np.ndarray]

#: A limb that points farther away (degrees) from the other avatar's is turned in the basis pose.
BASIS_ANGLE = 20.0

_LIMBS = (("UpperArm", "LowerArm", "Hand"), ("UpperLeg", "LowerLeg", "Foot"))
# Where a bone points to: the first of these that both avatars have. Hips keep their direction,
# bones without an entry go along with their parents'.
_POINTS_TO = {
    "Spine": ("Chest", "Neck", "Head"),
    "Chest": ("Neck", "Head"),
    "Neck": ("Head",),
    "Shoulder": ("UpperArm",),
    "UpperArm": ("LowerArm",),
    "LowerArm": ("Hand",),
    "Hand": ("MiddleProximal", "IndexProximal", "RingProximal"),
    "UpperLeg": ("LowerLeg",),
    "LowerLeg": ("Foot",),
    "Foot": ("Toes",),
    **{
        finger + joint: (finger + following,)
        for finger in FINGERS
        for joint, following in pairwise(JOINTS)
    },
}
# Bones whose distances give the scale of each group of bones; both sides count together.
_MEASURED = {
    "torso": ("Hips", "Chest", "Neck"),
    "arm": ("UpperArm", "LowerArm", "Hand"),
    "hand": ("Hand", "MiddleProximal", "MiddleIntermediate", "MiddleDistal"),
    "leg": ("UpperLeg", "LowerLeg", "Foot"),
    "foot": ("Foot", "Toes"),
}
# What a group is scaled by where its own bones are not there to be measured.
_INSTEAD = {"hand": "arm", "foot": "leg", "arm": "torso", "leg": "torso", "torso": None}
_GROUP_OF_PART = {
    **dict.fromkeys(("UpperArm", "LowerArm"), "arm"),
    **dict.fromkeys(("UpperLeg", "LowerLeg"), "leg"),
    **dict.fromkeys(("Foot", "Toes"), "foot"),
    **dict.fromkeys(("Hand", *(f + j for f in FINGERS for j in JOINTS)), "hand"),
}


def pose_difference(source: Heads, target: Heads) -> Pose:
    """The matrix of each of the source's bones, from its basis pose to the target's.

    A bone's head goes to the target's, the bone turns by the smallest rotation that gives it the
    target's direction, and a group of bones (torso, arms, hands, legs, feet) has one scale. Bones
    that the target lacks, or that pose files never move, follow their parents.
    """
    scales = limb_scales(source, target)
    pose: Pose = {}
    rotations: dict[str, np.ndarray] = {}
    for role in ROLES:
        if role not in source:
            continue
        above = nearest_role(role, pose)
        if above is not None and (role in NEVER_POSED or role not in target):
            pose[role], rotations[role] = pose[above], rotations[above]
            continue
        rotations[role] = _rotation(role, source, target, rotations.get(above, np.eye(3)))
        scale = scales[_GROUP_OF_PART.get(without_side(role), "torso")]
        pose[role] = _about(rotations[role] * scale, source[role], target[role])
    return pose


def limb_scales(source: Heads, target: Heads) -> dict[str, float]:
    """The factor of each group of bones from the source's size to the target's."""
    scales: dict[str, float] = {}
    for group in ("torso", "arm", "leg", "hand", "foot"):
        lengths = np.sum(
            [_lengths(chain, source, target) for chain in _chains(_MEASURED[group])], axis=0
        )
        if lengths.min() > 1e-6:
            scales[group] = float(lengths[1] / lengths[0])
        else:
            scales[group] = scales.get(_INSTEAD[group], 1.0)
    return scales


def basis_pose(rest: Heads, reference: Heads, angle: float = BASIS_ANGLE) -> Pose:
    """From an avatar's rest pose to one like the reference's, such as from T-pose to A-pose.

    Arms and legs whose upper bone points more than `angle` degrees away from the reference's are
    turned to its directions; hands and feet go along. Empty where no limb has to be turned.
    """
    pose: Pose = {}
    for side in SIDES:
        for limb in _LIMBS:
            upper, lower, end = (side + part for part in limb)
            if not {upper, lower, end} <= rest.keys() & reference.keys():
                continue
            wanted = reference[lower] - reference[upper]
            if _degrees(rest[lower] - rest[upper], wanted) <= angle:
                continue
            turn = rotation_between(rest[lower] - rest[upper], wanted)
            pose[upper] = _about(turn, rest[upper], rest[upper])
            elbow = moved(pose[upper], rest[lower])
            turn = (
                rotation_between(
                    turn @ (rest[end] - rest[lower]), reference[end] - reference[lower]
                )
                @ turn
            )
            pose[lower] = _about(turn, rest[lower], elbow)
    if not pose:
        return {}
    for role in ROLES:
        if role in rest and role not in pose:
            pose[role] = pose.get(nearest_role(role, pose), np.eye(4))
    return {role: pose[role] for role in ROLES if role in rest}


def moved_heads(heads: Heads, pose: Pose) -> dict[str, np.ndarray]:
    """Heads after a pose; those it does not list follow the nearest role that it lists."""
    result = {}
    for role, head in heads.items():
        listed = role if role in pose else nearest_role(role, pose)
        result[role] = moved(pose[listed], head) if listed else head
    return result


def moved(matrix: np.ndarray, point: np.ndarray) -> np.ndarray:
    """A point through an affine matrix."""
    return matrix[:3, :3] @ point + matrix[:3, 3]


def rotation_between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The smallest rotation from one direction to another, 3 by 3; unit where one has no length.

    Rodrigues' formula on the vectors' cross product; half a turn where they are opposite goes about
    an axis across both.
    """
    lengths = np.linalg.norm(start), np.linalg.norm(end)
    if min(lengths) < 1e-9:
        return np.eye(3)
    start, end = start / lengths[0], end / lengths[1]
    cosine = float(start @ end)
    if cosine < -1 + 1e-12:
        axis = np.cross(start, np.eye(3)[np.argmin(np.abs(start))])
        axis /= np.linalg.norm(axis)
        return 2 * np.outer(axis, axis) - np.eye(3)
    x, y, z = np.cross(start, end)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + cross + cross @ cross / (1 + cosine)


def _rotation(role, source, target, otherwise):
    part = without_side(role)
    if part == "Hips":
        return np.eye(3)
    side = role[: len(role) - len(part)]
    for name in _POINTS_TO.get(part, ()):
        end = side + name
        if end in source and end in target:
            return rotation_between(source[end] - source[role], target[end] - target[role])
    return otherwise


def _chains(parts):
    """The chain of roles, of both sides where it has sides."""
    if parts[0] in ROLES:
        return [parts]
    return [[side + part for part in parts] for side in SIDES]


def _lengths(chain, source, target):
    """Summed distances along the roles that both have, of source and target."""
    present = [role for role in chain if role in source and role in target]
    return np.array(
        [
            sum(np.linalg.norm(heads[b] - heads[a]) for a, b in pairwise(present))
            for heads in (source, target)
        ]
        if len(present) > 1
        else [0.0, 0.0]
    )


def _about(linear, start, end):
    """The map with this linear part that takes `start` to `end`."""
    matrix = np.eye(4)
    matrix[:3, :3] = linear
    matrix[:3, 3] = end - linear @ start
    return matrix


def _degrees(one, other):
    cosine = one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-12)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
