"""Runs of the retarget command inside the test's own Blender, and what came out of them."""

import json
from dataclasses import dataclass

import bpy
import numpy as np
import sample_retarget

from blender_bridge.blender.compare import load_outfit
from blender_bridge.pipeline.commands import main

SET = sample_retarget.FOLDER


@dataclass
class Run:
    """An ended run: exit code, printed text, report (None where none was written), paths."""

    code: int
    out: str
    err: str
    report: dict | None
    output: object

    def outfit(self):
        """The output as arrays."""
        return load_outfit(self.output)


def run(capsys, folder, *options, kind="single", outfit=None, files=SET, name="out.fbx"):
    """Runs `retarget` on the sample set."""
    output, report = folder / name, folder / "report.json"
    arguments = sample_retarget.command_line(kind, output, outfit=outfit, folder=files)
    code = main(["retarget", *arguments, f"--report={report}", *options])
    printed = capsys.readouterr()
    found = json.loads(report.read_text()) if report.exists() else None
    return Run(code, printed.out, printed.err, found, output)


def import_objects(path):
    """Objects of an FBX file in an empty scene, by name."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.fbx(filepath=str(path), use_anim=False)
    return {obj.name: obj for obj in bpy.data.objects}


def changed_outfit(folder, change, keep=("Gloves",)):
    """An outfit file that `change` made from the sample's: it is given the objects by name."""
    objects = import_objects(SET / "outfit_small.fbx")
    for name, obj in list(objects.items()):
        if obj.type == "MESH" and name not in keep:
            bpy.data.objects.remove(objects.pop(name))
    change(objects)
    path = folder / "changed.fbx"
    sample_retarget.export_all(path)
    return path


def world_heads(armature):
    """Rest heads of an armature object's bones in world space, by name."""
    return {
        bone.name: np.array(armature.matrix_world @ bone.head_local) for bone in armature.data.bones
    }
