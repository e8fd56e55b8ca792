# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of two outfits, as numbers, with a verdict within tolerances."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..surface import Surface
from .model import CostumeMesh, Outfit


class Tolerances(NamedTuple):
    """The largest differences that still count as equal; metres and weights."""

    position: float = 1e-5
    weight: float = 1e-4
    bone: float = 1e-5


def parser() -> argparse.ArgumentParser:
    """The command line of `compare`."""
    made = argparse.ArgumentParser(
        prog="python -m blender_bridge compare",
        description="Compares two FBX outputs: positions, weights, bones, shape keys.",
    )
    made.add_argument("first", type=Path, help="FBX")
    made.add_argument("second", type=Path, help="FBX")
    differences = made.add_argument_group("largest differences that count as equal")
    for name, default in Tolerances()._asdict().items():
        unit = "0 to 1" if name == "weight" else "metres"
        text = f"{unit}, default %(default)g"
        differences.add_argument(f"--{name}", type=float, default=default, help=text)
    made.add_argument("--report", type=Path, help="write the numbers, JSON")
    return made


def compare_outfits(first: Outfit, second: Outfit, tolerances: Tolerances) -> dict:
    """All differences; `equal` is the verdict, `reasons` says what is above the tolerances."""
    reasons: list[str] = []
    bones = _compare_bones(first, second, tolerances, reasons)
    mine = {mesh.name: mesh for mesh in first.meshes}
    other = {mesh.name: mesh for mesh in second.meshes}
    for name in sorted(mine.keys() ^ other.keys()):
        reasons.append(f"mesh {name!r} is in one of them only")
    meshes = {
        name: _compare_meshes(mine[name], other[name], first, second, tolerances, reasons)
        for name in mine
        if name in other
    }
    return {"equal": not reasons, "reasons": reasons, "bones": bones, "meshes": meshes}


def comparison_table(result: dict) -> str:
    """The numbers as text."""
    lines = [f"{'mesh':<24}{'mean mm':>9}{'max mm':>9}{'weight mean':>13}{'max':>9}{'keys mm':>9}"]
    for name, mesh in result["meshes"].items():
        lines.append(
            f"{name:<24}{1e3 * mesh['mean_distance']:>9.3f}{1e3 * mesh['largest_distance']:>9.3f}"
            f"{_number(mesh['mean_weight_difference']):>13}"
            f"{_number(mesh['largest_weight_difference']):>9}"
            f"{1e3 * mesh['largest_key_distance']:>9.3f}"
        )
    lines.append(f"bones: heads differ by up to {1e3 * result['bones']['largest_distance']:.4f} mm")
    lines += [f"different: {reason}" for reason in result["reasons"]]
    lines.append("equal within the tolerances" if result["equal"] else "DIFFERENT")
    return "\n".join(lines)


def _compare_bones(first, second, tolerances, reasons):
    mine, other = first.skeleton.index, second.skeleton.index
    for name in sorted(mine.keys() ^ other.keys()):
        reasons.append(f"bone {name!r} is in one of them only")
    common = [name for name in mine if name in other]
    here = first.skeleton.heads[[mine[name] for name in common]]
    there = second.skeleton.heads[[other[name] for name in common]]
    distance = np.linalg.norm(here - there, axis=1)
    moved = [name for name, gap in zip(common, distance) if gap > tolerances.bone]
    if moved:
        reasons.append(f"the head of {len(moved)} bones, {moved[0]!r} the first")
    for name in common:
        parents = [_parent(side.skeleton, name) for side in (first, second)]
        if parents[0] != parents[1]:
            reasons.append(f"bone {name!r} has the parent {parents[0]!r} and {parents[1]!r}")
    return {"common": len(common), "largest_distance": float(distance.max(initial=0.0))}


def _parent(skeleton, name):
    parent = skeleton.parents[skeleton.index[name]]
    return skeleton.names[parent] if parent >= 0 else None


def _compare_meshes(mine: CostumeMesh, other: CostumeMesh, first, second, tolerances, reasons):
    same_count = len(mine.points) == len(other.points)
    if same_count:
        distance = np.linalg.norm(mine.points - other.points, axis=1)
        weight = _weight_difference(mine, other, first.skeleton.names, second.skeleton.names)
    else:
        reasons.append(f"mesh {mine.name!r}: {len(mine.points)} and {len(other.points)} vertices")
        distance = np.concatenate([_to_surface(mine, other), _to_surface(other, mine)])
        weight = None
    if distance.max(initial=0.0) > tolerances.position:
        reasons.append(f"mesh {mine.name!r}: positions by up to {distance.max():.2g} m")
    if weight is not None and weight.max(initial=0.0) > tolerances.weight:
        reasons.append(f"mesh {mine.name!r}: weights by up to {weight.max():.2g}")
    for name in sorted(mine.shape_keys.keys() ^ other.shape_keys.keys()):
        reasons.append(f"mesh {mine.name!r}: shape key {name!r} is in one of them only")
    keys = _key_distance(mine, other) if same_count else 0.0
    if keys > tolerances.position:
        reasons.append(f"mesh {mine.name!r}: shape keys by up to {keys:.2g} m")
    return {
        "vertices": [len(mine.points), len(other.points)],
        "mean_distance": float(distance.mean()) if len(distance) else 0.0,
        "largest_distance": float(distance.max(initial=0.0)),
        "mean_weight_difference": None if weight is None else float(weight.mean()),
        "largest_weight_difference": None if weight is None else float(weight.max(initial=0.0)),
        "largest_key_distance": keys,
    }


def _weight_difference(mine, other, my_names, other_names):
    """Half the sum of absolute differences (total variation) of each vertex."""
    names = list(dict.fromkeys([*my_names, *other_names]))
    column = {name: number for number, name in enumerate(names)}
    dense = np.zeros((len(mine.points), len(names)), np.float32)
    dense[:, [column[name] for name in my_names]] += mine.weights.to_dense()
    dense[:, [column[name] for name in other_names]] -= other.weights.to_dense()
    return np.abs(dense).sum(axis=1) / 2


def _key_distance(mine, other):
    gaps = [
        np.linalg.norm(mine.shape_keys[name] - other.shape_keys[name], axis=1).max(initial=0.0)
        for name in mine.shape_keys
        if name in other.shape_keys
    ]
    return float(max(gaps, default=0.0))


def _to_surface(mesh, other):
    with Surface(other.points, other.triangles) as surface:
        return surface.closest_points(mesh.points).distances


def _number(value):
    return "-" if value is None else f"{value:.5f}"
