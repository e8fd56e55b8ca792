"""Files made from the sample avatars' FBX files, against the set's own and in a retarget."""

import json

import numpy as np
import pytest
import retarget_runs
import sample_retarget
from retarget_runs import SET, run
from test_retarget import shape_errors

from blender_bridge.pipeline.avatar_data import load_avatar_data
from blender_bridge.pipeline.commands import main
from blender_bridge.pipeline.config import load_config
from blender_bridge.pipeline.errors import ExitCode
from blender_bridge.pipeline.inputs import load_pair
from blender_bridge.pipeline.pose_files import load_pose

TEMPLATE, BRUNO = SET / "Template.fbx", SET / "Bruno.fbx"
QUICK = ("--control-points=600", "--spacing=0.04", "--quiet")


def make(folder, *options):
    return main(["make-avatar", f"--output-folder={folder}", *options])


@pytest.mark.parametrize(
    ("fbx", "name", "expected"), [(TEMPLATE, "Mid", "mid"), (BRUNO, "Bruno", "bruno")]
)
def test_descriptions_of_the_sets_avatars(tmp_path, fbx, name, expected):
    assert make(tmp_path, f"--source={fbx}", f"--source-name={name}", "--quiet") == ExitCode.DONE
    found = load_avatar_data(tmp_path / f"avatar_data_{expected}.json")
    described = load_avatar_data(SET / f"avatar_data_{expected}.json")
    assert found.bone_of_role == described.bone_of_role
    assert found.role_of_auxiliary == described.role_of_auxiliary
    assert found.parents == described.parents
    assert (found.name, found.mesh_name) == (described.name, described.mesh_name)
    for matrix in load_pose(found.base_pose).values():
        np.testing.assert_array_equal(matrix, np.eye(4))


def test_a_pair_whose_poses_are_the_sets(tmp_path):
    """With Bruno's own description, and so its basis pose, the set's pose difference comes out."""
    code = make(
        tmp_path,
        f"--source={TEMPLATE}",
        "--source-name=Mid",
        f"--target={BRUNO}",
        f"--target-data={SET / 'avatar_data_bruno.json'}",
        *QUICK,
    )
    assert code == ExitCode.DONE
    pair = load_pair(tmp_path / "config_mid_to_bruno.json", BRUNO)
    expected = load_pose(SET / "posediff_template_to_bruno.json")
    assert set(pair.pose) == set(expected)
    for role, matrix in expected.items():
        np.testing.assert_allclose(pair.pose[role], matrix, atol=5e-5, err_msg=role)
    assert pair.config.target.path.resolve() == SET / "avatar_data_bruno.json"
    assert not (tmp_path / "avatar_data_bruno.json").exists()
    assert len(pair.field.samples.points) > 1000


def test_a_t_pose_gets_a_basis_pose_and_the_pair_works_in_a_retarget(tmp_path, capsys):
    """The set's first pair, then one made here, from A-pose to T-pose and back to A-pose."""
    code = make(
        tmp_path,
        f"--source={TEMPLATE}",
        f"--source-data={SET / 'avatar_data_mid.json'}",
        f"--target={BRUNO}",
        "--both-ways",
        "--control-points=1500",
        "--spacing=0.015",
    )
    printed = capsys.readouterr()
    assert code == ExitCode.DONE, printed.err
    assert "mm apart after the pose difference" in printed.out
    basis = load_pose(tmp_path / "pose_basis_bruno.json")
    expected = load_pose(SET / "pose_basis_bruno.json")
    # The set takes Bruno's arms to his own A-pose, not to Template's.
    for role, matrix in expected.items():
        assert np.abs(basis[role][:3, :3] - matrix[:3, :3]).max() < 0.15, role
    assert np.abs(basis["LeftUpperArm"] - np.eye(4)).max() > 0.5
    back = load_config(tmp_path / "config_bruno_to_mid.json")
    assert back.target.path.resolve() == SET / "avatar_data_mid.json"

    configs = [SET / "config_aria2mid.json", tmp_path / "config_mid_to_bruno.json"]
    options = (f"--config={';'.join(map(str, configs))}", "--no-subdivision", "--no-triangle")
    done = run(capsys, tmp_path, *options, kind="chain")
    assert done.code == ExitCode.DONE, done.err
    errors = shape_errors("chain", done.outfit())
    assert np.mean(list(errors.values())) < 4.42, errors


