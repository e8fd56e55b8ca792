"""Skinning, deformation fields, fits and triangle intersections beside NumPy, SciPy and Blender.

usage: python benches/deformation.py [--repeats N] [--threads N]

Run by a Python that has ``bpy`` (SciPy where it is there too). CPU milliseconds, medians, one
thread by default. "NumPy" forms every vertex's matrix at once, the best that a script can do;
Blender's column is ``mathutils``: a k-d tree asked vertex by vertex, and ``BVHTree.overlap``.
"""

import argparse
import importlib.util
import os
import sys
from pathlib import Path

import bpy  # noqa: F401  isort: skip  (the module brings mathutils with it)
import numpy as np
from mathutils.bvhtree import BVHTree
from mathutils.kdtree import KDTree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benches")]

from cpu_time import median_cpu_ms, print_table  # noqa: E402

import blender_bridge as hemline  # noqa: E402

VERTICES, BONES, SAMPLES, INFLUENCES = 100_000, 52, 50_000, 4


def rotations(random, count):
    """Rotation matrices within about a quarter turn."""
    turn = np.linalg.qr(np.eye(3) + random.uniform(-0.4, 0.4, (count, 3, 3)))[0]
    matrices = np.tile(np.eye(4), (count, 1, 1))
    matrices[:, :3, :3] = turn * np.sign(np.linalg.det(turn))[:, None, None]
    matrices[:, :3, 3] = random.uniform(-1, 1, (count, 3))
    return matrices.astype(np.float32)


def skinning_rows(random, repeats):
    """Inverse skinning of 100k vertices, linear and dual quaternions."""
    rest, pose = rotations(random, BONES), rotations(random, BONES)
    groups = np.sort(random.random((VERTICES, BONES)).argpartition(INFLUENCES)[:, :INFLUENCES])
    weights = random.random(groups.shape).astype(np.float32)
    rows = hemline.SparseWeights(
        np.arange(VERTICES + 1) * INFLUENCES, groups.ravel(), weights.ravel(), BONES
    )
    points = random.uniform(-1, 1, (VERTICES, 3)).astype(np.float32)

    def numpy_unskin():
        delta = (pose @ np.linalg.inv(rest)).astype(np.float32)
        share = weights / weights.sum(axis=1, keepdims=True)
        inverse = np.linalg.inv(np.einsum("vk,vkij->vij", share, delta[groups]))
        return np.einsum("vij,vj->vi", inverse[:, :3, :3], points) + inverse[:, :3, 3]

    peer, expected = median_cpu_ms(numpy_unskin, repeats=repeats)
    for blend in ("linear", "dual_quaternion"):
        ours, found = median_cpu_ms(
            lambda blend=blend: hemline.unskin_points(rows, rest, pose, points, blend=blend),
            repeats=repeats,
        )
        if blend == "linear":
            assert np.median(np.abs(found.positions - expected)) < 1e-5
        yield f"inverse skinning, {blend.replace('_', ' ')}", ours, {"NumPy": peer}


def field_rows(random, repeats):
    """One step of 50k samples on 100k vertices, k = 8, the index built before."""
    samples = random.uniform(-1, 1, (SAMPLES, 3)).astype(np.float32)
    deltas = random.uniform(-0.05, 0.05, (SAMPLES, 3)).astype(np.float32)
    points = random.uniform(-1, 1, (VERTICES, 3)).astype(np.float32)
    field = hemline.DeformationField(samples, deltas)
    ours, found = median_cpu_ms(lambda: field.apply(points), repeats=repeats)
    peers = {}
    tree = KDTree(SAMPLES)
    for index, point in enumerate(samples.tolist()):
        tree.insert(point, index)
    tree.balance()

    def blender_apply():
        queries = points.tolist()
        near = [tree.find_n(query, 8) for query in queries]
        index = np.array([[item[1] for item in row] for row in near])
        distance = np.array([[item[2] for item in row] for row in near])
        return points + weighted_mean(deltas[index], distance)

    peers["Blender"], expected = median_cpu_ms(blender_apply, repeats=1)
    assert np.abs(found - expected).max() < 1e-5
    if importlib.util.find_spec("scipy"):
        from scipy.spatial import cKDTree

        scipy_tree = cKDTree(samples)

        def scipy_apply():
            distance, index = scipy_tree.query(points, 8)
            return points + weighted_mean(deltas[index], distance)

        peers["SciPy"], _ = median_cpu_ms(scipy_apply, repeats=repeats)
    yield "field, k = 8, one step", ours, peers


