# SPDX-License-Identifier: GPL-3.0-or-later
"""The target's bones take the place of the source's; the outfit's own bones stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..sparse import SparseWeights
from .avatar_data import MAX_NAME_BYTES, AvatarData, blender_name
from .errors import SceneError
from .model import Outfit, Skeleton
from .run_log import RunWarning


@dataclass(frozen=True)
class BoneMap:
    """Where each bone of an outfit goes in the skeleton of a target.

    The new skeleton has the target's bones first, in their order, then the outfit's own.
    """

    #: #B of the outfit: the new bone that takes its weights.
    columns: np.ndarray
    #: Outfit bones that stay, and their new names and parents.
    own: list[int]
    own_names: list[str]
    own_parents: list[int]
    target_count: int
    warnings: list[RunWarning]


def check_names(skeleton: Skeleton, source: AvatarData) -> None:
    """Whether an outfit's skeleton has any humanoid bone of its source avatar."""
    if not any(name in source.role_of_bone for name in skeleton.names):
        raise SceneError(
            f"no bone of the outfit ({', '.join(skeleton.names[:4])}, …) is a humanoid bone of "
            f"{source.path} (whose Hips is {source.bone_of_role['Hips']!r}); is this the avatar "
            "that the outfit was made for? --name-conv can rename the outfit's bones"
        )


def map_bones(outfit: Outfit, source: AvatarData, target: AvatarData, body: Skeleton) -> BoneMap:
    """Decides by role and hierarchy; `body` is the target's skeleton."""
    return _Mapping(outfit, source, target, body).result()


class _Mapping:
    def __init__(self, outfit, source, target, body):
        self._skeleton, self._body = outfit.skeleton, body
        self._source, self._target = source, target
        self._body_index = body.index
        self._roles = source.for_transfer
        self._bones = target.for_transfer.bone_of_role
        self._weighted = _weighted_bones(outfit)
        self._warnings = []
        named = [*target.bone_of_role.values(), *self._bones.values()]
        missing = [bone for bone in named if bone not in self._body_index]
        if missing:
            raise SceneError(
                f"the target avatar's FBX has no bone {missing[0]!r}, which {target.path} names"
            )

    def result(self) -> BoneMap:
        names = self._skeleton.names
        counterparts = [self._counterpart(name) for name in names]
        own = [bone for bone in range(len(names)) if self._stays(bone, counterparts)]
        first = len(self._body.names)
        new_index = {bone: first + position for position, bone in enumerate(own)}
        hips = self._body_index[self._target.bone_of_role["Hips"]]
        columns = np.empty(len(names), np.int64)
        for bone, parent in enumerate(self._skeleton.parents.tolist()):
            above = columns[parent] if parent >= 0 else hips
            columns[bone] = new_index.get(bone, counterparts[bone])
            if columns[bone] < 0:  # neither kept nor known to the target
                columns[bone] = above
        placed = self._humanoid_bones()
        parents = [
            placed.get(column := int(columns[parent]), column)
            if (parent := int(self._skeleton.parents[bone])) >= 0
            else hips
            for bone in own
        ]
        return BoneMap(columns, own, self._own_names(own), parents, first, self._warnings)

    def _counterpart(self, name):
        """The target's bone for a bone of the source avatar, -1 for none."""
        role = self._role(name)
        if role is not None:
            return self._body_index[self._bones[self._nearest_role(role)]]
        if name in self._source.parents:
            return self._body_index.get(name, -1)
        return -1

    def _nearest_role(self, role):
        """The role, or that of the nearest ancestor which the target has."""
        bone = self._roles.bone_of_role.get(role)
        while bone is not None:
            role = self._role(bone)
            if role in self._bones:
                return role
            bone = self._source.parents[bone]
        return "Hips"

    def _role(self, bone):
        """What a bone of the source is to the transfer, None for nothing."""
        return (
            self._roles.role_of_bone.get(bone)
            or self._roles.role_of_auxiliary.get(bone)
            or self._source.role_of_bone.get(bone)
        )

    def _humanoid_bones(self):
        """The target's humanoid bone by the one that takes weights in its place."""
        return {
            self._body_index[bone]: self._body_index[self._target.bone_of_role[role]]
            for role, bone in self._target.sub_bone_of_role.items()
            if role in self._target.bone_of_role
        }

    def _stays(self, bone, counterparts):
        """The outfit's own bones stay, and bones of the source that only it has, if they weigh."""
        if counterparts[bone] >= 0:
            return False
        return self._skeleton.names[bone] not in self._source.parents or self._weighted[bone]

    def _own_names(self, own):
        taken = set(self._body.names)
        names = []
        for bone in own:
            name = self._skeleton.names[bone]
            if name in taken:
                new = _free_name(name, taken)
                self._warnings.append(
                    RunWarning(
                        f"the outfit's own bone {name!r} has the name of a bone of the target; "
                        f"it is called {new!r} in the output",
                        "scripts and physics that name the bone need the new name; or rename it "
                        "by --name-conv",
                    )
                )
                name = new
            taken.add(name)
            names.append(name)
        return names


def new_skeleton(body: Skeleton, mapping: BoneMap, moved: Skeleton) -> Skeleton:
    """The target's bones and the outfit's own; `moved`: the outfit's bones in their new places."""
    own = mapping.own
    parents = np.concatenate([body.parents, np.array(mapping.own_parents, np.int64)])
    return Skeleton(
        [*body.names, *mapping.own_names],
        parents.astype(np.int64),
        np.concatenate([body.heads, moved.heads[own]]),
        np.concatenate([body.tails, moved.tails[own]]),
        np.concatenate([body.z_axes, moved.z_axes[own]]),
    )


def rename_columns(weights: SparseWeights, mapping: BoneMap) -> SparseWeights:
    """Weights over the new skeleton; those of bones that go to one new bone add up."""
    group_count = mapping.target_count + len(mapping.own)
    vertices = np.repeat(np.arange(weights.vertex_count), np.diff(weights.offsets.astype(np.int64)))
    keys, entry = np.unique(
        vertices * group_count + mapping.columns[weights.groups.astype(np.int64)],
        return_inverse=True,
    )
    sums = np.bincount(entry, weights=weights.weights, minlength=len(keys))
    rows, groups = np.divmod(keys, group_count)
    offsets = np.searchsorted(rows, np.arange(weights.vertex_count + 1))
    return SparseWeights(
        offsets.astype(np.uint32), groups.astype(np.uint32), sums.astype(np.float32), group_count
    )


def _weighted_bones(outfit):
    weighted = np.zeros(len(outfit.skeleton.names), bool)
    for mesh in outfit.meshes:
        weighted[mesh.weights.groups[mesh.weights.weights > 0]] = True
    return weighted


def _free_name(name, taken):
    for number in range(1, len(taken) + 2):
        suffix = "_outfit" if number == 1 else f"_outfit{number}"
        stem = name.encode()[: MAX_NAME_BYTES - len(suffix)].decode(errors="ignore")
        if (candidate := blender_name(stem + suffix)) not in taken:
            return candidate
    raise AssertionError("more names are taken than there are")
