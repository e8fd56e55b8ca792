# SPDX-License-Identifier: GPL-3.0-or-later
"""`config_*.json`, written; `pipeline.config` reads it."""

from __future__ import annotations

import os
from pathlib import Path


def config_document(path: Path, pose: Path, field: Path, source: Path, target: Path) -> dict:
    """What a pair's configuration at `path` holds.

    pose: posediff; field: deformation; source, target: avatar_data. Paths are written relative to
    the configuration's folder, absolute where there is no relative one (another Windows drive).
    """
    return {
        "poseDataPath": _relative(pose, path),
        "fieldDataPath": _relative(field, path),
        "baseAvatarDataPath": _relative(target, path),
        "clothingAvatarDataPath": _relative(source, path),
        "sourceBlendShapeSettings": [],
        "targetBlendShapeSettings": [],
        "blendShapeFields": [],
        "clothingBlendShapeSettings": [],
        "clothingBlendShapeSettingsInv": [],
    }


def _relative(path, config):
    try:
        return Path(os.path.relpath(path.resolve(), config.parent.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()
