# SPDX-License-Identifier: GPL-3.0-or-later
"""Files made from two avatars, and what the pipeline reads back."""

import json
from dataclasses import replace

import numpy as np
import pytest
import sample_retarget
from sample_rigs import RIGS, skeleton_of

from blender_bridge import DeformationField, SparseWeights
from blender_bridge.authoring.avatar import Avatar
from blender_bridge.authoring.avatar_files import (
    avatar_document,
    describe_avatar,
    file_stem,
    pose_document,
    write_json,
)
from blender_bridge.authoring.deformation import FieldSettings, field_between, thin_points
from blender_bridge.authoring.humanoid import find_humanoid_bones
from blender_bridge.authoring.pair_files import in_basis_of, write_avatar, write_pair
from blender_bridge.authoring.pose_difference import pose_difference
from blender_bridge.pipeline.avatar_data import load_avatar_data
from blender_bridge.pipeline.commands import main
from blender_bridge.pipeline.config import load_config
from blender_bridge.pipeline.errors import ExitCode, OutputError, SceneError, UsageError
from blender_bridge.pipeline.model import Body
from blender_bridge.pipeline.pose_files import load_initial_pose, load_pose
from blender_bridge.pipeline.run_log import RunLog

SET = sample_retarget.FOLDER
COARSE = FieldSettings(spacing=0.04, control_points=200)


def basis_heads(name):
    """Heads of an avatar of the set in its basis pose, by role."""
    entries = json.loads((SET / f"pose_basis_{name}.json").read_text())
    return {role: np.array(entry["head_world_transformed"]) for role, entry in entries.items()}


def box_avatar(tmp_path, name, rig, size=1.0, bulge=0.0):
    """An avatar whose body is a small tetrahedron at each bone, weighted to it."""
    bones, extra = RIGS[rig]
    skeleton = skeleton_of(bones, extra)
    skeleton = replace(
        skeleton,
        heads=size * skeleton.heads * [1.0, 1.0, 1.0 + bulge],
        tails=size * skeleton.tails,
    )
    corners = 0.02 * np.array([[0, 0, 1], [1, 0, -1], [-1, 1, -1], [-1, -1, -1.0]])
    points = (skeleton.heads[:, None] + size * corners).reshape(-1, 3)
    points[:, 1] += bulge * np.abs(points[:, 0])
    first = 4 * np.arange(len(skeleton.names))[:, None, None]
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])
    sides = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [2, 3], [3, 1]])
    triangles, edges = (first + faces).reshape(-1, 3), (first + sides).reshape(-1, 2)
    weights = SparseWeights(
        np.arange(len(points) + 1),
        np.repeat(np.arange(len(skeleton.names)), 4),
        np.ones(len(points)),
        len(skeleton.names),
    )
    data = describe_avatar(
        tmp_path / "none", name, "Body", "Rig", skeleton, find_humanoid_bones(skeleton)
    )
    body = Body(skeleton, points.astype(np.float32), triangles.astype(np.uint32), weights)
    return Avatar(data, body, edges.astype(np.uint32))


@pytest.mark.parametrize("rig", ["Unity", "MMD", "Unreal"])
def test_descriptions_are_read_back_as_they_were(tmp_path, rig):
    avatar = box_avatar(tmp_path, "アリア", rig)
    pose = tmp_path / "pose.json"
    write_json(pose, {})
    data = replace(
        avatar.data,
        path=tmp_path / "avatar.json",
        base_pose=pose,
        base_pose_a=pose,
        blend_shapes={"Slim": 0.5},
    )
    write_json(data.path, avatar_document(data, "a.fbx"))
    assert load_avatar_data(data.path) == data
    assert load_avatar_data(data.path).parents[data.bone_of_role["Hips"]] == "Rig"


def test_an_armature_called_like_its_bone(tmp_path):
    avatar = box_avatar(tmp_path, "A", "Unity")
    skeleton = avatar.body.skeleton
    found = find_humanoid_bones(skeleton)
    data = describe_avatar(tmp_path / "a.json", "A", "Body", "Hips", skeleton, found)
    write_json(data.path, avatar_document(data))
    assert load_avatar_data(data.path).parents["Hips"] == "Hips_armature"


def test_poses_are_read_back_as_they_were(tmp_path):
    heads = basis_heads("aria")
    pose = pose_difference(heads, basis_heads("template"))
    write_json(tmp_path / "pose.json", pose_document(pose, heads))
    for role, matrix in load_pose(tmp_path / "pose.json").items():
        np.testing.assert_array_equal(matrix, pose[role])


