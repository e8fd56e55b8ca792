"""The files of a retarget: what they give, and what a wrong one is answered with."""

import json
import shutil

import numpy as np
import pytest
import sample_retarget

from blender_bridge.pipeline import options as command_line
from blender_bridge.pipeline.avatar_data import blender_name, load_avatar_data
from blender_bridge.pipeline.config import load_config
from blender_bridge.pipeline.errors import (
    AllInputsChecked,
    ExitCode,
    InputFileError,
    OutputError,
    UsageError,
)
from blender_bridge.pipeline.fbx_file import check_fbx
from blender_bridge.pipeline.inputs import check_output, load_inputs
from blender_bridge.pipeline.optional_files import (
    ClothMetadata,
    load_mesh_materials,
    load_name_conversion,
)
from blender_bridge.pipeline.pose_files import euler_matrix, load_initial_pose, load_pose

SET = sample_retarget.FOLDER


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def changed(tmp_path, name, change):
    """A copy of the set in which `change` altered one JSON file; that file's path."""
    shutil.copytree(SET, tmp_path / "set", dirs_exist_ok=True)
    path = tmp_path / "set" / name
    value = json.loads(path.read_text())
    change(value)
    return write(path, value)


def test_avatar_data_of_the_set():
    bruno = load_avatar_data(SET / "avatar_data_bruno.json")
    assert bruno.bone_of_role["LeftUpperArm"] == "upperarm_l"
    assert bruno.role_of_bone["pelvis"] == "Hips"
    assert bruno.role_of_auxiliary["upperarm_twist_l"] == "LeftUpperArm"
    assert bruno.parents["pelvis"] == "Bruno_Armature"
    assert bruno.base_pose == SET / "pose_basis_bruno.json"
    names = list(bruno.parents)
    assert all(p is None or names.index(p) < names.index(b) for b, p in bruno.parents.items())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("humanoidBones"), "`humanoidBones`: is missing"),
        (lambda d: d.update(humanoidBones={}), "is {}, expected an array"),
        (lambda d: d["humanoidBones"].pop(0), "holds no Hips"),
        (lambda d: d["humanoidBones"][3].pop("boneName"), "`humanoidBones[3].boneName`: is miss"),
        (lambda d: d["humanoidBones"][3].update(boneName=7), "is 7, expected a text"),
        (lambda d: d["humanoidBones"][3].update(boneName="nowhere"), "`boneHierarchy` does not"),
        (lambda d: d["humanoidBones"].append(d["humanoidBones"][0]), "names 'Hips' a second time"),
        (lambda d: d.pop("boneHierarchy"), "`boneHierarchy`: is missing"),
        (
            lambda d: d["boneHierarchy"]["children"][0]["children"].append(
                {"name": "Armature", "children": []}
            ),
            "which the hierarchy holds already",
        ),
        (lambda d: d.update(basePose="gone.json"), "which is no file"),
        (lambda d: d.update(blendshapes=[{"name": "A", "value": "x"}]), "expected a number"),
    ],
)
def test_avatar_data_faults(tmp_path, change, message):
    path = changed(tmp_path, "avatar_data_aria.json", change)
    with pytest.raises(InputFileError) as caught:
        load_avatar_data(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_json_that_is_none(tmp_path):
    for name, content, message in (
        ("truncated.json", b'{"name": ', "is not JSON"),
        ("binary.json", b"\xff\xfe\x00{", "is not UTF-8"),
        ("deep.json", b"[" * 100_000, "is nested too deeply"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputFileError, match=message):
            load_avatar_data(path)
    with pytest.raises(InputFileError, match="there is no such file"):
        load_avatar_data(tmp_path / "missing.json")


def test_byte_order_mark_and_backslashes(tmp_path):
    def change(data):
        data["basePose"] = "..\\set\\pose_basis_aria.json"

    path = changed(tmp_path, "avatar_data_aria.json", change)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_avatar_data(path).base_pose.is_file()


def test_names_are_cut_as_blender_cuts_them():
    assert blender_name("Hips") == "Hips"
    assert len(blender_name("x" * 100)) == 63
    cut = blender_name("骨" * 30)
    assert cut == "骨" * 21
    assert len(cut.encode()) == 63
    assert blender_name("a" + "👗" * 20) == "a" + "👗" * 15


def test_japanese_and_emoji_names(tmp_path):
    def change(data):
        for entry in data["humanoidBones"]:
            if entry["humanoidBoneName"] == "LeftHand":
                entry["boneName"] = "左手首👋"
        rename(data["boneHierarchy"], "LeftHand", "左手首👋")

    path = changed(tmp_path, "avatar_data_aria.json", change)
    assert load_avatar_data(path).bone_of_role["LeftHand"] == "左手首👋"


def rename(node, old, new):
    if node["name"] == old:
        node["name"] = new
    for child in node["children"]:
        rename(child, old, new)


def test_pose_files(tmp_path):
    pose = load_pose(SET / "posediff_aria_to_template.json")
    assert pose["Hips"].shape == (4, 4)
    assert not {"UpperChest", "LeftBreast", "RightToes"} & set(pose)
    for matrix, message in (
        ([[1, 0, 0, 0]] * 3, "has 3 rows, expected 4"),
        ([[1, 0, 0]] * 4, "holds 3 elements, expected 4"),
        ([[0, 0, 0, 0]] * 3 + [[0, 0, 0, 1]], "has no inverse"),
        ([*np.eye(4).tolist()[:3], [0, 0, 1, 1]], "ends with the row"),
        (np.full((4, 4), float("nan")).tolist(), "expected a finite number"),
    ):
        path = write(tmp_path / "pose.json", {"Hips": {"delta_matrix": matrix}})
        with pytest.raises(InputFileError, match=message):
            load_pose(path)
    path = write(tmp_path / "pose.json", {"Hips": {}})
    with pytest.raises(InputFileError, match=r"`Hips.delta_matrix`: is missing"):
        load_pose(path)


def test_initial_pose_by_parts(tmp_path):
    transform = {"position": [1, 0, 0], "rotation": [0, 0, 90], "scale": [2, 2, 2]}
    entry = {"boneName": "Hips", "transform": transform}
    pose = load_initial_pose(write(tmp_path / "pose.json", {"bones": [entry]}))
    delta = pose["Hips"].delta(np.array([0.0, 0.0, 1.0]))
    np.testing.assert_allclose(delta @ [0, 0, 1, 1], [1, 0, 1, 1], atol=1e-12)
    np.testing.assert_allclose(delta @ [1, 0, 1, 1], [1, 2, 1, 1], atol=1e-12)
    assert load_initial_pose(write(tmp_path / "none.json", {"bones": []})) == {}


def test_euler_order_is_blenders():
    """Against the reference composition: x first, then y, then z."""
    x, y, z = (euler_matrix(np.eye(3)[axis] * angle) for axis, angle in enumerate((0.3, 0.5, 0.7)))
    np.testing.assert_allclose(euler_matrix(np.array([0.3, 0.5, 0.7])), z @ y @ x, atol=1e-12)


def test_config_labels_that_repeat(tmp_path):
    def change(config):
        config["blendShapeFields"] *= 2

    config = load_config(changed(tmp_path, "config_aria2mid_bust.json", change))
    labels = [field.label for field in config.blend_shape_fields]
    assert labels == ["Breasts_Big___0", "Breasts_Big___1"]


def test_target_needs_a_mesh_name(tmp_path):
    changed(tmp_path, "avatar_data_mid.json", lambda data: data.pop("meshName"))
    with pytest.raises(InputFileError, match="`meshName` is missing"):
        load_config(tmp_path / "set" / "config_aria2mid.json")


def test_cloth_metadata_round_trip(tmp_path):
    vertices = [{"position": {"x": 1, "y": 2, "z": 3}, "maxDistance": 0.5}]
    document = {"clothMetadata": [{"meshName": "Skirt", "vertexData": vertices}]}
    cloth = ClothMetadata(write(tmp_path / "cloth.json", document))
    np.testing.assert_array_equal(cloth.positions["Skirt"], [[-1, -3, 2]])
    points = np.array([[5, 5, 5], [-1, -3, 2.01]], np.float32)
    assert cloth.vertices("Skirt", points).tolist() == [1]
    cloth.save(tmp_path / "copy.json", {"Skirt": np.array([[-4.0, -6.0, 5.0]])})
    saved = json.loads((tmp_path / "copy.json").read_text())["clothMetadata"][0]["vertexData"][0]
    assert saved == {"position": {"x": 4.0, "y": 5.0, "z": 6.0}, "maxDistance": 0.5}
    assert json.loads((tmp_path / "cloth.json").read_text()) == document


def test_other_files(tmp_path):
    names = load_name_conversion(SET / "name_conv_aria_to_template_names.json")
    assert names["LeftUpperArm"] == "Upper_Arm_L"
    faces = {"meshName": "Top", "subMeshes": [{"materialName": "Silk", "faces": [0, -1]}]}
    with pytest.raises(InputFileError, match=r"faces\[1\]`: is -1, expected a whole"):
        load_mesh_materials(write(tmp_path / "faces.json", {"meshMaterials": [faces]}))


def test_fbx_files(tmp_path):
    whole = (SET / "Template.fbx").read_bytes()
    check_fbx(SET / "Template.fbx")
    for name, content, message in (
        ("cut.fbx", whole[: len(whole) // 2], "is truncated"),
        ("text.fbx", b"; FBX 7.4.0 project file\n", "is an FBX text file"),
        ("other.fbx", b"PK\x03\x04 something else", "is not an FBX file"),
        ("empty.fbx", b"", "is empty"),
        ("zeros.fbx", bytes(100_000), "holds nothing but zeros"),
        ("head.fbx", whole[:27] + bytes(100_000), "it holds no objects"),
        ("hole.fbx", whole[:40_000] + bytes(800_000) + whole[840_000:], "is damaged"),
        ("short.fbx", whole[:25], "is truncated"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputFileError, match=message):
            check_fbx(path)


def test_output_path(tmp_path):
    check_output(tmp_path / "new.fbx", [])
    with pytest.raises(OutputError, match="does not exist"):
        check_output(tmp_path / "gone" / "new.fbx", [])
    with pytest.raises(OutputError, match="is a folder"):
        check_output(tmp_path, [])
    path = tmp_path / "outfit.fbx"
    path.write_bytes(b"")
    with pytest.raises(OutputError, match="is an input as well"):
        check_output(path, [path])


def test_options(capsys):
    arguments = sample_retarget.command_line("chain", "out.fbx")
    parsed = command_line.parse([*arguments, "--blend-shapes=a,b;c", "--mesh-renderers=A:B:Hips"])
    assert len(parsed.base_fbx) == len(parsed.config) == 2
    assert parsed.blend_shapes == ["a", "b", "c"]
    assert parsed.blend_shape_values == [1.0, 1.0, 1.0]
    assert parsed.mesh_renderers == {"A:B": "Hips"}
    assert parsed.hips_position == pytest.approx((0, -0.020755, 0.847585))
    with pytest.raises(UsageError, match="one number for each label"):
        command_line.parse([*arguments, "--blend-shapes=a;b", "--blend-shape-values=1"])
    with pytest.raises(UsageError, match="names 1 files and --config 2"):
        command_line.parse([*arguments, f"--base-fbx={SET / 'Template.fbx'}"])
    with pytest.raises(UsageError, match="--threads is 0"):
        command_line.parse([*arguments, "--threads=0"])
    for wrong in ("--hips-position=1,2", "--blend-shape-values=x", "--mesh-renderers=Hat"):
        with pytest.raises(SystemExit) as caught:
            command_line.parse([*arguments, wrong])
        assert caught.value.code == ExitCode.USAGE
        option = wrong.split("=")[0]
        assert f"error: argument {option}: " in capsys.readouterr().err


def test_every_fault_is_named_at_once(tmp_path):
    shutil.copytree(SET, tmp_path / "set")
    (tmp_path / "set" / "deformation_aria_to_template.npz").write_bytes(b"PK\x03\x04")
    write(tmp_path / "set" / "pose_basis_bruno.json", {"Hips": {}})
    (tmp_path / "set" / "outfit_small.fbx").unlink()
    (tmp_path / "set" / "base_project.blend").write_bytes(b"no")
    arguments = sample_retarget.command_line("chain", tmp_path / "out.fbx", folder=tmp_path / "set")
    with pytest.raises(AllInputsChecked) as caught:
        load_inputs(command_line.parse(arguments))
    text = str(caught.value)
    assert caught.value.exit_code == ExitCode.INPUT_FILE
    for part in ("outfit_small.fbx", "base_project.blend", "deformation_aria", "pose_basis_bruno"):
        assert part in text
    assert len(text.splitlines()) == 4


def test_the_set_is_complete():
    inputs = load_inputs(command_line.parse(sample_retarget.command_line("chain", "out.fbx")))
    assert [pair.config.target.name for pair in inputs.pairs] == ["Mid", "Bruno"]
    assert len(inputs.pairs[1].base_pose) == 49
    assert inputs.pairs[0].field.samples.mirror_x
    assert len(inputs.pairs[1].field.samples.offsets) == 3
