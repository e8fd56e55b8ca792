"""What a second thread gives every kernel that takes over 5 ms: its time by one and by two.

usage: python benches/two_threads.py [--repeats N]

The 104,911-vertex outfit and its body. The fastest of several runs each by the clock, the two
counts in turns, so that other work on the machine hits both alike. The first rows are what the
machine itself gives two threads: large copies, which share the memory's bandwidth, and arithmetic
within the caches.
"""

import argparse
import sys
import threading
import time
from pathlib import Path

import numpy as np
from cpu_time import print_table

import blender_bridge as hemline

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "assets"))
import sample_assets

RADIUS = 0.02


def side_by_side(work):
    """`work` done twice: by one thread, or by two at once (NumPy lets go of the interpreter)."""

    def call(threads):
        if threads == 1:
            work()
            work()
            return
        second = threading.Thread(target=work)
        second.start()
        work()
        second.join()

    return call


def machine_rows():
    """(name, call(threads)) of the machine alone."""
    blocks = np.ones((2, 8_000_000), np.float32), np.ones(8_000_000, np.float32)
    turns = iter(range(1_000_000))

    def copy():
        np.copyto(blocks[0][next(turns) % 2], blocks[1])

    cached = np.linspace(0.0, 1.0, 4_000)

    def compute():
        values = cached.copy()
        for _ in range(300):
            np.sin(values, out=values)

    yield "machine: copies of 32 MB", side_by_side(copy)
    yield "machine: sines of 32 KB", side_by_side(compute)


def kernels():
    """(name, call()) of hemline's kernels."""
    body, rig = sample_assets.load_body("a"), sample_assets.load_rig("a")
    outfit = sample_assets.make_outfit("large")
    mesh = sample_assets.join(outfit)
    points, triangles, skin = mesh.positions, mesh.triangles, rows_of(mesh)
    edges = mesh.edges
    surface = hemline.Surface(body.positions, body.triangles)
    source = body.positions, body.triangles, rows_of(body)
    dense = np.random.default_rng(1).random((len(points), 30), np.float32)
    wide = skin.to_dense()

    yield "surface", lambda: hemline.Surface(*source[:2])
    yield "closest points", lambda: surface.closest_points(points)
    yield "transfer of weights", lambda: hemline.transfer_weights(surface, source[2], points)
    yield "robust transfer", lambda: hemline.robust_transfer_weights(*source, points, triangles)
    yield "inpaint mask", lambda: hemline.inpaint_mask(surface, points, triangles, edges)
    yield "smooth mask", lambda: hemline.smooth_mask(surface, points, triangles, edges)
    yield "penetration", lambda: hemline.penetration(points, surface)
    yield "penetration repair", lambda: hemline.repair_penetration(points, surface)
    yield "point index", lambda: hemline.PointIndex(points, cached=False)
    index = hemline.PointIndex(points)
    yield "1 nearest", lambda: index.nearest(points)
    yield "8 nearest", lambda: index.k_nearest(points, 8)
    for radius in (0.0127, RADIUS):
        yield f"radius graph {radius} m", lambda r=radius: neighbor_lists(points, r)
        yield (
            f"smoothing {radius} m, 30 dense channels × 3",
            lambda r=radius: smoothed(points, dense, r),
        )
        yield (
            f"smoothing {radius} m, 52 skin groups × 3",
            lambda r=radius: smoothed(points, wide, r),
        )
    yield "maximum filter", lambda: hemline.max_filter(points, dense[:, :4], radius=RADIUS)
    yield (
        "edge smoothing, 30 channels × 3",
        lambda: hemline.smooth_weights_on_edges(edges, dense, iterations=3),
    )
    pieces = [hemline.SeamMesh(piece.positions, piece.edges, rows_of(piece)) for piece in outfit]
    yield "seams", lambda: hemline.find_seams(pieces)
    yield from deformation_kernels(points, triangles)
    stage = [hemline.OutfitPiece(p.positions, p.triangles, weights=rows_of(p)) for p in outfit]
    mirror = hemline.pair_sides(rig.group_names).astype(np.int64)
    mirror[mirror == hemline.NO_INDEX] = -1
    yield "weight stage", lambda: hemline.weight_stage(*source, stage, mirror=mirror)


def deformation_kernels(points, triangles):
    """(name, call()) of what moves vertices."""
    random = np.random.default_rng(2)
    samples = random.uniform(points.min(axis=0), points.max(axis=0), (50_000, 3)).astype(np.float32)
    field = hemline.DeformationField(samples, np.float32(0.05) * random.random((50_000, 3), "f4"))
    yield "field, k = 8, 50k samples", lambda: field.apply(points)
    yield "self-intersections", lambda: hemline.intersecting_triangles(points, triangles)
    centres, values = samples[::25], random.random((2_000, 3), np.float32)
    rbf = hemline.RbfInterpolator(centres, kernel="biharmonic", solver="direct")
    yield (
        "radial basis functions, 2,000: fit",
        lambda: hemline.RbfInterpolator(centres, kernel="biharmonic", solver="direct").fit(values),
    )
    coefficients = rbf.fit(values)
    yield (
        "radial basis functions, 2,000: evaluate",
        lambda: rbf.evaluate(coefficients, points[:20_000]),
    )


def rows_of(mesh):
    """The mesh's weights."""
    skin = mesh.skin
    return hemline.SparseWeights(skin.offsets, skin.groups, skin.weights, skin.group_count)


def neighbor_lists(points, radius):
    """Graph and lists, nothing from the cache."""
    with hemline.RadiusGraph(points, radius, cached=False) as graph:
        return graph.neighbors(distances=False)


def smoothed(points, weights, radius):
    """Graph, operator and three iterations, nothing from the cache."""
    with hemline.RadiusGraph(points, radius, cached=False) as graph:
        return hemline.smooth_weights(graph, weights, iterations=3)


def with_threads(call):
    """The kernel by this many threads."""

    def by(threads):
        hemline.set_thread_count(threads)
        call()

    return by


def fastest(call, repeats):
    """Milliseconds of the fastest runs by one thread and by two."""
    best = {1: float("inf"), 2: float("inf")}
    for _ in range(repeats):
        for threads in best:
            start = time.perf_counter()
            call(threads)
            best[threads] = min(best[threads], 1000 * (time.perf_counter() - start))
    return best[1], best[2]


def main():
    """One table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    measured = list(machine_rows()) + [(name, with_threads(call)) for name, call in kernels()]
    rows = []
    for name, call in measured:
        one, two = fastest(call, repeats)
        rows.append([name, f"{one:.1f}", f"{two:.1f}", f"{one / two:.2f}×"])
    print_table("Milliseconds by the clock", ["kernel", "one thread", "two", "gain"], rows)


if __name__ == "__main__":
    main()
