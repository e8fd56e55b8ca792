# SPDX-License-Identifier: GPL-3.0-or-later
"""`config_*.json`: one pair, that is, one conversion from a source avatar to a target avatar."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .avatar_data import AvatarData, load_avatar_data
from .json_value import JsonValue, read_json
from .run_log import RunWarning
from .unread import warn_of_unread

# `targetBlendShapeSettings` is what the target's body looks like at the end of a blend-shape field,
# whose samples hold that already.
_READ = frozenset(
    (
        "poseDataPath", "fieldDataPath", "baseAvatarDataPath", "clothingAvatarDataPath",
        "blendShapeFields", "sourceBlendShapeSettings", "targetBlendShapeSettings",
        "clothingBlendShapeSettings", "doNotUseBasePose",
    )
)  # fmt: skip
_IGNORED = {"clothingBlendShapeSettingsInv": "blend shapes are taken back by the avatar's fields"}


@dataclass(frozen=True)
class PairShapeField:
    """The field of a pair in which a blend shape is on at both ends; it becomes a shape key."""

    label: str
    source_label: str
    path: Path
    #: Humanoid bones whose weights the field is multiplied by; empty: it works everywhere.
    mask_bones: tuple[str, ...]
    #: Blend shapes of the source that are on, 0 to 1.
    source_values: dict[str, float]


@dataclass(frozen=True)
class PairConfig:
    """One pair with both avatars' descriptions."""

    path: Path
    pose_path: Path
    field_path: Path
    source: AvatarData
    target: AvatarData
    blend_shape_fields: tuple[PairShapeField, ...]
    use_base_pose: bool
    #: Blend shapes of the source (0 to 1) that an outfit was fitted with, by the name of the set.
    clothing_settings: dict[str, dict[str, float]]
    warnings: tuple[RunWarning, ...] = ()

    def fitted_shapes(self, label: str) -> dict[str, float]:
        """The source's blend shapes (0 to 1) that a label of `--blend-shapes` stands for.

        A set of `clothingBlendShapeSettings`, else a group of the source's fields, else itself.
        """
        if label in self.clothing_settings:
            return self.clothing_settings[label]
        return dict.fromkeys(self.source.blend_shape_groups.get(label, (label,)), 1.0)


def load_config(path: str | os.PathLike) -> PairConfig:
    """Reads and checks a configuration and both avatars' descriptions."""
    root = read_json(path)
    field_path = root.file("fieldDataPath")
    target = load_avatar_data(root.file("baseAvatarDataPath"), field_path.parent)
    if not target.mesh_name:
        raise read_json(target.path).error("`meshName` is missing, expected the body's object name")
    source = load_avatar_data(root.file("clothingAvatarDataPath"), field_path.parent)
    skip = root.get("doNotUseBasePose")
    return PairConfig(
        path=root.path,
        pose_path=root.file("poseDataPath"),
        field_path=field_path,
        source=source,
        target=target,
        blend_shape_fields=_shape_fields(root, field_path),
        use_base_pose=not (skip and skip.value),
        clothing_settings=_settings(root, "clothingBlendShapeSettings"),
        warnings=(*warn_of_unread(root, _READ, _IGNORED), *source.warnings, *target.warnings),
    )


def _shape_fields(root: JsonValue, field_path: Path) -> tuple[PairShapeField, ...]:
    entries = root.array("blendShapeFields")
    given = [entry.require("label").text() for entry in entries]
    sources = _settings(root, "sourceBlendShapeSettings")
    return tuple(
        PairShapeField(
            label=label,
            source_label=source.text() if (source := entry.get("sourceLabel")) else plain,
            path=entry.file("path", [field_path.parent, root.path.parent]),
            mask_bones=tuple(entry.texts("maskBones")),
            source_values=_values(entry, "sourceBlendShapeSettings") or sources.get(plain, {}),
        )
        for plain, label, entry in zip(given, _distinct(given), entries)
    )


def _values(entry: JsonValue, key: str) -> dict[str, float]:
    """Values of blend shapes by name, of one field."""
    return {
        setting.require("name").text(): setting.require("value").number()
        for setting in entry.array(key)
    }


def _settings(root: JsonValue, key: str) -> dict[str, dict[str, float]]:
    """Sets of values, 0 to 1, by label; the file has 0 to 100."""
    return {
        entry.require("label").text(): {
            setting.require("name").text(): setting.require("value").number() / 100.0
            for setting in entry.array("blendshapes")
        }
        for entry in root.array(key)
    }


def _distinct(labels: list[str]) -> list[str]:
    """Labels that occur more than once get `___0`, `___1`, … in their order."""
    seen: dict[str, int] = {}
    distinct = []
    for label in labels:
        if labels.count(label) > 1:
            seen[label] = seen.get(label, -1) + 1
            label = f"{label}___{seen[label]}"
        distinct.append(label)
    return distinct
