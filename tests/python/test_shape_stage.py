# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape stage against its steps made one by one, and against the fallback."""

import functools

import numpy as np
import pytest
import sample_assets

import blender_bridge as hemline

RANDOM = np.random.default_rng(3)


@functools.cache
def outfit():
    """Socks with a rigid button, their weights, and three keys: one vertex, none, all."""
    socks = next(piece for piece in sample_assets.make_outfit("small") if piece.name == "socks")
    corner = socks.positions.mean(axis=0) + np.float32([0.0, -0.2, 0.1])
    button = corner + np.float32([[0, 0, 0], [0.01, 0, 0], [0, 0, 0.01]])
    points = np.concatenate([socks.positions, button])
    count = len(socks.positions)
    triangles = np.concatenate([socks.triangles, [[count, count + 1, count + 2]]])
    weights = socks.skin.to_dense(np.float32)
    foot = np.zeros((3, weights.shape[1]), np.float32)
    foot[:, weights.sum(axis=0).argmax()] = 1.0
    keys = np.zeros((3, len(points), 3), np.float32)
    keys[0, 7] = [0.0, -0.01, 0.0]
    keys[2] = RANDOM.normal(0, 0.002, points.shape)
    return points, triangles, np.concatenate([weights, foot]), keys


def similarity(scale, shift):
    matrix = np.diag([scale, scale, scale, 1.0])
    matrix[:3, 3] = shift
    return matrix


def inputs():
    points, triangles, weights, keys = outfit()
    bodies = [sample_assets.load_body(shape) for shape in ("a", "b")]
    surfaces = [hemline.Surface(body.positions, body.triangles) for body in bodies]
    shift = bodies[1].positions - bodies[0].positions
    field = hemline.DeformationField(bodies[0].positions[::3], shift[::3])
    bones = weights.shape[1]
    turn = np.stack([similarity(1.0 + 0.001 * b, (0, 0.0002 * b, 0)) for b in range(bones)])
    back = np.stack([similarity(1.0, (0.0001 * b, 0, 0)) for b in range(bones)])
    mask = np.linspace(0.9, 1.0, len(points)).astype(np.float32)
    settings = {
        "weights": hemline.SparseWeights.from_dense(weights),
        "shape_keys": keys,
        "pose": hemline.BonePose(turn),
        "fields": [hemline.FieldUse(field, mask)],
        "key_fields": [None, None, [hemline.FieldUse(field, end=0.5)]],
        "unpose": hemline.BonePose(back),
        "body": surfaces[1],
        "source_body": surfaces[0],
    }
    return points, triangles, settings


def test_the_stage_is_its_steps():
    points, triangles, settings = inputs()
    found = hemline.shape_stage(points, triangles, **settings)
    weights, mask = settings["weights"], settings["fields"][0].mask
    rest = np.tile(np.eye(4), (weights.group_count, 1, 1))
    turn, back = settings["pose"].posed, settings["unpose"].posed
    posed = hemline.skin_points(weights, rest, turn, points.astype(np.float64)).positions
    moved = settings["fields"][0].field.apply(posed.astype(np.float32), mask=mask)
    labels = np.full(len(points), -1)
    labels[-3:] = 0
    fitted = hemline.fit_similarity(points, moved, labels=labels).points
    moved[-3:] = fitted[-3:]
    back = hemline.unskin_points(weights, rest, back, moved.astype(np.float64)).positions
    offsets = -hemline.penetration(points, settings["source_body"])
    expected = hemline.repair_penetration(
        back.astype(np.float32), settings["body"], offsets=offsets, rigid_labels=labels
    )
    np.testing.assert_allclose(found.points, expected.points, atol=1e-6)
    np.testing.assert_allclose(found.depths, expected.depths, atol=1e-6)
    np.testing.assert_array_equal(found.rigid_labels, labels.astype(np.uint32))
    report = found.report
    assert report.rigid_parts == 1 and report.unweighted == report.singular == 0
    assert report.deep_before == (expected.depths_before > 0.001).sum()
    assert report.deep_after == 0 and report.deepest_after <= report.deepest_before
    assert report.moved_by_repair > 0 and report.largest_push > 0
    displaced = (found.shape_keys != 0).any(axis=2)
    assert np.flatnonzero(displaced[0]).tolist() == [7]
    assert not displaced[1].any() and displaced[2].mean() > 0.9


