"""Affine transform of 100k points beside a plain copy of them and a loop compiled by numba.

usage: python benches/transforms.py

Medians of wall microseconds on one thread, the call from Python included; buffers are reused.
"""

import statistics
import time

import numba
import numpy as np
from cpu_time import print_table

import blender_bridge as hemline

POINTS, REPEATS = 100_000, 2000


def median_us(call):
    """Median wall microseconds: process time has too coarse a clock for calls this short."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        times.append(1e6 * (time.perf_counter() - start))
    return statistics.median(times)


@numba.njit
def transform_by_numba(matrix, points, out):
    """The same, point by point."""
    for i in range(len(points)):
        x, y, z = points[i]
        for row in range(3):
            a, b, c, t = matrix[row]
            out[i, row] = a * x + b * y + c * z + t


def main():
    """float32 and float64, to an output and in place; normals."""
    hemline.set_thread_count(1)
    random = np.random.default_rng(1)
    rows = []
    for dtype in (np.float32, np.float64):
        matrix = np.eye(4, dtype=dtype)
        # An orthogonal matrix: in place, two thousand times over, nothing grows or vanishes.
        matrix[:3, :3] = np.linalg.qr(random.normal(size=(3, 3)))[0]
        points = random.uniform(-1, 1, (POINTS, 3)).astype(dtype)
        out, own = np.empty_like(points), points.copy()
        hemline.transform_points(matrix, points, out=out)
        expected = np.empty_like(points)
        transform_by_numba(matrix, points, expected)
        assert np.abs(out - expected).max() < 1e-6
        copy = median_us(lambda p=points, o=out: np.copyto(o, p))
        calls = {
            "numba": lambda m=matrix, p=points, o=out: transform_by_numba(m, p, o),
            "hemline": lambda m=matrix, p=points, o=out: hemline.transform_points(m, p, out=o),
            "hemline, in place": lambda m=matrix, p=own: hemline.transform_points(m, p, out=p),
            "hemline, normals": lambda m=matrix, p=points, o=out: hemline.transform_normals(
                m, p, out=o
            ),
        }
        name = np.dtype(dtype).name
        rows.append([f"plain copy, {name}", f"{copy:.0f}", "1"])
        for call, function in calls.items():
            taken = median_us(function)
            rows.append([f"{call}, {name}", f"{taken:.0f}", f"{taken / copy:.2f}"])
    header = ["100k points", "µs", "times the copy"]
    print_table("Affine transforms: wall µs, one thread", header, rows)


if __name__ == "__main__":
    main()
