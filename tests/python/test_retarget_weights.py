"""What a target's files say about weights: sway bones, region masks, bones of the transfer."""

import json

import numpy as np
import pytest
import sample_retarget

from blender_bridge import SparseWeights
from blender_bridge.pipeline import pair as pairs
from blender_bridge.pipeline.avatar_data import SwayBones, load_avatar_data
from blender_bridge.pipeline.errors import InputFileError
from blender_bridge.pipeline.model import Body, CostumeMesh, Skeleton
from blender_bridge.pipeline.region_masks import RegionMask, load_region_masks
from blender_bridge.pipeline.weight_rules import apply_rules
from blender_bridge.pipeline.weights import mirror_columns, weigh

SET = sample_retarget.FOLDER
NAMES = ["Spine", "Bust", "Ribbon"]


def sheet(height, count=21, width=0.2):
    """A square grid over the middle: points and triangles, z up."""
    along = np.linspace(-width / 2, width / 2, count)
    x, y = np.meshgrid(along, along, indexing="ij")
    points = np.stack([x, y, np.broadcast_to(height, x.shape)], axis=-1).reshape(-1, 3)
    first = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    corners = np.stack([first, first + count, first + count + 1, first + 1], axis=1)
    triangles = np.concatenate([corners[:, [0, 1, 2]], corners[:, [0, 2, 3]]])
    return points.astype(np.float32), triangles.astype(np.uint32)


def edges_of(triangles):
    pairs_of = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    return np.unique(np.sort(pairs_of, axis=1), axis=0).astype(np.uint32)


def skeleton(names):
    zeros = np.zeros((len(names), 3))
    return Skeleton(list(names), np.full(len(names), -1), zeros, zeros, zeros)


@pytest.fixture
def body():
    """A plane; the share of "Bust" rises from 0 at x = -0.1 to 1 at x = 0.1."""
    points, triangles = sheet(0.0)
    bust = 5.0 * points[:, 0] + 0.5
    weights = SparseWeights.from_dense(np.stack([1.0 - bust, bust], axis=1).astype(np.float32))
    return Body(skeleton(NAMES[:2]), points, triangles, weights)


def cloth(height, weights=None):
    points, triangles = sheet(height, count=11, width=0.16)
    if weights is None:
        weights = np.tile(np.float32([0.6, 0.4, 0.0]), (len(points), 1))
        weights[::2] = [0.5, 0.5, 0.0]  # no one pattern: not rigid
    rows = SparseWeights.from_dense(weights)
    return CostumeMesh("Cloth", points, triangles, edges_of(triangles), rows)


def ruled(mesh, body, sway=None, regions=None):
    """The weights of one mesh, `#V by 3`."""
    rows = apply_rules([mesh], [mesh.weights], body, sway or SwayBones({}), regions or {}, NAMES)
    return rows[0].to_dense()


def test_weight_of_sway_bones_fades_with_the_distance(body):
    heights = np.linspace(0.0, 0.06, 11)[:, None]
    weights = ruled(cloth(heights), body, SwayBones({"Bust": "Spine"}, 0.02, 0.05))
    before = cloth(heights).weights.to_dense()
    held = np.clip((0.05 - np.repeat(heights, 11)) / 0.03, 0.0, 1.0)
    np.testing.assert_allclose(weights[:, 1], before[:, 1] * held, atol=1e-6)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-6)
    assert (weights[:, 2] == 0.0).all()


def test_a_rigid_part_keeps_one_weight_set(body):
    heights = np.linspace(0.0, 0.06, 11)[:, None]
    rigid = np.tile(np.float32([0.6, 0.4, 0.0]), (121, 1))
    weights = ruled(cloth(heights, rigid), body, SwayBones({"Bust": "Spine"}))
    np.testing.assert_allclose(weights, np.broadcast_to(weights[0], weights.shape), atol=1e-6)
    assert 0.1 < weights[0, 1] < 0.3


def test_bones_that_the_skeleton_lacks_and_no_rules(body):
    mesh = cloth(0.03)
    unknown = SwayBones({"Tail": "Spine", "Bust": "Nowhere"})
    assert apply_rules([mesh], [mesh.weights], body, unknown, {}, NAMES) is None


def region(weights):
    vertices = np.flatnonzero(weights)
    return RegionMask(SET, vertices, weights[vertices].astype(np.float32))


