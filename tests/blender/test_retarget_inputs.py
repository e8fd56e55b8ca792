"""Fields of the input files and options, seen in the output as a user sees them."""

import json
import shutil

import bpy
import numpy as np
import pytest
import retarget_runs
import sample_retarget
from retarget_runs import SET, changed_outfit, run

from blender_bridge.blender import body_io
from blender_bridge.blender.compare import load_outfit
from blender_bridge.pipeline.errors import ExitCode
from blender_bridge.pipeline.inputs import load_pair
from blender_bridge.pipeline.run_log import RunLog

PLAIN = ("--no-subdivision", "--no-triangle", "--quiet")


@pytest.fixture
def files(tmp_path):
    """A copy of the set, to be changed."""
    return shutil.copytree(SET, tmp_path / "set")


def change(path, **members):
    """Sets members of a JSON file."""
    value = json.loads(path.read_text())
    path.write_text(json.dumps({**value, **members}))


def weights(done, name):
    """Dense weights of an output's mesh, and its bones' names."""
    outfit = done.outfit()
    mesh = next(mesh for mesh in outfit.meshes if mesh.name == name)
    return mesh, mesh.weights.to_dense(), outfit.skeleton.index


def warnings(done):
    """Texts of a run's warnings."""
    assert all(warning["advice"] for warning in done.report["warnings"])
    return [warning["text"] for warning in done.report["warnings"]]


def test_sway_bones_hand_weight_on_far_from_the_body(tmp_path, capsys, files):
    options = (*PLAIN, "--target-meshes=Top")
    _, before, bone = weights(run(capsys, tmp_path, *options), "Top")
    sway = [{"parentBoneName": "Chest", "affectedBones": ["LeftBreast", "RightBreast"]}]
    distances = {"startDistance": 0.0, "endDistance": 0.001}
    change(files / "avatar_data_mid.json", swayBones=sway, commonSwaySettings=distances)
    _, after, _ = weights(run(capsys, tmp_path, *options, files=files), "Top")
    busts = [bone["LeftBreast" if "LeftBreast" in bone else "Breast_L"], bone["Breast_R"]]
    assert before[:, busts].max() > 0.3
    assert after[:, busts].max() < 1e-6
    chest = before[:, [*busts, bone["Chest"]]].sum(axis=1)
    np.testing.assert_allclose(after[:, bone["Chest"]], chest, atol=0.02)
    np.testing.assert_allclose(after.sum(axis=1), 1.0, atol=1e-5)


def region_mask(files, name, chosen):
    entries = [{"vertex_index": int(vertex), "weight": 1.0} for vertex in np.flatnonzero(chosen)]
    value = {"vertex_group_name": f"MF_{name}", "weights": entries}
    (files / f"vertex_group_weights_{name}.json").write_text(json.dumps(value))


def test_region_masks_of_the_body_called_template(tmp_path, capsys, files):
    body = retarget_runs.import_objects(SET / "Template.fbx")["Body.Template"].data
    points = np.array([vertex.co for vertex in body.vertices])
    region_mask(files, "blur", np.linalg.norm(points - [0.0, 0.0, 1.2], axis=1) < 0.25)
    region_mask(files, "crotch", np.linalg.norm(points - [0.0, 0.0, 0.8], axis=1) < 0.08)
    options = (*PLAIN, "--target-meshes=Top;Leggings", "--quality")
    before = run(capsys, tmp_path, *options, files=files)
    change(files / "avatar_data_mid.json", name="Template")
    after = run(capsys, tmp_path, *options, files=files, name="masked.fbx")
    for name, height, low in (("Top", 1.2, 0.75), ("Leggings", 0.8, 0.3)):
        mesh, plain, _ = weights(before, name)
        _, masked, _ = weights(after, name)
        moved = np.abs(plain - masked).sum(axis=1)
        assert moved[np.abs(mesh.points[:, 2] - height) < 0.05].max() > 0.02
        assert moved[mesh.points[:, 2] < low].max(initial=0.0) < 1e-4
    for mesh in after.report["meshes"]:
        assert mesh["largest_sum_error"] <= 1e-5 and mesh["most_influences"] <= 4
        assert mesh["asymmetry"] <= 1e-3 and mesh["wrong_side"] == 0


