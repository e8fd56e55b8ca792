"""Garments on bodies with their true skin weights, for two rigs; see ``make_garments.py``."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import sample_assets

ARCHIVE = Path(__file__).with_name("garments") / "garments.npz"
GARMENTS = ("tights", "skirt", "female_casualsuit01", "male_casualsuit03")
SHAPES = ("neutral", "a", "b")
RIGS = ("game_engine", "default")


@dataclass(frozen=True)
class Piece:
    """A triangle mesh with its true weights.

    points: #V by 3, float32, metres; triangles: #T by 3, uint32; weights: #V by #G, float32, rows
    summing to 1.
    """

    points: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray


def load_piece(name, shape, rig="game_engine"):
    """The ``"body"`` or one of :data:`GARMENTS` on the body ``shape``, weights of ``rig``."""
    data = _archive()
    key = f"{name}_positions_{shape}"
    if key in data:
        points = data[key]
    elif name == "body":
        points = sample_assets.load_body(shape).positions
    else:
        points = sample_assets.load_garment(name, shape).positions
    return Piece(points, data[f"{name}_triangles"], _dense_weights(name, rig))


def subdivided(piece, levels):
    """Each triangle split in four at the edges' midpoints; points and weights linear."""
    points, triangles, weights = piece.points, piece.triangles, piece.weights
    for _ in range(levels):
        ends = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1).astype(np.int64)
        keys, edge = np.unique(ends[:, 0] << 32 | ends[:, 1], return_inverse=True)
        ab, bc, ca = (len(points) + edge.reshape(-1, 3)).T
        first, second = keys >> 32, keys & 0xFFFFFFFF
        points = np.concatenate([points, (points[first] + points[second]) / 2])
        weights = np.concatenate([weights, (weights[first] + weights[second]) / 2])
        a, b, c = triangles.T.astype(np.int64)
        corners = [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
        triangles = np.concatenate([np.stack(three, axis=1) for three in corners])
    return Piece(points, triangles.astype(np.uint32), weights)


def _dense_weights(name, rig):
    data = _archive()
    counts = data[f"{name}_counts_{rig}"]
    dense = np.zeros((len(counts), int(data[f"group_count_{rig}"])), np.float32)
    rows = np.repeat(np.arange(len(counts)), counts)
    dense[rows, data[f"{name}_groups_{rig}"]] = data[f"{name}_weights_{rig}"]
    total = dense.sum(axis=1, keepdims=True)
    return np.divide(dense, total, out=dense, where=total > 0)


@lru_cache(maxsize=1)
def _archive():
    with np.load(ARCHIVE) as data:
        return {name: data[name] for name in data.files}
