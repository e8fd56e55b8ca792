# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pipeline works on, read from Blender once and written once: arrays in world space.

Lengths are metres, Blender axes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ..sparse import SparseWeights


@dataclass(frozen=True)
class Skeleton:
    """Bones at rest, parents first.

    parents: #B int64, -1 for a root; heads, tails, z_axes: #B by 3 float64 (`z_axes` unit, the
    bone's own z, which fixes its roll).
    """

    names: list[str]
    parents: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    z_axes: np.ndarray

    @property
    def index(self) -> dict[str, int]:
        """Index by name."""
        return {name: bone for bone, name in enumerate(self.names)}

    def moved(self, offset: np.ndarray) -> Skeleton:
        """All bones shifted by a vector."""
        return replace(self, heads=self.heads + offset, tails=self.tails + offset)


@dataclass
class CostumeMesh:
    """One mesh of the outfit.

    points: #V by 3 float32; triangles: #T by 3 uint32; edges: #E by 2 uint32; weights: rows over
    all bones of the outfit's skeleton, in its order; shape_keys: displacements from `points`,
    #V by 3 float32, by name; bound: hung on bones as a whole, its weights stay what they are.
    """

    name: str
    points: np.ndarray
    triangles: np.ndarray
    edges: np.ndarray
    weights: SparseWeights
    shape_keys: dict[str, np.ndarray] = field(default_factory=dict)
    bound: bool = False


@dataclass
class Outfit:
    """All costume meshes and the skeleton that their weights refer to."""

    skeleton: Skeleton
    meshes: list[CostumeMesh]


@dataclass(frozen=True)
class Body:
    """A target avatar's body at rest, and its skeleton.

    points: #V by 3 float32, blend shapes of the avatar's description applied; triangles: #T by 3
    uint32; weights: rows over the bones of `skeleton`, in its order.
    """

    skeleton: Skeleton
    points: np.ndarray
    triangles: np.ndarray
    weights: SparseWeights
