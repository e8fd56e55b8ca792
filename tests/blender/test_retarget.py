"""Whole retargets of the sample set: what must arrive, and how near the true shape it comes."""

import json

import bpy
import numpy as np
import pytest
import retarget_runs
import sample_retarget
from retarget_runs import SET, run

from blender_bridge import Surface, use_backend
from blender_bridge.pipeline.avatar_data import load_avatar_data
from blender_bridge.pipeline.commands import main
from blender_bridge.pipeline.errors import ExitCode

# Millimetres, both ways: what today's scripts reach in the mean over the small outfit's meshes.
EARLIER_SHAPE_ERROR = {"single": 2.75, "chain": 4.42}


def shape_errors(kind, outfit):
    """Mean distance to the true shape, both ways, millimetres, by mesh."""
    errors = {}
    for mesh in outfit.meshes:
        points, triangles = mesh.points, mesh.triangles
        if mesh.name == "Top":
            points, triangles = sample_retarget.largest_island(points, triangles)
        true_points, true_triangles = sample_retarget.true_shape(kind, mesh.name)
        with Surface(true_points, true_triangles) as surface:
            there = surface.closest_points(points).distances.mean()
        with Surface(points, triangles) as surface:
            back = surface.closest_points(true_points).distances.mean()
        errors[mesh.name] = 500.0 * (there + back)
    return errors


@pytest.mark.parametrize("kind", ["single", "chain"])
def test_everything_arrives(tmp_path, capsys, kind):
    done = run(capsys, tmp_path, "--no-subdivision", "--no-triangle", "--quality", kind=kind)
    assert done.code == ExitCode.DONE, done.err
    fbx, _ = sample_retarget.TARGETS[kind]
    target = retarget_runs.import_objects(SET / fbx)
    rig = next(obj for obj in target.values() if obj.type == "ARMATURE")
    heads = retarget_runs.world_heads(rig)
    parents = {bone.name: bone.parent and bone.parent.name for bone in rig.data.bones}
    source = retarget_runs.import_objects(SET / "outfit_small.fbx")
    meshes = {
        name: (
            len(obj.data.vertices),
            len(obj.data.polygons),
            [material.name for material in obj.data.materials],
            [layer.name for layer in obj.data.uv_layers],
            [key.name for key in obj.data.shape_keys.key_blocks] if obj.data.shape_keys else [],
        )
        for name, obj in source.items()
        if obj.type == "MESH"
    }
    own = {bone.name for bone in source["Armature"].data.bones if bone.name.startswith("Skirt_")}

    objects = retarget_runs.import_objects(done.output)
    armature = objects["Armature"]
    found = retarget_runs.world_heads(armature)
    for name, head in heads.items():
        np.testing.assert_allclose(found[name], head, atol=1e-5)
        parent = armature.data.bones[name].parent
        assert (parent and parent.name) == parents[name]
    assert set(found) - set(heads) == own | {"Ribbon"}
    description = {"single": "avatar_data_mid.json", "chain": "avatar_data_bruno.json"}[kind]
    bone_of = load_avatar_data(SET / description).bone_of_role
    assert armature.data.bones["Ribbon"].parent.name == bone_of["Chest"]
    assert armature.data.bones["Skirt_0_1"].parent.name == bone_of["Hips"]
    assert armature.data.bones["Skirt_0_2"].parent.name == "Skirt_0_1"
    for name, (vertices, polygons, materials, layers, keys) in meshes.items():
        mesh = objects[name].data
        assert (len(mesh.vertices), len(mesh.polygons)) == (vertices, polygons)
        assert [material.name for material in mesh.materials] == materials
        assert [layer.name for layer in mesh.uv_layers] == layers
        assert [key.name for key in mesh.shape_keys.key_blocks] if mesh.shape_keys else keys == []
        assert {group.name for group in objects[name].vertex_groups} <= set(found)

    for mesh in done.report["meshes"]:
        assert mesh["largest_sum_error"] <= 1e-5
        assert mesh["most_influences"] <= 4
        assert mesh["unweighted"] == 0
        assert mesh["wrong_side"] == 0
        assert mesh["deep_share"] <= 0.005
        assert mesh["asymmetry"] <= 1e-3
    errors = shape_errors(kind, done.outfit())
    assert np.mean(list(errors.values())) < EARLIER_SHAPE_ERROR[kind], errors


def test_report_and_leftovers(tmp_path, capsys):
    done = run(capsys, tmp_path, "--target-meshes=Gloves")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.fbx", "report.json"]
    report = done.report
    assert report["exit_code"] == 0
    assert [pair["target"] for pair in report["pairs"]] == ["Mid"]
    assert {"load", "import", "shape", "weights", "export"} <= {p["name"] for p in report["phases"]}
    assert all(phase["wall"] >= 0 for phase in report["phases"])
    weights = next(phase for phase in report["phases"] if phase["name"] == "weights")
    assert weights["result"]["max_influences"] <= 4
    assert report["versions"]["backend"] == "native"
    assert "Status: done" in done.out
    assert [mesh.name for mesh in done.outfit().meshes] == ["Gloves"]


def test_triangles_and_short_edges_by_default(tmp_path, capsys):
    done = run(capsys, tmp_path, "--target-meshes=Skirt;Leggings")
    objects = retarget_runs.import_objects(done.output)
    for name in ("Skirt", "Leggings"):
        mesh = objects[name].data
        assert all(len(polygon.vertices) == 3 for polygon in mesh.polygons)
    assert len(objects["Skirt"].data.vertices) > 720
    assert [key.name for key in objects["Skirt"].data.shape_keys.key_blocks] == [
        "Basis",
        "Skirt_Long",
    ]


