# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigid and similarity fits by Horn's quaternion method (1987), in float64."""

import numpy as np

#: Eigenvalues that differ by less than this part of their scale count as equal.
TIE = 1e-9


def fit_similarity(source, target, weights, labels, scale, fits):
    """Fills the matrices, scales, residuals and moved points."""
    fits.points.reshape(-1, 3)[...] = source
    for component in range(len(fits.matrices)):
        chosen = slice(None) if labels is None else np.flatnonzero(labels == component)
        p, q = source[chosen].astype(np.float64), target[chosen].astype(np.float64)
        w = np.ones(len(p)) if weights is None else weights[chosen].astype(np.float64)
        matrix, factor, residual = _fit(p, q, w, scale)
        fits.matrices[component] = matrix
        fits.scales[component], fits.residuals[component] = factor, residual
        fits.points.reshape(-1, 3)[chosen] = p @ matrix[:3, :3].T + matrix[:3, 3]


def _fit(p, q, w, with_scale):
    matrix = np.eye(4)
    if not w.sum() > 0.0:
        return matrix, 1.0, 0.0
    p_centre, q_centre = w @ p / w.sum(), w @ q / w.sum()
    p, q = p - p_centre, q - q_centre
    p_spread, q_spread = w @ (p * p).sum(axis=1), w @ (q * q).sum(axis=1)
    rotation, overlap = _best_rotation((p * w[:, None]).T @ q, np.sqrt(p_spread * q_spread))
    factor = overlap / p_spread if with_scale and p_spread > 0.0 else 1.0
    matrix[:3, :3] = factor * rotation
    matrix[:3, 3] = q_centre - matrix[:3, :3] @ p_centre
    left = q_spread + factor * (factor * p_spread - 2.0 * overlap)
    return matrix, factor, np.sqrt(max(left, 0.0) / w.sum())


def _best_rotation(h, size):
    """The rotation that maximises tr(R H), and that maximum."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = h
    horn = np.array(
        [
            [xx + yy + zz, yz - zy, zx - xz, xy - yx],
            [yz - zy, xx - yy - zz, xy + yx, zx + xz],
            [zx - xz, xy + yx, yy - xx - zz, yz + zy],
            [xy - yx, zx + xz, yz + zy, zz - xx - yy],
        ]
    )
    values, vectors = np.linalg.eigh(horn)
    best = vectors[:, values >= values[-1] - TIE * size]
    # Of the quaternions that fit equally well, the one that turns least: nearest to 1 0 0 0.
    for axis in np.eye(4):
        quaternion = best @ (best.T @ axis)
        if quaternion @ quaternion > 1e-12:
            break
    return _matrix_of(quaternion / np.linalg.norm(quaternion)), max(values[-1], 0.0)


def _matrix_of(quaternion):
    w, v = quaternion[0], quaternion[1:]
    skew = np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
    return (w * w - v @ v) * np.eye(3) + 2.0 * np.outer(v, v) + 2.0 * w * skew
