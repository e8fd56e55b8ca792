# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of skin weights that need no ground truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .arguments import NO_INDEX
from .errors import InvalidArgument
from .penetration import penetration
from .ramps import triangle_edges
from .robust import WeightSource
from .skinning import skin_points
from .sparse import SparseWeights
from .surface import Surface

#: Edges whose weights are compared at a time.
EDGES_AT_ONCE = 1 << 16

#: A vertex this deep inside the body, metres, counts as inside.
DEEP = 0.001


class QualityNumbers(NamedTuple):
    """What a report shows. Shares are of all vertices; None: nothing to measure by."""

    vertices: int
    unweighted: int
    max_sum_error: float
    """Largest |sum − 1| of a weighted vertex."""
    mean_influences: float
    max_influences: int
    gradient_energy: float
    """Mean of (|Δw| / length)² over the edges by length, 1/m²: how steep the weights are."""
    seam_jump: float | None
    """Largest total variation between a vertex of a seam and the seam's mean, 0 to 1."""
    matched: float | None
    inpainted: float | None
    extrapolated: float | None
    stretch: float | None
    """Mean over the poses of the 99th percentile of `WeightQuality.stretches`."""
    deep: float | None
    """Largest share over the poses of vertices deeper than 1 mm inside the body."""
    deepest: float | None
    """Metres, over all poses."""


class WeightQuality(NamedTuple):
    """Numbers, and the same for each vertex, for heat maps."""

    numbers: QualityNumbers
    gradients: np.ndarray
    """`#V` float32: mean of |Δw| / length over the vertex's edges, 1/m."""
    jumps: np.ndarray
    """`#V` float32: total variation to the mean of the vertex's seam, 0 off seams."""
    stretches: np.ndarray
    """`#V` float32: largest |ln(length / rest length)| over poses and edges."""
    depths: np.ndarray
    """`#V` float32: largest depth inside the body over the poses, metres, not below 0."""


def weight_quality(
    points: Any,
    triangles: Any,
    weights: SparseWeights,
    *,
    edges: Any = None,
    sources: Any = None,
    seams: Any = None,
    rest: Any = None,
    poses: Sequence[Any] = (),
    group_bones: Any = None,
    body: tuple[Any, Any, SparseWeights] | None = None,
) -> WeightQuality:
    """Measures weights by themselves, and over test poses.

    - `points`, `triangles`: the mesh, `#V by 3` and `#T by 3`, in the rest pose;
    - `weights`: its `SparseWeights`;
    - `edges`: `#E by 2`, those of the triangles by default;
    - `sources`: `#V` of `WeightSource`, as the transfer gives them;
    - `seams`: `#V` labels, -1 or `NO_INDEX` off seams (see `find_seams`);
    - `rest`, `group_bones`: as for `skin_points`; `poses`: bone matrices like `rest` for each pose;
    - `body`: points, triangles and weights over the same groups, for the depth.
    """
    points = arguments.coordinates("points", points)
    triangles = arguments.indices("triangles", triangles, 3, len(points))
    edges = triangle_edges(triangles) if edges is None else edges
    edges = arguments.indices("edges", edges, 2, len(points)).astype(np.int64)
    arguments.length("weights", weights.vertex_count, len(points))
    if poses and rest is None:
        raise InvalidArgument("rest", "is None, expected the bones' rest matrices")
    dense = weights.to_dense()
    sums = dense.sum(axis=1, dtype=np.float64)
    weighted = sums > 0.0
    influences = (dense > 0.0).sum(axis=1)
    gradients, energy = _gradients(points, dense, edges)
    jumps = _jumps(dense, seams)
    stretches, percentiles = _stretches(points, edges, weights, rest, poses, group_bones)
    depths, shares = _depths(points, weights, rest, poses, group_bones, body)
    numbers = QualityNumbers(
        vertices=len(points),
        unweighted=int((~weighted).sum()),
        max_sum_error=float(np.abs(sums[weighted] - 1.0).max(initial=0.0)),
        mean_influences=float(influences.mean()) if len(points) else 0.0,
        max_influences=int(influences.max(initial=0)),
        gradient_energy=energy,
        seam_jump=None if seams is None else float(jumps.max(initial=0.0)),
        **_source_shares(sources, len(points)),
        stretch=float(np.mean(percentiles)) if percentiles else None,
        deep=max(shares) if shares else None,
        deepest=float(depths.max(initial=0.0)) if shares else None,
    )
    return WeightQuality(numbers, gradients, jumps, stretches, depths)