def test_a_blend_shape_as_the_second_avatar(tmp_path, capsys):
    """Template with its bust shape on is another avatar; its own shape gets fields both ways."""
    code = make(
        tmp_path,
        f"--source={TEMPLATE}",
        "--source-name=Flat",
        "--source-shape-fields=Breasts_Big",
        f"--target={TEMPLATE}",
        "--target-name=Big",
        "--target-shapes=Breasts_Big",
        *QUICK,
    )
    assert code == ExitCode.DONE, capsys.readouterr().err
    config = load_config(tmp_path / "config_flat_to_big.json")
    assert config.target.blend_shapes == {"Breasts_Big": 1.0}
    assert config.source.blend_shapes == {"Breasts_Big": 0.0}
    for matrix in load_pose(config.pose_path).values():
        np.testing.assert_allclose(matrix, np.eye(4), atol=1e-6)
    (field,) = config.source.inverted_blend_shape_fields
    assert field.label == "Breasts_Big" and field.path.is_file()
    output = tmp_path / "out.fbx"
    arguments = sample_retarget.command_line("single", output)
    arguments = [text for text in arguments if not text.startswith("--config")]
    outfit = _named_like_template(tmp_path)
    arguments += [
        f"--config={config.path}",
        f"--input={outfit}",
        f"--init-pose={tmp_path / 'initial_pose_flat.json'}",
        "--target-meshes=Gloves",
        "--no-subdivision",
        "--no-triangle",
    ]
    arguments = [text for text in arguments if not text.startswith("--hips-position")]
    assert main(["retarget", *arguments]) == ExitCode.DONE, capsys.readouterr().err


def _named_like_template(folder):
    """The sample outfit with its bones renamed to Template's, which has Aria's roles."""
    aria = load_avatar_data(SET / "avatar_data_aria.json").role_of_bone
    template = load_avatar_data(SET / "avatar_data_mid.json").bone_of_role

    def rename(objects):
        for bone in objects["Armature"].data.bones:
            bone.name = template.get(aria.get(bone.name), bone.name)

    return retarget_runs.changed_outfit(folder, rename)


def test_renamed_bones_and_a_table(tmp_path, capsys):
    """Bones whose names say nothing are told by position, and the user's table goes before."""
    names = {"LeftHand": "x", "LeftUpperLeg": "y", "Spine": "z"}
    template = load_avatar_data(SET / "avatar_data_mid.json").bone_of_role

    def rename(objects):
        bones = objects["Armature.Template"].data.bones
        for role, name in names.items():
            bones[template[role]].name = name

    fbx = _changed_avatar(tmp_path, rename)
    assert make(tmp_path, f"--source={fbx}", "--list-bones") == ExitCode.DONE
    printed = capsys.readouterr().out
    assert "found by position, please check: Spine is 'z'; LeftHand is 'x'" in printed
    assert not list(tmp_path.glob("*.json"))

    table = tmp_path / "table.json"
    table.write_text(json.dumps({"LeftHand": "z", "Spine": "x"}))
    options = (f"--source={fbx}", f"--source-bones={table}", "--source-name=T", "--quiet")
    assert make(tmp_path, *options) == ExitCode.DONE
    found = load_avatar_data(tmp_path / "avatar_data_t.json").bone_of_role
    assert (found["LeftHand"], found["Spine"], found["LeftUpperLeg"]) == ("z", "x", "y")


def _changed_avatar(folder, change):
    objects = retarget_runs.import_objects(TEMPLATE)
    change(objects)
    path = folder / "avatar.fbx"
    sample_retarget.export_all(path)
    return path


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--source-mesh=Head"], ExitCode.SCENE, "no mesh 'Head' follows an armature; those that"),
        (["--source-shapes=Slim"], ExitCode.SCENE, "has no blend shape 'Slim'"),
        (
            [f"--source-data={SET / 'avatar_data_bruno.json'}", "--source-mesh=Body.Template"],
            ExitCode.SCENE,
            "Hips is 'pelvis', which the armature does not have",
        ),
    ],
)
def test_what_does_not_fit(tmp_path, capsys, options, code, message):
    assert make(tmp_path, f"--source={TEMPLATE}", *options) == code
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
