# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose files: world-space delta matrices by humanoid bone, or by real bone (initial pose).

A bone's new world matrix is `delta · rest`. Without a `delta_matrix`, an initial pose gives
`position`, `rotation` (degrees, XYZ) and `scale` about the bone's head, in world axes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from .avatar_data import blender_name
from .json_value import JsonValue, read_json

# Roles that no pose file moves: they follow their parents even if they are listed.
NEVER_POSED = frozenset(
    (
        "UpperChest",
        "LeftBreast",
        "RightBreast",
        "LeftToes",
        "RightToes",
        "LeftToe",
        "RightToe",
    )
)


@dataclass(frozen=True)
class BoneTransform:
    """How an initial pose moves one bone: `matrix` in world space, or about the bone's head."""

    matrix: np.ndarray
    about_head: bool

    @property
    def moves(self) -> bool:
        """Whether it does anything."""
        return bool(np.abs(self.matrix - np.eye(4)).max() > 1e-7)

    def delta(self, head: np.ndarray) -> np.ndarray:
        """The world-space delta matrix of a bone with this head, 4 by 4."""
        if not self.about_head:
            return self.matrix
        delta = self.matrix.copy()
        delta[:3, 3] += head - delta[:3, :3] @ head
        return delta


def load_pose(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Delta matrices (4 by 4, float64) by humanoid bone, those that are never posed left out."""
    return {
        role: entry.require("delta_matrix").matrix()
        for role, entry in read_json(path).items()
        if role not in NEVER_POSED
    }


def load_initial_pose(path: str | os.PathLike) -> dict[str, BoneTransform]:
    """Transforms by real bone name."""
    return {
        blender_name(entry.require("boneName").text()): _transform(entry.require("transform"))
        for entry in read_json(path).array("bones")
    }


def _transform(entry: JsonValue) -> BoneTransform:
    delta = entry.get("delta_matrix")
    if delta:
        return BoneTransform(delta.matrix(), about_head=False)
    matrix = np.eye(4)
    rotation, scale = entry.get("rotation"), entry.get("scale")
    angles = np.radians(rotation.vector(3)) if rotation else np.zeros(3)
    factors = scale.vector(3) if scale else np.ones(3)
    if not factors.all():
        raise scale.error(f"is {factors.tolist()}, expected factors other than 0")
    matrix[:3, :3] = euler_matrix(angles) * factors
    position = entry.get("position")
    matrix[:3, 3] = position.vector(3) if position else 0.0
    return BoneTransform(matrix, about_head=True)


def euler_matrix(angles: np.ndarray) -> np.ndarray:
    """Rotation about x, then y, then z (Blender's "XYZ"), 3 by 3; radians."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x
