# SPDX-License-Identifier: GPL-3.0-or-later
"""Humanoid bones of a skeleton: by the user's word, by name, by hierarchy and position."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..pipeline.errors import SceneError
from ..pipeline.json_value import read_json
from ..pipeline.model import Skeleton
from ..side_names import Side, split_sides
from .bone_names import (
    CONVENTIONS,
    Convention,
    deforms_by_name,
    is_body_part,
    is_helper,
    stem,
)
from .bone_positions import guess_roles
from .roles import FINGERS, JOINTS, REQUIRED, ROLES, SIDES, nearest_role, without_side

_ROLE_PREFIX = {Side.NEITHER: "", Side.LEFT: "Left", Side.RIGHT: "Right"}
_HOW = {"name": "name", "position": "position", "user": "the table given"}


@dataclass(frozen=True)
class HumanoidBones:
    """Which bone has which role."""

    #: Bone name by role, in the order of `ROLES`.
    bone_of_role: dict[str, str]
    #: How each role's bone was found: "name", "position" or "user".
    origin: dict[str, str]
    #: Role that an auxiliary bone (twist, between two humanoid bones) belongs to.
    role_of_auxiliary: dict[str, str]
    #: The convention whose names fit best.
    convention: str
    warnings: list[str]

    def table(self) -> str:
        """One line for each role, to be read by the user."""
        lines = [f"{'humanoid bone':<26}{'bone':<32}found by"]
        for role, bone in self.bone_of_role.items():
            lines.append(f"{role:<26}{bone:<32}{_HOW[self.origin[role]]}")
        missing = [role for role in ROLES if role not in self.bone_of_role]
        lines.append(f"not found: {', '.join(missing) or 'none'}")
        return "\n".join(lines)


def load_bone_table(path: str | os.PathLike) -> dict[str, str | None]:
    """The user's corrections: a JSON object of bone name by role, null where there is none."""
    root = read_json(path)
    table = {role: None if bone.value is None else bone.text() for role, bone in root.items()}
    for role in table:
        if role not in ROLES:
            raise root.error(f"holds {role!r}, which is no humanoid bone; these are {_list(ROLES)}")
    return table


def find_humanoid_bones(
    skeleton: Skeleton,
    table: Mapping[str, str | None] | None = None,
    body_bones: np.ndarray | None = None,
    where: str = "the armature",
) -> HumanoidBones:
    """Finds the bone of each role.

    - `table`: bone name by role, which goes before everything else; None: the role has no bone;
    - `body_bones`: #B bool, bones that the body has weights on: of bones of equal names they count
      first, and only they are looked at where names say nothing;
    - `where`: what messages call the skeleton.

    Raises `SceneError` where a bone that every humanoid has is not found, or `table` is wrong.
    """
    return _Search(skeleton, dict(table or {}), body_bones, where).result()


