# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalise, limit and prune skin weights, dense arrays and `SparseWeights` alike.

Weights are float32, finite, not below 0: `#V by #G`, or `SparseWeights`. Nothing is changed in
place unless `out` says so: for dense weights an array of their shape, which may be the weights
themselves. `group_mask` (`#G` bool or uint8) chooses the groups that count and may change; None
takes all.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .in_place import changed
from .sparse import SparseWeights

Weights = TypeVar("Weights", np.ndarray, SparseWeights)


def normalize_weights(
    weights: Weights,
    *,
    group_mask: Any = None,
    locked_groups: Any = None,
    out: np.ndarray | None = None,
) -> Weights:
    """Makes the weights of each vertex add up to 1, as Blender's "Normalize All" does.

    `w · max(0, 1 − L) / F`, with F the vertex's sum over free and L that over locked groups. A
    vertex without weights stays so. Sparse entries all stay, also those that become 0.

    - `locked_groups`: `#G` bool or uint8, the groups that keep their weights;
    - `out`: for sparse weights, float32 with one element for each entry.
    """
    sparse = isinstance(weights, SparseWeights)
    weights, groups = _weights_and_group_count(weights)
    group_mask = arguments.selection("group_mask", group_mask, groups)
    locked_groups = arguments.selection("locked_groups", locked_groups, groups)
    if not sparse:
        return changed(
            weights, out, lambda rows: backend().normalize_dense(rows, group_mask, locked_groups)
        )
    result = arguments.output("out", out, weights.weights.shape, np.float32)
    arguments.not_overlapping("out", result, weights.weights, in_place=True)
    backend().normalize_sparse(weights, group_mask, locked_groups, result)
    return SparseWeights.trusted(weights.offsets, weights.groups, result, groups)


def limit_weights(
    weights: Weights,
    max_influences: int = 4,
    *,
    fade: float = 1.0,
    keep_sum: bool = True,
    group_mask: Any = None,
    out: np.ndarray | None = None,
) -> Weights:
    """Keeps the largest weights of each vertex, which fade before they drop out.

    With c the largest dropped weight, a kept weight w becomes `w · min(1, (w − c) / (fade · c))`,
    so that neighbouring vertices which keep different groups do not tear. Vertices with few enough
    influences do not change. Equal weights rank by group, the lowest first.

    - `fade`: width of the fade relative to c; 0 cuts, as Blender's "Limit Total" does;
    - `keep_sum`: scales the kept weights to the sum that the vertex had.
    """
    sparse = isinstance(weights, SparseWeights)
    weights, groups = _weights_and_group_count(weights)
    group_mask = arguments.selection("group_mask", group_mask, groups)
    options = (
        arguments.count("max_influences", max_influences, least=1, most=2**32 - 1),
        arguments.not_negative("fade", fade),
        bool(keep_sum),
    )
    if not sparse:
        return changed(weights, out, lambda rows: backend().limit_dense(rows, group_mask, *options))
    _no_sparse_out(out)
    return SparseWeights.trusted(*backend().limit_sparse(weights, group_mask, *options), groups)


def prune_weights(
    weights: Weights,
    threshold: float = 0.0,
    *,
    keep_largest: bool = False,
    keep_sum: bool = False,
    group_mask: Any = None,
    out: np.ndarray | None = None,
) -> Weights:
    """Drops weights not above the threshold, as Blender's "Clean" does; sparse entries go.

    - `keep_largest`: a vertex keeps its largest weight in any case;
    - `keep_sum`: scales the kept weights to the sum that the vertex had.
    """
    sparse = isinstance(weights, SparseWeights)
    weights, groups = _weights_and_group_count(weights)
    group_mask = arguments.selection("group_mask", group_mask, groups)
    options = (
        arguments.not_negative("threshold", threshold),
        bool(keep_largest),
        bool(keep_sum),
    )
    if not sparse:
        return changed(weights, out, lambda rows: backend().prune_dense(rows, group_mask, *options))
    _no_sparse_out(out)
    return SparseWeights.trusted(*backend().prune_sparse(weights, group_mask, *options), groups)


def _weights_and_group_count(weights):
    if isinstance(weights, SparseWeights):
        arguments.not_below_zero("weights", weights.weights)
        return weights, weights.group_count
    dense = arguments.array("weights", weights, np.float32)
    if dense.ndim != 2:
        raise InvalidArgument("weights", f"has {dense.ndim} dimensions, expected #V by #G")
    arguments.finite("weights", dense)
    arguments.not_below_zero("weights", dense)
    return dense, dense.shape[1]


def _no_sparse_out(out):
    if out is not None:
        raise InvalidArgument("out", "is given, expected None: the number of entries is not known")
