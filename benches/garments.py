"""Real garments carried from body to body: distance to their true shape, and penetration.

usage: python benches/garments.py [--control-points N]

Each garment of ``tests/assets/garments`` is fitted to one body (by its binding, so that its true
shape on every body is known), carried to another by the shape stage with a field that
``create_field`` made of the two bodies, and repaired. "Distance" is the mean distance of the
vertices of either shape to the surface of the other; "deep" the share of vertices deeper than 1 mm
inside the body. Where libigl is installed, signs and times of ``penetration`` are compared with its
``signed_distance`` (pseudo-normals).
"""

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benches"), str(ROOT / "tests" / "assets")]

import sample_garments  # noqa: E402
from cpu_time import median_cpu_ms, print_table  # noqa: E402

import blender_bridge as hemline  # noqa: E402

PAIRS = (("a", "b"), ("neutral", "b"), ("b", "a"))


def shape_distance(points, truth, triangles):
    """Millimetres, mean over the vertices of both shapes."""
    to_truth = hemline.Surface(truth, triangles).closest_points(points).distances
    to_result = hemline.Surface(points, triangles).closest_points(truth).distances
    return 1e3 * np.concatenate([to_truth, to_result]).mean()


def deep(depths):
    """Percent of vertices deeper than 1 mm."""
    return 100.0 * (depths > 0.001).mean()


def carried(source, target, control_points):
    """A row for each garment on a pair of bodies."""
    bodies = [sample_garments.load_piece("body", shape) for shape in (source, target)]
    surfaces = [hemline.Surface(body.points, body.triangles) for body in bodies]
    step = -(-len(bodies[0].points) // control_points)
    field = hemline.create_field(bodies[0].points[::step], bodies[1].points[::step])
    for name in sample_garments.GARMENTS:
        piece = sample_garments.load_piece(name, source)
        truth = sample_garments.load_piece(name, target).points
        stage = {"fields": [field], "source_body": surfaces[0], "body": surfaces[1]}
        before = hemline.shape_stage(piece.points, piece.triangles, repair=False, **stage)
        cpu, after = median_cpu_ms(
            lambda piece=piece, stage=stage: hemline.shape_stage(
                piece.points, piece.triangles, **stage
            ),
            repeats=3,
        )
        distances = [
            shape_distance(shape.points, truth, piece.triangles) for shape in (before, after)
        ]
        assert deep(after.depths) <= 0.5
        yield (
            f"{name}, {source} to {target}",
            f"{deep(hemline.penetration(piece.points, surfaces[0])):.2f}",
            f"{deep(hemline.penetration(truth, surfaces[1])):.2f}",
            f"{deep(before.depths):.2f}",
            f"{deep(after.depths):.2f}",
            f"{distances[0]:.3f}",
            f"{distances[1]:.3f}",
            "yes" if distances[1] <= distances[0] else "NO",
            f"{after.report.inverted_faces}, {after.report.stretched_faces}",
            f"{cpu:.0f}",
        )


def beside_libigl():
    """Signs and CPU milliseconds of the depth of 20,000 points near a body, or no rows."""
    try:
        import igl
    except ImportError:
        return
    body = sample_garments.load_piece("body", "a")
    random = np.random.default_rng(1)
    near = body.points[random.integers(0, len(body.points), 20_000)]
    near = (near + random.normal(0, 0.01, near.shape)).astype(np.float32)
    surface = hemline.Surface(body.points, body.triangles, cached=False)
    ours, depths = median_cpu_ms(lambda: hemline.penetration(near, surface))
    points, triangles = body.points.astype(np.float64), body.triangles.astype(np.int64)
    kind = igl.SIGNED_DISTANCE_TYPE_PSEUDONORMAL
    theirs, found = median_cpu_ms(
        lambda: igl.signed_distance(near.astype(np.float64), points, triangles, kind)[0]
    )
    agree = (np.sign(depths) == -np.sign(found)) | (np.abs(found) < 1e-6)
    yield (
        f"{ours:.1f}",
        f"{theirs:.1f}",
        f"{theirs / ours:.1f}",
        f"{100 * agree.mean():.2f} %",
        f"{1e6 * np.abs(np.abs(depths) - np.abs(found)).max():.2f}",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--control-points", type=int, default=3500)
    options = parser.parse_args()
    hemline.set_thread_count(1)
    header = ("garment", "deep on source %", "true shape %", "before repair %", "after %",
              "distance before mm", "after mm", "not worse", "inverted, stretched faces",
              "stage CPU ms")  # fmt: skip
    rows = [row for pair in PAIRS for row in carried(*pair, options.control_points)]
    print_table("Real garments carried to another body", header, rows)
    rows = list(beside_libigl())
    if rows:
        header = ("hemline ms", "libigl ms", "times", "signs agree", "distances differ by µm")
        print_table("Depth of 20,000 points near a body", header, rows)


if __name__ == "__main__":
    main()
