"""Seams, propagation, merged groups and sides beside plain Python loops and NumPy/SciPy.

usage: python benches/bookkeeping.py [--size small|medium|large] [--repeats N]

CPU milliseconds on one thread, medians; the loops run once. The loops work as Blender scripts do:
one vertex at a time, a k-d tree asked per vertex, weights in dictionaries. Every peer must find the
same.
The seams' set is the outfit with its gloves and socks a second time, 0.05 mm away.
"""

import argparse
import math
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(ROOT / "benches")]

import sample_assets  # noqa: E402
from cpu_time import median_cpu_ms, print_table  # noqa: E402

import blender_bridge as hemline  # noqa: E402
from blender_bridge.side_names import Side, group_sides, pair_sides  # noqa: E402

DISTANCE, COSINE, SIMILARITY = 1e-4, math.cos(math.radians(3.0)), 0.9
THRESHOLD = 0.01


def rows_of(skin):
    """The sample's skin weights as hemline's."""
    return hemline.SparseWeights(skin.offsets, skin.groups, skin.weights, skin.group_count)


def seam_set(size):
    """The outfit, its gloves and socks twice."""
    outfit = sample_assets.make_outfit(size)
    shifted = [
        replace(piece, positions=piece.positions + np.float32(5e-5) * piece.normals)
        for piece in outfit
        if piece.name in ("gloves", "socks")
    ]
    return sample_assets.join(outfit + shifted)


def dictionaries(skin):
    """Weights as scripts hold them: a dictionary for each vertex."""
    rows = np.split(np.arange(len(skin.groups)), skin.offsets[1:-1])
    groups, weights = skin.groups.tolist(), skin.weights.tolist()
    return [{groups[entry]: weights[entry] for entry in row} for row in rows]


def neighbor_lists(edges, count):
    """Neighbours of each vertex along edges."""
    neighbors = [[] for _ in range(count)]
    for a, b in edges.tolist():
        neighbors[a].append(b)
        neighbors[b].append(a)
    return neighbors


def loop_flags(points, edges, skin):
    """Whether each vertex is on a seam, vertex by vertex."""
    weights, neighbors = dictionaries(skin), neighbor_lists(edges, len(points))
    tree = cKDTree(points)
    coordinates = points.tolist()

    def directions(vertex):
        x, y, z = coordinates[vertex]
        found = []
        for neighbor in neighbors[vertex]:
            u, v, w = coordinates[neighbor]
            length = math.sqrt((u - x) ** 2 + (v - y) ** 2 + (w - z) ** 2)
            if length > 0.0:
                found.append(((u - x) / length, (v - y) / length, (w - z) / length))
        return found

    def joined(a, b):
        groups = set(weights[a]) | set(weights[b])
        differences = [abs(weights[a].get(g, 0.0) - weights[b].get(g, 0.0)) for g in groups]
        if differences and 1.0 - sum(differences) / len(differences) < SIMILARITY:
            return False
        others = directions(b)
        for u in directions(a):
            for v in others:
                if abs(u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) >= COSINE:
                    return True
        return False

    flags = []
    for vertex, point in enumerate(coordinates):
        near = tree.query_ball_point(point, DISTANCE)
        flags.append(any(other != vertex and joined(vertex, other) for other in near))
    return np.array(flags)


