# SPDX-License-Identifier: GPL-3.0-or-later
"""Radial basis functions with a linear polynomial: the whole system, solved by NumPy in float64."""

import numpy as np

from ..errors import InvalidArgument

#: Distances that are held at a time.
BLOCK = 4_000_000

#: Condition numbers from which on no digit is right.
WORST_CONDITION = 1e16

#: What helps against both.
ADVICE = "take a smaller epsilon, a larger merge_distance or some smoothing"

#: Points flatter than this part of their extent count as flat.
FLAT = 1e-6

#: φ of r and ε, in the order of the kernels' numbers.
KERNELS = (
    lambda r, width: -np.sqrt(r * r + width * width),
    lambda r, width: -r,
    lambda r, width: r**3,
    lambda r, width: np.exp(-((r / width) ** 2)),
    lambda r, width: r * r * np.log(np.maximum(r, np.finfo(np.float64).tiny)),
    lambda r, width: np.maximum(1.0 - r / width, 0.0) ** 4 * (4.0 * r / width + 1.0),
)


def rbf_create(points, settings, progress):
    """An `Rbf` of checked points."""
    rbf = Rbf(points.astype(np.float64), settings)
    progress.advance(1.0)
    return rbf


class Rbf:
    """The distinct control points and their system.

    The polynomial's terms are 1 and the coordinates along those principal axes that the points
    extend along.
    """

    def __init__(self, points, settings):
        self._settings = settings
        self._groups, first = merge(points, settings["merge_distance"])
        self._members = np.bincount(self._groups)
        self._first = first
        self._points = points[first]
        self._center = self._points.mean(axis=0)
        spread, axes = np.linalg.svd(self._points - self._center, full_matrices=False)[1:]
        used = spread > FLAT * max(spread[0], np.finfo(np.float64).tiny)
        self._axes = (axes[used].T / spread[used]) * np.sqrt(len(self._points))
        matrix = self._kernel(self._points, self._points)
        matrix[np.diag_indices_from(matrix)] += settings["smoothing"] / self._members
        terms = self._terms(self._points)
        zero = np.zeros((terms.shape[1], terms.shape[1]))
        self._system = np.block([[matrix, terms], [terms.T, zero]])
        self._condition = np.linalg.cond(self._system, 1)
        # Written so that NaN is refused too.
        if not self._condition < WORST_CONDITION:
            raise InvalidArgument(
                "points",
                f"make a system with the condition number {self._condition:.1e}, expected one "
                f"below {WORST_CONDITION:.0e}: {ADVICE}",
            )

    def close(self):
        """Nothing to release."""

    def info(self):
        """Distinct points, and the condition number."""
        return len(self._points), float(self._condition)

    def fit(self, values, coefficients, progress):
        """Solves, and once more for what is left."""
        means = np.zeros((len(self._points), values.shape[1]))
        np.add.at(means, self._groups, values.astype(np.float64))
        means /= self._members[:, None]
        terms = self._axes.shape[1] + 1
        right = np.concatenate([means, np.zeros((terms, means.shape[1]))])
        solution = np.linalg.solve(self._system, right)
        solution += np.linalg.solve(self._system, right - self._system @ solution)
        residual = np.abs(right - self._system @ solution).max(initial=0.0)
        largest = np.abs(means).max(initial=0.0)
        if not residual <= 1e-6 * largest:
            raise InvalidArgument(
                "values",
                f"are met within {residual:.1e} only, of {largest:.1e} at most: the system is too "
                f"near to singular; {ADVICE}",
            )
        weights, polynomial = solution[: len(means)], solution[len(means) :]
        coefficients[...] = 0.0
        coefficients[self._first] = weights
        slope = self._axes @ polynomial[1:]
        coefficients[-4] = polynomial[0] - self._center @ slope
        coefficients[-3:] = slope
        progress.advance(1.0)

    def evaluate(self, coefficients, targets, out, progress):
        """Block by block."""
        weights = np.zeros((len(self._points), coefficients.shape[1]))
        np.add.at(weights, self._groups, coefficients[:-4])
        rows = out.reshape(len(targets), weights.shape[1])
        step = max(1, BLOCK // len(self._points))
        for begin in range(0, len(targets), step):
            block = targets[begin : begin + step].astype(np.float64)
            values = self._kernel(block, self._points) @ weights
            rows[begin : begin + step] = values + coefficients[-4] + block @ coefficients[-3:]
            progress.advance(min(1.0, (begin + step) / len(targets)))

    def _kernel(self, a, b):
        r = np.sqrt(sum((a[:, None, axis] - b[:, axis]) ** 2 for axis in range(3)))
        return KERNELS[self._settings["kernel"]](r, self._settings["epsilon"])

    def _terms(self, points):
        ones = np.ones((len(points), 1))
        return np.concatenate([ones, (points - self._center) @ self._axes], axis=1)


def merge(points, distance):
    """The group of each point, and the first point of each group.

    In the order of their indices, a point joins the first group whose first point is not farther
    than `distance`, or begins a group.
    """
    groups, first, cells = np.empty(len(points), np.int64), [], {}
    # A little more, so that rounding never puts near points two cells apart.
    keys = np.floor(points / (distance * 1.000001)) if distance > 0.0 else points + 0.0
    steps = [-1.0, 0.0, 1.0] if distance > 0.0 else [0.0]
    around = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    for index, (point, key) in enumerate(zip(points, keys)):
        near = [
            group
            for cell in map(tuple, (key + around).tolist())
            for group in cells.get(cell, ())
            if np.sqrt(((points[first[group]] - point) ** 2).sum()) <= distance
        ]
        if near:
            groups[index] = min(near)
        else:
            groups[index] = len(first)
            cells.setdefault(tuple(key.tolist()), []).append(len(first))
            first.append(index)
    return groups, np.array(first)
