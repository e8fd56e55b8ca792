"""Faulty outfits, full disks, ends in the middle: a message, an exit code, nothing half-done."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest
import retarget_runs
import sample_retarget
from retarget_runs import changed_outfit, run

from blender_bridge.blender import outfit_io
from blender_bridge.errors import OutOfMemory
from blender_bridge.pipeline import chain
from blender_bridge.pipeline.commands import main
from blender_bridge.pipeline.errors import ExitCode, SceneError
from blender_bridge.pipeline.run_log import RunLog

GLOVES = ("--target-meshes=Gloves", "--no-subdivision", "--no-triangle")


def nothing_was_written(done):
    assert not done.output.exists()
    assert not [path for path in done.output.parent.iterdir() if "partial" in path.name]
    assert "nothing was written" in done.err


def warning_texts(done):
    assert all(warning["advice"] for warning in done.report["warnings"])
    return [warning["text"] for warning in done.report["warnings"]]


def second_armature(objects):
    other = bpy.data.objects.new("Other", bpy.data.armatures.new("Other"))
    bpy.context.collection.objects.link(other)
    bpy.context.view_layer.objects.active = other
    bpy.ops.object.mode_set(mode="EDIT")
    other.data.edit_bones.new("Hips").tail = (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    copy = objects["Gloves"].copy()
    copy.data = copy.data.copy()
    bpy.context.collection.objects.link(copy)
    copy.name = "Cuffs"
    copy.parent = other
    copy.modifiers[0].object = other


def without_armature(objects):
    objects["Gloves"].modifiers.clear()
    objects["Gloves"].parent = None
    bpy.data.objects.remove(objects["Armature"])


def without_weights(objects):
    for vertex_group in objects["Gloves"].vertex_groups:
        vertex_group.remove(range(len(objects["Gloves"].data.vertices)))


def renamed_bones(objects):
    for number, bone in enumerate(objects["Armature"].data.bones):
        bone.name = f"Knochen{number}"


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (second_armature, ["two armatures", "'Cuffs'"]),
        (without_armature, ["has no armature"]),
        (without_weights, ["mesh 'Gloves' has no weights"]),
        (renamed_bones, ["Knochen", "--name-conv"]),
    ],
)
def test_faulty_outfits(tmp_path, capsys, change, messages):
    done = run(capsys, tmp_path, outfit=changed_outfit(tmp_path, change))
    assert done.code == ExitCode.SCENE
    for message in messages:
        assert message in done.err
    assert done.report["exit_code"] == ExitCode.SCENE
    nothing_was_written(done)


def test_vertices_that_are_nowhere():
    """Blender's importer moves them to 0; another add-on's objects may hold them."""
    objects = retarget_runs.import_objects(retarget_runs.SET / "outfit_small.fbx")
    objects["Gloves"].data.vertices[7].co = (float("nan"), 0, 0)
    options = argparse.Namespace(target_meshes=[], mesh_renderers={})
    with pytest.raises(SceneError, match=r"mesh 'Gloves', vertex 7 is at \[nan"):
        outfit_io.read_outfit(objects.values(), options, {}, RunLog(quiet=True))


def unapplied(objects):
    """The same place by another transform: non-uniform scale, turned, mirrored."""
    from mathutils import Matrix

    obj = objects["Gloves"]
    turn = Matrix.Translation((1, 2, 3)) @ Matrix.Rotation(0.5, 4, "Z")
    transform = turn @ Matrix.Diagonal((-2.0, 0.5, 3.0, 1.0))
    obj.data.transform(transform.inverted())
    obj.data.flip_normals()
    obj.matrix_world = transform @ obj.matrix_world


def test_unapplied_transforms_change_nothing(tmp_path, capsys):
    plain = run(capsys, tmp_path, *GLOVES).outfit().meshes[0]
    done = run(capsys, tmp_path, *GLOVES, outfit=changed_outfit(tmp_path, unapplied))
    assert done.code == ExitCode.DONE, done.err
    mesh = done.outfit().meshes[0]
    np.testing.assert_allclose(mesh.points, plain.points, atol=2e-5)
    before, after = (normals(m.points, m.triangles) for m in (plain, mesh))
    assert np.einsum("ij,ij->i", before, after).min() > 0


def normals(points, triangles):
    a, b, c = np.moveaxis(points[triangles], 1, 0)
    return np.cross(b - a, c - a)


def strange_names(objects):
    objects["Gloves"].name = "手袋🧤"
    objects["Armature"].data.bones["Ribbon"].name = "リボン🎀"
    objects["Armature"].data.bones["Skirt_0_1"].name = "x" * 70


def test_names_in_japanese_and_emoji_and_long_ones(tmp_path, capsys):
    done = run(capsys, tmp_path, outfit=changed_outfit(tmp_path, strange_names))
    assert done.code == ExitCode.DONE, done.err
    outfit = done.outfit()
    assert [mesh.name for mesh in outfit.meshes] == ["手袋🧤"]
    assert {"リボン🎀", "x" * 63} <= set(outfit.skeleton.names)


def empty_and_loose(objects):
    for name in ("Empty", "Loose"):
        mesh = bpy.data.meshes.new(name)
        if name == "Loose":
            mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
        obj = bpy.data.objects.new(name, mesh)
        bpy.context.collection.objects.link(obj)


def test_loose_meshes_are_left_out_or_bound(tmp_path, capsys):
    outfit = changed_outfit(tmp_path, empty_and_loose)
    done = run(capsys, tmp_path, outfit=outfit)
    assert done.code == ExitCode.DONE, done.err
    assert any("'Loose' follows no armature" in text for text in warning_texts(done))
    assert [mesh.name for mesh in done.outfit().meshes] == ["Gloves"]
    done = run(capsys, tmp_path, "--mesh-renderers=Loose:Head", outfit=outfit)
    loose = next(mesh for mesh in done.outfit().meshes if mesh.name == "Loose")
    np.testing.assert_allclose(loose.weights.to_dense().sum(axis=1), 1.0, atol=1e-6)
    done = run(capsys, tmp_path, "--mesh-renderers=Loose:Nose", outfit=outfit)
    assert done.code == ExitCode.SCENE
    assert "no bone 'Nose'" in done.err


def partly_bare(objects):
    obj = objects["Gloves"]
    first = [v.index for v in obj.data.vertices if v.index % 7 == 0]
    for vertex_group in obj.vertex_groups:
        vertex_group.remove(first)


def test_vertices_without_weights_go_with_their_neighbours(tmp_path, capsys):
    plain = run(capsys, tmp_path, *GLOVES).outfit().meshes[0]
    done = run(capsys, tmp_path, *GLOVES, outfit=changed_outfit(tmp_path, partly_bare))
    assert "without weights take their neighbours'" in warning_texts(done)[0]
    assert np.linalg.norm(done.outfit().meshes[0].points - plain.points, axis=1).max() < 0.01


def test_unknown_target_mesh(tmp_path, capsys):
    done = run(capsys, tmp_path, "--target-meshes=Gloves;Hat")
    assert done.code == ExitCode.SCENE
    assert "no mesh 'Hat'; it has 'Gloves'" in done.err
    nothing_was_written(done)


def test_a_damaged_fbx_that_begins_well(tmp_path, capsys):
    whole = bytearray((retarget_runs.SET / "outfit_small.fbx").read_bytes())
    whole[len(whole) // 3 : len(whole) // 3 + 64] = bytes(64)  # in a deflated array
    path = tmp_path / "damaged.fbx"
    path.write_bytes(whole)
    done = run(capsys, tmp_path, outfit=path)
    assert done.code == ExitCode.INPUT_FILE
    assert "damaged.fbx" in done.err
    nothing_was_written(done)


@pytest.mark.parametrize("wrong", [lambda rows: rows[:-1], lambda rows: rows + 1_000_000])
def test_shape_keys_with_other_vertices(tmp_path, capsys, monkeypatch, wrong):
    """A file whose shape keys list fewer vertices than they move, or such as are not there."""
    exporter = pytest.importorskip("io_scene_fbx.export_fbx_bin")
    name = "elem_data_single_int32_array"
    write = getattr(exporter, name)

    def write_wrong(element, kind, rows):
        of_a_shape = element.id == b"Geometry" and kind == b"Indexes"
        write(element, kind, wrong(np.array(rows, np.int32)) if of_a_shape else rows)

    with monkeypatch.context() as patched:
        patched.setattr(exporter, name, write_wrong)
        outfit = changed_outfit(tmp_path, lambda objects: None, keep=("Skirt",))
    done = run(capsys, tmp_path, outfit=outfit)
    assert done.code == ExitCode.INPUT_FILE, done.err
    assert "changed.fbx: Blender cannot import it" in done.err
    nothing_was_written(done)


def test_links_of_a_chain_that_do_not_fit(tmp_path, capsys):
    config = retarget_runs.SET / "config_aria2mid.json"
    done = run(capsys, tmp_path, f"--config={config};{config}", kind="chain")
    assert done.code == ExitCode.SCENE
    assert "the pair before it ends with" in done.err
    nothing_was_written(done)


@pytest.fixture
def small_disk():
    """Sets the bytes at which each file ends: writing on fails in the middle, as on a full disk."""
    resource = pytest.importorskip("resource", reason="only Unix limits the size of files")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_disk_full(tmp_path, capsys, small_disk):
    (tmp_path / "out.fbx").write_bytes(b"an earlier result")
    arguments = sample_retarget.command_line("single", tmp_path / "out.fbx")
    small_disk(100_000)
    assert main(["retarget", *arguments, "--no-subdivision"]) == ExitCode.OUTPUT
    told = capsys.readouterr().err
    assert "out.fbx: cannot be written" in told and "make room there" in told
    assert (tmp_path / "out.fbx").read_bytes() == b"an earlier result"
    assert [path.name for path in tmp_path.iterdir()] == ["out.fbx"]


def test_no_room_for_the_cloth_metadata(tmp_path, capsys, small_disk):
    """It is as much an output as the FBX, which is not there without it."""
    position = {"x": 0.5123456789, "y": 1.2123456789, "z": 0.1123456789}
    cloth = {
        "clothMetadata": [{"meshName": "Gloves", "vertexData": [{"position": position}] * 9_999}]
    }
    with open(tmp_path / "cloth.json", "w") as file:
        json.dump(cloth, file)
    small_disk(700_000)
    done = run(capsys, tmp_path, *GLOVES, f"--cloth-metadata={tmp_path / 'cloth.json'}")
    assert done.code == ExitCode.OUTPUT
    assert "out_cloth.json: cannot be written" in done.err
    nothing_was_written(done)
    assert {path.name for path in tmp_path.iterdir()} == {"cloth.json", "report.json"}


def test_a_report_that_cannot_be_written(tmp_path, capsys):
    """The output stays, and the message says so."""
    arguments = sample_retarget.command_line("single", tmp_path / "out.fbx")
    report = tmp_path / f"{'r' * 250}.json"  # 255 bytes; a name for the time being is longer
    assert main(["retarget", *arguments, *GLOVES, f"--report={report}"]) == ExitCode.OUTPUT
    told = capsys.readouterr().err
    assert "cannot be written" in told and "nothing was written" not in told
    assert f"{tmp_path / 'out.fbx'} is complete" in told
    assert [path.name for path in tmp_path.iterdir()] == ["out.fbx"]


def test_a_read_only_folder(tmp_path, capsys):
    folder = tmp_path / "shut"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):  # root may write anywhere but there
        folder = Path("/proc/self")
        if not folder.exists() or os.access(folder, os.W_OK):
            pytest.skip("this user may write everywhere")
    arguments = sample_retarget.command_line("single", folder / "out.fbx")
    assert main(["retarget", *arguments, *GLOVES]) == ExitCode.OUTPUT
    assert "is read-only; choose another" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), ExitCode.MEMORY),
        (OutOfMemory("8 GB for the weights"), ExitCode.MEMORY),
        (KeyboardInterrupt(), ExitCode.CANCELLED),
        (ZeroDivisionError("a fault of the program"), ExitCode.FAILED),
    ],
)
def test_memory_and_interruption(tmp_path, capsys, monkeypatch, error, code):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(chain, "convert", fail)
    done = run(capsys, tmp_path, *GLOVES, "--keep-blend")
    assert done.code == code
    assert done.report["exit_code"] == code
    assert (tmp_path / "out.failed.blend").exists()
    nothing_was_written(done)


def test_time_limit(tmp_path, capsys):
    done = run(capsys, tmp_path, "--time-limit=0.001")
    assert done.code == ExitCode.TIME_LIMIT
    nothing_was_written(done)


def test_check_runs_nothing(tmp_path, capsys):
    done = run(capsys, tmp_path, "--check")
    assert done.code == ExitCode.DONE
    assert "nothing was run" in done.out
    assert not done.output.exists()


def test_out_of_memory_within_blenders_exporter(tmp_path, capsys, monkeypatch):
    """Blender hands on the add-on's errors as texts."""
    export = "io_scene_fbx.export_fbx_bin"
    module = pytest.importorskip(export, reason="this Blender keeps its add-on elsewhere")

    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr(module, "fbx_data_mesh_elements", fail)
    done = run(capsys, tmp_path, *GLOVES)
    assert done.code == ExitCode.MEMORY
    nothing_was_written(done)


