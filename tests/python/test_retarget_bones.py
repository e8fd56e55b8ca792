"""Poses and bones of a retarget, against small skeletons worked out by hand."""

import numpy as np
import pytest

from blender_bridge import SparseWeights
from blender_bridge.pipeline import bones, posing
from blender_bridge.pipeline.avatar_data import AvatarData
from blender_bridge.pipeline.errors import SceneError
from blender_bridge.pipeline.model import CostumeMesh, Outfit, Skeleton
from blender_bridge.pipeline.weights import mirror_columns


def skeleton(**parents):
    """Bones by name and parent, one above the other, 0.1 m apart."""
    names = list(parents)
    index = [names.index(parent) if parent else -1 for parent in parents.values()]
    heads = np.array([[0.0, 0.0, 0.1 * number] for number in range(len(names))])
    z_axes = np.tile([0.0, -1.0, 0.0], (len(names), 1))
    return Skeleton(names, np.array(index, np.int64), heads, heads + np.array([0, 0, 0.1]), z_axes)


def avatar(tmp_path, roles, parents, auxiliary=None):
    return AvatarData(
        path=tmp_path / "avatar.json",
        name="Someone",
        mesh_name="Body",
        bone_of_role=roles,
        role_of_bone={bone: role for role, bone in roles.items()},
        role_of_auxiliary=auxiliary or {},
        parents=parents,
    )


def shift(x):
    matrix = np.eye(4)
    matrix[0, 3] = x
    return matrix


@pytest.fixture
def source(tmp_path):
    return avatar(
        tmp_path,
        {"Hips": "Hips", "Spine": "Spine", "LeftBreast": "Bust", "LeftHand": "Hand"},
        {"Rig": None, "Hips": "Rig", "Spine": "Hips", "Bust": "Spine", "Hand": "Spine",
         "Hair": "Spine"},
        {"Twist": "LeftHand"},
    )  # fmt: skip


@pytest.fixture
def target(tmp_path):
    return avatar(
        tmp_path,
        {"Hips": "pelvis", "Spine": "back", "LeftHand": "hand_l"},
        {"root": None, "pelvis": "root", "back": "pelvis", "hand_l": "back"},
    )


def outfit(rig, rows):
    """One mesh with dense weights over the rig's bones."""
    points = np.zeros((len(rows), 3), np.float32)
    mesh = CostumeMesh(
        "Shirt",
        points,
        np.empty((0, 3), np.uint32),
        np.empty((0, 2), np.uint32),
        SparseWeights.from_dense(np.array(rows, np.float32)),
    )
    return Outfit(rig, [mesh])


def test_absent_bones_take_the_nearest_listed_ancestors_matrix(source):
    deltas = posing.avatar_deltas(source, {"Hips": shift(1), "Spine": shift(2)})
    assert {bone: matrix[0, 3] for bone, matrix in deltas.items()} == {
        "Hips": 1, "Spine": 2, "Bust": 2, "Hand": 2, "Hair": 2,
    }  # fmt: skip


def test_own_bones_follow_and_strays_are_named(source):
    rig = skeleton(Hips=None, Hand="Hips", Bracelet="Hand", Charm="Bracelet", Prop=None, Tip="Prop")
    found = posing.skeleton_deltas(rig, source, {"Hips": shift(1), "LeftHand": shift(3)})
    assert found.matrices[:, 0, 3].tolist() == [1, 3, 3, 3, 1, 1]
    assert found.strays == ["Prop"]


def test_a_pose_by_the_slope_of_the_upper_arm(tmp_path):
    roles = {"Hips": "Hips", "LeftUpperArm": "Arm", "LeftLowerArm": "Elbow"}
    data = avatar(tmp_path, roles, dict.fromkeys(roles.values()))
    rig = skeleton(Hips=None, Arm="Hips", Elbow="Arm")
    for degrees, expected in ((0, False), (29, False), (31, True), (-45, True)):
        slope = np.radians(degrees)
        rig.heads[2] = rig.heads[1] + [np.cos(slope), 0, -np.sin(slope)]
        assert posing.is_a_pose(rig, data) is expected
    assert not posing.is_a_pose(skeleton(Hips=None), data)


def test_bones_of_another_name_get_the_weights_of_their_role(source, target):
    rig = skeleton(Hips=None, Spine="Hips", Bust="Spine", Hand="Spine", Twist="Hand", Belt="Spine")
    body = skeleton(root=None, pelvis="root", back="pelvis", hand_l="back")
    clothes = outfit(rig, [[0.1, 0.2, 0.3, 0.2, 0.1, 0.1]])
    mapping = bones.map_bones(clothes, source, target, body)
    weights = bones.rename_columns(clothes.meshes[0].weights, mapping).to_dense()
    # pelvis: Hips; back: Spine, and Bust, which the target lacks; hand_l: Hand and its twist bone.
    np.testing.assert_allclose(weights, [[0, 0.1, 0.5, 0.3, 0.1]], atol=1e-7)
    new = bones.new_skeleton(body, mapping, rig)
    assert new.names == ["root", "pelvis", "back", "hand_l", "Belt"]
    assert new.parents.tolist() == [-1, 0, 1, 2, 2]
    np.testing.assert_array_equal(new.heads[:4], body.heads)
    np.testing.assert_array_equal(new.heads[4], rig.heads[5])


def test_bones_of_the_source_alone_stay_where_they_carry_something(source, target):
    body = skeleton(root=None, pelvis="root", back="pelvis", hand_l="back")
    rig = skeleton(Rig=None, Hips="Rig", Spine="Hips", Hair="Spine")
    weighted = bones.map_bones(outfit(rig, [[0, 0.5, 0, 0.5]]), source, target, body)
    assert weighted.own_names == ["Hair"]
    idle = bones.map_bones(outfit(rig, [[0, 1, 0, 0]]), source, target, body)
    assert idle.own_names == []
    assert idle.columns.tolist() == [1, 1, 2, 2]


def test_an_own_bone_that_has_a_name_of_the_targets(source, target):
    body = skeleton(root=None, pelvis="root", back="pelvis", hand_l="back")
    rig = skeleton(Hips=None, back="Hips")
    mapping = bones.map_bones(outfit(rig, [[0.5, 0.5]]), source, target, body)
    assert mapping.own_names == ["back_outfit"]
    assert "'back'" in mapping.warnings[0].text


def test_an_outfit_of_another_avatar_is_refused(source, target):
    with pytest.raises(SceneError, match="no bone of the outfit"):
        bones.check_names(skeleton(J_Hip=None), source)
    bones.check_names(skeleton(J_Hip=None, Hand="J_Hip"), source)
    with pytest.raises(SceneError, match="has no bone 'hand_l'"):
        rig = skeleton(Hips=None)
        bones.map_bones(outfit(rig, [[1]]), source, target, skeleton(pelvis=None, back="pelvis"))


def test_mirrored_columns_by_role_and_by_name(tmp_path):
    roles = {"Hips": "h", "LeftHand": "a", "RightHand": "b", "LeftFoot": "c"}
    data = avatar(tmp_path, roles, dict.fromkeys(roles.values()))
    names = ["h", "a", "b", "c", "twist_l", "twist_r", "Belt"]
    assert mirror_columns(names, data).tolist() == [0, 2, 1, -1, 5, 4, -1]
