"""Robust weight transfer against true weights, beside the published method computed with libigl.

usage: python benches/robust_transfer.py

Accuracy: mean total variation ½·Σ|w − truth| of a vertex, in thousandths (lower is better): of the
copy from the closest surface point; of the published method (Abdrashitov et al., SIGGRAPH Asia
2023; libigl; 5 cm, 30°, without and with flipped normals); and of hemline's defaults, with and
without its limit of 4 influences, which the others do not have. CPU time: one thread.
"""

import sys
from pathlib import Path

import numpy as np
from cpu_time import median_cpu_ms, print_table
from published_transfer import Published, rows_of_one

import blender_bridge

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "assets"))
import sample_garments as assets

# Levels of subdivision of each garment; 42,590 and 11,088 vertices are the finest.
LEVELS = {
    "tights": (0, 1, 2),
    "skirt": (0, 2),
    "female_casualsuit01": (0, 1),
    "male_casualsuit03": (0, 1),
}


def of_4_influences(weights):
    """The four largest weights of each vertex, scaled to sum 1."""
    weights = weights.copy()
    np.put_along_axis(weights, np.argsort(-weights, axis=1)[:, 4:], 0.0, axis=1)
    return rows_of_one(weights)


def hemline(body, garment, **options):
    """hemline's robust transfer."""
    return blender_bridge.robust_transfer_weights(
        body.points, body.triangles, body.weights, garment.points, garment.triangles, **options
    ).weights


def error(weights, truth):
    """Mean total variation."""
    return 0.5 * np.abs(weights - truth).sum(axis=1).mean()


def accuracy_row(name, level, shape, rig):
    """Errors of one garment on one body with one rig."""
    body = assets.load_piece("body", shape, rig)
    garment = assets.subdivided(assets.load_piece(name, shape, rig), level)
    published = Published(body, garment)
    candidates = (
        rows_of_one(published.copy),
        published.weights(flipped=False),
        published.weights(flipped=True),
        hemline(body, garment, max_influences=0),
        of_4_influences(published.copy),
        hemline(body, garment),
    )
    return [error(weights, garment.weights) for weights in candidates]


def print_accuracy():
    """All garments; the mean is over the garments as they are, not subdivided."""
    header = [
        "garment",
        "body",
        "rig",
        "copy",
        "published",
        "…flipped",
        "hemline",
        "copy, 4",
        "hemline, 4",
    ]
    rows, plain = [], []
    for rig in assets.RIGS:
        for name, levels in LEVELS.items():
            for level in levels:
                # Finer meshes say the same on every body and rig; one of each is enough.
                finer = level > 0
                for shape in assets.SHAPES[:1] if finer else assets.SHAPES:
                    if finer and rig != assets.RIGS[0]:
                        continue
                    errors = accuracy_row(name, level, shape, rig)
                    label = f"{name}, subdivided {level}×" if finer else name
                    rows.append([label, shape, rig, *(f"{1000 * e:.1f}" for e in errors)])
                    if not finer:
                        plain.append(errors)
    mean = np.mean(plain, axis=0)
    rows.append(["mean, not subdivided", "", "", *(f"{1000 * e:.1f}" for e in mean)])
    print_table("Robust transfer: error against true weights, thousandths", header, rows)


def print_times():
    """One thread; the libigl pipeline is everything from the meshes to the weights."""
    blender_bridge.set_thread_count(1)
    body = assets.load_piece("body", "neutral")
    rows = []
    for name, level in (("tights", 2), ("skirt", 2)):
        garment = assets.subdivided(assets.load_piece(name, "neutral"), level)
        pair = (body, garment)
        libigl_ms, _ = median_cpu_ms(lambda pair=pair: Published(*pair).weights(flipped=False))
        ours, _ = median_cpu_ms(lambda pair=pair: hemline(*pair))
        options = {"matching": "threshold", "flipped_normals": False}
        same, _ = median_cpu_ms(lambda pair=pair, o=options: hemline(*pair, **o))
        rows.append(
            [
                f"{name}, {len(garment.points):,} vertices, {garment.weights.shape[1]} groups",
                f"{ours:.0f}",
                f"{same:.0f}",
                f"{libigl_ms:.0f}",
                f"{libigl_ms / ours:.1f}×",
            ]
        )
    header = ["task", "hemline", "hemline, published options", "libigl pipeline", "ratio"]
    print_table("Robust transfer: CPU ms, one thread", header, rows)


if __name__ == "__main__":
    print_times()
    print_accuracy()
