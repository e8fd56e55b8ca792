# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pieces of an outfit lie over which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import arguments
from .outfit_pieces import checked_mesh
from .surface import Surface


def layer_order(
    pieces: Sequence[tuple[Any, Any]], body_points: Any, body_triangles: Any, near: float = 0.02
) -> np.ndarray:
    """Which piece lies over which: `#P` layer numbers, 0 next to the body.

    Piece a lies over piece b where, of the vertices of both that are within `near` metres of the
    other, a's are farther from the body than the other's closest points in the median. A piece's
    layer is the longest chain of pieces below it; where pieces lie over each other in a circle,
    the one that is nearest to the body in the median comes first.

    - `pieces`: (points, triangles) each, `#V by 3` and `#T by 3`.
    """
    near = arguments.not_negative("near", near)
    body = Surface(body_points, body_triangles)
    meshes = [checked_mesh(points, triangles) for points, triangles in pieces]
    surfaces = [Surface(*mesh) for mesh in meshes]
    distances = [body.closest_points(points).distances.astype(np.float64) for points, _ in meshes]
    over = np.zeros((len(meshes), len(meshes)))
    for a, (points, _) in enumerate(meshes):
        for b in range(len(meshes)):
            found = surfaces[b].closest_points(points, near) if a != b else None
            if found is None or not np.isfinite(found.distances).any():
                continue
            close = np.isfinite(found.distances)
            below = body.closest_points(found.points[close]).distances
            # Opposite sides of the same space between two pieces count alike.
            over[a, b] += (distances[a][close] - below).sum()
            over[b, a] -= (distances[a][close] - below).sum()
    medians = [np.median(d) if len(d) else 0.0 for d in distances]
    return _longest_chains(over > 0.0, np.asarray(medians))


def _longest_chains(over, medians):
    """Layer of each piece, taken from the body outwards; circles are broken by the median."""
    layers = np.zeros(len(over), np.uint32)
    left = set(range(len(over)))
    while left:
        free = [a for a in left if not any(over[a, b] for b in left)]
        chosen = min(free or left, key=lambda a: (medians[a], a))
        left.remove(chosen)
        below = [layers[b] + 1 for b in range(len(over)) if over[chosen, b] and b not in left]
        layers[chosen] = max(below, default=0)
    return layers
