# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target's files say about weights, beyond the weights of its body.

Region masks first (`region_masks`), then sway bones: their weight fades with the distance from the
body and goes to the bone that the description names. Rigid parts stay rigid. The result goes
through the steps that follow a transfer once more: sides, seams, at most 4 influences.
"""

from __future__ import annotations

import numpy as np

from ..arguments import NO_INDEX
from ..masks import distance_falloff
from ..sparse import SparseWeights
from ..surface import Surface
from .avatar_data import SwayBones
from .model import Body, CostumeMesh
from .region_masks import OutfitMasks, RegionMask, apply_masks, outfit_masks
from .shape import rigid_parts


def apply_rules(
    meshes: list[CostumeMesh],
    rows: list[SparseWeights],
    body: Body,
    sway: SwayBones,
    regions: dict[str, RegionMask],
    names: list[str],
) -> list[SparseWeights] | None:
    """New weights for each mesh, with any number of influences; None: no rule changes any.

    meshes: in the body's space, with the weights by which parts are rigid; rows: the transferred
    weights over the bones `names`, the body's first, then the outfit's own.
    """
    heirs = _heirs(sway, names)
    if not heirs and not regions:
        return None
    own = np.arange(len(names)) >= len(body.skeleton.names)
    ruled = []
    with Surface(body.points, body.triangles) as surface:
        for mesh, transferred in zip(meshes, rows):
            if mesh.bound:
                ruled.append(transferred)
                continue
            labels = rigid_parts(mesh)
            if regions:
                masks = outfit_masks(regions, surface, mesh.points)
                masks = OutfitMasks(*(np.where(labels == NO_INDEX, mask, 0.0) for mask in masks))
                transferred = apply_masks(transferred, mesh, masks, surface, body, own)
            if heirs:
                held = distance_falloff(surface, mesh.points, sway.start, sway.end)
                transferred = hand_on(transferred, heirs, _part_means(held, labels))
            ruled.append(transferred)
    return ruled


def hand_on(rows: SparseWeights, heirs: dict[int, int], held: np.ndarray) -> SparseWeights:
    """Bones keep the share `held` (#V, 0 to 1) of their weight; their heirs get the rest."""
    weights = rows.to_dense().astype(np.float64)
    for bone, heir in heirs.items():
        kept = weights[:, bone] * held
        weights[:, heir] += weights[:, bone] - kept
        weights[:, bone] = kept
    return SparseWeights.from_dense(weights.astype(np.float32))


def _heirs(sway, names):
    """Heir by bone, where the skeleton has both."""
    index = {name: bone for bone, name in enumerate(names)}
    return {
        index[bone]: index[heir]
        for bone, heir in sway.heirs.items()
        if bone in index and heir in index
    }


def _part_means(values, labels):
    """Each rigid part as far from the body as it is in the mean."""
    rigid = labels != NO_INDEX
    parts = labels[rigid]
    means = np.bincount(parts, weights=values[rigid]) / np.maximum(np.bincount(parts), 1)
    result = values.astype(np.float64)
    result[rigid] = means[parts]
    return result
