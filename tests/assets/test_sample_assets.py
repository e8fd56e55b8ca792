"""The sample assets are what their documentation says, in any Python with NumPy."""

import numpy as np
import pytest
import sample_assets
from sample_assets import Mesh, SparseRows


@pytest.mark.parametrize("shape", sample_assets.SHAPES)
def test_body_has_the_documented_topology_and_full_weights(shape):
    body = sample_assets.load_body(shape)
    assert body.positions.shape == (13380, 3)
    assert body.triangles.shape == (26756, 3)
    # Euler characteristic of a closed surface of genus 0: the body has no boundary.
    assert len(body.positions) - len(body.edges) + len(body.quads) == 2
    assert body.positions[:, 2].min() == 0.0
    np.testing.assert_allclose(body.skin.to_dense().sum(axis=1), 1.0, atol=1e-6)


def test_bodies_differ_clearly_and_share_their_topology():
    a, b = (sample_assets.load_body(shape) for shape in "ab")
    np.testing.assert_array_equal(a.quads, b.quads)
    assert np.linalg.norm(a.positions - b.positions, axis=1).mean() > 0.1


@pytest.mark.parametrize("shape", sample_assets.SHAPES)
def test_bones_lie_inside_the_body_and_follow_their_parents(shape):
    rig, body = sample_assets.load_rig(shape), sample_assets.load_body(shape)
    assert len(rig.names) == 53 and len(rig.group_names) == 52
    assert (rig.parents < np.arange(len(rig.names))).all()
    low, high = body.positions.min(axis=0), body.positions.max(axis=0)
    assert (rig.heads >= low - 0.01).all() and (rig.heads <= high + 0.01).all()
    rotations = rig.matrices[:, :3, :3]
    identity = np.broadcast_to(np.eye(3), rotations.shape)
    np.testing.assert_allclose(rotations @ rotations.transpose(0, 2, 1), identity, atol=1e-7)
    np.testing.assert_allclose(np.linalg.det(rotations), 1.0, atol=1e-7)


@pytest.mark.parametrize(
    ("size", "expected"), [("small", 10712), ("medium", 29143), ("large", 104911)]
)
def test_outfits_have_several_weighted_pieces(size, expected):
    pieces = sample_assets.make_outfit(size)
    assert len(pieces) == 5
    joined = sample_assets.join(pieces)
    assert len(joined.positions) == expected
    assert joined.quads.max() == expected - 1
    assert len(joined.skin.offsets) == expected + 1
    np.testing.assert_allclose(joined.skin.to_dense().sum(axis=1), 1.0, atol=1e-6)


def test_subdividing_a_flat_sheet_keeps_it_flat_and_interpolates_weights():
    steps = np.arange(4, dtype=np.float32)
    x, y = (axis.ravel() for axis in np.meshgrid(steps, steps))
    corners = np.array([[row * 4 + column for column in range(3)] for row in range(3)]).ravel()
    quads = np.stack([corners, corners + 1, corners + 5, corners + 4], axis=1).astype(np.uint32)
    positions = np.stack([x, y, np.zeros_like(x)], axis=1)
    ramp = np.stack([x, 3 - x], axis=1) / 3
    sheet = sample_assets.subdivide(Mesh("sheet", positions, quads, SparseRows.from_dense(ramp)))
    assert len(sheet.quads) == 4 * len(quads)
    assert (sheet.positions[:, 2] == 0).all()
    np.testing.assert_allclose(sheet.skin.to_dense().sum(axis=1), 1.0, atol=1e-6)
    new = np.arange(len(sheet.positions)) >= 16
    inside = new & ((sheet.positions[:, :2] > 0.6) & (sheet.positions[:, :2] < 2.4)).all(axis=1)
    expected = sheet.positions[inside, 0] / 3
    np.testing.assert_allclose(sheet.skin.to_dense()[inside, 0], expected, atol=1e-6)


@pytest.mark.parametrize("call", ["load_body", "load_rig"])
def test_unknown_names_are_refused(call):
    with pytest.raises(ValueError, match="shape must be one of"):
        getattr(sample_assets, call)("c")