def weighted_mean(displacements, distance):
    """Inverse distance weighting of `#V by #K by 3`."""
    weight = 1.0 / np.sqrt(distance**2 + 1e-10)
    return np.einsum("vk,vkj->vj", weight / weight.sum(axis=1, keepdims=True), displacements)


def folded_sheet(side=316):
    """A sheet of about 200k triangles whose waves run into each other."""
    u, v = np.meshgrid(np.linspace(0, 1, side + 1), np.linspace(0, 1, side + 1))
    z = 0.03 * np.sin(40 * u) * np.sin(31 * v)
    x = u + 0.03 * np.sin(80 * u + 3 * v)
    points = np.stack([x, v, z], axis=2).reshape(-1, 3).astype(np.float32)
    corner = (np.arange(side)[:, None] * (side + 1) + np.arange(side)).ravel()
    right, up, across = corner + 1, corner + side + 1, corner + side + 2
    triangles = np.concatenate(
        [np.stack([corner, right, across], 1), np.stack([corner, across, up], 1)]
    )
    return points, triangles.astype(np.uint32)


def intersection_rows(_random, repeats):
    """Self-intersections of 200k triangles, and those with a shifted copy."""
    points, triangles = folded_sheet()
    moved = points + np.float32([0.011, 0.007, 0.004])
    meshes = {"self-intersections": (), "intersections of two meshes": (moved, triangles)}
    for name, other in meshes.items():
        ours, _ = median_cpu_ms(
            lambda other=other: hemline.intersecting_triangles(points, triangles, *other),
            repeats=repeats,
        )

        def blender_overlap(other=other):
            faces = triangles.tolist()
            tree = BVHTree.FromPolygons(points.tolist(), faces, all_triangles=True)
            if not other:
                return tree.overlap(tree)
            second = BVHTree.FromPolygons(other[0].tolist(), faces, all_triangles=True)
            return tree.overlap(second)

        peer, _ = median_cpu_ms(blender_overlap, repeats=1)
        yield f"{name}, {len(triangles)} triangles", ours, {"Blender": peer}


def fit_rows(random, repeats):
    """Similarity fits of 1000 components of 100 points."""
    source = random.uniform(-1, 1, (VERTICES, 3)).astype(np.float32)
    target = source @ rotations(random, 1)[0, :3, :3] + np.float32(0.5)
    labels = np.arange(VERTICES) % 1000

    def numpy_fits():
        for component in range(1000):
            chosen = labels == component
            p, q = source[chosen], target[chosen]
            np.linalg.svd((q - q.mean(axis=0)).T @ (p - p.mean(axis=0)))

    ours, _ = median_cpu_ms(
        lambda: hemline.fit_similarity(source, target, labels=labels), repeats=repeats
    )
    peer, _ = median_cpu_ms(numpy_fits, repeats=1)
    yield "similarity fits, 1000 components", ours, {"NumPy": peer}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    hemline.set_thread_count(options.threads)
    rows = []
    for measure in (skinning_rows, field_rows, intersection_rows, fit_rows):
        for name, ours, peers in measure(np.random.default_rng(1), options.repeats):
            for peer, cpu in peers.items():
                rows.append([name, f"{ours:.1f}", peer, f"{cpu:.1f}", f"{cpu / ours:.1f}"])
    print_table(
        f"Deformation ({hemline.status().backend}), 100k vertices",
        ["task", "hemline", "peer", "peer's CPU ms", "ratio"],
        rows,
    )
    # bpy can crash while the interpreter ends.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
