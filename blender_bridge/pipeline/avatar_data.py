# SPDX-License-Identifier: GPL-3.0-or-later
"""`avatar_data_*.json`: which bones an avatar has, what they are, and its own blend shapes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from .json_value import JsonValue, read_json
from .run_log import RunWarning
from .unread import warn_of_unread

# Blender cuts names off after so many bytes (MAXBONENAME - 1).
MAX_NAME_BYTES = 63

# `defaultFBXPath` is for the programs that write these files: a run is given the FBX.
_READ = frozenset(
    (
        "name", "meshName", "defaultFBXPath", "humanoidBones", "boneHierarchy", "basePose",
        "basePoseA", "blendshapes", "auxiliaryBones", "subHumanoidBones", "subAuxiliaryBones",
        "blendShapeFields", "invertedBlendShapeFields", "blendShapeGroups", "swayBones",
        "commonSwaySettings", "enableAutomaticBoneOrientation",
    )
)  # fmt: skip
_IGNORED = {
    "boneComponents": "components of bones are made in Unity",
    "shrinkBlendShapes": "what lies inside the body is pushed out of it instead",
}


@dataclass(frozen=True)
class ShapeField:
    """A deformation field that does what one blend shape of the avatar's body does."""

    label: str
    path: Path
    #: Humanoid bones whose weights the field is multiplied by; empty: it works everywhere.
    mask_bones: tuple[str, ...]


@dataclass(frozen=True)
class SwayBones:
    """Bones that physics moves (a bust's): cloth that hangs far from the body must not follow them.

    heirs: the bone that takes over the weight of each; start, end: metres from the body at which
    the weight begins to fade and at which none is left.
    """

    heirs: dict[str, str]
    start: float = 0.025
    end: float = 0.05


@dataclass(frozen=True)
class AvatarData:
    """One avatar. A *role* is Unity's name of a humanoid bone ("LeftUpperArm")."""

    path: Path
    name: str
    mesh_name: str
    #: Bone name by role, and the reverse.
    bone_of_role: dict[str, str]
    role_of_bone: dict[str, str]
    #: Role that an auxiliary bone (twist, helper) belongs to.
    role_of_auxiliary: dict[str, str]
    #: Parent of each bone of the hierarchy, None for its roots; parents come first.
    parents: dict[str, str | None]
    base_pose: Path | None = None
    base_pose_a: Path | None = None
    #: Blend shapes of the body that are on, 0 to 1.
    blend_shapes: dict[str, float] = field(default_factory=dict)
    blend_shape_fields: tuple[ShapeField, ...] = ()
    inverted_blend_shape_fields: tuple[ShapeField, ...] = ()
    automatic_bone_orientation: bool = False
    #: Labels of blend-shape fields that one name stands for.
    blend_shape_groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sway: SwayBones = field(default_factory=lambda: SwayBones({}))
    #: Where the transfer of weights knows other bones: bone by role, role by auxiliary bone.
    sub_bone_of_role: dict[str, str] = field(default_factory=dict)
    sub_role_of_auxiliary: dict[str, str] = field(default_factory=dict)
    warnings: tuple[RunWarning, ...] = ()

    @cached_property
    def for_transfer(self) -> AvatarData:
        """The avatar as the transfer of weights knows it; nothing else must use these roles."""
        subs = self.sub_bone_of_role
        humanoid = {role: bone for role, bone in self.bone_of_role.items() if role not in subs}
        bone_of_role = {**humanoid, **subs}
        overridden = set(self.sub_role_of_auxiliary.values())
        kept = {
            bone: role for bone, role in self.role_of_auxiliary.items() if role not in overridden
        }
        return replace(
            self,
            bone_of_role=bone_of_role,
            role_of_bone={bone: role for role, bone in bone_of_role.items()},
            role_of_auxiliary={**kept, **self.sub_role_of_auxiliary},
        )


def blender_name(name: str) -> str:
    """The name as Blender stores it: cut off after 63 bytes, never within a character."""
    return name.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def load_avatar_data(path: str | os.PathLike, field_folder: Path | None = None) -> AvatarData:
    """Reads and checks an avatar's description.

    field_folder: where the paths of its blend-shape fields begin, that of the pair's field file;
    they are sought beside the description too.
    """
    root = read_json(path)
    parents = _hierarchy(root.require("boneHierarchy"))
    bone_of_role = _humanoid_bones(root.require("humanoidBones"), parents)
    if "Hips" not in bone_of_role:
        raise root.require("humanoidBones").error("holds no Hips, expected that bone at least")
    sub_bones = root.get("subHumanoidBones")
    return AvatarData(
        path=root.path,
        name=_optional_text(root, "name"),
        mesh_name=_optional_text(root, "meshName"),
        bone_of_role=bone_of_role,
        role_of_bone={bone: role for role, bone in bone_of_role.items()},
        role_of_auxiliary=_auxiliary_bones(root, "auxiliaryBones"),
        parents=parents,
        base_pose=_optional_file(root, "basePose"),
        base_pose_a=_optional_file(root, "basePoseA"),
        blend_shapes=_blend_shapes(root),
        blend_shape_fields=_shape_fields(root, "blendShapeFields", field_folder),
        inverted_blend_shape_fields=_shape_fields(root, "invertedBlendShapeFields", field_folder),
        automatic_bone_orientation=bool(_optional_number(root, "enableAutomaticBoneOrientation")),
        blend_shape_groups=_blend_shape_groups(root),
        sway=_sway_bones(root, bone_of_role, parents),
        sub_bone_of_role=_humanoid_bones(sub_bones, parents) if sub_bones else {},
        sub_role_of_auxiliary=_auxiliary_bones(root, "subAuxiliaryBones"),
        warnings=warn_of_unread(root, _READ, _IGNORED),
    )