def test_a_bad_region_mask_is_named_by_the_check(tmp_path, capsys, files):
    change(files / "avatar_data_mid.json", name="Template")
    entries = [{"vertex_index": 0, "weight": 0.5}, {"vertex_index": 1, "weight": "much"}]
    path = files / "vertex_group_weights_inpaint.json"
    path.write_text(json.dumps({"vertex_group_name": "MF_Inpaint", "weights": entries}))
    done = run(capsys, tmp_path, "--check", files=files)
    assert done.code == ExitCode.INPUT_FILE
    assert 'vertex_group_weights_inpaint.json, `weights[1].weight`: is "much"' in done.err
    entries[1] = {"vertex_index": 1_000_000, "weight": 1.0}
    path.write_text(json.dumps({"vertex_group_name": "MF_Inpaint", "weights": entries}))
    done = run(capsys, tmp_path, *PLAIN, "--target-meshes=Gloves", files=files)
    assert done.code == ExitCode.INPUT_FILE
    assert "`weights[1].vertex_index`: is 1000000, but the body has 13380 vertices" in done.err


def test_a_name_for_several_blend_shapes(tmp_path, capsys, files):
    """`clothingBlendShapeSettings` and groups give `--blend-shapes` more names."""
    settings = [{"label": "Fitted", "blendshapes": [{"name": "Breasts_Big", "value": 50}]}]
    change(files / "config_aria2mid_bs.json", clothingBlendShapeSettings=settings)
    groups = [{"name": "Bust", "blendShapeFields": ["Breasts_Big"]}]
    change(files / "avatar_data_aria_bs.json", blendShapeGroups=groups)
    options = (*PLAIN, f"--config={files / 'config_aria2mid_bs.json'}", "--target-meshes=Top")

    def points(*blend_shapes):
        done = run(capsys, tmp_path, *options, *blend_shapes)
        assert warnings(done) == []
        return done.outfit().meshes[0].points

    half = points("--blend-shapes=Breasts_Big", "--blend-shape-values=0.5")
    np.testing.assert_allclose(points("--blend-shapes=Fitted"), half, atol=1e-6)
    by_group = points("--blend-shapes=Bust", "--blend-shape-values=0.5")
    np.testing.assert_allclose(by_group, half, atol=1e-6)
    assert np.abs(points() - half).max() > 0.002


def test_a_shape_key_is_nothing_outside_its_mask(tmp_path, capsys):
    """Neither by the fields nor by the repair, which would go on where it ended."""
    config = f"--config={SET / 'config_aria2mid_bs.json'}"
    done = run(capsys, tmp_path, *PLAIN, config, "--target-meshes=Leggings;Socks")
    source = load_outfit(SET / "outfit_small.fbx")
    mask_bones = [source.skeleton.index[n] for n in ("Spine", "Chest", "LeftBreast", "RightBreast")]
    shares = {
        mesh.name: mesh.weights.to_dense()[:, mask_bones].sum(axis=1) for mesh in source.meshes
    }
    for mesh in done.outfit().meshes:
        moved = np.linalg.norm(mesh.shape_keys["Breasts_Big"], axis=1)
        outside = shares[mesh.name] == 0.0
        assert outside.sum() > 300
        assert moved[outside].max() == 0.0


def hat_without_armature(objects):
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.12, location=(0.01, 0.0, 1.55))
    bpy.context.object.name = "Hat"