def numpy_flags(points, edges, skin):
    """The same with arrays of pairs."""
    a, b = cKDTree(points).query_pairs(DISTANCE, output_type="ndarray").T
    shape = (len(points), skin.group_count)
    rows = csr_array((skin.weights, skin.groups.astype(np.int64), skin.offsets), shape=shape)
    used = csr_array((np.ones_like(skin.weights), rows.indices, rows.indptr), shape=shape)
    mean = abs(rows[a] - rows[b]).sum(axis=1) / np.maximum(np.diff((used[a] + used[b]).indptr), 1)
    a, b = a[1.0 - mean >= SIMILARITY], b[1.0 - mean >= SIMILARITY]
    ends = np.concatenate([edges, edges[:, ::-1]]).astype(np.int64)
    spans = points[ends[:, 1]].astype(np.float64) - points[ends[:, 0]]
    lengths = np.linalg.norm(spans, axis=1)
    proper = lengths > 0.0
    vertex, direction = ends[proper, 0], spans[proper] / lengths[proper, None]
    order = np.argsort(vertex, kind="stable")
    vertex, direction = vertex[order], direction[order]
    starts = np.searchsorted(vertex, np.arange(len(points) + 1))
    of_a, of_b = np.diff(starts)[a], np.diff(starts)[b]
    combinations = of_a * of_b
    pair = np.repeat(np.arange(len(a)), combinations)
    number = np.arange(len(pair)) - np.repeat(np.cumsum(combinations) - combinations, combinations)
    one = direction[starts[a][pair] + number // of_b[pair]]
    two = direction[starts[b][pair] + number % of_b[pair]]
    joined = np.unique(pair[np.abs(np.einsum("ij,ij->i", one, two)) >= COSINE])
    flags = np.zeros(len(points), bool)
    flags[a[joined]] = flags[b[joined]] = True
    return flags


def loop_propagate(points, edges, skin):
    """Weights for vertices that have none, wave by wave, vertex by vertex; dictionaries."""
    weights, neighbors = dictionaries(skin), neighbor_lists(edges, len(points))
    coordinates = points.tolist()
    waiting = [vertex for vertex, row in enumerate(weights) if not row]
    while waiting:
        found = []
        for vertex in waiting:
            best, nearest = None, math.inf
            for neighbor in neighbors[vertex]:
                distance = math.dist(coordinates[vertex], coordinates[neighbor])
                if weights[neighbor] and (distance, neighbor) < (nearest, best or 0):
                    best, nearest = neighbor, distance
            if best is not None:
                found.append((vertex, dict(weights[best])))
        if not found:
            break
        for vertex, row in found:
            weights[vertex] = row
        waiting = [vertex for vertex in waiting if not weights[vertex]]
    mean = {}
    weighted = [row for vertex, row in enumerate(dictionaries(skin)) if row]
    for row in weighted if waiting else ():
        for group, weight in row.items():
            mean[group] = mean.get(group, 0.0) + weight / len(weighted)
    for vertex in waiting:
        weights[vertex] = mean
    return weights


def numpy_propagate(points, edges, skin):
    """The same with arrays, wave by wave; the source of each vertex, -1 for none."""
    weighted = np.diff(skin.offsets.astype(np.int64)) > 0
    sources = np.where(weighted, np.arange(len(points)), -1)
    tail, head = np.concatenate([edges, edges[:, ::-1]]).astype(np.int64).T
    length = np.linalg.norm(points[head].astype(np.float64) - points[tail], axis=1)
    order = np.lexsort((head, length, tail))
    tail, head = tail[order], head[order]
    while True:
        open_ends = sources[tail] < 0
        tail, head = tail[open_ends], head[open_ends]
        reached = np.flatnonzero(sources[head] >= 0)
        if not len(reached):
            return sources
        vertex, nearest = np.unique(tail[reached], return_index=True)
        sources[vertex] = sources[head[reached[nearest]]]


def loop_merge(skin, parents):
    """Groups merged, vertex by vertex."""
    merged = []
    for row in dictionaries(skin):
        sums = {}
        for group, weight in row.items():
            sums[parents[group]] = sums.get(parents[group], 0.0) + weight
        merged.append(sums)
    return merged


def numpy_merge(skin, parents):
    """The same as a sparse matrix product."""
    count, groups = len(skin.offsets) - 1, skin.group_count
    rows = csr_array((skin.weights, skin.groups.astype(np.int64), skin.offsets), (count, groups))
    ones = np.ones(groups, np.float32)
    return rows @ csr_array(coo_array((ones, (np.arange(groups), parents)), (groups, groups)))


def loop_separate(points, skin, sides, mirror):
    """The other side's weights moved to the mirrored group, vertex by vertex."""
    result = []
    for point, row in zip(points.tolist(), dictionaries(skin)):
        other = Side.RIGHT if point[0] > 0 else Side.LEFT
        sums = {}
        for group, weight in row.items():
            if abs(point[0]) > THRESHOLD and sides[group] == other:
                group = mirror[group]
            sums[group] = sums.get(group, 0.0) + weight
        result.append(sums)
    return result


def dense_of(dictionaries_of_rows, groups):
    """Dictionaries as `#V by #G`."""
    dense = np.zeros((len(dictionaries_of_rows), groups))
    for vertex, row in enumerate(dictionaries_of_rows):
        dense[vertex, list(row)] = list(row.values())
    return dense


def without_weights(mesh):
    """The mesh whose lower half has no weights."""
    keeps = mesh.positions[:, 2] > np.median(mesh.positions[:, 2])
    return replace(
        mesh, skin=sample_assets.SparseRows.from_dense(mesh.skin.to_dense() * keeps[:, None])
    )


def once(call):
    """(CPU milliseconds, result) of one call."""
    start = time.process_time()
    result = call()
    return 1000 * (time.process_time() - start), result


def row(task, ours, loop, arrays):
    """A line of the table; the peers' ratios beside their times."""
    cells = [task, f"{ours:.1f}", f"{loop:,.0f}", f"{loop / ours:.0f}×"]
    return cells + (["", ""] if arrays is None else [f"{arrays:,.0f}", f"{arrays / ours:.1f}×"])


def seams_row(size, repeats):
    """Overlap flags."""
    mesh = seam_set(size)
    arguments = (mesh.positions, mesh.edges, mesh.skin)
    given = [hemline.SeamMesh(mesh.positions, mesh.edges, rows_of(mesh.skin))]
    ours, seams = median_cpu_ms(lambda: hemline.find_seams(given), repeats=repeats)
    arrays, array_flags = median_cpu_ms(lambda: numpy_flags(*arguments), repeats=repeats)
    loop, loop_result = once(lambda: loop_flags(*arguments))
    flags = seams.labels[0] != hemline.NO_INDEX
    assert (flags == array_flags).all() and (flags == loop_result).all() and flags.any()
    task = f"overlap flags, {len(flags):,} vertices, {flags.sum():,} on seams"
    return row(task, ours, loop, arrays)


def propagate_row(mesh, repeats):
    """Propagation to half of the vertices."""
    mesh = without_weights(mesh)
    arguments = (mesh.positions, mesh.edges, mesh.skin)
    given = (rows_of(mesh.skin), mesh.positions, mesh.edges)
    ours, found = median_cpu_ms(lambda: hemline.propagate_weights(*given), repeats=repeats)
    arrays, sources = median_cpu_ms(lambda: numpy_propagate(*arguments), repeats=repeats)
    loop, loop_result = once(lambda: loop_propagate(*arguments))
    assert (found.sources.view(np.int32) == sources).all()
    expected = dense_of(loop_result, mesh.skin.group_count)
    np.testing.assert_allclose(found.weights.to_dense(), expected, atol=1e-5)
    islands = connected_components(
        coo_array((np.ones(len(mesh.edges)), tuple(mesh.edges.T)), (len(expected),) * 2)
    )[0]
    return row(f"propagate, {len(expected):,} vertices, {islands} islands", ours, loop, arrays)


def merge_row(mesh, names, repeats):
    """Fingers into hands."""
    fingers = ("thumb", "index", "middle", "ring", "pinky")
    hand = {side: names.index(f"hand_{side}") for side in "lr"}
    parents = [
        hand[name[-1]] if name.startswith(fingers) else group for group, name in enumerate(names)
    ]
    given = rows_of(mesh.skin)
    ours, found = median_cpu_ms(lambda: hemline.merge_groups(given, parents), repeats=repeats)
    arrays, product = median_cpu_ms(lambda: numpy_merge(mesh.skin, parents), repeats=repeats)
    loop, loop_result = once(lambda: loop_merge(mesh.skin, parents))
    dense = found.weights.to_dense()
    np.testing.assert_allclose(dense, product.toarray(), atol=1e-6)
    np.testing.assert_allclose(dense, dense_of(loop_result, len(names)), atol=1e-6)
    return row(f"merge groups, {len(dense):,} vertices", ours, loop, arrays)


def sides_row(mesh, names, repeats):
    """Weights of the other side taken away."""
    sides, mirror = group_sides(names), pair_sides(names)
    given = (rows_of(mesh.skin), mesh.positions, sides, mirror)
    ours, found = median_cpu_ms(lambda: hemline.separate_sides(*given), repeats=repeats)
    lists = (sides.tolist(), mirror.tolist())
    loop, loop_result = once(lambda: loop_separate(mesh.positions, mesh.skin, *lists))
    expected = dense_of(loop_result, len(names))
    np.testing.assert_allclose(found.weights.to_dense(), expected, atol=1e-6)
    return row(f"separate sides, {len(expected):,} vertices", ours, loop, None)


def main():
    """All tasks on one outfit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=sample_assets.SIZES, default="large")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    hemline.set_thread_count(1)
    mesh = sample_assets.join(sample_assets.make_outfit(options.size))
    names = sample_assets.load_rig("a").group_names
    rows = [
        seams_row(options.size, options.repeats),
        propagate_row(mesh, options.repeats),
        merge_row(mesh, names, options.repeats),
        sides_row(mesh, names, options.repeats),
    ]
    header = ["task", "hemline", "plain loop", "ratio", "NumPy/SciPy", "ratio"]
    print_table("Bookkeeping: CPU ms, one thread", header, rows)


if __name__ == "__main__":
    main()