def test_paths_in_japanese_and_emoji(tmp_path, capsys):
    folder = tmp_path / "衣装 👗; é"
    files = shutil.copytree(retarget_runs.SET, tmp_path / "入力 ünd 🧤")
    folder.mkdir()
    done = run(capsys, folder, *GLOVES, files=files, name="結果 ✨.fbx")
    assert done.code == ExitCode.DONE, done.err
    assert {path.name for path in folder.iterdir()} == {"結果 ✨.fbx", "report.json"}
    done = run(capsys, folder, *GLOVES, files=files, outfit=files / "服 🎀.fbx")
    assert done.code == ExitCode.INPUT_FILE
    assert f"{files / '服 🎀.fbx'}: there is no such file; correct the path" in done.err


@pytest.mark.parametrize("damage", [lambda d: d[: len(d) // 2], lambda d: d[:12] + bytes(90_000)])
def test_a_damaged_base_that_begins_well(tmp_path, capsys, damage):
    path = tmp_path / "base.blend"
    path.write_bytes(damage((retarget_runs.SET / "base_project.blend").read_bytes()))
    done = run(capsys, tmp_path, *GLOVES, f"--base={path}")
    assert done.code == ExitCode.INPUT_FILE
    assert "base.blend: Blender cannot open it" in done.err
    nothing_was_written(done)


def target_files(folder, change):
    """The set with another Template.fbx: `change` is given its objects by name."""
    files = shutil.copytree(retarget_runs.SET, folder / "set")
    change(retarget_runs.import_objects(files / "Template.fbx"))
    sample_retarget.export_all(files / "Template.fbx")
    return files


def renamed_hand(objects):
    objects["Armature.Template"].data.bones["Hand_L"].name = "Pfote"


def renamed_body(objects):
    objects["Body.Template"].name = "Haut"


def bare_body(objects):
    objects["Body.Template"].vertex_groups.clear()


def body_without_armature(objects):
    objects["Body.Template"].modifiers.clear()
    objects["Body.Template"].parent = None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (renamed_hand, "the target avatar's FBX has no bone 'Hand_L', which"),
        (renamed_body, "there is no mesh 'Body.Template', which"),
        (bare_body, "has no weights on the armature's bones"),
        (body_without_armature, "has no armature modifier"),
    ],
)
def test_faulty_targets(tmp_path, capsys, change, message):
    done = run(capsys, tmp_path, *GLOVES, files=target_files(tmp_path, change))
    assert done.code == ExitCode.SCENE
    assert message in done.err
    nothing_was_written(done)


def nowhere(objects):
    objects["Gloves"].data.vertices[7].co = (float("nan"), 0, 0)


def huge(objects):
    objects["Gloves"].data.vertices[7].co = (1e30, 0, 0)


@pytest.mark.parametrize("change", [nowhere, huge])
def test_numbers_that_are_none_in_a_file(tmp_path, capsys, change):
    """Refused, or imported as a number: the output holds no NaN in either case."""
    done = run(capsys, tmp_path, *GLOVES, outfit=changed_outfit(tmp_path, change))
    if done.code == ExitCode.SCENE:
        assert "mesh 'Gloves', vertex 7" in done.err
        nothing_was_written(done)
    else:
        assert done.code == ExitCode.DONE, done.err
        assert np.isfinite(done.outfit().meshes[0].points).all()


@pytest.mark.skipif(bpy.app.binary_path != "", reason="the module's Python starts a second process")
@pytest.mark.parametrize(
    ("phase", "number", "code"),
    [
        ("shape", signal.SIGKILL, -signal.SIGKILL),
        ("export", signal.SIGKILL, -signal.SIGKILL),
        ("shape", signal.SIGINT, ExitCode.CANCELLED),
    ],
)
def test_ended_in_the_middle(tmp_path, phase, number, code):
    output = tmp_path / "out.fbx"
    output.write_bytes(b"an earlier result")
    command = [sys.executable, "-m", "blender_bridge", "retarget", *GLOVES]
    command += sample_retarget.command_line("single", output)
    root = retarget_runs.SET.parents[2]
    with subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        # What a shell starts in its background ignores interrupts, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        for line in process.stdout:
            if line.startswith(f"Status: {phase}"):
                process.send_signal(number)
                break
        assert process.wait() == code
    assert output.read_bytes() == b"an earlier result"
    if number != signal.SIGKILL:
        assert [path.name for path in tmp_path.iterdir()] == ["out.fbx"]