def test_a_mesh_renderer_stays_on_its_bone_and_in_its_form(tmp_path, capsys):
    outfit = changed_outfit(tmp_path, hat_without_armature)
    sphere = retarget_runs.import_objects(outfit)["Hat"]
    before = np.array([sphere.matrix_world @ vertex.co for vertex in sphere.data.vertices])
    renderers = "--mesh-renderers=Hat:Head;Cap:Head"
    done = run(capsys, tmp_path, *PLAIN, renderers, outfit=outfit, kind="chain")
    assert any("has no mesh 'Cap'" in text for text in warnings(done))
    mesh, dense, bone = weights(done, "Hat")
    np.testing.assert_array_equal(dense[:, bone["head"]], 1.0)
    spans = [np.linalg.norm(p - p.mean(axis=0), axis=1) for p in (before, mesh.points)]
    ratio = spans[1] / spans[0]
    assert ratio.max() / ratio.min() < 1.001
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"boneMapping": [{"fbxBone": "Head", "prefabBone": "Kopf"}]}))
    source = shutil.copytree(SET, tmp_path / "set")
    path = source / "avatar_data_aria.json"
    path.write_text(path.read_text().replace('"Head"', '"Kopf"').replace(
        '"humanoidBoneName": "Kopf"', '"humanoidBoneName": "Head"'))  # fmt: skip
    done = run(
        capsys, tmp_path, *PLAIN, f"--name-conv={names}", "--mesh-renderers=Hat:Kopf",
        outfit=outfit, files=source,
    )  # fmt: skip
    _, dense, bone = weights(done, "Hat")
    np.testing.assert_array_equal(dense[:, bone["Head"]], 1.0)


def test_what_no_step_reads_is_told(tmp_path, capsys, files):
    change(files / "avatar_data_mid.json", boneComponents=[{"boneName": "Spine"}], swayBone=[1])
    change(files / "config_aria2mid.json", clothingBlendShapeSettingsInv=[{"label": "A"}])
    done = run(capsys, tmp_path, "--check", "--blend-shape-mappings=Bust,Chest", files=files)
    assert done.code == ExitCode.DONE
    for text in (
        "config_aria2mid.json: `clothingBlendShapeSettingsInv` is not used: blend shapes are taken",
        "avatar_data_mid.json: `boneComponents` is not used: components of bones are made in Unity",
        "avatar_data_mid.json: `swayBone` is not used: there is no such field",
        "--blend-shape-mappings: no configuration has a blend-shape field 'Bust' (they have none)",
    ):
        assert text in done.out


def test_meshes_and_bones_that_files_name_in_vain(tmp_path, capsys, files):
    turned = {"position": [0, 0, 0], "rotation": [0, 0, 5]}
    still = {"delta_matrix": np.eye(4).tolist()}
    bones = [{"boneName": "Tail", "transform": turned}, {"boneName": "Horn", "transform": still}]
    given = {
        "--init-pose": {"bones": bones},
        "--shape-name-file": {"Hat": ["Wide"], "Gloves": ["Long"]},
        "--mesh-material-data": {"meshMaterials": [{"meshName": "Cap", "subMeshes": []}]},
        "--cloth-metadata": {"clothMetadata": [{"meshName": "Cape", "vertexData": []}]},
    }
    options = []
    for number, (option, value) in enumerate(given.items()):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(value))
        options.append(f"{option}={path}")
    done = run(capsys, tmp_path, *PLAIN, "--target-meshes=Gloves", *options)
    assert done.code == ExitCode.DONE, done.err
    assert warnings(done) == [
        "--shape-name-file: the outfit has no mesh 'Hat'",
        "--shape-name-file gives mesh 'Gloves' 1 names, it has 0 shape keys; they keep theirs",
        "--mesh-material-data: the outfit has no mesh 'Cap'",
        "--cloth-metadata: the outfit has no mesh 'Cape'",
        "0.json poses 'Tail', which the outfit does not have",
    ]


