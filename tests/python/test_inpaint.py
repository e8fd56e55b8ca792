# SPDX-License-Identifier: GPL-3.0-or-later
"""Inpainting and robust transfer: dense algebra, true weights, and meshes as artists leave them."""

import numpy as np
import pytest
import sample_garments

import blender_bridge as hemline

RANDOM = np.random.default_rng(11)


def sheet(side, spacing=0.01, height=0.0):
    """A bent square of `side` by `side` vertices."""
    y, x = np.divmod(np.arange(side * side), side)
    z = height + spacing * np.sin(0.3 * x) * np.cos(0.2 * y)
    first = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    quads = np.stack([first, first + 1, first + side + 1, first + side], axis=1)
    points = np.stack([spacing * x, spacing * y, z], axis=1).astype(np.float32)
    return points, quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3).astype(np.uint32)


def dense_energy(points, triangles):
    """−L + L M⁻¹ L and M from the textbook's angles, without mollification."""
    count = len(points)
    laplacian, mass = np.zeros((count, count)), np.zeros(count)
    for triangle in triangles:
        for corner in range(3):
            k, i, j = (triangle[(corner + step) % 3] for step in range(3))
            u, v = (points[i] - points[k]).astype(float), (points[j] - points[k]).astype(float)
            area = np.linalg.norm(np.cross(u, v)) / 2
            half = u @ v / (4 * area)
            laplacian[[i, j], [j, i]] += half
            laplacian[[i, j], [i, j]] -= half
            mass[k] += area / 3
    return laplacian @ (laplacian / mass[:, None]) - laplacian, mass


@pytest.mark.parametrize("soft", [False, True])
def test_the_extension_solves_the_system(soft):
    points, triangles = sheet(9)
    fixed = RANDOM.random(81) < 0.3
    weights = RANDOM.random((81, 5)).astype(np.float32)
    weights[:, 3] = 0.0
    confidence = 1e6 * RANDOM.random(81) if soft else np.zeros(81)
    energy, mass = dense_energy(points, triangles)
    energy += np.diag(mass * confidence)
    free = ~fixed
    right = (mass * confidence)[free, None] * weights[free] - energy[np.ix_(free, fixed)] @ weights[
        fixed
    ]
    expected = np.linalg.solve(energy[np.ix_(free, free)], right)
    inpainter = hemline.WeightInpainter(points, triangles, fixed, confidence if soft else None)
    found = inpainter.inpaint(weights)
    np.testing.assert_allclose(found[free], expected, atol=2e-6)
    np.testing.assert_array_equal(found[fixed], weights[fixed])
    np.testing.assert_allclose(inpainter.inpaint(weights[:, 1]), found[:, 1], atol=1e-6)
    assert not inpainter.unreached.any()


def test_unreached_islands_keep_their_weights():
    points, triangles = sheet(4)
    points = np.concatenate([points, points])
    triangles = np.concatenate([triangles, triangles + 16]).astype(np.uint32)
    weights = np.full((32, 1), 0.5, np.float32)
    weights[0] = 1.0
    inpainter = hemline.WeightInpainter(points, triangles, np.arange(32) == 0)
    np.testing.assert_array_equal(inpainter.unreached, np.arange(32) >= 16)
    np.testing.assert_allclose(
        inpainter.inpaint(weights)[:, 0], np.repeat([1.0, 0.5], 16), atol=1e-5
    )


def transfer(name, shape, **options):
    body = sample_garments.load_piece("body", shape)
    garment = sample_garments.load_piece(name, shape)
    found = hemline.robust_transfer_weights(
        body.points, body.triangles, body.weights, garment.points, garment.triangles, **options
    )
    return found, garment, body


def total_variation(weights, truth):
    return 0.5 * np.abs(weights - truth).sum(axis=1).mean()


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("tights", 0.0185),
        ("skirt", 0.093),
        ("female_casualsuit01", 0.0222),
        ("male_casualsuit03", 0.0306),
    ],
)
def test_accuracy_on_true_weights(name, most):
    found, garment, _ = transfer(name, "neutral")
    assert total_variation(found.weights, garment.weights) <= most
    assert_valid(found.weights)
    counts = np.bincount(found.sources, minlength=4)
    assert found.report[:4] == (counts[1], counts[0], counts[2], counts[3])
    assert counts[2:].sum() == 0
    assert ((found.weights > 0).sum(axis=1) <= 4).all()


def test_the_published_method_keeps_near_copies_and_inpaints_the_rest():
    found, garment, body = transfer(
        "skirt", "neutral", matching="threshold", flipped_normals=False, max_influences=0
    )
    surface = hemline.Surface(body.points, body.triangles)
    copies = hemline.transfer_weights(surface, body.weights, garment.points)
    copy = copies.weights / copies.weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.weights[found.matched], copy[found.matched], atol=2e-6)
    assert (copies.distances[found.matched] <= 0.05).all()
    inpainter = hemline.WeightInpainter(garment.points, garment.triangles, found.matched)
    expected = inpainter.inpaint(copy).clip(0, 1)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.weights, expected, atol=2e-5)


