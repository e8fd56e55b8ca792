# SPDX-License-Identifier: GPL-3.0-or-later
"""What bones are, by hierarchy and position alone: for rigs whose names say nothing.

The avatar stands upright (z up) and faces −y, so that its left is +x; arms in A- or T-pose. The
lowest bones of both sides are feet, the outermost ones hands, the highest central one belongs to
the head; hips and chest are where the ways to them part. Knees and elbows halve their limbs.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ..pipeline.model import Skeleton
from .bone_names import is_body_part
from .roles import FINGERS, JOINTS, SIDES

# As parts of the skeleton's height: how far from the middle a bone has a side, and how low hands
# may hang.
_CENTRAL = 0.03
_LOWEST_HAND = 0.3
# Cosine to the vertical from which a bone leads down to the ankle, and not along the foot.
_STEEP = 0.85


def guess_roles(skeleton: Skeleton, body_bones: np.ndarray | None = None) -> dict[str, str]:
    """Bone name by role; roles that cannot be told are left out. Eyes, jaw, breasts never are told.

    body_bones: #B bool, bones that the body has weights on; None: any may be.
    """
    return _Guess(skeleton, body_bones).roles()


class _Guess:
    def __init__(self, skeleton: Skeleton, body_bones):
        self._names, self._heads = skeleton.names, skeleton.heads
        self._parents = skeleton.parents.tolist()
        named = np.array([is_body_part(name) for name in skeleton.names], bool)
        self._usable = named if body_bones is None or not body_bones.any() else named & body_bones
        self._children = [[] for _ in self._names]
        for bone, parent in enumerate(self._parents):
            if parent >= 0:
                self._children[parent].append(bone)
        self._found: dict[str, int] = {}

    def roles(self) -> dict[str, str]:
        heads = self._heads[self._usable]
        if len(heads) < 2:
            return {}
        self._floor = heads[:, 2].min()
        self._height = max(np.ptp(heads[:, 2]), 1e-9)
        crown = self._extreme(self._heads[:, 2], self._central())
        feet = [self._extreme(-self._heads[:, 2], self._on_side(sign)) for sign in (1, -1)]
        raised = self._heads[:, 2] > self._floor + _LOWEST_HAND * self._height
        hands = [
            self._extreme(sign * self._heads[:, 0], raised & self._on_side(sign))
            for sign in (1, -1)
        ]
        if None in (crown, *feet, *hands):
            return {}
        hips, chest = self._meeting([*feet, crown]), self._meeting([*hands, crown])
        if hips is None or chest is None or hips not in self._way(chest):
            return {}
        self._found["Hips"] = hips
        self._trunk(hips, chest, crown)
        for side, foot, hand in zip(SIDES, feet, hands):
            self._leg(side, self._below(hips, foot))
            self._arm(side, self._below(chest, hand))
        return {role: self._names[bone] for role, bone in self._found.items()}

    def _trunk(self, hips, chest, crown):
        spine = self._below(hips, chest)
        if spine:
            self._found["Spine"] = spine[0]
        if len(spine) > 1:
            self._found["Chest"] = spine[1] if len(spine) == 3 else spine[len(spine) // 2]
        if len(spine) > 2:
            self._found["UpperChest"] = spine[-1]
        neck = self._below(chest, crown)
        if len(neck) > 1:
            self._found["Neck"] = neck[0]
        if neck:
            self._found["Head"] = neck[min(1, len(neck) - 1)]

    def _leg(self, side, way):
        ankle = self._ankle(way)
        upper, lower = self._halves(way[: ankle + 1])
        if upper is None:
            return
        self._found.update(
            {f"{side}UpperLeg": upper, f"{side}LowerLeg": lower, f"{side}Foot": way[ankle]}
        )
        if ankle + 1 < len(way):
            self._found[f"{side}Toes"] = way[ankle + 1]

    def _ankle(self, way):
        """Position on the way of the last bone that the one before leads steeply down to."""
        steps = np.diff(self._heads[way], axis=0)
        steep = -steps[:, 2] > _STEEP * np.linalg.norm(steps, axis=1)
        return int(np.flatnonzero(steep)[-1]) + 1 if steep.any() else len(way) - 1

    def _arm(self, side, way):
        fingers = [len(self._finger_chains(bone)) for bone in way]
        wrist = int(np.argmax(fingers)) if max(fingers, default=0) > 1 else len(way) - 1
        upper, lower = self._halves(way[: wrist + 1])
        if upper is None:
            return
        hand = way[wrist]
        self._found.update(
            {f"{side}UpperArm": upper, f"{side}LowerArm": lower, f"{side}Hand": hand}
        )
        first = way.index(upper)
        if first > 0:
            self._found[f"{side}Shoulder"] = way[first - 1]
        self._fingers(side, self._finger_chains(hand))

    def _halves(self, way):
        """Upper and lower bone of a limb that ends with `way[-1]`: the most equally long ones."""
        heads = self._heads[way]

        def difference(pair):
            upper, lower = (np.linalg.norm(heads[b] - heads[a]) for a, b in (pair, (pair[1], -1)))
            return abs(np.log(max(upper, 1e-9) / max(lower, 1e-9)))

        pairs = list(combinations(range(len(way) - 1), 2))
        if not pairs:
            return None, None
        upper, lower = min(pairs, key=difference)
        return way[upper], way[lower]

    def _finger_chains(self, hand):
        """Chains of two bones or more that begin at children of the hand."""
        chains = []
        for child in self._children[hand]:
            chain = [child]
            while after := [bone for bone in self._children[chain[-1]] if self._usable[bone]]:
                chain.append(after[0])
            if self._usable[child] and len(chain) > 1:
                chains.append(chain)
        return chains

    def _fingers(self, side, chains):
        """Five chains are told apart: the thumb points away from the others."""
        if len(chains) != len(FINGERS):
            return
        directions = np.array([self._heads[chain[1]] - self._heads[chain[0]] for chain in chains])
        directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
        others = directions.sum(axis=0) - directions
        thumb = int(np.argmin(np.einsum("fc,fc->f", directions, others)))
        base = self._heads[chains[thumb][0]]
        chains.sort(key=lambda chain: np.linalg.norm(self._heads[chain[0]] - base))
        for finger, chain in zip(FINGERS, chains):
            for joint, bone in zip(JOINTS, chain):
                self._found[side + finger + joint] = bone

    def _central(self):
        return np.abs(self._heads[:, 0]) < _CENTRAL * self._height

    def _on_side(self, sign):
        return sign * self._heads[:, 0] > _CENTRAL * self._height

    def _extreme(self, values, among):
        """The usable bone with the largest value; None where there is none."""
        bones = np.flatnonzero(among & self._usable)
        return int(bones[np.argmax(values[bones])]) if len(bones) else None

    def _way(self, bone):
        """Bones from the root to this one."""
        way = []
        while bone >= 0:
            way.append(bone)
            bone = self._parents[bone]
        return way[::-1]

    def _below(self, ancestor, bone):
        """Bones from below an ancestor to this one."""
        way = self._way(bone)
        return way[way.index(ancestor) + 1 :]

    def _meeting(self, bones):
        """The lowest bone above or at all of them; None in separate trees."""
        common = None
        for level in zip(*(self._way(bone) for bone in bones)):
            if len(set(level)) > 1:
                break
            common = level[0]
        return common