def test_the_initial_pose_and_the_hips_position_move_the_outfit(tmp_path, capsys, files):
    """Both are a shift here: one of the hips, one of every bone; together they cancel out."""
    options = (*PLAIN, "--target-meshes=Gloves")
    plain = run(capsys, tmp_path, *options).outfit().meshes[0].points
    hips = np.array([float(x) for x in retarget_runs.sample_retarget.HIPS.split(",")])
    shift = np.array([0.25, 0.0, 0.125])
    moved = ",".join(map(str, hips + shift))
    matrix = np.eye(4)
    matrix[:3, 3] = -shift
    transform = {"delta_matrix": matrix.tolist()}
    change(files / "initial_pose.json", bones=[{"boneName": "Hips", "transform": transform}])
    done = run(capsys, tmp_path, *options, f"--hips-position={moved}", files=files)
    np.testing.assert_allclose(done.outfit().meshes[0].points, plain, atol=2e-5)
    done = run(capsys, tmp_path, *options, files=files)
    assert np.linalg.norm(done.outfit().meshes[0].points - plain, axis=1).min() > 0.1


def test_the_base_pose_is_used_unless_the_configuration_says_not(tmp_path, capsys, files):
    """Bruno rests in a T-pose: without his basis pose the gloves stay at his A-pose's hands."""
    options = (*PLAIN, "--target-meshes=Gloves")
    plain = run(capsys, tmp_path, *options, kind="chain").outfit().meshes[0].points
    change(files / "config_mid2bruno.json", doNotUseBasePose=1)
    without = run(capsys, tmp_path, *options, kind="chain", files=files).outfit().meshes[0].points
    assert np.ptp(plain[:, 0]) > np.ptp(without[:, 0]) + 0.2
    assert plain[:, 2].min() > without[:, 2].min() + 0.2


def test_blend_shapes_of_the_body(tmp_path, capsys, files):
    """`blendshapes` of the target: its body is the larger one, out of which clothes are pushed."""
    options = (*PLAIN, "--target-meshes=Top", "--quality")
    plain = run(capsys, tmp_path, *options).outfit().meshes[0].points
    change(files / "avatar_data_mid.json", blendshapes=[{"name": "Breasts_Big", "value": 100}])
    done = run(capsys, tmp_path, *options, files=files)
    assert done.code == ExitCode.DONE, done.err
    moved = np.linalg.norm(done.outfit().meshes[0].points - plain, axis=1)
    assert moved.max() > 0.005 and np.median(moved) < 1e-4
    assert done.report["meshes"][0]["deep_share"] <= 0.005


def test_shape_keys_get_the_settings_of_their_label(tmp_path, capsys, files):
    """Values beside the fields (0 to 100) do what those of a field (0 to 1) do."""
    path = files / "config_aria2mid_bs.json"
    options = (*PLAIN, f"--config={path}", "--target-meshes=Top")

    def key(name="Breasts_Big"):
        done = run(capsys, tmp_path, *options)
        assert done.code == ExitCode.DONE, done.err
        return done.outfit().meshes[0].shape_keys[name]

    [field] = json.loads(path.read_text())["blendShapeFields"]
    whole = key()
    field["sourceBlendShapeSettings"] = [{"name": "Breasts_Big", "value": 0.5}]
    change(path, blendShapeFields=[field])
    half = key()
    assert np.abs(whole - half).max() > 0.002
    del field["sourceBlendShapeSettings"]
    settings = [{"label": "Breasts_Big", "blendshapes": [{"name": "Breasts_Big", "value": 50}]}]
    change(path, blendShapeFields=[field], sourceBlendShapeSettings=settings)
    np.testing.assert_array_equal(key(), half)
    change(path, blendShapeFields=[field, field], sourceBlendShapeSettings=[])
    np.testing.assert_allclose(key("Breasts_Big___1"), key("Breasts_Big___0"), atol=1e-6)


