# SPDX-License-Identifier: GPL-3.0-or-later
"""The weight stage in NumPy: what `hem_run_weight_stage` computes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..arguments import NO_INDEX
from ..masks import SmoothMaskOptions
from ..progress import SILENT
from ..sparse import SparseWeights
from .components import find_rigid_parts
from .laplacian import connected
from .masks import smooth_mask
from .robust import EMPTY, EXTRAPOLATED, INPAINTED, MATCHED, robust_transfer
from .seams import find_seams
from .sides import symmetrize_weights
from .smoothing import smooth_weights
from .spatial import radius_graph
from .surface import Surface
from .weight_rows import average_weights, propagate_weights
from .weights import limit_sparse, sparse_from_dense, sparse_to_dense

BODY, OWN, LOCKED = range(3)

#: Weights that differ by more make two present rows different patterns.
RIGID_TOLERANCE = 1e-3
#: Smaller weights of the body say nothing about a group's reach.
LEAST_WEIGHT = 0.01
#: Least reach across the middle, metres.
LEAST_REACH = 1e-3
#: Edge directions (degrees) and weights that may differ on a seam.
SEAM_ANGLE, SEAM_SIMILARITY = 3.0, 0.9
#: A dropped influence fades as `limit_weights` has it by default.
FADE = 1.0


def weight_stage(surface, body, roles, mirror, outfit, robust, steps, sources, progress):
    """Offsets, groups and weights; the report by name; fills `sources`."""
    groups = body.group_count
    body = dense(body) * (roles == BODY)
    rows, unmatched = transfer_layers(surface, body, outfit, robust, sources)
    progress.advance(0.7)
    rows = restore(rows, outfit, roles, steps.mix)
    present = dense(outfit.present)
    locked = (present[:, roles == LOCKED] > 0.0).any(axis=1)
    report = {"side_vertices": 0, "mirrored": 0, "seam_vertices": 0, "propagated": 0}
    rigid, report["rigid_parts"] = rigid_parts(outfit, steps)
    rows = averaged(rows, rigid, report["rigid_parts"])
    if mirror is not None and steps.sides:
        report["side_vertices"] = mend_sides(rows, surface, body, outfit, roles, mirror)
    if steps.smooth_iterations:
        smooth(rows, surface, outfit, locked, steps)
    progress.advance(0.9)
    if steps.seams > 0.0:
        stays = locked | (rigid != NO_INDEX)
        rows, report["seam_vertices"] = equal_seams(rows, outfit, stays, steps.seams)
    if mirror is not None and steps.symmetry > 0.0:
        may = (~locked).astype(np.uint8)
        equal, report["mirrored"] = symmetrize_weights(
            to_sparse(rows), outfit.points, mirror, may, steps.symmetry, SILENT
        )
        # A part of which only some vertices have mirrored ones.
        rows = averaged(dense(SparseWeights.trusted(*equal, groups)), rigid, report["rigid_parts"])
    sparse = to_sparse(rows)
    if steps.propagate:
        origin = np.empty(len(outfit.points), np.uint32)
        spread = propagate_weights(sparse, outfit.points, outfit.edges, None, origin, SILENT)
        sparse = SparseWeights.trusted(*spread, groups)
        report["propagated"] = int((origin != np.arange(len(origin))).sum())
    result = finish(sparse, roles, robust.max_influences)
    report.update(measures(result), unmatched_islands=unmatched, **source_counts(sources))
    report["propagated"] = max(report["propagated"] - report["bare"], 0)
    progress.advance(1.0)
    return sparse_from_dense(result), report


def measures(weights):
    """Of the result, for the report."""
    sums = weights.sum(axis=1, dtype=np.float64)
    bare = sums == 0.0
    return {
        "bare": int(bare.sum()),
        "max_influences": int((weights > 0.0).sum(axis=1).max(initial=0)),
        "max_sum_error": float(np.abs(sums[~bare] - 1.0).max(initial=0.0)),
    }


def source_counts(sources):
    """How many vertices have their weights from where."""
    names = ("inpainted", "matched", "extrapolated", "empty")
    kinds = (INPAINTED, MATCHED, EXTRAPOLATED, EMPTY)
    return {name: int((sources == kind).sum()) for name, kind in zip(names, kinds)}


def dense(sparse):
    """`#V by #G` float64."""
    rows = np.empty((sparse.vertex_count, sparse.group_count), np.float32)
    sparse_to_dense(sparse, rows)
    return rows.astype(np.float64)


def to_sparse(rows):
    """`SparseWeights` of dense rows, float32."""
    return SparseWeights.trusted(*sparse_from_dense(rows.astype(np.float32)), rows.shape[1])


def averaged(rows, labels, count):
    """Rows of one label replaced by their mean."""
    return dense(
        SparseWeights.trusted(*average_weights(to_sparse(rows), labels, count), rows.shape[1])
    )


def rows_scaled(rows, total=1.0):
    """Rows of one sum; empty ones stay."""
    sums = rows.sum(axis=1, keepdims=True)
    scale = np.divide(total, sums, out=np.zeros_like(sums), where=sums > 0.0)
    return rows * scale


def transfer_layers(surface, body, outfit, options, sources):
    """Rows of all pieces, layer by layer over the body and the layers below; unmatched islands."""
    result = np.zeros((len(outfit.points), body.shape[1]))
    piece = np.repeat(np.arange(len(outfit.layers)), np.diff(outfit.piece_starts.astype(np.int64)))
    layer = outfit.layers[piece]
    count = int(surface.triangles.max(initial=-1)) + 1
    points = np.zeros((max(count, len(body)), 3))
    points[surface.triangles] = surface.corners
    triangles, rows, unmatched = surface.triangles, body, 0
    for number in np.unique(outfit.layers):
        vertices = np.flatnonzero(layer == number)
        local = np.full(len(outfit.points), -1)
        local[vertices] = np.arange(len(vertices))
        inside = layer[outfit.triangles[:, 0]] == number
        faces = local[outfit.triangles[inside].astype(np.int64)].reshape(-1, 3)
        found, islands = np.empty(len(vertices), np.uint8), np.empty(len(vertices), np.uint32)
        weights = SparseWeights.trusted(*sparse_from_dense(rows.astype(np.float32)), body.shape[1])
        below = surface if number == outfit.layers.min() else Surface(points, triangles)
        moved = robust_transfer(
            below, weights, outfit.points[vertices], faces, options, found, islands, SILENT
        )
        moved = dense(SparseWeights.trusted(*moved, body.shape[1]))
        sources[vertices], result[vertices] = found, moved
        reached = np.unique(islands[found <= MATCHED])
        unmatched += len(np.unique(islands)) - len(reached)
        triangles = np.concatenate([triangles, faces + len(points)])
        points = np.concatenate([points, outfit.points[vertices].astype(np.float64)])
        rows = np.concatenate([rows, moved])
    return result, unmatched


def restore(new, outfit, roles, mix):
    """Own bones' present share, locked weights, and present weights where new ones do not apply."""
    present = dense(outfit.present)
    own, locked = present * (roles == OWN), present * (roles == LOCKED)
    free = present - locked
    free_sum = free.sum(axis=1, keepdims=True)
    locked_sum = locked.sum(axis=1, keepdims=True)
    has_new, has_present = new.any(axis=1)[:, None], free_sum > 0.0
    share = np.divide(
        own.sum(axis=1, keepdims=True), free_sum, out=np.zeros_like(free_sum), where=has_present
    )
    share = np.where(~has_new & (share > 0.0), 1.0, share)
    applies = np.float64(np.float32(mix))
    applies = applies * (1.0 if outfit.mask is None else outfit.mask[:, None].astype(np.float64))
    applies = np.where(has_present, applies, 1.0)
    rest = 1.0 - np.minimum(locked_sum, 1.0)
    fresh = share * rows_scaled(own) + (1.0 - share) * rows_scaled(new)
    free_rows = applies * fresh + (1.0 - applies) * rows_scaled(free)
    rows = rest * free_rows + locked / np.maximum(locked_sum, 1.0)
    return rows.astype(np.float32).astype(np.float64)


