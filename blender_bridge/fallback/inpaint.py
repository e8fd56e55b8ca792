# SPDX-License-Identifier: GPL-3.0-or-later
"""The smoothest extension of skin weights over a mesh.

The minimum of `wᵀ (−L + L M⁻¹ L) w + Σ m c (w − w⁰)²` with fixed vertices F: the unknown ones U
solve `(Q_UU + M C) w_U = M C w⁰ − Q_UF w_F`.
"""

from __future__ import annotations

import numpy as np

from .laplacian import Entries, connected, laplacian
from .scipy_support import scipy_module

#: Without SciPy, as many unknowns are solved as a dense system, more by conjugate gradients.
DENSE_UNKNOWNS = 2000

#: Relative residual at which conjugate gradients end.
TOLERANCE = 1e-9


def weight_inpainter(points, triangles, fixed, confidence, progress):
    """A `WeightInpainter` of a mesh."""
    progress.advance(0.0)
    inpainter = WeightInpainter(*laplacian(points, triangles.astype(np.int64)), fixed, confidence)
    progress.advance(1.0)
    return inpainter


class WeightInpainter:
    """The system of one mesh and one choice of fixed vertices."""

    def __init__(self, matrix, mass, fixed, confidence):
        count = len(mass)
        unknown = fixed == 0
        rows = matrix.where(unknown[matrix.row])
        squares = rows.times(1.0 / mass, matrix)
        energy = Entries.summed(
            *(np.concatenate(pair) for pair in zip(squares, (rows.row, rows.column, -rows.value))),
            count,
        )
        data = np.zeros(count) if confidence is None else mass * np.maximum(confidence, 0.0)
        inner = energy.where(unknown[energy.column])
        outer = energy.where(~unknown[energy.column])
        group = connected(np.stack([inner.row, inner.column], axis=1), count)
        reached = np.zeros(count, bool)
        reached[group[outer.row]] = True
        reached[group[unknown & (data > 0.0)]] = True
        self.mask = unknown & ~reached[group]
        self.unknowns = np.flatnonzero(unknown & reached[group])
        number = np.full(count, -1)
        number[self.unknowns] = np.arange(len(self.unknowns))
        inner = inner.where(number[inner.row] >= 0)
        self.data = data[self.unknowns]
        self.outer = outer._replace(row=number[outer.row])
        self.system = Entries.summed(
            np.concatenate([number[inner.row], np.arange(len(self.unknowns))]),
            np.concatenate([number[inner.column], np.arange(len(self.unknowns))]),
            np.concatenate([inner.value, self.data]),
            len(self.unknowns),
        )
        self.solve = factorised(self.system)

    def close(self):
        """Nothing to release."""

    def inpaint(self, weights, progress):
        """Replaces the rows of the unknown vertices, in place."""
        progress.advance(0.0)
        known = weights.astype(np.float64)
        right = self.data[:, None] * known[self.unknowns]
        np.subtract.at(right, self.outer.row, self.outer.value[:, None] * known[self.outer.column])
        solution = self.solve(right)
        progress.advance(1.0)
        weights[self.unknowns] = solution

    def unreached(self, mask):
        """1 for the vertices that nothing reaches."""
        mask[...] = self.mask


def factorised(system):
    """A function that solves a symmetric positive definite system for many right-hand sides."""
    if not system.size:
        return lambda right: right
    sparse, solvers = scipy_module("sparse"), scipy_module("sparse.linalg")
    if sparse is not None and solvers is not None:
        places = (system.row, system.column)
        matrix = sparse.csc_matrix((system.value, places), shape=(system.size, system.size))
        return solvers.splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0).solve
    if system.size <= DENSE_UNKNOWNS:
        dense = np.zeros((system.size, system.size))
        dense[system.row, system.column] = system.value
        return lambda right: np.linalg.solve(dense, right)
    return lambda right: conjugate_gradients(system, right)


def conjugate_gradients(system, right):
    """Solves by conjugate gradients with the diagonal as preconditioner, all columns at once."""
    starts = system.offsets[:-1]
    diagonal = system.value[system.row == system.column][:, None]

    def product(columns):
        return np.add.reduceat(system.value[:, None] * columns[system.column], starts, axis=0)

    solution = np.zeros_like(right)
    residual = right.copy()
    direction = residual / diagonal
    energy = np.einsum("ij,ij->j", residual, direction)
    goal = TOLERANCE**2 * energy
    for _ in range(20 * system.size):
        if (energy <= goal).all():
            break
        moved = product(direction)
        curvature = np.einsum("ij,ij->j", direction, moved)
        step = np.divide(energy, curvature, out=np.zeros_like(energy), where=curvature > 0.0)
        solution += step * direction
        residual -= step * moved
        scaled = residual / diagonal
        previous, energy = energy, np.einsum("ij,ij->j", residual, scaled)
        share = np.divide(energy, previous, out=np.zeros_like(energy), where=previous > 0.0)
        direction = scaled + share * direction
    return solution
