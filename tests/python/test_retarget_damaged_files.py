"""Damaged files of a run: the exit code for it, the file's name, and nothing written."""

import json
import shutil
from copy import deepcopy

import pytest
import sample_retarget

from blender_bridge import use_backend
from blender_bridge.pipeline.avatar_data import load_avatar_data
from blender_bridge.pipeline.commands import main
from blender_bridge.pipeline.config import load_config
from blender_bridge.pipeline.errors import ExitCode, InputFileError
from blender_bridge.pipeline.optional_files import (
    ClothMetadata,
    load_mesh_materials,
    load_name_conversion,
    load_shape_names,
)
from blender_bridge.pipeline.pose_files import load_initial_pose, load_pose
from blender_bridge.pipeline.region_masks import load_region_masks

SET = sample_retarget.FOLDER
CLOTH = {"clothMetadata": [{"meshName": "Skirt", "vertexData": [
    {"position": {"x": 0, "y": 0, "z": 0}, "maxDistance": 1}]}]}  # fmt: skip
MATERIALS = {"meshMaterials": [{"meshName": "Top", "subMeshes": [
    {"materialName": "Silk", "faces": [0]}]}]}  # fmt: skip
MASK = {"vertex_group_name": "Blur", "weights": [{"vertex_index": 0, "weight": 0.5}]}
SHAPES = {"Top": ["Puffy"]}

#: Every kind of file that a run reads.
FILES = [
    "outfit_small.fbx",
    "Template.fbx",
    "base_project.blend",
    "config_aria2mid.json",
    "avatar_data_aria.json",
    "avatar_data_mid.json",
    "posediff_aria_to_template.json",
    "pose_basis_template.json",
    "deformation_aria_to_template.npz",
    "initial_pose.json",
    "names.json",
    "shapes.json",
    "materials.json",
    "cloth.json",
    "vertex_group_weights_blur.json",
]
DAMAGES = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "another kind": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}
#: Blender itself must find these: the file's head is as it should be.
FOR_BLENDER = {("base_project.blend", "truncated")}
#: A mask that is not there is none.
OPTIONAL = {("vertex_group_weights_blur.json", "missing")}


@pytest.fixture(autouse=True)
def backend():
    """One is enough: what differs between them, field files, `test_field` reads with each."""
    use_backend("native")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The set with every optional file."""
    folder = shutil.copytree(SET, tmp_path_factory.mktemp("whole") / "set")
    for name, value in (
        ("shapes.json", SHAPES),
        ("materials.json", MATERIALS),
        ("cloth.json", CLOTH),
        ("vertex_group_weights_blur.json", MASK),
    ):
        (folder / name).write_text(json.dumps(value))
    shutil.copy(folder / "name_conv_aria_to_template_names.json", folder / "names.json")
    avatar = folder / "avatar_data_mid.json"
    avatar.write_text(json.dumps({**json.loads(avatar.read_text()), "name": "Template"}))
    return folder


@pytest.fixture
def files(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "set")


def check(files, output, *options):
    """The exit code of a run of all these files that stops before Blender."""
    arguments = sample_retarget.command_line("single", output, folder=files)
    arguments += [
        f"--name-conv={files / 'names.json'}",
        f"--shape-name-file={files / 'shapes.json'}",
        f"--mesh-material-data={files / 'materials.json'}",
        f"--cloth-metadata={files / 'cloth.json'}",
        *options,
    ]
    return main(["retarget", *arguments, "--check"])


def test_the_whole_set_passes(files, tmp_path):
    assert check(files, tmp_path / "out.fbx") == ExitCode.DONE


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_damaged_files(files, tmp_path, capsys, name, damage):
    if (name, damage) in FOR_BLENDER | OPTIONAL:
        pytest.skip("no fault here")
    output = tmp_path / "out.fbx"
    output.write_bytes(b"an earlier result")
    DAMAGES[damage](files / name)
    assert check(files, output) == ExitCode.INPUT_FILE
    told = capsys.readouterr().err
    assert name in told and "Traceback" not in told and "nothing was written" in told
    assert output.read_bytes() == b"an earlier result"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.fbx", "set"]


def places(value, path=()):
    """Every place in a JSON value, of arrays their first element alone."""
    yield path
    members = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value[:1])
    for key, member in members:
        yield from places(member, (*path, key))


def replaced(value, path, new):
    """A copy with another value at one place; `...` leaves it out."""
    if not path:
        return new
    value = deepcopy(value)
    around = value
    for key in path[:-1]:
        around = around[key]
    if new is ...:
        del around[path[-1]]
    else:
        around[path[-1]] = new
    return value


WRONG = [..., None, True, -7, 1.5, float("nan"), "", "骨", [], [[]], {}, {"x": {}}]
LOADERS = {
    "avatar_data_mid.json": load_avatar_data,
    "config_aria2mid_bs.json": load_config,
    "posediff_aria_to_template.json": load_pose,
    "initial_pose.json": load_initial_pose,
    "names.json": load_name_conversion,
    "shapes.json": load_shape_names,
    "materials.json": load_mesh_materials,
    "cloth.json": ClothMetadata,
    "vertex_group_weights_blur.json": lambda path: load_region_masks(path.parent),
}


@pytest.mark.parametrize("name", LOADERS)
def test_wrong_types_everywhere(files, name):
    """Whatever stands at whatever place: it is read, or refused with the file's name."""
    path = files / name
    document = json.loads(path.read_text())
    if name.startswith("posediff"):  # all its members are alike
        document = {"Hips": document["Hips"]}
    refused = 0
    for place in places(document):
        for new in WRONG if place else WRONG[1:]:
            path.write_text(json.dumps(replaced(document, place, new)))
            try:
                LOADERS[name](path)
            except InputFileError as error:
                assert str(files) in str(error), (place, new)
                refused += 1
    assert refused > 10


def test_a_report_never_replaces_an_input(files, tmp_path, capsys):
    for name in ("avatar_data_mid.json", "deformation_aria_to_template.npz", "Template.fbx"):
        before = (files / name).read_bytes()
        report = f"--report={files / name}"
        assert check(files, tmp_path / "out.fbx", report) == ExitCode.OUTPUT
        assert f"{name}: is an input as well; choose another name" in capsys.readouterr().err
        assert (files / name).read_bytes() == before
    (files / "Template.fbx").write_bytes(b"")
    before = (files / "initial_pose.json").read_bytes()
    report = f"--report={files / 'initial_pose.json'}"
    assert check(files, tmp_path / "out.fbx", report) == ExitCode.INPUT_FILE
    assert "no report" in capsys.readouterr().err
    assert (files / "initial_pose.json").read_bytes() == before


def test_outputs_that_cannot_be(files, tmp_path, capsys):
    folder = tmp_path / "gone"
    assert check(files, folder / "out.fbx", f"--report={folder / 'r.json'}") == ExitCode.OUTPUT
    told = capsys.readouterr().err
    assert "out.fbx: the folder" in told and "r.json: the folder" in told and "make it" in told
    assert check(files, folder / "out.fbx") == ExitCode.OUTPUT
    assert "report" not in capsys.readouterr().err
    assert check(files, folder / "out.fbx", f"--report={tmp_path / 'r.json'}") == ExitCode.OUTPUT
    assert "out.fbx: the folder" in json.loads((tmp_path / "r.json").read_text())["error"]
    assert check(files, files / "outfit_small.fbx") == ExitCode.OUTPUT
    assert "is an input as well" in capsys.readouterr().err
