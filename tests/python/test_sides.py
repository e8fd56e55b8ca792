# SPDX-License-Identifier: GPL-3.0-or-later
"""Left and right by name: the spellings that rigs in use have."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blender_bridge import NO_INDEX, InvalidArgument
from blender_bridge.sides import Side, group_sides, mirror_name, pair_sides, side_pairs

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