def test_a_pair_of_avatars(tmp_path):
    log = RunLog(quiet=True)
    source = box_avatar(tmp_path, "Aria", "Unity")
    target = box_avatar(tmp_path, "Bruno 2", "Unity", size=1.2, bulge=0.1)
    source = write_avatar(source, tmp_path, COARSE, log)
    target = write_avatar(in_basis_of(target, source), tmp_path, COARSE, log)
    there = write_pair(source, target, tmp_path, COARSE, log)
    back = write_pair(target, source, tmp_path, COARSE, log)
    for pair in (there, back):
        assert pair.after < 0.3 * pair.before < 0.1
    config = load_config(there.config)
    assert config.path.name == "config_aria_to_bruno_2.json"
    assert (config.source.name, config.target.name) == ("Aria", "Bruno 2")
    assert config.source.bone_of_role == source.data.bone_of_role
    assert len(load_initial_pose(tmp_path / "initial_pose_aria.json")) == len(
        source.data.bone_of_role
    )
    assert len(load_pose(config.pose_path)) > 40
    assert DeformationField.load(config.field_path).samples.points.shape[1] == 3
    ways, names = ("aria_to_bruno_2", "bruno_2_to_aria"), ("aria", "bruno_2")
    assert {path.name for path in tmp_path.iterdir()} == {
        *(f"{kind}_{way}.json" for kind in ("config", "posediff") for way in ways),
        *(f"deformation_{way}.npz" for way in ways),
        *(f"{kind}_{name}.json" for kind in ("avatar_data", "pose_basis") for name in names),
        *(f"initial_pose_{name}.json" for name in names),
    }


def test_blend_shapes_get_fields_both_ways(tmp_path):
    avatar = box_avatar(tmp_path, "Aria", "Unity")
    grown = np.zeros_like(avatar.body.points)
    grown[:, 1] = 0.05 * np.exp(-20 * (avatar.body.points[:, 2] - 1.1) ** 2)
    avatar = replace(avatar, shapes={"Big Chest": grown})
    written = write_avatar(avatar, tmp_path, COARSE, RunLog(quiet=True)).data
    assert written.blend_shapes == {"Big Chest": 0.0}
    (forward,), (inverse,) = written.blend_shape_fields, written.inverted_blend_shape_fields
    assert forward.label == inverse.label == "Big Chest"
    points = avatar.body.points
    moved_points = DeformationField.load(forward.path).apply(points)
    np.testing.assert_allclose(moved_points, points + grown, atol=1e-3)
    back = DeformationField.load(inverse.path).apply(moved_points)
    np.testing.assert_allclose(back, points, atol=2e-3)


def test_bodies_of_other_topology_are_refused(tmp_path):
    log = RunLog(quiet=True)
    source = write_avatar(box_avatar(tmp_path, "A", "Unity"), tmp_path, COARSE, log)
    other = write_avatar(box_avatar(tmp_path, "B", "Unity, spoken"), tmp_path, COARSE, log)
    with pytest.raises(SceneError, match=r"has 2\d\d vertices and the body 'Body' of B has"):
        write_pair(source, other, tmp_path, COARSE, log)
    edges = source.edges.copy()
    edges[-1, 1] = 0
    turned = replace(source, data=replace(source.data, name="C"), edges=edges)
    with pytest.raises(SceneError, match="other edges between them"):
        write_pair(source, turned, tmp_path, COARSE, log)
    with pytest.raises(UsageError, match="both avatars are called 'A'"):
        write_pair(source, source, tmp_path, COARSE, log)


def test_control_points_are_thinned():
    points = np.random.default_rng(5).uniform(0, 1, (5000, 3)).astype(np.float32)
    kept = thin_points(points, 300)
    assert 200 < len(kept) <= 300
    assert (np.diff(kept) > 0).all()
    np.testing.assert_array_equal(thin_points(points, 5000), np.arange(5000))
    assert len(thin_points(np.zeros((10, 3), np.float32), 4)) == 1


def test_a_field_of_all_control_points_lands_on_the_other_body(tmp_path):
    body = box_avatar(tmp_path, "A", "Unity, spoken").body
    end = body.points + 0.02 * np.sin(5 * body.points[:, [1, 2, 0]])
    made = field_between(body.points, end, body.triangles, FieldSettings(spacing=0.04))
    assert made.after < 1e-4 < made.before
    few = FieldSettings(spacing=0.04, control_points=20)
    thinned = field_between(body.points, end, body.triangles, few)
    assert made.after < thinned.after < thinned.before


def test_names_of_files():
    assert file_stem("Aria (v2)") == "aria_v2"
    assert file_stem("アリア") == "アリア"
    assert file_stem("🙂") == "avatar"


def test_a_folder_that_is_none(tmp_path, capsys):
    with pytest.raises(OutputError, match="cannot be written"):
        write_json(tmp_path / "none" / "a.json", {})
    code = main(["make-avatar", "--source=a.fbx", f"--output-folder={tmp_path / 'none'}"])
    assert code == ExitCode.OUTPUT
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--both-ways"], ExitCode.USAGE, "--both-ways needs a --target"),
        (["--source-data=a.json", "--source-shapes=A"], ExitCode.USAGE, "exclude each other"),
        (["--control-points=3"], ExitCode.USAGE, "expected 4 or more"),
        (["--source-shapes=A=b"], ExitCode.USAGE, "expected NAME=NUMBER"),
        ([], ExitCode.INPUT_FILE, "there is no such file"),
    ],
)
def test_wrong_command_lines(tmp_path, capsys, options, code, message):
    arguments = [f"--source={tmp_path / 'a.fbx'}", f"--output-folder={tmp_path}", *options]
    assert main(["make-avatar", *arguments]) == code
    assert message in capsys.readouterr().err
