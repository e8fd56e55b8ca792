# SPDX-License-Identifier: GPL-3.0-or-later
"""Humanoid bones of the rigs that avatars come with: by name, by position, by the user's table."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_rigs import RIGS, skeleton_of

from blender_bridge.authoring.humanoid import find_humanoid_bones, load_bone_table
from blender_bridge.authoring.roles import REQUIRED
from blender_bridge.pipeline.errors import InputFileError, SceneError
from blender_bridge.side_names import Side, split_sides


@pytest.fixture(autouse=True)
def backend():
    """No library call is made here: once is enough."""


@pytest.mark.parametrize("rig", RIGS)
def test_bones_are_found_by_name(rig):
    bones, extra = RIGS[rig]
    found = find_humanoid_bones(skeleton_of(bones, extra))
    assert {role: found.bone_of_role.get(role) for role in bones} == bones
    assert set(found.origin.values()) == {"name"}
    assert rig.startswith(found.convention) or found.convention == "Unity"
    assert not found.warnings


@pytest.mark.parametrize("rig", RIGS)
def test_any_order_of_bones_gives_the_same(rig):
    bones, extra = RIGS[rig]
    skeleton = skeleton_of(bones, extra)
    depth = [_depth(skeleton.parents, bone) for bone in range(len(skeleton.names))]
    order = sorted(range(len(depth)), key=lambda bone: (depth[bone], -bone))
    parents = [order.index(p) if (p := skeleton.parents[bone]) >= 0 else -1 for bone in order]
    shuffled = type(skeleton)(
        [skeleton.names[bone] for bone in order],
        np.array(parents),
        skeleton.heads[order],
        skeleton.tails[order],
        skeleton.z_axes[order],
    )
    first, second = find_humanoid_bones(skeleton), find_humanoid_bones(shuffled)
    assert first.bone_of_role == second.bone_of_role
    assert first.role_of_auxiliary == second.role_of_auxiliary


def _depth(parents, bone):
    return 0 if bone < 0 else 1 + _depth(parents, int(parents[bone]))


def test_auxiliary_bones():
    def auxiliary(rig):
        return find_humanoid_bones(skeleton_of(*RIGS[rig])).role_of_auxiliary

    assert auxiliary("Unreal") == {"upperarm_twist_01_l": "LeftUpperArm"}
    assert auxiliary("Unity") == {}
    assert auxiliary("MMD") == {
        "左腕捩": "LeftUpperArm",
        "左足D": "LeftUpperLeg",
        "左ひざD": "LeftLowerLeg",
    }
    assert auxiliary("MMD in Blender") == {"足D.L": "LeftUpperLeg", "腕捩.L": "LeftUpperArm"}


def test_a_bone_between_two_humanoid_ones_is_auxiliary():
    bones, _ = RIGS["Unity"]
    skeleton = skeleton_of(bones, {"LeftArmHalf": "LeftUpperArm"})
    half, lower = skeleton.index["LeftArmHalf"], skeleton.index["LeftLowerArm"]
    skeleton.parents[lower] = half
    assert find_humanoid_bones(skeleton).role_of_auxiliary == {"LeftArmHalf": "LeftUpperArm"}


def _nameless(bones):
    """Names that say nothing, the same for any order of roles."""
    return {role: f"Bone.{number:03}" for number, role in enumerate(sorted(bones))}


@pytest.mark.parametrize("rig", ["Unity", "Unity, underscores", "MMD in Blender"])
def test_bones_are_found_by_hierarchy_and_position(rig):
    bones = _nameless(RIGS[rig][0])
    found = find_humanoid_bones(skeleton_of(bones))
    assert found.bone_of_role == bones
    assert set(found.origin.values()) == {"position"}
    assert "please check" in found.warnings[0]


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_renamed_bones_are_found_by_hierarchy(data):
    rig = data.draw(st.sampled_from(sorted(RIGS)))
    bones, _ = RIGS[rig]
    renamed = data.draw(st.lists(st.sampled_from(REQUIRED), min_size=1, max_size=4, unique=True))
    changed = {**bones, **{role: f"部位.{number}" for number, role in enumerate(renamed)}}
    found = find_humanoid_bones(skeleton_of(changed))
    for role in renamed:
        assert found.bone_of_role[role] == changed[role], (rig, role)
        assert found.origin[role] == "position"


def test_only_weighted_bones_are_taken_by_position():
    bones = _nameless(RIGS["Unity"][0])
    skeleton = skeleton_of(bones, {"Wing": bones["LeftShoulder"], "Cape": bones["LeftFoot"]})
    skeleton.heads[skeleton.index["Wing"]] = [2.0, 0.0, 1.3]
    skeleton.heads[skeleton.index["Cape"]] = [0.3, 0.4, -0.1]
    weighted = np.array([name in bones.values() for name in skeleton.names])
    assert find_humanoid_bones(skeleton, body_bones=weighted).bone_of_role == bones


def test_missing_bones_are_named():
    bones = {role: f"b{n}" for n, role in enumerate(["Hips", "Spine", "Chest"])}
    with pytest.raises(SceneError, match=r"Aria: no bone was found for Hips, Spine, Head, LeftUpp"):
        find_humanoid_bones(skeleton_of(bones), where="Aria")


def test_the_users_table_goes_first():
    bones, _ = RIGS["Unity"]
    skeleton = skeleton_of(bones, {"RealHand": "LeftLowerArm"})
    table = {"LeftHand": "RealHand", "Chest": None}
    found = find_humanoid_bones(skeleton, table)
    assert found.bone_of_role["LeftHand"] == "RealHand"
    assert found.origin["LeftHand"] == "user"
    assert "Chest" not in found.bone_of_role
    assert "RealHand" in found.table()
    assert "not found: Chest, Jaw" in found.table()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"LeftPaw": "LeftHand"}, "'LeftPaw' is no humanoid bone; these are Hips, Spine"),
        ({"LeftHand": "Paw"}, "has no bone 'Paw', which the table gives as LeftHand"),
        ({"LeftHand": "Hips", "Hips": "Hips"}, "gives 'Hips' as LeftHand and as Hips"),
    ],
)
def test_wrong_tables(table, message):
    with pytest.raises(SceneError, match=message):
        find_humanoid_bones(skeleton_of(RIGS["Unity"][0]), table)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "is \\[\\], expected an object"),
        ({"LeftPaw": "x"}, "holds 'LeftPaw', which is no humanoid bone"),
        ({"LeftHand": 3}, "`LeftHand`: is 3, expected a text"),
    ],
)
def test_wrong_table_files(tmp_path, document, message):
    path = tmp_path / "bones.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InputFileError, match=message):
        load_bone_table(path)


def test_table_files(tmp_path):
    path = tmp_path / "bones.json"
    path.write_text('{"LeftHand": "左手", "Jaw": null}', encoding="utf-8")
    assert load_bone_table(path) == {"LeftHand": "左手", "Jaw": None}


def test_an_avatar_that_faces_backwards_is_noticed():
    skeleton = skeleton_of(RIGS["Unity"][0])
    skeleton.heads[:, 0] *= -1
    warnings = find_humanoid_bones(skeleton).warnings
    assert any("LeftHand" in text and "other side" in text for text in warnings)


def test_split_sides():
    assert split_sides(["Hand.L", "左腕", "Spine", "handRIGHT", "handLEFT"]) == [
        (Side.LEFT, "Hand."),
        (Side.LEFT, "腕"),
        (Side.NEITHER, "Spine"),
        (Side.RIGHT, "hand"),
        (Side.LEFT, "hand"),
    ]
