# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of a result that need no ground truth."""

from __future__ import annotations

import numpy as np

from ..penetration import face_distortion, penetration
from ..quality import weight_quality
from ..side_names import Side, group_sides
from ..sparse import SparseWeights
from ..spatial import PointIndex
from ..surface import Surface
from .model import Body, CostumeMesh, Outfit
from .weights import mirror_columns

# A vertex counts as deep in the body from this depth on, metres.
DEEP = 0.001
# Vertices that mirror each other within this distance are expected to have mirrored weights.
SYMMETRY_DISTANCE = 0.0005
# Nearer to the middle than this, metres, both sides' bones may hold a vertex.
CENTRE_WIDTH = 0.02


def influence_counts(rows: SparseWeights) -> np.ndarray:
    """Influences above 0 of each vertex, #V."""
    return np.bincount(_vertices(rows)[rows.weights > 0], minlength=rows.vertex_count)


def without_weights(rows: SparseWeights) -> np.ndarray:
    """Which vertices have no influence, #V bool."""
    return influence_counts(rows) == 0


def _vertices(rows):
    """The vertex of each entry."""
    return np.repeat(np.arange(rows.vertex_count), np.diff(rows.offsets.astype(np.int64)))


def weight_measures(rows: SparseWeights) -> dict:
    """How far sums are from 1, and the most influences of a vertex."""
    sums = np.bincount(_vertices(rows), weights=rows.weights, minlength=rows.vertex_count)
    used = influence_counts(rows)
    return {
        "largest_sum_error": float(np.abs(sums - 1.0).max(initial=0.0)),
        "most_influences": int(used.max(initial=0)),
        "unweighted": int(np.count_nonzero(used == 0)),
    }


def depths(points: np.ndarray, body: Body) -> np.ndarray:
    """Depth of each point inside the body, #P float32, metres; negative outside."""
    with Surface(body.points, body.triangles) as surface:
        return penetration(points, surface)


def penetration_measures(inside: np.ndarray) -> dict:
    """How many vertices are inside the body, and how deep; inside: see `depths`."""
    deep = np.count_nonzero(inside > DEEP)
    return {
        "deep_vertices": int(deep),
        "deep_share": deep / len(inside),
        "deepest": float(max(inside.max(initial=0.0), 0.0)),
    }


def asymmetry(mesh: CostumeMesh, mirror: np.ndarray) -> float:
    """The largest difference of weights between vertices that are each other's mirror images.

    mirror: see `weights.mirror_columns`. Columns without a counterpart do not count.
    """
    with PointIndex(mesh.points) as index:
        found = index.nearest(mesh.points * np.array([-1, 1, 1], np.float32))
    mutual = found.indices[found.indices] == np.arange(len(mesh.points))
    pairs = mutual & (found.distances <= SYMMETRY_DISTANCE)
    if not pairs.any():
        return 0.0
    dense = mesh.weights.to_dense()
    known = mirror >= 0
    here = dense[pairs][:, known]
    there = dense[found.indices[pairs]][:, mirror[known]]
    return float(np.abs(here - there).max())


def wrong_side(mesh: CostumeMesh, body: Body, side: np.ndarray) -> np.ndarray:
    """Which vertices have more weight on the other side's bones than the nearest body vertex has.

    #V bool. By more than 0.05, and farther than 2 cm from the middle.

    side: #B, 1 for bones of the left (x > 0), -1 for those of the right, 0 for others.
    """
    with PointIndex(body.points) as index:
        nearest = index.nearest(mesh.points).indices
    x = mesh.points[:, :1]
    excess = _other_side(mesh.weights, side, x)
    excess -= _other_side(body.weights, side[: len(body.skeleton.names)], x, nearest)
    return (excess > 0.05) & (np.abs(x[:, 0]) > CENTRE_WIDTH)


def _other_side(rows, side, x, vertices=slice(None)):
    """The weight of each vertex on bones of the side where it is not."""
    dense = rows.to_dense()[vertices]
    return (dense * (np.sign(x) * side < 0)).sum(axis=1)


def distortion_measures(before: CostumeMesh, after: CostumeMesh) -> dict:
    """How the faces of a mesh changed: 1 is the length that they had.

    The longest and shortest stretch of the middle face, and of the 1 % that changed most.
    """
    found = face_distortion(before.points, after.points, after.triangles)
    longest, shortest = found.stretches.T if len(after.triangles) else np.ones((2, 1))
    return {
        "median_longest": float(np.median(longest)),
        "median_shortest": float(np.median(shortest)),
        "percentile_99_longest": float(np.percentile(longest, 99)),
        "percentile_1_shortest": float(np.percentile(shortest, 1)),
        "inverted_faces": int(np.count_nonzero(found.inverted)),
    }


def mesh_measures(before: Outfit, outfit: Outfit, body: Body, target) -> list[dict]:
    """All measures of every mesh; `problem_vertices`: deep, without weights or on the wrong side.

    before: the outfit as it came; body: the target's, at rest; target: its description.
    """
    names = outfit.skeleton.names
    mirror = mirror_columns(names, target)
    sides = group_sides([target.role_of_bone.get(name, name) for name in names])
    side = (sides == Side.LEFT).astype(np.int64) - (sides == Side.RIGHT)
    came = {mesh.name: mesh for mesh in before.meshes}
    return [_measures_of_mesh(came[mesh.name], mesh, body, mirror, side) for mesh in outfit.meshes]


def _measures_of_mesh(came, mesh, body, mirror, side) -> dict:
    inside = depths(mesh.points, body)
    crossed = wrong_side(mesh, body, side)
    problems = (inside > DEEP) | crossed | without_weights(mesh.weights)
    return {
        "name": mesh.name,
        "vertices": len(mesh.points),
        "triangles": len(mesh.triangles),
        "shape_keys": list(mesh.shape_keys),
        **weight_measures(mesh.weights),
        **penetration_measures(inside),
        "asymmetry": asymmetry(mesh, mirror),
        "wrong_side": int(np.count_nonzero(crossed)),
        "weight_quality": weight_quality(
            mesh.points, mesh.triangles, mesh.weights, edges=mesh.edges
        ).numbers._asdict(),
        "distortion": distortion_measures(came, mesh),
        "problem_vertices": np.flatnonzero(problems).tolist(),
    }