def rigid_parts(outfit, steps):
    """Label of each island of one present pattern, `NO_INDEX` elsewhere; their number."""
    labels = np.full(len(outfit.points), NO_INDEX, np.uint32)
    if not steps.rigid_parts or not len(labels):
        return labels, 0
    islands = connected(outfit.triangles.astype(np.int64), len(labels)).astype(np.uint32)
    count = int(islands.max()) + 1
    return labels, find_rigid_parts(outfit.present, islands, count, RIGID_TOLERANCE, labels)


def mend_sides(rows, surface, body, outfit, roles, mirror):
    """Weight farther across the middle than the body has it goes to the mirrored group."""
    x = np.zeros(len(body), np.float32)
    corners = surface.corners[:, :, 0].astype(np.float32)
    x[surface.triangles] = corners
    paired = (mirror != NO_INDEX) & (mirror != np.arange(len(mirror)))
    other = np.where(mirror == NO_INDEX, np.arange(len(mirror)), mirror)
    moment = (body * x[:, None]).sum(axis=0)
    side = np.where(paired, np.sign(moment - moment[other]), 0.0)
    across = np.where(body >= np.float32(LEAST_WEIGHT), -side * x[:, None], LEAST_REACH)
    across = np.maximum(across.max(axis=0, initial=LEAST_REACH), LEAST_REACH)
    distance = surface.closest(outfit.points, np.inf)[2][:, None]
    reach = np.maximum(across, across[other]) + np.where(np.isfinite(distance), distance, 0.0)
    depth = -side * outfit.points[:, :1].astype(np.float64)
    kept = 1.0 - np.clip((depth - reach) / reach, 0.0, 1.0)
    kept[:, roles != BODY] = 1.0
    moved = rows * (1.0 - kept)
    changed = moved.any(axis=1)
    rows -= moved
    for group in np.flatnonzero(paired):
        rows[:, other[group]] += moved[:, group]
    return int(changed.sum())


