# SPDX-License-Identifier: GPL-3.0-or-later
"""Region masks of a body called "Template": where its weights are taken otherwise than elsewhere.

Files `vertex_group_weights_<region>.json` beside the body's FBX, all optional. What each means:

- `armpit`, `crotch`, `crotch2`, `crotch3`: where arm and torso, or both legs, face each other, the
  nearest body face may be the wrong one. There the weights are those around the region, extended
  over the mesh of the outfit (`WeightInpainter`).
- `inpaint`: where weights may be extended at all, 1 everywhere without the file. Where it is 0 they
  are those of the closest body point.
- `surface`: the weights are those of the closest body point.
- `blur`: the weights are smoothed.

A mask of the body is that of the outfit at the closest points, and fades with the distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..channels import combine_weights
from ..inpaint import WeightInpainter
from ..masks import distance_falloff
from ..smoothing import smooth_weights
from ..sparse import SparseWeights
from ..surface import Surface
from ..transfer import transfer_weights
from .errors import InputFileError
from .json_value import JsonValue, read_json
from .model import Body, CostumeMesh

#: The `name` in a description that turns region masks on.
TEMPLATE = "Template"
#: Regions in which the nearest body face may be the wrong one.
MISMATCHED = ("armpit", "crotch", "crotch2", "crotch3")
REGIONS = (*MISMATCHED, "blur", "inpaint", "surface")
# Metres from the body within which a mask counts fully, and from which on it does not count.
NEAR, FAR = 0.04, 0.1
# Metres and passes of the smoothing.
BLUR_RADIUS, BLUR_PASSES = 0.05, 3


@dataclass(frozen=True)
class RegionMask:
    """Weights (#N float32, 0 to 1) of some of a body's vertices (#N int64), in the file's order."""

    path: Path
    vertices: np.ndarray
    weights: np.ndarray

    def on_body(self, vertex_count: int) -> np.ndarray:
        """`#V` float32; the largest weight where a vertex is listed several times."""
        outside = np.flatnonzero(self.vertices >= vertex_count)
        if len(outside):
            entry = outside[0]
            raise InputFileError(
                self.path,
                f"is {self.vertices[entry]}, but the body has {vertex_count} vertices",
                f"weights[{entry}].vertex_index",
            )
        mask = np.zeros(vertex_count, np.float32)
        np.maximum.at(mask, self.vertices, self.weights)
        return mask


class OutfitMasks(NamedTuple):
    """What happens to the weights of an outfit's vertices: `#V` float32 each, 0 to 1."""

    extended: np.ndarray
    copied: np.ndarray
    smoothed: np.ndarray


def region_files(folder: Path) -> dict[str, Path]:
    """The files that there are, by region."""
    paths = {name: folder / f"vertex_group_weights_{name}.json" for name in REGIONS}
    return {name: path for name, path in paths.items() if path.exists()}


def load_region_masks(folder: Path) -> dict[str, RegionMask]:
    """The masks that a folder holds, by region."""
    return {name: _load(path) for name, path in region_files(folder).items()}


def outfit_masks(regions: dict[str, RegionMask], surface: Surface, points) -> OutfitMasks:
    """Masks of points (`#V by 3`) by those of the body that `surface` is of."""
    names = list(regions)
    columns = [regions[name].on_body(surface.vertex_count) for name in names]
    closest = transfer_weights(surface, np.stack(columns, axis=1), points).weights
    near = distance_falloff(surface, points, NEAR, FAR)
    mask = {name: column * near for name, column in zip(names, closest.T)}
    nowhere = np.zeros(len(points), np.float32)
    allowed = closest[:, names.index("inpaint")] if "inpaint" in regions else nowhere + 1.0
    mismatched = np.max([nowhere, *(mask[name] for name in MISMATCHED if name in mask)], axis=0)
    return OutfitMasks(
        extended=mismatched * allowed,
        copied=np.maximum(mask.get("surface", nowhere), (1.0 - allowed) * near),
        smoothed=mask.get("blur", nowhere),
    )


def apply_masks(
    rows: SparseWeights,
    mesh: CostumeMesh,
    masks: OutfitMasks,
    surface: Surface,
    body: Body,
    own: np.ndarray,
) -> SparseWeights:
    """The weights of a mesh with its masks applied; rows sum to 1, with any number of influences.

    rows: over the body's bones and the outfit's own; own: #G bool, those which keep their weights.
    """
    if masks.extended.any():
        inpainter = WeightInpainter(mesh.points, mesh.triangles, masks.extended == 0.0)
        extended = np.maximum(inpainter.inpaint(rows.to_dense()), 0.0)
        rows = _mixed(extended, rows, own, masks.extended)
    if masks.copied.any():
        copied = transfer_weights(surface, body.weights, mesh.points).weights.to_dense()
        bare = np.zeros((len(copied), rows.group_count - copied.shape[1]), np.float32)
        rows = _mixed(np.concatenate([copied, bare], axis=1), rows, own, masks.copied)
    if masks.smoothed.any():
        smoothed = smooth_weights(
            mesh.points, rows.to_dense(), radius=BLUR_RADIUS, iterations=BLUR_PASSES
        )
        rows = _mixed(smoothed, rows, own, masks.smoothed)
    return rows


def _mixed(new, rows, own, mask):
    return combine_weights(SparseWeights.from_dense(new), rows, locked=own, mask=mask)


def _load(path):
    root = read_json(path)
    root.require("vertex_group_name").text()
    entries = root.require("weights").elements()
    return RegionMask(
        path,
        np.array([entry.require("vertex_index").index() for entry in entries], np.int64),
        np.array([_weight(entry.require("weight")) for entry in entries], np.float32),
    )


def _weight(value: JsonValue) -> float:
    weight = value.number()
    if not 0.0 <= weight <= 1.0:
        raise value.error(f"is {weight:g}, expected a number from 0 to 1")
    return weight
