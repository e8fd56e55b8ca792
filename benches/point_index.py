"""1 and 8 nearest of the large outfit's vertices among themselves, beside nanoflann and SciPy.

usage: python benches/point_index.py

CPU time of one thread; building each index is timed apart, and whatever a query sorts or copies
counts. All must agree on the distances. kiddo, a Rust crate, is in ``bench peers``.
"""

import sys
from pathlib import Path

import numpy as np
import pynanoflann
from cpu_time import median_cpu_ms, print_table
from scipy.spatial import cKDTree

import blender_bridge

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "assets"))
import sample_assets


def hemline(points):
    """Build time, and k ↦ distances."""
    build, index = median_cpu_ms(lambda: blender_bridge.PointIndex(points, cached=False))
    return build, lambda k: index.k_nearest(points, k).distances


def nanoflann(points):
    """The same by nanoflann, through pynanoflann, in f32."""

    def make():
        tree = pynanoflann.KDTree(n_neighbors=8, metric="L2", leaf_size=10)
        tree.fit(points)
        return tree

    build, tree = median_cpu_ms(make)
    return build, lambda k: tree.kneighbors(points, n_neighbors=k)[0]


def scipy(points):
    """The same by SciPy, whose coordinates are float64."""
    wide = points.astype(np.float64)
    build, tree = median_cpu_ms(lambda: cKDTree(wide))
    return build, lambda k: tree.query(wide, k)[0].reshape(len(wide), k)


def main():
    """Prints the table."""
    blender_bridge.set_thread_count(1)
    outfit = sample_assets.join(sample_assets.make_outfit("large"))
    points = np.ascontiguousarray(outfit.positions)
    rows, ours, distances = [], {}, {}
    for contestant in (hemline, nanoflann, scipy):
        build, query = contestant(points)
        cells = []
        for k in (1, 8):
            time, found = median_cpu_ms(lambda k=k, query=query: query(k))
            reference = distances.setdefault(k, found.reshape(len(points), k))
            difference = np.abs(found.reshape(len(points), k) - reference).max()
            assert difference < 1e-6, f"{contestant.__name__} is {difference} m off"
            cells += [f"{time:.1f}", f"{time / ours.setdefault(k, time):.2f}×"]
        rows.append((contestant.__name__, f"{build:.1f}", *cells))
    title = f"nearest of {len(points)} points among themselves, CPU ms"
    print_table(title, ("", "build", "1 nearest", "ratio", "8 nearest", "ratio"), rows)


if __name__ == "__main__":
    main()
