"""Closest points of the large outfit on the body, beside Open3D (Embree) and libigl.

usage: python benches/closest_points.py

CPU time over all threads, so that a peer's own threads do not flatter it; building each structure
is timed apart. All must agree on the distances.
"""

import sys
from pathlib import Path

import igl
import numpy as np
import open3d
from cpu_time import median_cpu_ms, print_table

import blender_bridge

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "assets"))
import sample_assets


def cut_into_eight(points, triangles):
    """Each triangle as eight, in its own plane."""
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    parts = []
    for first, second, third in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)):
        middle = (second + third) / 2
        parts += [
            np.stack([first, second, middle], axis=1),
            np.stack([first, middle, third], axis=1),
        ]
    corners = np.concatenate(parts).reshape(-1, 3)
    return corners, np.arange(len(corners), dtype=np.uint32).reshape(-1, 3)


def hemline(points, triangles, queries):
    """Build and query."""
    build, surface = median_cpu_ms(lambda: blender_bridge.Surface(points, triangles, cached=False))
    query, found = median_cpu_ms(lambda: surface.closest_points(queries))
    return build, query, found.distances


def embree(points, triangles, queries):
    """Open3D's scene, which is Embree."""

    def make():
        scene = open3d.t.geometry.RaycastingScene(nthreads=1)
        scene.add_triangles(open3d.core.Tensor(points), open3d.core.Tensor(triangles))
        # The tree is built at the first query.
        scene.compute_closest_points(open3d.core.Tensor(queries[:1]), nthreads=1)
        return scene

    build, scene = median_cpu_ms(make)
    tensor = open3d.core.Tensor(queries)
    query, found = median_cpu_ms(lambda: scene.compute_closest_points(tensor, nthreads=1))
    return build, query, np.linalg.norm(found["points"].numpy() - queries, axis=1)


def libigl(points, triangles, queries):
    """libigl's AABB tree, which it builds within the call."""
    points, queries = points.astype(np.float64), queries.astype(np.float64)
    triangles = triangles.astype(np.int64)
    both, found = median_cpu_ms(lambda: igl.point_mesh_squared_distance(queries, points, triangles))
    return None, both, np.sqrt(found[0])


def main():
    """Prints both tables."""
    blender_bridge.set_thread_count(1)
    body = sample_assets.load_body("a")
    queries = np.ascontiguousarray(sample_assets.join(sample_assets.make_outfit("large")).positions)
    for points, triangles in (
        (body.positions, body.triangles),
        cut_into_eight(body.positions, body.triangles),
    ):
        contestants = {
            "hemline": hemline,
            "Open3D (Embree)": embree,
            "libigl (with its tree)": libigl,
        }
        results = {name: run(points, triangles, queries) for name, run in contestants.items()}
        _, ours, distances = results["hemline"]
        rows = []
        for name, (build, query, found) in results.items():
            assert np.abs(found - distances).max() < 1e-5, f"{name} disagrees"
            build = "-" if build is None else f"{build:.1f}"
            rows.append((name, build, f"{query:.1f}", f"{query / ours:.2f}"))
        title = f"{len(queries)} closest points on {len(triangles)} triangles, CPU ms"
        print_table(title, ("", "build", "queries", "ratio"), rows)


if __name__ == "__main__":
    main()