def test_weights_extend_over_a_region_that_is_not_to_be_matched(body):
    mesh = cloth(0.01)
    centre = np.linalg.norm(body.points[:, :2], axis=1) < 0.045
    right = np.abs(mesh.points[:, 0]) * 0.0 + np.clip(5.0 * mesh.points[:, 0] + 0.5, 0.0, 1.0)
    wrong = np.linalg.norm(mesh.points[:, :2], axis=1) < 0.03
    given = np.where(wrong, 1.0 - right, right)
    dense = np.stack([1.0 - given, given, 0.0 * given], axis=1).astype(np.float32)
    weights = ruled(cloth(0.01, dense), body, regions={"armpit": region(centre * 1.0)})
    assert np.abs(given - right)[wrong].max() > 0.1
    np.testing.assert_allclose(weights[wrong, 1], right[wrong], atol=0.02)
    forbidden = region(1.0 - centre * 1.0)
    kept = ruled(
        cloth(0.01, dense), body, regions={"crotch": region(centre * 1.0), "inpaint": forbidden}
    )
    np.testing.assert_allclose(kept[wrong, 1], right[wrong], atol=1e-5)  # those of the body


def test_surface_copies_blur_smooths_and_own_bones_keep_their_share(body):
    jagged = np.zeros((121, 3), np.float32)
    jagged[::2, 0], jagged[1::2, 1] = 0.7, 0.7
    jagged[:, 2] = 0.3
    mesh = cloth(0.01, jagged)
    half = region(np.where(body.points[:, 0] < 0.0, 1.0, 0.0))
    copied = ruled(mesh, body, regions={"surface": half})
    left, right = mesh.points[:, 0] < -0.012, mesh.points[:, 0] > 0.012
    share = np.clip(5.0 * mesh.points[:, 0] + 0.5, 0.0, 1.0)
    np.testing.assert_allclose(copied[left, 1], 0.7 * share[left], atol=1e-5)
    np.testing.assert_allclose(copied[right], jagged[right], atol=1e-6)
    smoothed = ruled(mesh, body, regions={"blur": half})
    assert smoothed[left, 1].std() < 0.3 * jagged[left, 1].std()
    np.testing.assert_allclose(smoothed[right], jagged[right], atol=1e-6)
    for rows in (copied, smoothed):
        np.testing.assert_allclose(rows[:, 2], 0.3, atol=1e-6)
        np.testing.assert_allclose(rows.sum(axis=1), 1.0, atol=1e-6)


def test_masks_end_far_from_the_body(body):
    everywhere = region(np.ones(len(body.points)))
    mesh = cloth(0.12)
    weights = ruled(mesh, body, regions={"surface": everywhere})
    np.testing.assert_allclose(weights, mesh.weights.to_dense(), atol=1e-6)


def mask_file(folder, value, name="armpit"):
    path = folder / f"vertex_group_weights_{name}.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value))


def test_region_files(tmp_path, body):
    assert load_region_masks(tmp_path) == {}
    entries = [{"vertex_index": 3, "weight": 0.25}, {"vertex_index": 3, "weight": 0.5}]
    mask_file(tmp_path, {"vertex_group_name": "Armpit", "weights": entries})
    mask = load_region_masks(tmp_path)["armpit"]
    assert mask.on_body(5).tolist() == [0.0, 0.0, 0.0, 0.5, 0.0]
    with pytest.raises(
        InputFileError, match=r"`weights\[0\].vertex_index`: is 3, but the body has"
    ):
        mask.on_body(3)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{", "is not JSON"),
        ({"weights": []}, "`vertex_group_name`: is missing"),
        ({"vertex_group_name": "A"}, "`weights`: is missing"),
        ([{"vertex_index": -1, "weight": 0}], r"`weights[0].vertex_index`: is -1"),
        ([{"vertex_index": 0.5, "weight": 0}], r"`weights[0].vertex_index`: is 0.5"),
        ([{"vertex_index": 0}], "`weights[0].weight`: is missing"),
        ([{"vertex_index": 0, "weight": 1.5}], "`weights[0].weight`: is 1.5, expected a number"),
        ([{"vertex_index": 0, "weight": float("nan")}], "expected a finite number"),
    ],
)
def test_region_file_faults(tmp_path, value, message):
    entries = {"vertex_group_name": "A", "weights": value}
    mask_file(tmp_path, entries if isinstance(value, list) else value)
    with pytest.raises(InputFileError) as caught:
        load_region_masks(tmp_path)
    assert "vertex_group_weights_armpit.json" in str(caught.value)
    assert message in str(caught.value)


