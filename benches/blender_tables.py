"""The published tables of the existing retargeting scripts, measured again, with hemline beside.

usage: python benches/blender_tables.py [--repeats N] [--only extraction|transformation|…]

Their authors timed vertex extraction, matrix transformation, both together, and the smoothing of
one vertex group within a radius. The ways are written here from those descriptions; "published" is
the authors' own figure (wall milliseconds on their machine). Ours are CPU milliseconds, medians,
in real Blender, on outfits of 10k, 29k and 105k vertices.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(ROOT / "tests" / "blender")]
sys.path.insert(0, str(ROOT / "benches"))

import sample_assets  # noqa: E402
from cpu_time import median_cpu_ms, print_table  # noqa: E402
from scenes import add_object  # noqa: E402

import blender_bridge as hemline  # noqa: E402
from blender_bridge.blender import mesh_io  # noqa: E402

NUMBA = "numba==0.61.2"
NUMBA_FOLDER = ROOT / "target" / "bench-packages"
RADIUS = 0.02
SIGMA = RADIUS / 3


class Sheet:
    """A table under construction: one row for each way, one column for each outfit size."""

    def __init__(self, title, repeats):
        self.title, self.repeats, self.rows = title, repeats, {}

    def time(self, way, call, published=""):
        """Adds the median CPU milliseconds of ``call()`` to the row ``way``."""
        milliseconds, _ = median_cpu_ms(call, None, self.repeats)
        self.rows.setdefault(way, ([], published))[0].append(milliseconds)
        return milliseconds

    def show(self, header):
        """Prints the table."""
        rows = [
            (way, *(f"{ms:,.2f}" for ms in times), published)
            for way, (times, published) in self.rows.items()
        ]
        print_table(self.title, ("CPU ms", *header, "published"), rows)


def extraction(sheet, obj, _weights):
    """Vertex coordinates as an array."""
    mesh = obj.data
    out = np.empty((len(mesh.vertices), 3), np.float32)
    sheet.time("list of `v.co`", lambda: np.array([v.co for v in mesh.vertices]), "25.51 at 100k")

    def foreach():
        coordinates = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", coordinates)
        return coordinates.reshape(-1, 3)

    sheet.time("`vertices.foreach_get`", foreach, "1.82 at 100k")
    sheet.time("hemline `read_positions`", lambda: mesh_io.read_positions(mesh, out=out))


def transformation(sheet, obj, _weights):
    """Points through a 4 by 4 matrix."""
    positions = mesh_io.read_positions(obj.data)
    vectors = [vertex.co.copy() for vertex in obj.data.vertices]
    matrix = obj.matrix_world
    array = mesh_io.world_matrix(obj)
    out = np.empty_like(positions)
    sheet.time("loop `matrix @ v`", lambda: [matrix @ v for v in vectors], "302 at 100k")
    sheet.time("NumPy batch", lambda: numpy_batch(array, positions), "1.82 at 100k")
    sheet.time(
        "hemline `transform_points`", lambda: hemline.transform_points(array, positions, out=out)
    )


def combined(sheet, obj, _weights):
    """World-space vertex coordinates from the mesh."""
    mesh, matrix = obj.data, obj.matrix_world
    out = np.empty((len(mesh.vertices), 3), np.float32)
    sheet.time(
        "loop `matrix @ v.co`",
        lambda: np.array([matrix @ v.co for v in mesh.vertices]),
        "229.76 at 100k",
    )

    def batch():
        coordinates = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", coordinates)
        return numpy_batch(np.array(obj.matrix_world), coordinates.reshape(-1, 3))

    sheet.time("`foreach_get` and NumPy batch", batch, "11.76 at 100k")

    def ours():
        mesh_io.read_positions(mesh, out=out)
        return hemline.transform_points(mesh_io.world_matrix(obj), out, out=out)

    sheet.time("hemline", ours)


def smoothing(sheet, obj, weights):
    """One vertex group smoothed by a gaussian within 0.02 m; the last rows: three iterations."""
    points = mesh_io.read_positions(obj.data)
    numba_sums = compile_numba_sums()

    def per_vertex():
        tree = cKDTree(points)
        return mean_by_loop(points, weights, (tree.query_ball_point(p, RADIUS) for p in points))

    def with_numba():
        tree = cKDTree(points)
        neighbors = tree.query_ball_point(points, RADIUS)
        counts = np.fromiter(map(len, neighbors), np.int64, len(neighbors))
        return numba_sums(points, weights, np.concatenate(neighbors), np.cumsum(counts), SIGMA)

    def ball_tree():
        tree = cKDTree(points)
        return mean_by_loop(points, weights, tree.query_ball_tree(tree, RADIUS))

    def three_rebuilt():
        smoothed = weights
        for _ in range(3):
            tree = cKDTree(points)
            neighbors = (tree.query_ball_point(p, RADIUS) for p in points)
            smoothed = mean_by_loop(points, smoothed, neighbors)
        return smoothed

    def three_shared():
        tree, smoothed = cKDTree(points), weights
        neighbors = [tree.query_ball_point(p, RADIUS) for p in points]
        for _ in range(3):
            smoothed = mean_by_loop(points, smoothed, neighbors)
        return smoothed

    def ours(iterations):
        hemline.cache_clear()
        return hemline.smooth_weights(
            points, weights[:, None], radius=RADIUS, iterations=iterations
        )[:, 0]

    agree(per_vertex(), ours(1))
    agree(three_shared(), ours(3))
    best = min(
        sheet.time("loop, KD-tree query for each vertex", per_vertex, "2,274 at 30k"),
        sheet.time("the same, sums in numba", with_numba, "1,837 at 30k"),
        sheet.time("`query_ball_tree`", ball_tree, "2,196 at 30k"),
    )
    ours_ms = sheet.time("hemline, empty cache", lambda: ours(1))
    print(f"{len(points)} vertices: hemline {best / ours_ms:,.0f} times the best of the others")
    sheet.time("three iterations, tree rebuilt", three_rebuilt, "6,728 at 30k")
    sheet.time("three iterations, shared", three_shared, "4,682 at 30k")
    sheet.time("hemline, three iterations, empty cache", lambda: ours(3))


TABLES = {table.__name__: table for table in (extraction, transformation, combined, smoothing)}


def numpy_batch(matrix, points):
    """Homogeneous coordinates times the matrix."""
    homogeneous = np.ones((len(points), 4), np.float64)
    homogeneous[:, :3] = points
    return (homogeneous @ matrix.T)[:, :3]


def mean_by_loop(points, weights, neighbors_of):
    """The gaussian mean, vertex by vertex."""
    smoothed = np.empty_like(weights)
    for vertex, neighbors in enumerate(neighbors_of):
        distances = np.linalg.norm(points[neighbors] - points[vertex], axis=1)
        kernel = np.exp(-(distances**2) / (2 * SIGMA**2))
        smoothed[vertex] = np.dot(kernel, weights[neighbors]) / kernel.sum()
    return smoothed


def compile_numba_sums():
    """The gaussian mean over neighbour lists as a compiled function."""
    NUMBA_FOLDER.mkdir(parents=True, exist_ok=True)
    sys.path.append(str(NUMBA_FOLDER))
    try:
        import numba
    except ImportError:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(NUMBA_FOLDER)]
        subprocess.run([*pip, "--no-deps", NUMBA, "llvmlite==0.44.0"], check=True)
        import numba

    @numba.njit
    def sums(points, weights, neighbors, ends, sigma):
        smoothed = np.empty_like(weights)
        first = 0
        for vertex in range(len(weights)):
            total = weighted = 0.0
            for neighbor in neighbors[first : ends[vertex]]:
                squared = 0.0
                for axis in range(3):
                    squared += (points[neighbor, axis] - points[vertex, axis]) ** 2
                kernel = np.exp(-squared / (2 * sigma**2))
                total += kernel
                weighted += kernel * weights[neighbor]
            smoothed[vertex] = weighted / total
            first = ends[vertex]
        return smoothed

    some = np.zeros((1, 3), np.float32)
    sums(some, np.zeros(1, np.float32), np.zeros(1, np.int64), np.ones(1, np.int64), SIGMA)
    return sums


def agree(theirs, ours):
    """Both must compute the same before their times are compared."""
    np.testing.assert_allclose(ours, theirs, atol=2e-6)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=TABLES, help="one table")
    parser.add_argument("--sizes", nargs="+", default=sample_assets.SIZES)
    arguments = parser.parse_args(
        sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    )
    hemline.set_thread_count(1)
    status = hemline.status()
    print(f"Blender {bpy.app.version_string}; hemline {status.backend}, {status.threads} threads")
    chosen = [arguments.only] if arguments.only else list(TABLES)
    sheets = {name: Sheet(TABLES[name].__doc__, arguments.repeats) for name in chosen}
    header = []
    for size in arguments.sizes:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        outfit = sample_assets.join(sample_assets.make_outfit(size))
        obj = add_object(outfit)
        obj.matrix_world = Matrix.Translation((0.1, 0.2, 0.3)) @ Matrix.Rotation(0.5, 4, "Z")
        bpy.context.view_layer.update()
        weights = outfit.skin.to_dense()[:, 0].astype(np.float32)
        for name, sheet in sheets.items():
            TABLES[name](sheet, obj, weights)
        header.append(f"{len(outfit.positions):,}")
    for sheet in sheets.values():
        sheet.show(header)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
