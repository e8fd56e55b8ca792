# SPDX-License-Identifier: GPL-3.0-or-later
"""The weight stage: native against fallback, true weights, and meshes as artists leave them."""

import numpy as np
import pytest
import sample_garments

import blender_bridge as hemline
from blender_bridge.backend import backend as chosen
from blender_bridge.backend import use_backend

RANDOM = np.random.default_rng(5)


def tube(rings, sides, radius, length=1.0):
    """An open tube along x, symmetric about x = 0; its triangulation is not."""
    x = length * (np.arange(rings) - (rings - 1) / 2) / (rings - 1)
    angle = 2 * np.pi * np.arange(sides) / sides
    around = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.column_stack([np.repeat(x, sides), np.tile(around, (rings, 1))])
    ring, side = np.divmod(np.arange((rings - 1) * sides), sides)
    after = (side + 1) % sides
    a, b, c, d = (r * sides + s for r in (ring, ring + 1) for s in (side, after))
    triangles = np.concatenate([np.stack([a, b, d], axis=1), np.stack([a, d, c], axis=1)])
    return points.astype(np.float32), triangles.astype(np.uint32)


#: Groups: left, right, middle, and a ribbon of the outfit.
MIRROR = [1, 0, 2, -1]
ROLES = [hemline.GroupRole.BODY] * 3 + [hemline.GroupRole.OWN]


def body():
    points, triangles = tube(21, 12, 0.1)
    side = np.minimum(np.abs(points[:, 0]) * 4, 1)
    left, right = side * (points[:, 0] > 0), side * (points[:, 0] <= 0)
    dense = np.stack([left, right, 1 - side, 0 * side], axis=1).astype(np.float32)
    return points, triangles, hemline.SparseWeights.from_dense(dense)


def outfit():
    """A tight layer with own bones and a button; a wide one over it, twice, once masked."""
    tight, faces = tube(17, 10, 0.115)
    button = np.array([[0.2, 0.12, 0], [0.21, 0.12, 0], [0.2, 0.12, 0.01]], np.float32)
    points = np.concatenate([tight, button])
    triangles = np.concatenate([faces, [[len(tight), len(tight) + 1, len(tight) + 2]]])
    present = np.zeros((len(points), 4), np.float32)
    present[:, 2] = 0.4
    present[:, 3] = 0.5 * (points[:, 2] > 0)
    present[:, 0] = 1 - present.sum(axis=1) + 0.01 * points[:, 1]
    present[-3:] = [0, 0.5, 0.5, 0]
    rows = hemline.SparseWeights.from_dense(present)
    wide, wide_faces = tube(15, 12, 0.3)
    mask = np.clip(wide[:, 0] + 0.7, 0, 1)
    again, again_faces = tube(15, 12, 0.3)
    return [
        hemline.OutfitPiece(points, triangles, weights=rows),
        hemline.OutfitPiece(wide, wide_faces, layer=1),
        hemline.OutfitPiece(again, again_faces, mask=mask.astype(np.float32), layer=1),
    ]


def valid(result):
    for rows in result.weights:
        dense = rows.to_dense()
        assert (dense >= 0).all() and (dense <= 1).all()
        np.testing.assert_allclose(dense.sum(axis=1, dtype=np.float64), 1, atol=1e-5)
        assert ((dense > 0).sum(axis=1) <= 4).all()
    return [rows.to_dense() for rows in result.weights]


OPTIONS = [
    hemline.WeightStageOptions(),
    hemline.WeightStageOptions(matching="threshold", mix=0.5, symmetry=0, seams=0),
    hemline.WeightStageOptions(
        smooth_iterations=2, rigid_parts=False, sides=False, propagate=False
    ),
    hemline.WeightStageOptions(max_influences=2),
]


@pytest.mark.parametrize("options", OPTIONS)
def test_native_and_fallback_agree(backend, options):
    if backend != "native":
        pytest.skip("compares the two once")
    pieces = outfit()
    roles = [0, 0, 2, 1] if options.max_influences == 2 else ROLES
    runs = []
    for name in ("native", "fallback"):
        use_backend(name)
        assert chosen().__name__.endswith("operations" if name == "native" else "fallback")
        runs.append(hemline.weight_stage(*body(), pieces, roles, mirror=MIRROR, options=options))
    for ours, theirs in zip(*(run.weights for run in runs)):
        np.testing.assert_allclose(ours.to_dense(), theirs.to_dense(), atol=2e-5)
    for ours, theirs in zip(*(run.sources for run in runs)):
        np.testing.assert_array_equal(ours, theirs)
    assert runs[0].report[:-1] == runs[1].report[:-1]


