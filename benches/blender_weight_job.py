"""The whole weight job in Blender, phase by phase, beside Blender's own Data Transfer operator.

usage: python benches/blender_weight_job.py [--repeats N] [--size small|medium|large] [--threads N]
       [--fallback]

A body of 13,380 vertices with 52 vertex groups, an outfit of five pieces. Medians of CPU
milliseconds; every repetition starts from a new scene and an empty index cache. Data Transfer
(nearest face, interpolated) neither limits nor normalises.
"""

import argparse
import io
import os
import statistics
import sys
import time
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(ROOT / "benches")]

import sample_assets  # noqa: E402
from cpu_time import print_table  # noqa: E402

import blender_bridge as hemline  # noqa: E402
from blender_bridge.demo import job, report, scene  # noqa: E402

# The one that the outfit was made for.
BODY = "a"
KERNELS = (job.BUILD_SURFACE, job.TRANSFER, job.SMOOTH, job.LIMIT)


def data_transfer(size):
    """CPU milliseconds of Blender's operator for all pieces."""
    built = scene.build(sample_assets, size, BODY)
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in [piece.obj for piece in built.pieces])
    bpy.context.view_layer.objects.active = built.body
    start = time.process_time()
    bpy.ops.object.data_transfer(
        data_type="VGROUP_WEIGHTS",
        vert_mapping="POLYINTERP_NEAREST",
        layers_select_src="ALL",
        layers_select_dst="NAME",
    )
    milliseconds = 1000 * (time.process_time() - start)
    assert all(piece.obj.vertex_groups for piece in built.pieces), "nothing was transferred"
    return milliseconds


def ours(size, smoothing_iterations):
    """CPU milliseconds of each phase."""
    built = scene.build(sample_assets, size, BODY)
    hemline.cache_clear()
    steps = len(job.COPY_BODY_PHASES) + len(job.COPY_PIECE_PHASES) * len(built.pieces)
    phases = report.Phases(steps, stream=io.StringIO())
    job.run_copy(built, phases, smoothing_iterations)
    return {name: 1000 * seconds["cpu"] for name, seconds in phases.seconds.items()}


def median_phases(size, smoothing_iterations, repeats):
    """Medians of each phase, of the kernels together, and of the whole job."""
    runs = [ours(size, smoothing_iterations) for _ in range(repeats)]
    for phases in runs:
        total = sum(phases.values())
        phases["kernels together"] = sum(phases[name] for name in KERNELS)
        phases["whole job"] = total
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--size", choices=sample_assets.SIZES, default="large")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fallback", action="store_true")
    after_dashes = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    arguments = parser.parse_args(after_dashes)
    if arguments.fallback:
        hemline.use_backend("fallback")
    hemline.set_thread_count(arguments.threads)
    status = hemline.status()
    print(f"Blender {bpy.app.version_string}; hemline {status.backend}, {status.threads} threads")

    blenders = statistics.median(data_transfer(arguments.size) for _ in range(arguments.repeats))
    plain = median_phases(arguments.size, 0, arguments.repeats)
    smoothed = median_phases(arguments.size, job.SMOOTHING_ITERATIONS, arguments.repeats)
    rows = [
        (name, f"{plain[name]:.1f}", f"{plain[name] / blenders:.2f}", f"{smoothed[name]:.1f}")
        for name in plain
    ]
    rows.append(("Blender's Data Transfer", f"{blenders:.1f}", "1.00", ""))
    print_table(
        f"Weights of the body onto the {arguments.size} outfit",
        ("CPU ms", "transfer", "of Data Transfer", "with 3 smoothings at 0.02 m"),
        rows,
    )


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