class _Search:
    def __init__(self, skeleton, table, body_bones, where):
        self._skeleton, self._body_bones, self._where = skeleton, body_bones, where
        self._index = skeleton.index
        self._bones: dict[str, str] = {}
        self._origin: dict[str, str] = {}
        self._warnings: list[str] = []
        self._absent = {role for role, bone in table.items() if bone is None}
        self._check_table(table)
        for role, bone in table.items():
            if bone is not None:
                self._take(role, bone, "user")

    def result(self) -> HumanoidBones:
        best, others = self._ranked_conventions()
        for found in (best[1], *others):
            self._take_all(found, "name")
        self._take_all(guess_roles(self._skeleton, self._body_bones), "position")
        self._close_finger_gaps()
        self._require_all()
        self._warn()
        bones = {role: self._bones[role] for role in ROLES if role in self._bones}
        return HumanoidBones(
            bones, self._origin, self._auxiliary(bones), best[0].name, self._warnings
        )

    def _check_table(self, table):
        owners = {}
        for role, bone in table.items():
            if role not in ROLES:
                raise SceneError(f"{role!r} is no humanoid bone; these are {_list(ROLES)}")
            if bone is None:
                continue
            if bone not in self._index:
                raise SceneError(
                    f"{self._where} has no bone {bone!r}, which the table gives as {role}"
                )
            if bone in owners:
                raise SceneError(f"the table gives {bone!r} as {owners[bone]} and as {role}")
            owners[bone] = role

    def _take(self, role, bone, origin):
        self._bones[role], self._origin[role] = bone, origin

    def _take_all(self, found, origin):
        """Takes what is still open, a bone never twice."""
        taken = set(self._bones.values())
        for role, bone in found.items():
            if role not in self._bones and role not in self._absent and bone not in taken:
                self._take(role, bone, origin)
                taken.add(bone)

    def _ranked_conventions(self):
        """The convention that finds most bones with what it found; what the others found."""
        named = [
            (bone, side, stem(rest))
            for bone, (side, rest) in enumerate(split_sides(self._skeleton.names))
            if is_body_part(self._skeleton.names[bone])
        ]
        found = [(rules, self._by_name(rules, named)) for rules in CONVENTIONS]
        best = max(found, key=lambda entry: len(entry[1]))
        return best, [bones for rules, bones in found if rules is not best[0]]

    def _by_name(self, rules: Convention, named) -> dict[str, str]:
        ranks: dict[str, tuple] = {}
        for bone, side, text in named:
            stems = rules.centre if side == Side.NEITHER else rules.sided
            if text not in stems:
                continue
            role = _ROLE_PREFIX[side] + stems[text]
            rank = (list(stems).index(text), *self._preference(bone))
            if role not in ranks or rank < ranks[role]:
                ranks[role] = rank
        return {role: self._skeleton.names[rank[-1]] for role, rank in ranks.items()}

    def _preference(self, bone):
        """Of bones with one stem, those with weights first, then the first in the hierarchy."""
        weighted = self._body_bones is not None and self._body_bones[bone]
        return not weighted, not deforms_by_name(self._skeleton.names[bone]), bone

    def _close_finger_gaps(self):
        """A finger begins with its proximal bone: some rigs count from the second one."""
        for side in SIDES:
            for finger in FINGERS:
                roles = [side + finger + joint for joint in JOINTS]
                if roles[0] in self._bones or roles[0] in self._absent:
                    continue
                present = [
                    (self._bones.pop(r), self._origin.pop(r)) for r in roles if r in self._bones
                ]
                for role, (bone, origin) in zip(roles, present):
                    self._take(role, bone, origin)

    def _require_all(self):
        missing = [role for role in REQUIRED if role not in self._bones]
        if missing:
            raise SceneError(
                f"{self._where}: no bone was found for {_list(missing)}; name them in a table of "
                'bones, {"' + missing[0] + '": "name of the bone", …}'
            )

    def _warn(self):
        guessed = [
            f"{role} is {self._bones[role]!r}"
            for role in ROLES
            if self._origin.get(role) == "position"
        ]
        if guessed:
            self._warnings.append(
                f"{self._where}: found by position, please check: {'; '.join(guessed)}"
            )
        for role, bone in self._bones.items():
            self._warn_about_place(role, bone)

    def _warn_about_place(self, role, bone):
        above = nearest_role(role, self._bones)
        known = above is not None and role != "Spine" and above != "Hips"
        if known and self._index[self._bones[above]] not in self._ancestors(self._index[bone]):
            self._warnings.append(
                f"{self._where}: {role}, {bone!r}, is not below {above}, {self._bones[above]!r}"
            )
        x = self._skeleton.heads[self._index[bone], 0]
        part = without_side(role)
        wrong = x < 0 if role.startswith("Left") else x > 0
        if part in ("Hand", "Foot") and part != role and wrong:
            self._warnings.append(
                f"{self._where}: {role}, {bone!r}, is on the other side (x = {x:.3f}); does the "
                "avatar face −y?"
            )

    def _ancestors(self, bone):
        parents = self._skeleton.parents
        while (bone := int(parents[bone])) >= 0:
            yield bone

    def _auxiliary(self, bones) -> dict[str, str]:
        role_of = {self._index[bone]: role for role, bone in bones.items()}
        between = {
            above
            for bone in role_of
            for above in self._ancestors(bone)
            if any(higher in role_of for higher in self._ancestors(above))
        }
        found = {}
        for bone, name in enumerate(self._skeleton.names):
            if bone in role_of or not is_body_part(name):
                continue
            above = next((b for b in self._ancestors(bone) if b in role_of), None)
            if above is not None and (bone in between or is_helper(name)):
                found[name] = role_of[above]
        return {**found, **self._doubles(bones)}

    def _doubles(self, bones):
        """MMD's 左足D, 左ひざD …: they carry the weights of the bone whose name they extend."""
        names = self._skeleton.names
        stems = {(side, stem(rest)): name for name, (side, rest) in zip(names, split_sides(names))}
        roles = {bone: role for role, bone in bones.items()}
        doubles = {stems.get((side, f"{text}d")): name for (side, text), name in stems.items()}
        return {
            double: roles[name]
            for double, name in doubles.items()
            if double is not None and double not in roles and name in roles
        }


def _list(names):
    return ", ".join(names)
