# SPDX-License-Identifier: GPL-3.0-or-later
"""`config_*.json`: one pair, that is, one conversion from a source avatar to a target avatar."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .avatar_data import AvatarData, load_avatar_data
from .json_value import JsonValue, read_json
from .run_log import RunWarning

# Fields of a configuration that are read by no step; a run says so where they hold anything.
UNUSED = ("clothingBlendShapeSettings", "sourceBlendShapeSettings", "targetBlendShapeSettings")


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
    warnings: tuple[RunWarning, ...]


def load_config(path: str | os.PathLike) -> PairConfig:
    """Reads and checks a configuration and both avatars' descriptions."""
    root = read_json(path)
    field_path = root.file("fieldDataPath")
    target = load_avatar_data(root.file("baseAvatarDataPath"), field_path.parent)
    if not target.mesh_name:
        raise read_json(target.path).error("`meshName` is missing, expected the body's object name")
    skip = root.get("doNotUseBasePose")
    return PairConfig(
        path=root.path,
        pose_path=root.file("poseDataPath"),
        field_path=field_path,
        source=load_avatar_data(root.file("clothingAvatarDataPath"), field_path.parent),
        target=target,
        blend_shape_fields=_shape_fields(root, field_path),
        use_base_pose=not (skip and skip.value),
        warnings=tuple(
            RunWarning(
                f"{root.path.name}: `{name}` is not used",
                "look at the shape keys of the result; hemline takes blend shapes from "
                "`blendShapeFields` alone",
            )
            for name in UNUSED
            if root.array(name)
        ),
    )


def _shape_fields(root: JsonValue, field_path: Path) -> tuple[PairShapeField, ...]:
    entries = root.array("blendShapeFields")
    labels = _distinct([entry.require("label").text() for entry in entries])
    return tuple(
        PairShapeField(
            label=label,
            source_label=source.text() if (source := entry.get("sourceLabel")) else label,
            path=entry.file("path", [field_path.parent, root.path.parent]),
            mask_bones=tuple(entry.texts("maskBones")),
            source_values={
                setting.require("name").text(): setting.require("value").number()
                for setting in entry.array("sourceBlendShapeSettings")
            },
        )
        for label, entry in zip(labels, entries)
    )


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
