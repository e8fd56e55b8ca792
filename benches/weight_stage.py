"""The weight stage of whole outfits in one call, step by step.

usage: python benches/weight_stage.py

The existing scripts took 16.2, 49.8 and 211 s for outfits of these sizes, their robust transfer
excluded. CPU time, one thread.
"""

import sys
from pathlib import Path

import numpy as np
from cpu_time import median_cpu_ms, print_table

import blender_bridge as hemline

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "assets"))
import sample_assets

SCRIPTS_S = {"small": 16.2, "medium": 49.8, "large": 211.0}
BARE = hemline.WeightStageOptions(
    rigid_parts=False, sides=False, symmetry=0.0, seams=0.0, propagate=False
)


def rows_of(mesh):
    """The mesh's weights."""
    weights = mesh.skin
    return hemline.SparseWeights(
        weights.offsets, weights.groups, weights.weights, weights.group_count
    )


def main():
    """Three outfits on one body."""
    hemline.set_thread_count(1)
    body = sample_assets.load_body("a")
    names = sample_assets.load_rig("a").group_names
    source = body.positions, body.triangles, rows_of(body)
    mirror = hemline.pair_sides(names).astype(np.int64)
    alone = mirror == hemline.NO_INDEX
    mirror[alone] = np.flatnonzero(alone)
    rows = []
    for size in sample_assets.SIZES:
        pieces = [
            hemline.OutfitPiece(mesh.positions, mesh.triangles, weights=rows_of(mesh))
            for mesh in sample_assets.make_outfit(size)
        ]
        run = lambda options, p=pieces: hemline.weight_stage(  # noqa: E731
            *source, p, mirror=mirror, options=options
        )
        count = sum(len(piece.points) for piece in pieces)
        whole, result = median_cpu_ms(lambda r=run: r(None), repeats=3)
        transfer, _ = median_cpu_ms(lambda r=run: r(BARE), repeats=3)
        smoothed = hemline.WeightStageOptions(smooth_iterations=3)
        smoothing, _ = median_cpu_ms(lambda r=run, o=smoothed: r(o), repeats=3)
        scripts = 1000 * SCRIPTS_S[size]
        rows.append(
            [
                f"{count:,} vertices",
                f"{transfer:.0f}",
                f"{whole:.0f}",
                f"{smoothing:.0f}",
                f"{scripts / whole:.0f}×",
            ]
        )
        print(result.report)
    header = ["outfit", "transfer, limit", "all steps", "…and 3 smoothings", "scripts ÷ all steps"]
    print_table("Weight stage: CPU ms, one thread", header, rows)


if __name__ == "__main__":
    main()