def avatar(tmp_path, **changes):
    value = json.loads((SET / "avatar_data_aria.json").read_text())
    for key in ("basePose", "basePoseA"):
        value.pop(key)
    path = tmp_path / "avatar.json"
    path.write_text(json.dumps({**value, **changes}))
    return load_avatar_data(path)


def sway_bones(parent, *affected):
    return {"parentBoneName": parent, "affectedBones": list(affected)}


def test_sway_bones_by_name_or_role_with_heirs_of_heirs(tmp_path):
    entries = [sway_bones("LeftBreast", "RightBreast"), sway_bones("Chest", "LeftBreast")]
    found = avatar(tmp_path, swayBones=entries, commonSwaySettings={"endDistance": 0.08})
    assert found.sway.heirs == {"RightBreast": "Chest", "LeftBreast": "Chest"}
    assert (found.sway.start, found.sway.end) == (0.025, 0.08)
    template = json.loads((SET / "avatar_data_mid.json").read_text())
    template["swayBones"] = [sway_bones("Chest", "LeftUpperLeg")]
    path = tmp_path / "mid.json"
    template.pop("basePose"), template.pop("basePoseA")
    path.write_text(json.dumps(template))
    assert load_avatar_data(path).sway.heirs == {"Upper_Leg_L": "Chest"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"swayBones": [sway_bones("Chest", "Tail")]},
            "`swayBones[0].affectedBones[0]`: is 'Tail'",
        ),
        ({"swayBones": [sway_bones("Tail", "Chest")]}, "`swayBones[0].parentBoneName`: is 'Tail'"),
        (
            {"swayBones": [sway_bones("Chest", "Spine"), sway_bones("Spine", "Chest")]},
            "`swayBones[1].affectedBones[0]`: is 'Chest', which 'Spine' hands its weight on to",
        ),
        ({"swayBones": [sway_bones("Chest", "Chest")]}, "which 'Chest' hands its weight on to"),
        ({"commonSwaySettings": {"startDistance": 0.1}}, "fades from 0.1 to 0.05 m"),
        ({"commonSwaySettings": {"startDistance": -1}}, "fades from -1 to 0.05 m"),
        ({"subHumanoidBones": [{"humanoidBoneName": "Spine", "boneName": "Tail"}]}, "is 'Tail'"),
    ],
)
def test_avatar_faults(tmp_path, changes, message):
    with pytest.raises(InputFileError) as caught:
        avatar(tmp_path, **changes)
    assert message in str(caught.value)


def test_bones_of_the_transfer(tmp_path):
    found = avatar(
        tmp_path,
        auxiliaryBones=[
            {"humanoidBoneName": "Spine", "auxiliaryBones": ["A", "B"]},
            {"humanoidBoneName": "Chest", "auxiliaryBones": ["C"]},
        ],
        subAuxiliaryBones=[{"humanoidBoneName": "Spine", "auxiliaryBones": ["B"]}],
        subHumanoidBones=[{"humanoidBoneName": "UpperChest", "boneName": "Chest"},
                          {"humanoidBoneName": "LeftFoot", "boneName": "LeftToes"}],
    )  # fmt: skip
    assert found.bone_of_role["LeftFoot"] == "LeftFoot"
    assert found.for_transfer.bone_of_role["LeftFoot"] == "LeftToes"
    assert found.for_transfer.role_of_bone["LeftToes"] == "LeftFoot"
    assert "LeftFoot" not in found.for_transfer.role_of_bone
    assert found.for_transfer.role_of_auxiliary == {"B": "Spine", "C": "Chest"}
    names = ["LeftFoot", "RightFoot", "LeftToes", "RightToes"]
    mirror = mirror_columns(names, found.for_transfer)
    assert mirror.tolist() == [-1, 2, 1, -1]


def test_the_steps_after_the_transfer_hold_after_the_rules(body, tmp_path):
    """Five influences and a changed sum become four and one; the rules' weights stay otherwise."""
    mesh = cloth(np.linspace(0.0, 0.06, 11)[:, None])
    target = avatar(tmp_path)
    rows = apply_rules(
        [mesh], [mesh.weights], body, SwayBones({"Bust": "Spine"}), {}, NAMES
    )  # fmt: skip
    meshes = [CostumeMesh("Cloth", mesh.points, mesh.triangles, mesh.edges, rows[0])]
    options = pairs.WeightStageOptions(mix=0.0)
    settled = weigh(meshes, body, target, NAMES, options=options).weights[0].to_dense()
    np.testing.assert_allclose(settled, rows[0].to_dense(), atol=1e-6)