def test_bones_of_the_transfer(tmp_path, capsys, files):
    """`subHumanoidBones` sends the weights of a role to another bone, and moves no bone."""
    outfit = changed_outfit(tmp_path, hat_without_armature)
    options = (*PLAIN, "--mesh-renderers=Hat:Head", "--target-meshes=Hat")
    plain = run(capsys, tmp_path, *options, outfit=outfit)
    mesh, dense, bone = weights(plain, "Hat")
    np.testing.assert_array_equal(dense[:, bone["Head"]], 1.0)
    subs = [{"humanoidBoneName": "Head", "boneName": "Neck"}]
    change(files / "avatar_data_mid.json", subHumanoidBones=subs)
    done = run(capsys, tmp_path, *options, outfit=outfit, files=files)
    moved, dense, bone = weights(done, "Hat")
    np.testing.assert_array_equal(dense[:, bone["Neck"]], 1.0)
    np.testing.assert_array_equal(moved.points, mesh.points)
    np.testing.assert_array_equal(done.outfit().skeleton.heads, plain.outfit().skeleton.heads)


def test_a_source_in_an_a_pose_takes_the_other_base_pose(tmp_path, capsys, files):
    """Aria's arms slope by 45°: of the two poses that Bruno has, hers is `basePoseA`."""
    options = (*PLAIN, "--target-meshes=Gloves")
    plain = run(capsys, tmp_path, *options, kind="chain").outfit().meshes[0].points
    pose = json.loads((files / "pose_basis_bruno.json").read_text())
    for entry in pose.values():
        entry["delta_matrix"][2][3] += 0.125
    (files / "raised.json").write_text(json.dumps(pose))
    change(files / "avatar_data_bruno.json", basePose="raised.json")
    done = run(capsys, tmp_path, *options, kind="chain", files=files)
    np.testing.assert_array_equal(done.outfit().meshes[0].points, plain)
    change(files / "avatar_data_bruno.json", basePoseA="raised.json")
    done = run(capsys, tmp_path, *options, kind="chain", files=files)
    assert np.linalg.norm(done.outfit().meshes[0].points - plain, axis=1).min() > 0.02


def test_automatic_bone_orientation(tmp_path, capsys, files):
    """Bones whose X axis points to the child, as other programs write them, point there again."""
    retarget_runs.import_objects(SET / "Template.fbx")
    axes = {"primary_bone_axis": "X", "secondary_bone_axis": "Y"}
    sample_retarget.export_all(files / "Template.fbx", **axes)

    def arm(done):
        assert done.code == ExitCode.DONE, done.err
        skeleton = done.outfit().skeleton
        upper, lower = (skeleton.index[name] for name in ("Upper_Arm_L", "Lower_Arm_L"))
        along = skeleton.tails[upper] - skeleton.heads[upper]
        child = skeleton.heads[lower] - skeleton.heads[upper]
        cosine = along @ child / np.linalg.norm(along) / np.linalg.norm(child)
        return cosine, skeleton.heads

    options = (*PLAIN, "--target-meshes=Gloves")
    across, heads = arm(run(capsys, tmp_path, *options, files=files))
    change(files / "avatar_data_mid.json", enableAutomaticBoneOrientation=1)
    along, same_heads = arm(run(capsys, tmp_path, *options, files=files))
    assert across < 0.5 and along > 0.99
    np.testing.assert_allclose(same_heads, heads, atol=1e-5)


def test_two_descriptions_of_one_fbx_are_two_bodies(files):
    described = files / "avatar_data_mid_bs.json"
    change(described, blendshapes=[{"name": "Breasts_Big", "value": 100.0}])
    steps = [
        ("config_aria2mid.json", "Template.fbx"),
        ("config_aria2mid_bs.json", "Template.fbx"),
        ("config_mid2bruno.json", "Bruno.fbx"),
    ]
    pairs = [load_pair(files / config, files / fbx) for config, fbx in steps]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bodies, _ = body_io.read_bodies(pairs, RunLog(quiet=True))
    plain, shaped, last = (bodies[pair.body_files].points for pair in pairs)
    assert plain.shape == shaped.shape
    assert np.linalg.norm(shaped - plain, axis=1).max() > 0.01
    assert len(bodies) == 3 and not np.array_equal(last, shaped)