def test_what_each_step_promises():
    pieces = outfit()
    result = hemline.weight_stage(*body(), pieces, ROLES, mirror=MIRROR)
    tight, wide, again = valid(result)
    report = result.report
    assert report.rigid_parts == 1 and report.seam_vertices == 2 * len(wide)
    np.testing.assert_array_equal(wide, again)
    np.testing.assert_array_equal(tight[-3:], np.repeat(tight[-3:-2], 3, axis=0))
    before = pieces[0].weights.to_dense()[:-3]
    share = before[:, 3] / before.sum(axis=1)
    np.testing.assert_allclose(tight[:-3, 3], share, atol=1e-5)
    # Mirrored rings: sides keep their number, groups swap.
    rings = wide.reshape(15, 12, 4)
    np.testing.assert_allclose(rings, rings[::-1, :, [1, 0, 2, 3]], atol=1e-5)
    counts = sum(np.bincount(sources, minlength=4) for sources in result.sources)
    assert (report.inpainted, report.matched, report.extrapolated, report.empty) == tuple(counts)


def test_locked_groups_keep_their_weights():
    points, triangles = tube(17, 10, 0.115)
    present = np.zeros((len(points), 4), np.float32)
    present[:, 2] = np.linspace(0, 1.2, len(points))
    present[:, 0] = 0.3
    piece = hemline.OutfitPiece(
        points, triangles, weights=hemline.SparseWeights.from_dense(present)
    )
    result = hemline.weight_stage(*body(), [piece], [0, 0, 2, 1], mirror=MIRROR)
    (dense,) = valid(result)
    np.testing.assert_allclose(dense[:, 2], np.minimum(present[:, 2], 1), atol=1e-6)


def test_a_mask_keeps_present_weights():
    points, triangles = tube(17, 10, 0.115)
    present = RANDOM.random((len(points), 4)).astype(np.float32)
    present /= present.sum(axis=1, keepdims=True)
    rows = hemline.SparseWeights.from_dense(present)
    mask = (points[:, 0] > 0).astype(np.float32)
    piece = hemline.OutfitPiece(points, triangles, weights=rows, mask=mask)
    options = hemline.WeightStageOptions(sides=False, symmetry=0, seams=0)
    (dense,) = valid(hemline.weight_stage(*body(), [piece], options=options))
    np.testing.assert_allclose(dense[mask == 0], present[mask == 0], atol=1e-6)
    assert not np.allclose(dense[mask == 1], present[mask == 1], atol=1e-2)


@pytest.mark.parametrize(("name", "most"), [("tights", 0.0185), ("skirt", 0.093)])
def test_accuracy_on_true_weights(backend, name, most):
    if backend != "native":
        pytest.skip("takes the fallback long; it agrees with the library elsewhere")
    source = sample_garments.load_piece("body", "neutral")
    garment = sample_garments.load_piece(name, "neutral")
    piece = hemline.OutfitPiece(garment.points, garment.triangles)
    weights = hemline.SparseWeights.from_dense(source.weights)
    result = hemline.weight_stage(source.points, source.triangles, weights, [piece])
    (dense,) = valid(result)
    assert 0.5 * np.abs(dense - garment.weights).sum(axis=1).mean() <= most


def adversarial():
    """Meshes of the issue's list; each beside a body tube of radius 0.1."""
    points, triangles = tube(9, 8, 0.12)
    far = np.array([[0, 9, 0], [1, 9, 0], [0, 10, 0]], np.float32)
    inner, inner_faces = tube(9, 8, 0.119)
    buttons = np.repeat(RANDOM.random((10_000, 3)).astype(np.float32) - 0.5, 3, axis=0)
    buttons[1::3, 0] += 0.002
    buttons[2::3, 1] += 0.002
    return {
        "island without match": (
            np.concatenate([points, far]),
            np.vstack([triangles, [72, 73, 74]]),
        ),
        "duplicate faces": (points, np.vstack([triangles, triangles[:20], triangles[:9, ::-1]])),
        "zero area": (points, np.vstack([triangles, [[0, 0, 1], [3, 3, 3]]])),
        "isolated vertices": (np.concatenate([points, far]), triangles),
        "non-manifold": (points, np.vstack([triangles, [[0, 1, 40], [0, 1, 50]]])),
        "flipped": (points, triangles[:, ::-1]),
        "layers": (np.concatenate([points, inner]), np.vstack([triangles, inner_faces + 72])),
        "buttons": (buttons, np.arange(30_000).reshape(-1, 3)),
        "one vertex": (np.zeros((1, 3), np.float32), np.zeros((0, 3), int)),
        "nothing": (np.zeros((0, 3), np.float32), np.zeros((0, 3), int)),
    }


