"""By threshold, robust transfer is the published method as libigl computes it."""

import sys
from pathlib import Path

import numpy as np
import pytest

import blender_bridge as hemline

pytest.importorskip("igl", reason="libigl is missing: pip install libigl")

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "assets"), str(ROOT / "benches")]

import sample_garments  # noqa: E402
from published_transfer import MAX_ANGLE, MAX_DISTANCE, Published  # noqa: E402


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("name", ["skirt", "female_casualsuit01", "male_casualsuit03"])
def test_by_threshold_it_is_the_published_method(name, flipped):
    rig = sample_garments.RIGS[0]
    body = sample_garments.load_piece("body", "neutral", rig)
    garment = sample_garments.load_piece(name, "neutral", rig)
    expected = Published(body, garment).weights(flipped)
    found = hemline.robust_transfer_weights(
        body.points,
        body.triangles,
        body.weights,
        garment.points,
        garment.triangles,
        matching="threshold",
        max_distance=MAX_DISTANCE,
        max_angle=MAX_ANGLE,
        flipped_normals=flipped,
        max_influences=0,
    )
    assert (found.sources == 0).any() and (found.sources == 1).any(), (
        "nothing to inpaint or to keep"
    )
    assert np.abs(found.weights - expected).max() < 1e-4
