# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces of an outfit, checked and joined for the weight stage."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .ramps import triangle_edges
from .sparse import SparseWeights


class OutfitPiece(NamedTuple):
    """One mesh of an outfit, in the body's space, metres."""

    points: Any
    """`#V by 3` float32."""
    triangles: Any
    """`#T by 3`."""
    edges: Any = None
    """`#E by 2`; None takes those of the triangles."""
    weights: SparseWeights | None = None
    """`#V` rows of present weights over the body's groups."""
    mask: Any = None
    """`#V` from 0 (the vertex keeps its present weights) to 1 (it takes new ones); None takes 1."""
    layer: int = 0
    """A piece follows the body and the pieces of lower layers (see `layer_order`)."""


class Outfit(NamedTuple):
    """All pieces one after another, as the back ends take them."""

    points: np.ndarray
    triangles: np.ndarray
    edges: np.ndarray
    piece_starts: np.ndarray
    layers: np.ndarray
    present: SparseWeights
    mask: np.ndarray | None


def checked_mesh(points, triangles):
    """Points and triangles as arrays, `#V by 3` float32 and `#T by 3` uint32."""
    points = arguments.coordinates("points", points)
    return points, arguments.indices("triangles", triangles, 3, len(points))


def join_pieces(pieces, group_count):
    """The pieces in common arrays."""
    points, triangles, edges, masks, rows = [], [], [], [], []
    starts = [0]
    for piece in pieces:
        own_points, own_triangles = checked_mesh(piece.points, piece.triangles)
        own_edges = triangle_edges(own_triangles) if piece.edges is None else piece.edges
        own_edges = arguments.indices("edges", own_edges, 2, len(own_points))
        points.append(own_points)
        triangles.append(own_triangles + np.uint32(starts[-1]))
        edges.append(own_edges + np.uint32(starts[-1]))
        masks.append(_piece_mask(piece.mask, len(own_points)))
        rows.append(_present(piece.weights, len(own_points), group_count))
        starts.append(starts[-1] + len(own_points))
    arguments.numbered_by_u32("pieces", starts[-1])
    layers = [arguments.count("layer", piece.layer, most=2**32 - 1) for piece in pieces]
    has_mask = any(piece.mask is not None for piece in pieces)
    return Outfit(
        _stacked(points, 3, np.float32),
        _stacked(triangles, 3, np.uint32),
        _stacked(edges, 2, np.uint32),
        np.asarray(starts, np.uint32),
        np.asarray(layers, np.uint32),
        _joined_rows(rows, group_count),
        np.concatenate(masks) if has_mask else None,
    )


def _stacked(arrays, width, dtype):
    return np.concatenate(arrays) if arrays else np.zeros((0, width), dtype)


def _piece_mask(mask, count):
    if mask is None:
        return np.ones(count, np.float32)
    return arguments.fractions("mask", mask, count)


def _present(weights, count, group_count):
    if weights is None:
        return SparseWeights.trusted(
            np.zeros(count + 1, np.uint32),
            np.zeros(0, np.uint32),
            np.zeros(0, np.float32),
            group_count,
        )
    if not isinstance(weights, SparseWeights):
        weights = SparseWeights.from_dense(weights)
    arguments.length("weights", weights.vertex_count, count)
    if weights.group_count != group_count:
        problem = f"has {weights.group_count} groups, expected the body's {group_count}"
        raise InvalidArgument("weights", problem)
    arguments.not_below_zero("weights", weights.weights)
    return weights


def _joined_rows(rows, group_count):
    firsts = np.cumsum([0, *(row.entry_count for row in rows)])
    offsets = [row.offsets[1:].astype(np.int64) + first for row, first in zip(rows, firsts)]
    return SparseWeights.trusted(
        np.concatenate([[0], *offsets]).astype(np.uint32),
        np.concatenate([np.zeros(0, np.uint32), *(row.groups for row in rows)]),
        np.concatenate([np.zeros(0, np.float32), *(row.weights for row in rows)]),
        group_count,
    )


def piece_rows(weights, first, end):
    """The rows of a piece out of those of all, from the vertex `first` to `end`."""
    bounds = weights.offsets[first : end + 1]
    entries = slice(int(bounds[0]), int(bounds[-1]))
    return SparseWeights.trusted(
        bounds - bounds[0], weights.groups[entries], weights.weights[entries], weights.group_count
    )