@pytest.mark.parametrize("name", adversarial())
def test_broken_meshes_end_with_valid_weights(name):
    points, triangles = adversarial()[name]
    piece = hemline.OutfitPiece(points, triangles.astype(np.uint32))
    threshold = hemline.WeightStageOptions(matching="threshold", max_distance=0.03)
    for options in (None, threshold):
        result = hemline.weight_stage(*body(), [piece], mirror=MIRROR, options=options)
        valid(result)
        assert result.report.bare == 0
    assert hemline.weight_stage(*body(), []).weights == []


def test_a_glove_keeps_its_fingers_apart():
    """Two fingers 4 mm apart, a glove 1 mm around each: the gap between the gloves is 2 mm."""
    one, faces = tube(21, 16, 0.01, 0.08)
    shift = np.array([0, 0.024, 0], np.float32)
    points = np.concatenate([one, one + shift])
    dense = np.repeat(np.eye(2, dtype=np.float32), len(one), axis=0)
    weights = hemline.SparseWeights.from_dense(dense)
    glove, glove_faces = tube(23, 15, 0.011, 0.079)
    pieces = [
        hemline.OutfitPiece(
            np.concatenate([glove, glove + shift]),
            np.concatenate([glove_faces, glove_faces + np.uint32(len(glove))]),
        )
    ]
    fingers = np.concatenate([faces, faces + np.uint32(len(one))])
    (found,) = valid(hemline.weight_stage(points, fingers, weights, pieces))
    expected = np.repeat(np.eye(2), len(glove), axis=0)
    np.testing.assert_array_equal(found, expected)


def test_layer_order():
    skin = body()[:2]
    shirt, jacket, sleeve = tube(11, 10, 0.11), tube(11, 10, 0.125), tube(5, 10, 0.115, 0.2)
    order = hemline.layer_order([jacket, sleeve, shirt], *skin)
    assert order.tolist() == [2, 1, 0]
    apart = (jacket[0] + np.float32([5, 0, 0]), jacket[1])
    assert hemline.layer_order([apart, shirt], *skin).tolist() == [0, 0]
    assert hemline.layer_order([], *skin).tolist() == []


def test_bad_arguments_are_named():
    points, triangles = tube(5, 6, 0.12)
    piece = hemline.OutfitPiece(points, triangles)
    bad = [
        ({"pieces": [piece._replace(mask=np.full(30, 2, np.float32))]}, "mask"),
        ({"pieces": [piece._replace(weights=np.ones((30, 3), np.float32))]}, "weights"),
        ({"pieces": [piece._replace(triangles=[[0, 1, 30]])]}, "triangles"),
        ({"pieces": [piece._replace(layer=-1)]}, "layer"),
        ({"roles": [0, 0, 0, 7]}, "roles"),
        ({"mirror": [1, 2, 0, -1]}, "mirror"),
        ({"options": hemline.WeightStageOptions(mix=2)}, "mix"),
        ({"options": hemline.WeightStageOptions(max_influences=0)}, "max_influences"),
    ]
    for changed, name in bad:
        arguments = {"pieces": [piece], **changed}
        with pytest.raises(hemline.HemlineError, match=name):
            hemline.weight_stage(*body(), **arguments)
    flag = hemline.CancelFlag()
    flag.set()
    with pytest.raises(hemline.Cancelled):
        hemline.weight_stage(*body(), [piece], cancel=flag)


def test_progress_rises():
    seen = []
    options = hemline.WeightStageOptions(smooth_iterations=2)
    pieces = outfit()
    hemline.weight_stage(
        *body(), pieces, ROLES, mirror=MIRROR, options=options, progress=seen.append
    )
    assert seen == sorted(seen) and seen[-1] == 1.0
