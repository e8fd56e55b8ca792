# SPDX-License-Identifier: GPL-3.0-or-later
"""Left and right: the spellings that rigs in use have, and weights of the wrong side."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import blender_bridge as hemline
from blender_bridge import NO_INDEX, InvalidArgument, SparseWeights
from blender_bridge.side_names import Side, group_sides, mirror_name, pair_sides, side_pairs

PAIRS = [
    ("Hand.L", "Hand.R"),
    ("hand_l", "hand_r"),
    ("hand-L.001", "hand-R.001"),
    ("L_Hand", "R_Hand"),
    ("J_Bip_L_UpperArm", "J_Bip_R_UpperArm"),
    ("Bip001 L Thigh", "Bip001 R Thigh"),
    ("LeftUpperArm", "RightUpperArm"),
    ("mixamorig:LeftArm", "mixamorig:RightArm"),
    ("upperArmLeft", "upperArmRight"),
    ("upper_arm_left", "upper_arm_right"),
    ("leftHand", "rightHand"),
    ("HAND_LEFT", "HAND_RIGHT"),
    ("SkirtLeftFront2", "SkirtRightFront2"),
    ("左腕", "右腕"),
    ("ひざ_左", "ひざ_右"),
    ("Skirt_L.Left", "Skirt_R.Right"),
]
LOOSE_PAIRS = [
    ("lefthand", "righthand"),
    ("handLEFT", "handRIGHT"),
    ("armleft", "armright"),
    ("HandL", "HandR"),
    ("lHand", "rHand"),
]
SIDELESS = ["Hips", "Bright", "Leftover", "cleft", "Lamp", "Rear", "PixelR2", "左右", "L_to_R", ""]


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_spelled_sides_mirror(left, right):
    assert mirror_name(left) == right and mirror_name(right) == left
    assert group_sides([right, left]).tolist() == [Side.RIGHT, Side.LEFT]
    assert group_sides([left]).tolist() == [Side.LEFT]


@pytest.mark.parametrize(("left", "right"), PAIRS + LOOSE_PAIRS)
def test_groups_pair(left, right):
    names = ["Hips", right, "Spine", left]
    assert pair_sides(names).tolist() == [NO_INDEX, 3, NO_INDEX, 1]
    assert group_sides(names).tolist() == [Side.NEITHER, Side.RIGHT, Side.NEITHER, Side.LEFT]
    assert side_pairs(names).tolist() == [[3, 1]]


@pytest.mark.parametrize("name", SIDELESS)
def test_other_names_tell_no_side(name):
    assert mirror_name(name) is None
    assert pair_sides([name]).tolist() == [NO_INDEX]
    assert group_sides([name]).tolist() == [Side.NEITHER]


def test_case_matters_and_loose_spellings_need_their_mirror():
    names = ["Hand.L", "Hand.r", "hand.R", "HandL", "lFoot"]
    assert pair_sides(names).tolist() == [NO_INDEX] * 5
    assert group_sides(names).tolist() == [1, 2, 2, 0, 0]


def test_a_name_that_is_there_twice_is_named():
    with pytest.raises(InvalidArgument, match=r"'Hand\.L' twice"):
        pair_sides(["Hand.L", "Hips", "Hand.L"])


words = st.lists(
    st.sampled_from(["L", "R", "l", "r", "Left", "right", "LEFT", "左", "_", ".", "Arm", "x", "2"]),
    max_size=5,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(words, unique=True, max_size=40))
def test_pairs_are_mutual_and_of_opposite_sides(names):
    pairs, sides = pair_sides(names), group_sides(names)
    assert pairs.dtype == np.uint32 and sides.dtype == np.uint8
    for group, other in enumerate(pairs.tolist()):
        if other != NO_INDEX:
            assert pairs[other] == group != other
            assert {sides[group], sides[other]} == {Side.LEFT, Side.RIGHT}
    left, right = side_pairs(names).T
    np.testing.assert_array_equal(left, np.flatnonzero((sides == 1) & (pairs != NO_INDEX)))
    np.testing.assert_array_equal(right, pairs[left])


#: Left and right arm, spine, a left group without its mirror, a group that does not count.
SIDES = np.uint8([Side.LEFT, Side.RIGHT, Side.NEITHER, Side.LEFT, Side.NEITHER])
MIRROR = np.uint32([1, 0, NO_INDEX, NO_INDEX, NO_INDEX])
COUNTED = np.array([True, True, True, True, False])


def body(seed, count=200):
    """Points about the centre line, and weights with zeros."""
    random = np.random.default_rng(seed)
    points = random.uniform(-0.03, 0.03, (count, 3)).astype(np.float32)
    points[::10, 0] = 0
    dense = random.random((count, 5), np.float32)
    return points, np.where(random.random((count, 5)) < 0.5, dense, np.float32(0))


def separated(x, row, threshold):
    """The rule for one vertex, in float64."""
    row = row.astype(np.float64)
    if abs(x) <= np.float32(threshold):
        return row
    wrong = (1,) if x > 0 else (0, 3)
    total = row[COUNTED].sum()
    if 3 in wrong and row[:3].sum() > 0:
        row[3] = 0
        row[:3] *= total / row[:3].sum()
    if 1 in wrong:
        row[0], row[1] = row[0] + row[1], 0
    else:
        row[1], row[0] = row[0] + row[1], 0
    return row


@pytest.mark.parametrize("seed", range(3))
def test_no_weight_of_the_other_side_remains(seed):
    points, dense = body(seed)
    found = hemline.separate_sides(
        SparseWeights.from_dense(dense), points, SIDES, MIRROR, group_mask=COUNTED
    )
    expected = np.array([separated(x, row, 0.01) for x, row in zip(points[:, 0], dense)])
    np.testing.assert_allclose(found.weights.to_dense(), expected, atol=1e-6)
    wrong = np.where(points[:, 0] > 0, dense[:, 1] > 0, (dense[:, [0, 3]] > 0).any(axis=1))
    assert found.changed == (wrong & (np.abs(points[:, 0]) > 0.01)).sum()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("with_reference", [False, True])
def test_swapped_pairs_are_swapped_back(seed, with_reference):
    points, dense = body(seed)
    _, before = body(seed + 10)
    left, right = dense[:, 0].astype(np.float64), dense[:, 1].astype(np.float64)
    if with_reference:
        l0, r0 = before[:, 0].astype(np.float64), before[:, 1].astype(np.float64)
        swapped = abs(left - r0) + abs(right - l0) < abs(left - l0) + abs(right - r0)
    else:
        x = points[:, 0]
        swapped = ((x > 0) & (left < right)) | ((x < 0) & (left > right))
    swapped &= np.abs(points[:, 0]) <= np.float32(0.01)
    expected = dense.copy()
    expected[swapped, :2] = dense[swapped, 1::-1]
    reference = SparseWeights.from_dense(before) if with_reference else None
    weights = SparseWeights.from_dense(dense)
    found = hemline.repair_sides(weights, points, SIDES, MIRROR, reference=reference)
    np.testing.assert_array_equal(found.weights.to_dense(), expected)
    assert found.changed == (swapped & (dense[:, :2] > 0).any(axis=1)).sum() > 0


@pytest.mark.parametrize("seed", range(3))
def test_mirrored_vertices_get_the_mean_of_their_rows(seed):
    """Pairs, a vertex on the middle, one without a counterpart; against a loop in float64."""
    random = np.random.default_rng(seed)
    half = random.uniform(0.01, 1, (50, 3)).astype(np.float32)
    images = half * [-1, 1, 1] + random.uniform(-1e-4, 1e-4, half.shape)
    points = np.concatenate([half, images, [[1e-5, 5, 5]], [[2, 2, 2]]]).astype(np.float32)
    dense = random.random((102, 5)).astype(np.float32)
    dense[50:100] = dense[:50, [1, 0, 2, 3, 4]] + 0.05 * random.random((50, 5))
    dense[100, 1] = dense[100, 0] + 0.1
    mirror = np.array([1, 0, 2, -1, 4])
    found = hemline.symmetrize_weights(SparseWeights.from_dense(dense), points, mirror)
    partner = np.r_[50:100, :50, 100]
    expected = dense.astype(np.float64)
    paired = [0, 1, 2, 4]
    for vertex, other in enumerate(partner):
        row = (dense[vertex, paired] + dense[other, mirror[paired]].astype(np.float64)) / 2
        expected[vertex, paired] = row * (dense[vertex, paired].sum(dtype=np.float64) / row.sum())
    np.testing.assert_allclose(found.weights.to_dense(), expected, atol=1e-6)
    assert found.changed == 101
    kept = hemline.symmetrize_weights(
        SparseWeights.from_dense(dense), points, mirror, vertex_mask=np.arange(102) >= 50
    )
    expected[:100] = dense[:100]
    np.testing.assert_allclose(kept.weights.to_dense(), expected, atol=1e-6)
    assert kept.changed == 1


def test_symmetry_of_no_vertices_and_bad_mirrors():
    none = SparseWeights([0], [], [], 2)
    assert hemline.symmetrize_weights(none, np.empty((0, 3)), [1, 0]).changed == 0
    one = SparseWeights([0, 1], [1], [1.0], 2)
    with pytest.raises(InvalidArgument, match="mirror` of group 0 is 1, expected a group that"):
        hemline.symmetrize_weights(one, [[0, 0, 0]], [1, -1])
    with pytest.raises(InvalidArgument, match="tolerance"):
        hemline.symmetrize_weights(one, [[0, 0, 0]], [1, 0], tolerance=-1)


def test_sides_of_no_vertices_and_bad_arguments():
    none = SparseWeights([0], [], [], 2)
    pair = ([1, 2], [1, 0])
    assert hemline.separate_sides(none, np.empty((0, 3)), *pair).changed == 0
    assert hemline.repair_sides(none, np.empty((0, 3)), *pair).changed == 0
    one = SparseWeights([0, 1], [1], [1.0], 2)
    for change in (hemline.separate_sides, hemline.repair_sides):
        with pytest.raises(hemline.NotFinite, match="points"):
            change(one, [[np.nan, 0, 0]], *pair)
        with pytest.raises(InvalidArgument, match="sides` has 3 for group 1"):
            change(one, [[0, 0, 0]], [1, 3], [-1, -1])
        with pytest.raises(InvalidArgument, match="mirror` of group 0 is 1"):
            change(one, [[0, 0, 0]], [1, 1], [1, 0])
        with pytest.raises(hemline.LengthMismatch, match="mirror"):
            change(one, [[0, 0, 0]], [1, 2], [1])
