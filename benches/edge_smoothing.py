"""Edge smoothing of all vertex groups of an outfit, beside Blender's own operator.

usage: python benches/edge_smoothing.py [--repeats N] [--size small|medium|large]

The outfit's authored groups and one more that holds every vertex, 53 together; factor 0.5, three
times; the pieces joined into one mesh. The operator works on
the vertex groups themselves, so hemline is timed twice: on arrays, and with the groups read and
written. Medians of CPU milliseconds on one thread; results agree within 1e-5.
"""

import argparse
import os
import sys
from pathlib import Path

import bpy
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(ROOT / "benches")]

import sample_assets  # noqa: E402
from cpu_time import median_cpu_ms, print_table  # noqa: E402

import blender_bridge as hemline  # noqa: E402
from blender_bridge.blender import mesh_io, vertex_groups  # noqa: E402

GROUPS = 53
OPTIONS = {"factor": 0.5, "expand": 0.0}
REPEATS = 3


def new_object(outfit, rows, names):
    """The outfit as the active object, with its weights as vertex groups."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    mesh = bpy.data.meshes.new("Outfit")
    mesh.from_pydata(outfit.positions.tolist(), [], outfit.triangles.tolist())
    obj = bpy.data.objects.new("Outfit", mesh)
    bpy.context.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj
    vertex_groups.write_vertex_groups(obj, names, rows)
    return obj


def blender(obj):
    """The operator, in the mode that it wants."""
    bpy.ops.object.vertex_group_smooth(group_select_mode="ALL", repeat=REPEATS, **OPTIONS)
    return obj


def on_groups(obj, names):
    """hemline from vertex group to vertex group."""
    weights = vertex_groups.read_vertex_groups(obj, names).to_dense()
    edges = mesh_io.read_mesh(obj).edges
    smooth = hemline.smooth_weights_on_edges(edges, weights, iterations=REPEATS, **OPTIONS)
    vertex_groups.write_vertex_groups(obj, names, hemline.SparseWeights.from_dense(smooth))
    return obj


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--size", choices=("small", "medium", "large"), default="large")
    options = parser.parse_args()
    hemline.set_thread_count(1)
    outfit = sample_assets.join(sample_assets.make_outfit(options.size))
    skin = outfit.skin
    dense = np.random.default_rng(1).random((len(outfit.positions), GROUPS), dtype=np.float32)
    dense[:, : skin.group_count] = hemline.SparseWeights(
        skin.offsets, skin.groups, skin.weights, skin.group_count
    ).to_dense()
    rows = hemline.SparseWeights.from_dense(dense)
    names = [f"group {index}" for index in range(GROUPS)]

    def fresh():
        obj = new_object(outfit, rows, names)
        bpy.ops.object.mode_set(mode="WEIGHT_PAINT")
        return obj

    operator, obj = median_cpu_ms(blender, setup=fresh, repeats=options.repeats)
    bpy.ops.object.mode_set(mode="OBJECT")
    expected = vertex_groups.read_vertex_groups(obj, names).to_dense()

    edges = mesh_io.read_mesh(obj).edges
    arrays, found = median_cpu_ms(
        lambda weights: hemline.smooth_weights_on_edges(
            edges, weights, iterations=REPEATS, out=weights, **OPTIONS
        ),
        setup=rows.to_dense,
        repeats=options.repeats,
    )
    assert np.abs(found - expected).max() < 1e-5, "hemline and the operator disagree"
    groups, _ = median_cpu_ms(
        lambda obj: on_groups(obj, names),
        setup=lambda: new_object(outfit, rows, names),
        repeats=options.repeats,
    )
    print_table(
        f"{len(outfit.positions)} vertices, {GROUPS} groups, {REPEATS} times; CPU ms",
        ("", "ms", "operator / it"),
        [
            ("Blender's operator", f"{operator:.0f}", "1"),
            ("hemline, arrays", f"{arrays:.0f}", f"{operator / arrays:.0f}×"),
            ("hemline, groups read and written", f"{groups:.0f}", f"{operator / groups:.1f}×"),
        ],
    )


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
