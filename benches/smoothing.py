"""Radius graph, radius smoothing and edge smoothing beside SciPy in the same run.

usage: python benches/smoothing.py [--repeats N]

CPU milliseconds on one thread, medians; graph and operator are built anew in every repetition.
Beside them the wall time of one thread over that of two, which only an unloaded machine shows, and
the memory that the call took at its peak beyond what was there before. Cost follows the number of
pairs within the radius: besides the radii in use there are those of 10.5 and 68 million pairs.
"""

import argparse
import sys
import threading
import time
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(ROOT / "benches")]

import sample_assets  # noqa: E402
from cpu_time import median_cpu_ms, print_table  # noqa: E402

import blender_bridge as hemline  # noqa: E402

CHANNELS = 30
ITERATIONS = 3
#: Radii of each outfit, metres; (radius, whether SciPy can hold its pairs in a few GB).
CASES = {
    "medium": [(0.02, True), (0.05, True)],
    "large": [(0.0127, True), (0.02, True), (0.0322, True), (0.05, False)],
}


def scipy_operator(points, radius):
    """The gaussian smoothing operator as a row-stochastic CSR matrix, float32."""
    pairs = cKDTree(points).query_pairs(radius, output_type="ndarray")
    squared = np.sum((points[pairs[:, 0]] - points[pairs[:, 1]]) ** 2, axis=1)
    kernel = np.exp(-4.5 / radius**2 * squared)
    half = coo_array((kernel, (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    full = csr_array(half + half.T + diags_array(np.ones(len(points))))
    return csr_array(diags_array(1.0 / full.sum(axis=1)) @ full, dtype=np.float32)


def scipy_smooth(points, radius, weights):
    """Smoothing as a product with that operator, its construction included."""
    operator = scipy_operator(points, radius)
    for _ in range(ITERATIONS):
        weights = operator @ weights
    return weights


def scipy_smooth_on_edges(edges, weights, factor=0.5):
    """Edge smoothing without expansion, as a product with the normalised adjacency."""
    ends = np.concatenate([edges, edges[:, ::-1]])
    shape = (len(weights), len(weights))
    adjacency = csr_array((np.ones(len(ends), np.float32), (ends[:, 0], ends[:, 1])), shape=shape)
    degree = adjacency.sum(axis=1)
    mean = csr_array(diags_array(1.0 / np.maximum(degree, 1)) @ adjacency, dtype=np.float32)
    alone = (degree == 0)[:, None]
    for _ in range(ITERATIONS):
        moved = factor * (mean @ weights) + (1 - factor) * weights
        weights = np.where(alone, weights, moved)
    return weights


def resident_bytes():
    """Memory of this process now; Linux only, 0 elsewhere."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    except OSError:
        return 0


def extra_memory(call):
    """Bytes that `call` took at its peak beyond what was there before, sampled every ms."""
    before = peak = resident_bytes()
    over = threading.Event()

    def watch():
        nonlocal peak
        while not over.wait(0.001):
            peak = max(peak, resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    call()
    over.set()
    watcher.join()
    return peak - before


def best_wall(call, threads, repeats):
    """Seconds of the fastest of some calls with so many threads."""
    hemline.set_thread_count(threads)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    hemline.set_thread_count(1)
    return min(times)


def row(name, ours, theirs, error, call, repeats):
    """One line of the table; the peer's result is also the reference, `call` runs ours."""
    speed_up = best_wall(call, 1, repeats) / best_wall(call, 2, repeats)
    memory = extra_memory(call) / 2**20
    ratio = ("-", "-") if theirs is None else (f"{theirs:.1f}", f"{theirs / ours:.1f}×")
    return [name, f"{ours:.1f}", *ratio, error, f"{speed_up:.2f}×", f"{memory:.0f}"]


def graph_row(points, radius, repeats):
    """All pairs in both directions, sorted, against SciPy's unsorted pairs in one; no distances."""

    def call():
        with hemline.RadiusGraph(points, radius, cached=False) as graph:
            return graph.neighbors(distances=False)

    ours, neighbors = median_cpu_ms(call, repeats=repeats)
    tree = cKDTree(points)
    theirs, pairs = median_cpu_ms(
        lambda: tree.query_pairs(radius, output_type="ndarray"), repeats=repeats
    )
    found, expected = len(neighbors.indices), 2 * len(pairs) + len(points)
    name = f"radius graph {radius} m, {found:,} pairs; query_pairs"
    return row(name, ours, theirs, f"{abs(found - expected)} pairs", call, repeats)


def smoothing_row(points, weights, radius, what, repeats, with_peer):
    """Graph, operator and all iterations."""

    def call():
        with hemline.RadiusGraph(points, radius, cached=False) as graph:
            return hemline.smooth_weights(graph, weights, iterations=ITERATIONS)

    ours, result = median_cpu_ms(call, repeats=repeats)
    name = f"smoothing {radius} m, {what} × {ITERATIONS}; CSR"
    if not with_peer:
        return row(name, ours, None, "-", call, repeats)
    theirs, reference = median_cpu_ms(
        lambda: scipy_smooth(points.astype(np.float64), radius, weights), repeats=1
    )
    return row(name, ours, theirs, f"{np.abs(result - reference).max():.0e}", call, repeats)


def edge_row(mesh, weights, repeats):
    """53 channels along the edges."""

    def call():
        return hemline.smooth_weights_on_edges(mesh.edges, weights, iterations=ITERATIONS)

    ours, result = median_cpu_ms(call, repeats=repeats)
    theirs, reference = median_cpu_ms(
        lambda: scipy_smooth_on_edges(mesh.edges, weights), repeats=repeats
    )
    name = f"edge smoothing, {weights.shape[1]} groups × {ITERATIONS}; CSR"
    return row(name, ours, theirs, f"{np.abs(result - reference).max():.0e}", call, repeats)


def main():
    """Prints one table for each size of outfit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    hemline.set_thread_count(1)
    print(hemline.status())
    random = np.random.default_rng(1)
    for size in CASES:
        mesh = sample_assets.join(sample_assets.make_outfit(size))
        points = np.ascontiguousarray(mesh.positions, np.float32)
        dense = random.random((len(points), CHANNELS), np.float32)
        skin = mesh.skin.to_dense(np.float32)
        rows = []
        for radius, with_peer in CASES[size]:
            if with_peer:
                rows.append(graph_row(points, radius, options.repeats))
            kinds = [(dense, f"{CHANNELS} dense channels"), (dense[:, :1], "one channel")]
            kinds.append((skin, f"{skin.shape[1]} skin groups"))
            for weights, what in kinds:
                weights = np.ascontiguousarray(weights)
                rows.append(
                    smoothing_row(points, weights, radius, what, options.repeats, with_peer)
                )
        rows.append(edge_row(mesh, random.random((len(points), 53), np.float32), options.repeats))
        header = ["task; peer", "hemline ms", "SciPy ms", "ratio", "difference"]
        header += ["two threads", "extra MiB"]
        print_table(f"{len(points):,} vertices", header, rows)


if __name__ == "__main__":
    main()