@pytest.mark.skipif(bpy.app.version[:2] != (4, 2), reason="once is enough: Blender has no part")
@pytest.mark.parametrize("kind", ["single", "chain"])
def test_the_fallback_gives_the_same(tmp_path, capsys, kind):
    """Within what `docs/retarget.md` states."""
    options = ("--no-subdivision", "--quiet")
    first = run(capsys, tmp_path, *options, kind=kind)
    try:
        second = run(capsys, tmp_path, *options, "--fallback", kind=kind, name="fallback.fbx")
    finally:
        use_backend()
    backends = [done.report["versions"]["backend"] for done in (first, second)]
    assert backends == ["native", "fallback"]
    within = ["--position=1e-5", "--weight=1e-3", "--bone=1e-6"]
    code = main(["compare", str(first.output), str(second.output), *within])
    assert code == ExitCode.DONE, capsys.readouterr().out


def test_compare_finds_differences(tmp_path, capsys):
    one = run(capsys, tmp_path, "--target-meshes=Skirt")
    two = run(capsys, tmp_path, "--target-meshes=Skirt", kind="chain", name="two.fbx")
    assert main(["compare", str(one.output), str(one.output)]) == ExitCode.DONE
    assert "equal within" in capsys.readouterr().out
    assert main(["compare", str(one.output), str(two.output)]) == ExitCode.DIFFERENT
    printed = capsys.readouterr().out
    assert "mesh 'Skirt': positions by up to" in printed
    assert "bone 'pelvis' is in one of them only" in printed


def test_a_blend_shape_field_becomes_a_shape_key(tmp_path, capsys):
    config = f"--config={SET / 'config_aria2mid_bs.json'}"
    done = run(
        capsys,
        tmp_path,
        config,
        "--no-subdivision",
        "--target-meshes=Top;Socks",
        "--blend-shape-mappings=Breasts_Big,Bust",
    )
    meshes = {mesh.name: mesh for mesh in done.outfit().meshes}
    top = np.linalg.norm(meshes["Top"].shape_keys["Bust"], axis=1)
    front = meshes["Top"].points[top > 0.01]
    assert len(front) > 20
    assert (front[:, 2] > 1.0).all()
    assert top.max() < 0.1
    assert np.abs(meshes["Socks"].shape_keys["Bust"]).max() < 1e-3


def test_blend_shapes_of_the_source_are_taken_back(tmp_path, capsys):
    config = f"--config={SET / 'config_aria2mid_bs.json'}"
    options = (config, "--no-subdivision", "--target-meshes=Top")
    plain = run(capsys, tmp_path, *options).outfit().meshes[0]
    done = run(capsys, tmp_path, *options, "--blend-shapes=Breasts_Big,Typo")
    assert [warning["text"] for warning in done.report["warnings"]] == [
        "--blend-shapes: 'Typo' is not used, as avatar_data_aria_bs.json has no such field in "
        "`invertedBlendShapeFields` (it has 'Breasts_Big')"
    ]
    back = np.linalg.norm(done.outfit().meshes[0].points - plain.points, axis=1)
    assert 0.005 < back.max() < 0.1
    assert np.median(back) < 0.001


def test_names_converted_on_import(tmp_path, capsys):
    names = f"--name-conv={SET / 'name_conv_aria_to_template_names.json'}"
    config = f"--config={SET / 'config_aria2mid_tn.json'}"
    options = ("--target-meshes=Gloves", "--quiet")
    plain = run(capsys, tmp_path, *options)
    renamed = run(capsys, tmp_path, *options, names, config, name="renamed.fbx")
    assert renamed.code == ExitCode.DONE, renamed.err
    assert main(["compare", str(plain.output), str(renamed.output)]) == ExitCode.DONE


def test_optional_files(tmp_path, capsys):
    point = {"x": -0.5, "y": 0.95, "z": 0.2}
    cloth = {"clothMetadata": [{"meshName": "Gloves", "vertexData": [
        {"position": point, "maxDistance": 0.1}]}]}  # fmt: skip
    materials = {"meshMaterials": [{"meshName": "Gloves", "subMeshes": [
        {"materialName": "Leather", "faces": [0, 1, 2]}]}]}  # fmt: skip
    for name, value in (
        ("cloth.json", cloth),
        ("materials.json", materials),
        ("shapes.json", {"Top": ["Puffy!"]}),
    ):
        (tmp_path / name).write_text(json.dumps(value))
    done = run(
        capsys,
        tmp_path,
        "--target-meshes=Gloves;Top",
        f"--cloth-metadata={tmp_path / 'cloth.json'}",
        f"--mesh-material-data={tmp_path / 'materials.json'}",
        f"--shape-name-file={tmp_path / 'shapes.json'}",
    )
    assert done.code == ExitCode.DONE, done.err
    meshes = {mesh.name: mesh for mesh in done.outfit().meshes}
    assert list(meshes["Top"].shape_keys) == ["Puffy!"]
    copy = json.loads((tmp_path / "out_cloth.json").read_text())
    moved = copy["clothMetadata"][0]["vertexData"][0]["position"]
    at = np.array([-moved["x"], -moved["z"], moved["y"]])
    assert np.linalg.norm(meshes["Gloves"].points - at, axis=1).min() < 1e-5
    assert json.loads((tmp_path / "cloth.json").read_text()) == cloth
    objects = retarget_runs.import_objects(done.output)
    assert [m.name for m in objects["Gloves"].data.materials] == ["Mat_Gloves", "Leather"]