def _humanoid_bones(bones: JsonValue, parents: dict[str, str | None]) -> dict[str, str]:
    """Bone by role; each role and each bone once, the bones in the hierarchy."""
    roles, owners = {}, {}
    for entry in bones.elements():
        role, value = entry.require("humanoidBoneName").text(), entry.require("boneName")
        bone = blender_name(value.text())
        if role in roles:
            raise entry.error(f"names {role!r} a second time")
        if bone in owners:
            raise value.error(f"is {bone!r}, which is {owners[bone]!r} already")
        if bone not in parents:
            raise value.error(f"is {bone!r} ({role}), which `boneHierarchy` does not hold")
        roles[role], owners[bone] = bone, role
    return roles


def _auxiliary_bones(root: JsonValue, key: str) -> dict[str, str]:
    """Role by bone."""
    return {
        blender_name(bone): entry.require("humanoidBoneName").text()
        for entry in root.array(key)
        for bone in entry.texts("auxiliaryBones")
    }


def _sway_bones(root: JsonValue, bone_of_role, parents) -> SwayBones:
    """Bones may be named by their role; an heir that sways itself passes on to its own heir."""
    heirs: dict[str, str] = {}
    for entry in root.array("swayBones"):
        value = entry.require("parentBoneName")
        parent = _known_bone(value, bone_of_role, parents)
        for affected in entry.array("affectedBones"):
            bone = _known_bone(affected, bone_of_role, parents)
            if _last_heir(parent, heirs) == bone:
                raise affected.error(f"is {bone!r}, which {parent!r} hands its weight on to")
            heirs[bone] = parent
    settings = root.get("commonSwaySettings")
    default = SwayBones({})
    start = settings and settings.get("startDistance")
    end = settings and settings.get("endDistance")
    sway = SwayBones(
        {bone: _last_heir(heir, heirs) for bone, heir in heirs.items()},
        start.number() if start else default.start,
        end.number() if end else default.end,
    )
    if not 0.0 <= sway.start <= sway.end:
        raise settings.error(
            f"fades from {sway.start:g} to {sway.end:g} m, expected 0 or more, and no end before "
            "the start"
        )
    return sway


def _known_bone(value: JsonValue, bone_of_role, parents) -> str:
    name = blender_name(value.text())
    bone = name if name in parents else bone_of_role.get(name)
    if bone is None:
        raise value.error(f"is {name!r}, which `boneHierarchy` does not hold")
    return bone


def _last_heir(bone: str, heirs: dict[str, str]) -> str:
    while bone in heirs:
        bone = heirs[bone]
    return bone


def _blend_shape_groups(root: JsonValue) -> dict[str, tuple[str, ...]]:
    return {
        entry.require("name").text(): tuple(entry.texts("blendShapeFields"))
        for entry in root.array("blendShapeGroups")
    }


def _hierarchy(root: JsonValue) -> dict[str, str | None]:
    """Parents by bone, depth first without recursion, so that no depth is too deep."""
    parents: dict[str, str | None] = {}
    stack: list[tuple[JsonValue, str | None]] = [(root, None)]
    while stack:
        node, parent = stack.pop()
        name = node.require("name")
        bone = blender_name(name.text())
        if bone in parents:
            raise name.error(f"is {bone!r}, which the hierarchy holds already (a cycle, or twice)")
        parents[bone] = parent
        stack.extend((child, bone) for child in reversed(node.array("children")))
    return parents


def _blend_shapes(root: JsonValue) -> dict[str, float]:
    values = {}
    for entry in root.array("blendshapes"):
        value = entry.get("value")
        values[entry.require("name").text()] = value.number() / 100.0 if value else 0.0
    return values


def _shape_fields(root, key, field_folder) -> tuple[ShapeField, ...]:
    found = []
    for entry in root.array(key):
        folders = [folder for folder in (field_folder, root.path.parent) if folder]
        path = entry.file("filePath", folders)
        label = entry.require("label").text()
        found.append(ShapeField(label, path, tuple(entry.texts("maskBones"))))
    return tuple(found)


def _optional_text(root: JsonValue, key: str) -> str:
    value = root.get(key)
    return value.text() if value and value.value != "" else ""


def _optional_number(root: JsonValue, key: str) -> float:
    value = root.get(key)
    if value is None or isinstance(value.value, bool):
        return float(bool(value and value.value))
    return value.number()


def _optional_file(root: JsonValue, key: str) -> Path | None:
    value = root.get(key)
    return root.file(key) if value and value.value != "" else None
