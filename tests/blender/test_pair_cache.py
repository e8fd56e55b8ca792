"""Kept pairs: the same result to the last bit, found only by what it is made of."""

import bpy
import numpy as np
import pytest
from retarget_runs import changed_outfit, run

from blender_bridge.pipeline.errors import ExitCode


def stray_bone(objects):
    """A second root, so that the first pair has something to warn of."""
    armature = next(obj for obj in objects.values() if obj.type == "ARMATURE")
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bone = armature.data.edit_bones.new("Stray")
    bone.head, bone.tail = (0, 0, 0.1), (0, 0, 0.2)
    bpy.ops.object.mode_set(mode="OBJECT")


@pytest.fixture
def chain(tmp_path, capsys):
    """Runs the chain with gloves and skirt (shape keys, own bones) and a folder of kept pairs."""
    outfit = changed_outfit(tmp_path, stray_bone, keep=("Gloves", "Skirt"))

    def chain(name, *options):
        done = run(capsys, tmp_path, *options, kind="chain", outfit=outfit, name=name)
        assert done.code == ExitCode.DONE, done.err
        return done

    return chain


def found(done):
    """Whether the pair was found, for each time that a run looked."""
    phases = done.report["phases"]
    return [phase["result"]["found"] for phase in phases if phase["name"] == "kept pair"]


def same(first, second):
    one, other = first.outfit(), second.outfit()
    assert one.skeleton.names == other.skeleton.names
    np.testing.assert_array_equal(one.skeleton.heads, other.skeleton.heads)
    for mesh, again in zip(one.meshes, other.meshes, strict=True):
        np.testing.assert_array_equal(mesh.points, again.points)
        np.testing.assert_array_equal(mesh.weights.to_dense(), again.weights.to_dense())
        assert list(mesh.shape_keys) == list(again.shape_keys)
        for name, moved in mesh.shape_keys.items():
            np.testing.assert_array_equal(moved, again.shape_keys[name])


def test_a_kept_pair_is_the_pair(chain, tmp_path):
    folder = tmp_path / "kept"
    cache = f"--pair-cache={folder}"
    plain, first, second = chain("plain.fbx"), chain("a.fbx", cache), chain("b.fbx", cache)
    assert (found(plain), found(first), found(second)) == ([], [0], [1])
    same(plain, first)
    same(plain, second)
    texts = [warning["text"] for warning in plain.report["warnings"]]
    assert any("'Stray'" in text for text in texts)
    assert second.report["warnings"] == first.report["warnings"] == plain.report["warnings"]
    [file] = folder.iterdir()

    data = file.read_bytes()
    middle = len(data) // 2
    flipped = bytes([data[middle] ^ 1])
    for damage in (data[:-100], data[:middle] + flipped + data[middle + 1 :]):
        file.write_bytes(damage)
        again = chain("d.fbx", cache)
        assert found(again) == [0]
        same(plain, again)


def test_a_folder_that_cannot_be_written(chain, tmp_path):
    (tmp_path / "file").touch()
    done = chain("a.fbx", f"--pair-cache={tmp_path / 'file'}")
    assert "a pair's result cannot be kept" in done.report["warnings"][-1]["text"]