def test_a_masked_key_is_the_basis_outside_its_mask():
    """The repair, which a second time moves a little more, must not move what the mask excludes."""
    points, triangles, settings = inputs()
    field = settings["fields"][0].field
    mask = np.clip(8.0 * (points[:, 1] - np.median(points[:, 1])), 0.0, 1.0).astype(np.float32)
    mask[-3:] = 0.0  # the button
    own = [hemline.FieldUse(field, 1.0 - mask), hemline.FieldUse(field, 2.0 * mask)]
    settings |= {
        "fields": [field],
        "key_fields": [own],
        "shape_keys": np.zeros((1, len(points), 3)),
    }
    found = hemline.shape_stage(points, triangles, **settings)
    assert found.report.moved_by_repair > 100
    assert (found.shape_keys[0, mask == 0.0] == 0.0).all()
    assert np.linalg.norm(found.shape_keys[0, mask == 1.0], axis=1).max() > 1e-3


def test_native_and_fallback_agree(backend):
    if backend == "fallback":
        pytest.skip("compares with itself")
    points, triangles, settings = inputs()
    found = hemline.shape_stage(points, triangles, **settings)
    hemline.use_backend("fallback")
    _, _, settings = inputs()
    again = hemline.shape_stage(points, triangles, **settings)
    for name in ("points", "shape_keys", "depths_before", "depths"):
        np.testing.assert_allclose(getattr(found, name), getattr(again, name), atol=5e-6)
    np.testing.assert_array_equal(found.rigid_labels, again.rigid_labels)
    np.testing.assert_allclose(found.report, again.report, rtol=1e-2, atol=2.0)


def test_steps_are_switched_by_their_arguments():
    points, triangles, settings = inputs()
    nothing = hemline.shape_stage(points, triangles)
    np.testing.assert_array_equal(nothing.points, points)
    assert np.isneginf(nothing.depths).all() and nothing.shape_keys.shape == (0, len(points), 3)
    assert (nothing.rigid_labels == hemline.NO_INDEX).all()
    measured = hemline.shape_stage(points, triangles, body=settings["body"], repair=False)
    np.testing.assert_array_equal(measured.points, points)
    np.testing.assert_array_equal(measured.depths, hemline.penetration(points, settings["body"]))
    soft = hemline.shape_stage(points, triangles, weights=settings["weights"], rigid=None)
    assert soft.report.rigid_parts == 0
    labels = np.full(len(points), -1)
    labels[:5] = 1
    hard = hemline.shape_stage(points, triangles, fields=settings["fields"], rigid=labels)
    fit = hemline.fit_similarity(points[:5], hard.points[:5])
    assert fit.residuals[0] < 1e-6 and hard.report.rigid_parts == 1
    fields = [settings["fields"][0].field]
    empty = hemline.shape_stage(np.empty((0, 3)), np.empty((0, 3), int), fields=fields)
    assert empty.points.shape == (0, 3)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("weights", {"weights": None}),
        ("shape_keys", {"shape_keys": np.zeros((1, 2, 3))}),
        ("key_fields", {"key_fields": [None]}),
        ("rigid", {"rigid": "soft"}),
        ("rigid", {"rigid": [0, 1]}),
        ("pose.posed", {"pose": hemline.BonePose(np.zeros((52, 4, 4)))}),
        ("blend", {"pose": hemline.BonePose(np.tile(np.eye(4), (52, 1, 1)), None, None, "cubic")}),
        ("mask", {"fields": [hemline.FieldUse(None, [1.0])]}),
        ("clearance", {"clearance": -1}),
        ("body_points|points", {"points": np.full((3, 3), np.nan)}),
    ],
)
def test_bad_arguments_are_named(name, change):
    points, triangles, settings = inputs()
    settings |= change
    points = settings.pop("points", points)
    with pytest.raises(hemline.HemlineError, match=name):
        hemline.shape_stage(points, triangles, **settings)


def test_progress_rises_and_cancels():
    points, triangles, settings = inputs()
    seen = []
    hemline.shape_stage(points, triangles, progress=seen.append, **settings)
    assert seen == sorted(seen) and seen[-1] <= 1.0
    with pytest.raises(hemline.Cancelled):
        hemline.shape_stage(points, triangles, progress=lambda _: False, **settings)