def smooth(rows, surface, outfit, locked, steps):
    """Radius smoothing of each piece where its smooth mask says, in place."""
    for first, end in pairwise(outfit.piece_starts.tolist()):
        points = outfit.points[first:end]
        triangles = elements_between(outfit.triangles, first, end)
        edges = elements_between(outfit.edges, first, end)
        mask = np.empty(len(points), np.float32)
        smooth_mask(surface, points, triangles, edges, None, SmoothMaskOptions(), mask, SILENT)
        mask[locked[first:end]] = 0.0
        weights = rows[first:end].astype(np.float32)
        graph = radius_graph(points, steps.smooth_radius, False)
        smooth_weights(graph, weights, "gaussian", steps.smooth_iterations, mask, 0, SILENT)
        rows[first:end] = weights


def elements_between(elements, first, end):
    """Those whose vertices all lie in a range, numbered from its beginning."""
    inside = ((elements >= first) & (elements < end)).all(axis=1)
    return elements[inside] - np.uint32(first)


def equal_seams(rows, outfit, stays, distance):
    """Overlapping vertices get the mean of their rows, but for those that keep theirs."""
    labels = np.empty(len(outfit.points), np.uint32)
    options = (distance, SEAM_ANGLE, SEAM_SIMILARITY)
    sparse = to_sparse(rows)
    count = find_seams(sparse, outfit.points, outfit.edges, options, labels, SILENT)
    labels[stays] = NO_INDEX
    return averaged(rows, labels, count), int((labels != NO_INDEX).sum())


def finish(sparse, roles, most):
    """Few influences, locked ones first; rows that sum to 1. `#V by #G` float32."""
    limited = SparseWeights.trusted(
        *limit_sparse(sparse, None, most, FADE, True), sparse.group_count
    )
    rows = rows_scaled(dense(limited))
    whole = dense(sparse)
    is_locked = roles == LOCKED
    for vertex in np.flatnonzero(whole[:, is_locked].any(axis=1)):
        row = whole[vertex]
        order = np.lexsort((-row, ~is_locked))
        order = order[row[order] > 0.0][:most]
        kept, free = order[is_locked[order]], order[~is_locked[order]]
        locked_sum, free_sum = row[kept].sum(), row[free].sum()
        scale = 1.0 / locked_sum if locked_sum > 1.0 or free_sum == 0.0 else 1.0
        rows[vertex] = 0.0
        rows[vertex, kept] = row[kept] * scale
        if free_sum > 0.0:
            rows[vertex, free] = row[free] * max(1.0 - locked_sum * scale, 0.0) / free_sum
    return rows.astype(np.float32)