def _source_shares(sources, count):
    names = ("matched", "inpainted", "extrapolated")
    if sources is None:
        return dict.fromkeys(names)
    sources = np.asarray(sources)
    arguments.length("sources", len(sources), count)
    shares = [(sources == WeightSource[name.upper()]).sum() / max(count, 1) for name in names]
    return {name: float(share) for name, share in zip(names, shares)}


def _gradients(points, dense, edges):
    """Mean steepness at each vertex, and the energy."""
    lengths = _lengths(points, edges)
    proper = lengths > 0.0
    edges, lengths = edges[proper], lengths[proper]
    steps = np.empty(len(edges))
    for first in range(0, len(edges), EDGES_AT_ONCE):
        part = slice(first, first + EDGES_AT_ONCE)
        differences = dense[edges[part, 0]] - dense[edges[part, 1]]
        steps[part] = np.sqrt(np.einsum("ij,ij->i", differences, differences))
    steepness = steps / lengths
    counts = np.bincount(edges.ravel(), minlength=len(points))
    sums = np.bincount(edges.ravel(), np.repeat(steepness, 2), minlength=len(points))
    total = lengths.sum()
    energy = float((lengths * steepness**2).sum() / total) if total > 0.0 else 0.0
    return (sums / np.maximum(counts, 1)).astype(np.float32), energy


def _jumps(dense, seams):
    """Total variation of each seam vertex to the mean of its seam."""
    jumps = np.zeros(len(dense), np.float32)
    if seams is None:
        return jumps
    labels = arguments.optional_indices("seams", seams, len(dense), NO_INDEX)
    on_seam = np.flatnonzero(labels != NO_INDEX)
    if len(on_seam):
        _, label = np.unique(labels[on_seam], return_inverse=True)
        label = label.ravel()
        sums = np.zeros((label.max() + 1, dense.shape[1]))
        np.add.at(sums, label, dense[on_seam])
        means = sums / np.bincount(label)[:, None]
        jumps[on_seam] = 0.5 * np.abs(dense[on_seam] - means[label]).sum(axis=1)
    return jumps


def _stretches(points, edges, weights, rest, poses, group_bones):
    """Largest growth or shrinking of an edge at each vertex; each pose's 99th percentile."""
    lengths = _lengths(points, edges)
    proper = lengths > 0.0
    edges, lengths = edges[proper], lengths[proper]
    largest = np.zeros(len(points))
    percentiles = []
    for pose in poses:
        posed = _posed(weights, rest, pose, points, group_bones)
        ratio = _lengths(posed, edges) / lengths
        change = np.abs(np.log(np.maximum(ratio, 1e-6)))
        at_vertex = np.zeros(len(points))
        np.maximum.at(at_vertex, edges[:, 0], change)
        np.maximum.at(at_vertex, edges[:, 1], change)
        percentiles.append(float(np.percentile(at_vertex, 99)) if len(points) else 0.0)
        largest = np.maximum(largest, at_vertex)
    return largest.astype(np.float32), percentiles


def _depths(points, weights, rest, poses, group_bones, body):
    """Largest depth of each vertex; each pose's share of vertices deeper than `DEEP`."""
    deepest = np.zeros(len(points), np.float32)
    if body is None:
        return deepest, []
    body_points, body_triangles, body_weights = body
    shares = []
    for pose in poses:
        posed_body = _posed(body_weights, rest, pose, body_points, group_bones)
        with Surface(posed_body, body_triangles, cached=False) as surface:
            depths = penetration(_posed(weights, rest, pose, points, group_bones), surface)
        shares.append(float((depths > DEEP).mean()) if len(points) else 0.0)
        deepest = np.maximum(deepest, depths)
    return deepest, shares


def _posed(weights, rest, pose, points, group_bones):
    return skin_points(weights, rest, pose, points, group_bones=group_bones).positions


def _lengths(points, edges):
    wide = points.astype(np.float64)
    return np.linalg.norm(wide[edges[:, 0]] - wide[edges[:, 1]], axis=1)
