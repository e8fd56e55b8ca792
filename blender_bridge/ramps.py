# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic of masks, on arrays alone: ramps, angles, averages of normals."""

from __future__ import annotations

from typing import Any

import numpy as np


def ramp(values: Any, zero_at: float, one_at: float) -> np.ndarray:
    """A linear rise from 0 at `zero_at` to 1 at `one_at`, clamped; a step where both are equal.

    With `one_at` below `zero_at` it falls. `values` may be infinite. Returns float32.
    """
    values = np.asarray(values, np.float64)
    if zero_at == one_at:
        return (values >= one_at).astype(np.float32)
    return np.clip((values - zero_at) / (one_at - zero_at), 0.0, 1.0).astype(np.float32)


def folded_angles(a: Any, b: Any) -> np.ndarray:
    """Angles between lines, `#N` degrees from 0 to 90; NaN where either direction is 0."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    crossed = np.linalg.norm(np.cross(a, b), axis=-1)
    along = np.abs(np.einsum("...i,...i->...", a, b))
    angles = np.degrees(np.arctan2(crossed, along))
    return np.where(a.any(axis=-1) & b.any(axis=-1), angles, np.nan)


def face_normals(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """`#T by 3` float64 normals with the length of twice the area."""
    corners = points.astype(np.float64)[triangles]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def face_centres(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """`#T by 3` float32 means of the corners."""
    return points.astype(np.float64)[triangles].mean(axis=1).astype(np.float32)


def weighted_normals(normals, offsets, faces, distances, radius):
    """Σ area (1 − d / radius) n over each row's faces, `#R by 3`; 0 without faces."""
    share = 1.0 - distances.astype(np.float64) / radius if radius > 0.0 else np.ones(len(faces))
    terms = normals[faces] * np.maximum(share, 0.0)[:, None]
    rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets.astype(np.int64)))
    sums = [np.bincount(rows, axis, minlength=len(offsets) - 1) for axis in terms.T]
    return np.stack(sums, axis=1).astype(np.float64)


def triangle_edges(triangles: np.ndarray) -> np.ndarray:
    """The edges of triangles, each once, lower vertex first, ascending; `#E by 2` uint32."""
    starts, ends = triangles.ravel(), triangles[:, [1, 2, 0]].ravel()
    # Both vertices in one number: whole rows sort thirty times as slowly.
    lower = np.minimum(starts, ends).astype(np.uint64)
    keys = np.sort(lower << np.uint64(32) | np.maximum(starts, ends).astype(np.uint64))
    keys = keys[np.flatnonzero(np.diff(keys, prepend=~keys[:1]))]
    return np.stack([keys >> np.uint64(32), keys & np.uint64(0xFFFFFFFF)], axis=1).astype(np.uint32)