def assert_valid(weights):
    assert np.isfinite(weights).all() and (weights >= 0).all() and (weights <= 1).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-5)


def box(center, size):
    """A closed box with outward triangles."""
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    faces = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    quads = np.array(faces)
    return (np.array(center) + corners * np.array(size) / 2).astype(np.float32), quads[
        :, [0, 1, 2, 0, 2, 3]
    ].reshape(-1, 3).astype(np.uint32)


def body_of_two_groups():
    points, triangles = sheet(20, 0.02)
    weights = np.zeros((400, 2), np.float32)
    weights[:, 0] = points[:, 0] / points[:, 0].max()
    weights[:, 1] = 1.0 - weights[:, 0]
    return points, triangles, weights


def adversarial_meshes():
    points, triangles = sheet(10, 0.02, 0.01)
    far = points + np.float32([0, 0, 3.0])
    yield "no match anywhere", far, triangles
    yield "duplicate faces", points, np.concatenate([triangles, triangles, triangles[:40]])
    degenerate = np.array([[0, 0, 0], [1, 1, 2], [3, 4, 5], [5, 5, 5]], np.uint32)
    yield "zero area", points, np.concatenate([triangles, degenerate])
    collapsed = points.copy()
    collapsed[30:60] = collapsed[30]
    yield "thirty points in one place", collapsed, triangles
    yield "isolated vertices", np.concatenate([points, far[:7], points[:3]]), triangles
    fan = np.array([[0, 1, v] for v in range(20, 60)], np.uint32)
    yield "an edge of forty faces", points, np.concatenate([triangles, fan])
    yield "flipped normals", points, triangles[:, ::-1]
    mixed = triangles.copy()
    mixed[::2] = mixed[::2, ::-1]
    yield "normals at random", points, mixed
    layer = points + np.float32([0, 0, 0.001])
    layers = np.concatenate([triangles, (triangles + 100)[:, ::-1]])
    yield "layers of 1 mm", np.concatenate([points, layer]), layers
    yield "one vertex", points[:1], triangles[:0]
    yield "one far vertex", far[:1], triangles[:0]
    yield "nothing", points[:0], triangles[:0]
    yield "huge", points * np.float32(1e4), triangles
    yield "tiny", points * np.float32(1e-4), triangles


@pytest.mark.parametrize("matching", ["confidence", "threshold"])
@pytest.mark.parametrize("case", list(adversarial_meshes()), ids=lambda case: case[0])
def test_adversarial_meshes_end_with_valid_weights(case, matching):
    _, points, triangles = case
    found = hemline.robust_transfer_weights(
        *body_of_two_groups(), points, np.ascontiguousarray(triangles), matching=matching
    )
    assert found.weights.shape == (len(points), 2)
    assert_valid(found.weights)
    assert len(found.report.islands) == len(points)


def test_an_island_without_match_is_reported():
    points, triangles = sheet(5, 0.02, 0.01)
    both = np.concatenate([points, points + np.float32([0, 0, 1.0])])
    faces = np.concatenate([triangles, triangles + 25]).astype(np.uint32)
    found = hemline.robust_transfer_weights(
        *body_of_two_groups(), both, faces, matching="threshold"
    )
    assert found.report.unmatched_islands.tolist() == [1]
    assert (found.sources[25:] == hemline.WeightSource.EXTRAPOLATED).all()
    assert found.report.extrapolated == 25
    body_points, body_triangles, body_weights = body_of_two_groups()
    surface = hemline.Surface(body_points, body_triangles)
    copies = hemline.transfer_weights(surface, body_weights, both).weights
    np.testing.assert_allclose(found.weights[25:], copies[25:], atol=1e-5)


def test_islands_that_touch_do_not_mix():
    # Two sheets in the same place: one is held at the left body, one at the right.
    body = [box([0, 0, 0], [1, 1, 0.1]), box([3, 0, 0], [1, 1, 0.1])]
    body_points = np.concatenate([points for points, _ in body])
    body_triangles = np.concatenate([body[0][1], body[1][1] + 8]).astype(np.uint32)
    body_weights = np.repeat(np.eye(2, dtype=np.float32), 8, axis=0)
    points, triangles = sheet(12, 0.1, 0.07)
    left, right = points - np.float32([0.5, 0.5, 0]), points + np.float32([2.0, -0.5, 0])
    found = hemline.robust_transfer_weights(
        body_points,
        body_triangles,
        body_weights,
        np.concatenate([left, right]),
        np.concatenate([triangles, triangles + 144]).astype(np.uint32),
    )
    assert (found.weights[:144, 1] == 0).all() and (found.weights[144:, 0] == 0).all()


