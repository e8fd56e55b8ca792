# SPDX-License-Identifier: GPL-3.0-or-later
"""`avatar_data_*.json`: which bones an avatar has, what they are, and its own blend shapes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from .json_value import JsonValue, read_json

# Blender cuts names off after so many bytes (MAXBONENAME - 1).
MAX_NAME_BYTES = 63


@dataclass(frozen=True)
class ShapeField:
    """A deformation field that does what one blend shape of the avatar's body does."""

    label: str
    path: Path
    #: Humanoid bones whose weights the field is multiplied by; empty: it works everywhere.
    mask_bones: tuple[str, ...]


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


def blender_name(name: str) -> str:
    """The name as Blender stores it: cut off after 63 bytes, never within a character."""
    return name.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def load_avatar_data(path: str | os.PathLike, field_folder: Path | None = None) -> AvatarData:
    """Reads and checks an avatar's description.

    field_folder: where the paths of its blend-shape fields begin, that of the pair's field file;
    they are sought beside the description too.
    """
    root = read_json(path)
    roles = _humanoid_bones(root)
    bone_of_role = {role: bone for role, (bone, _) in roles.items()}
    parents = _hierarchy(root.require("boneHierarchy"))
    for role, (bone, value) in roles.items():
        if bone not in parents:
            raise value.error(f"is {bone!r} ({role}), which `boneHierarchy` does not hold")
    auxiliary = {
        blender_name(bone): entry.require("humanoidBoneName").text()
        for entry in root.array("auxiliaryBones")
        for bone in entry.texts("auxiliaryBones")
    }
    return AvatarData(
        path=root.path,
        name=_optional_text(root, "name"),
        mesh_name=_optional_text(root, "meshName"),
        bone_of_role=bone_of_role,
        role_of_bone={bone: role for role, bone in bone_of_role.items()},
        role_of_auxiliary=auxiliary,
        parents=parents,
        base_pose=_optional_file(root, "basePose"),
        base_pose_a=_optional_file(root, "basePoseA"),
        blend_shapes=_blend_shapes(root),
        blend_shape_fields=_shape_fields(root, "blendShapeFields", field_folder),
        inverted_blend_shape_fields=_shape_fields(root, "invertedBlendShapeFields", field_folder),
        automatic_bone_orientation=bool(_optional_number(root, "enableAutomaticBoneOrientation")),
    )


def _humanoid_bones(root: JsonValue) -> dict[str, tuple[str, JsonValue]]:
    roles, owners = {}, {}
    for entry in root.require("humanoidBones").elements():
        role, value = entry.require("humanoidBoneName").text(), entry.require("boneName")
        bone = blender_name(value.text())
        if role in roles:
            raise entry.error(f"names {role!r} a second time")
        if bone in owners:
            raise value.error(f"is {bone!r}, which is {owners[bone]!r} already")
        roles[role], owners[bone] = (bone, value), role
    if "Hips" not in roles:
        raise root.require("humanoidBones").error("holds no Hips, expected that bone at least")
    return roles


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