def test_glove_fingers_do_not_take_their_neighbours_weight():
    # Fingers 8 mm thick with gaps of 6 mm; the glove is 2 mm off, so its fingers are 2 mm apart.
    body = [box([0.014 * finger, 0, 0], [0.008, 0.06, 0.008]) for finger in range(4)]
    glove = [box([0.014 * finger, 0, 0], [0.012, 0.064, 0.012]) for finger in range(4)]

    def joined(boxes):
        pieces = [
            sample_garments.subdivided(
                sample_garments.Piece(points, triangles, np.zeros((8, 0), np.float32)), 3
            )
            for points, triangles in boxes
        ]
        count = len(pieces[0].points)
        triangles = [piece.triangles + count * number for number, piece in enumerate(pieces)]
        return (
            np.concatenate([piece.points for piece in pieces]),
            np.concatenate(triangles).astype(np.uint32),
            np.repeat(np.eye(4, dtype=np.float32), count, axis=0),
        )

    points, triangles, truth = joined(glove)
    found = hemline.robust_transfer_weights(*joined(body), points, triangles)
    np.testing.assert_array_equal(found.weights, truth)


def test_a_sleeve_closer_to_the_neighbour_stays_with_its_own_limb():
    # The glove bulges to 1 mm from the next finger, 3 mm from its own.
    body = [box([0, 0, 0], [0.008, 0.06, 0.008]), box([0.012, 0, 0], [0.008, 0.06, 0.008])]
    pieces = [
        sample_garments.subdivided(
            sample_garments.Piece(*mesh, np.eye(2, dtype=np.float32)[[number] * 8]), 3
        )
        for number, mesh in enumerate(body)
    ]
    count = len(pieces[0].points)
    glove = sample_garments.subdivided(
        sample_garments.Piece(*box([0, 0, 0], [0.014, 0.066, 0.014]), np.zeros((8, 0))), 3
    )
    found = hemline.robust_transfer_weights(
        np.concatenate([piece.points for piece in pieces]),
        np.concatenate([pieces[0].triangles, pieces[1].triangles + count]).astype(np.uint32),
        np.concatenate([piece.weights for piece in pieces]),
        glove.points,
        glove.triangles,
    )
    assert found.weights[:, 1].max() < 0.5
    assert found.weights[:, 1].mean() < 0.05


def test_ten_thousand_buttons():
    points, triangles = box([0, 0, 0.005], [0.004, 0.004, 0.002])
    shifts = np.stack([RANDOM.random(10_000), RANDOM.random(10_000), np.zeros(10_000)], axis=1)
    many = (points[None] + 0.38 * shifts[:, None].astype(np.float32)).reshape(-1, 3)
    faces = (triangles[None] + 8 * np.arange(10_000)[:, None, None]).reshape(-1, 3)
    found = hemline.robust_transfer_weights(*body_of_two_groups(), many, faces.astype(np.uint32))
    assert_valid(found.weights)
    assert len(np.unique(found.report.islands)) == 10_000


def test_a_body_without_weights_gives_empty_rows():
    points, triangles, weights = body_of_two_groups()
    found = hemline.robust_transfer_weights(points, triangles, weights * 0, points, triangles)
    assert (found.weights == 0).all()
    assert found.report.empty == len(points) and found.report.unmatched_islands.tolist() == [0]


def test_sparse_weights_in_sparse_weights_out():
    points, triangles, weights = body_of_two_groups()
    garment, faces = sheet(10, 0.02, 0.01)
    dense = hemline.robust_transfer_weights(points, triangles, weights, garment, faces).weights
    rows = hemline.SparseWeights.from_dense(weights)
    sparse = hemline.robust_transfer_weights(points, triangles, rows, garment, faces).weights
    assert isinstance(sparse, hemline.SparseWeights)
    np.testing.assert_array_equal(sparse.to_dense(), dense)


@pytest.mark.parametrize(
    "options",
    [
        {"matching": "best"},
        {"smoothing": 0.0},
        {"max_distance": -1.0},
        {"max_angle": 181.0},
        {"smoothing_factor": 1.5},
        {"smoothing_passes": -1},
    ],
)
def test_bad_options_are_named(options):
    points, triangles, weights = body_of_two_groups()
    with pytest.raises(hemline.InvalidArgument, match=next(iter(options))):
        hemline.robust_transfer_weights(points, triangles, weights, points, triangles, **options)


def test_a_cancel_ends_the_call():
    points, triangles, weights = body_of_two_groups()
    with pytest.raises(hemline.Cancelled):
        hemline.robust_transfer_weights(
            points, triangles, weights, points, triangles, progress=lambda fraction: False
        )
