# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes retargets of the sample set, as the Blender side runs them, for the C# tests to repeat.

    <a Python with bpy> tests/csharp/write_retarget.py FOLDER

Outfit and bodies come from FBX files through Blender; each run is one pair. Arrays lie in FOLDER as
those of write_expected.py; `NAME.json` tells bones, their parents, meshes and shape keys.
"""

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(Path(__file__).parent)]

import bpy  # noqa: E402
import sample_retarget  # noqa: E402
from write_expected import Writer  # noqa: E402

from blender_bridge.blender import body_io, fbx, outfit_io, scene  # noqa: E402
from blender_bridge.pipeline import chain, options  # noqa: E402
from blender_bridge.pipeline.inputs import load_inputs, load_pair  # noqa: E402
from blender_bridge.pipeline.run_log import RunLog  # noqa: E402
from blender_bridge.ramps import triangle_edges  # noqa: E402

#: The shape field of this configuration makes a shape key; the second pair has a basis pose.
CONFIGS = ("config_aria2mid_bs.json", "config_mid2bruno.json")
#: Other bones take the weights of these roles in a third run, in which some bones sway.
SUB_BONES = {"Spine": "Hips", "LeftHand": "LeftLowerArm"}
SWAY_BONES = [{"parentBoneName": "Hips", "affectedBones": ["LeftUpperLeg", "RightUpperLeg"]}]
SWAY_SETTINGS = {"startDistance": 0.005, "endDistance": 0.03}


def write(folder):
    """Both pairs of the chain, each a run of its own."""
    out = Writer(folder)
    log = RunLog(quiet=True)
    line = sample_retarget.command_line("chain", str(out.folder / "never_written.fbx"))
    configs = ";".join(str(sample_retarget.FOLDER / name) for name in CONFIGS)
    line = [f"--config={configs}" if word.startswith("--config=") else word for word in line]
    inputs = load_inputs(options.parse(line))
    scene.open_base(None)
    bodies, _ = body_io.read_bodies(inputs.pairs, log)
    objects = fbx.import_fbx(inputs.options.input)
    outfit = outfit_io.read_outfit(objects, inputs.options, {}, log).outfit
    outfit = chain.at_hips(outfit, inputs.options.hips_position, inputs.pairs[0])
    inputs.options.hips_position = None
    # Unity has triangles alone.
    meshes = [replace(mesh, edges=triangle_edges(mesh.triangles)) for mesh in outfit.meshes]
    outfit = replace(outfit, meshes=meshes)
    for number, pair in enumerate(inputs.pairs):
        name = f"pair{number}"
        body = bodies[pair.body_files]
        write_outfit(out, f"{name}_outfit", outfit)
        write_skeleton(out, f"{name}_body", body.skeleton)
        write_mesh(out, f"{name}_body", body)
        run = replace(inputs, pairs=[pair], initial_pose=inputs.initial_pose if number == 0 else {})
        outfit = chain.run_chain(outfit, run, lambda pair: bodies[pair.body_files], log)
        write_outfit(out, f"{name}_result", outfit)
        if number == 0:
            first = outfit
    write_sub_bones(out, inputs, bodies, first, log)


def write_sub_bones(out, inputs, bodies, outfit, log):
    """The second pair by files, in the folder `sub_bones`, with sub-humanoid and sway bones."""
    folder = out.folder / "sub_bones"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sample_retarget.FOLDER, folder, ignore=shutil.ignore_patterns("*.fbx"))
    description = folder / "avatar_data_bruno.json"
    avatar = json.loads(description.read_text(encoding="utf-8"))
    bones = {entry["humanoidBoneName"]: entry["boneName"] for entry in avatar["humanoidBones"]}
    avatar["subHumanoidBones"] = [
        {"humanoidBoneName": role, "boneName": bones[taker]} for role, taker in SUB_BONES.items()
    ]
    avatar["swayBones"], avatar["commonSwaySettings"] = SWAY_BONES, SWAY_SETTINGS
    description.write_text(json.dumps(avatar), encoding="utf-8")
    pair = inputs.pairs[1]
    body = bodies[pair.body_files]
    pair = load_pair(folder / CONFIGS[1], pair.fbx)
    run = replace(inputs, pairs=[pair], initial_pose={})
    outfit = chain.run_chain(outfit, run, lambda pair: body, log)
    write_outfit(out, "sub_result", outfit)


def write_outfit(out, name, outfit):
    """All meshes and the skeleton."""
    write_skeleton(
        out,
        name,
        outfit.skeleton,
        meshes=[{"name": mesh.name, "shapeKeys": list(mesh.shape_keys)} for mesh in outfit.meshes],
    )
    for number, mesh in enumerate(outfit.meshes):
        write_mesh(out, f"{name}_{number}", mesh)
        keys = np.array(list(mesh.shape_keys.values()), np.float32)
        out.array(f"{name}_{number}_keys", keys)


def write_mesh(out, name, mesh):
    """Points, triangles and weights."""
    out.array(f"{name}_points", mesh.points)
    out.array(f"{name}_triangles", mesh.triangles)
    out.rows(name, mesh.weights)


def write_skeleton(out, name, skeleton, **more):
    """Names, parents and heads."""
    out.array(f"{name}_heads", skeleton.heads)
    document = {"bones": skeleton.names, "parents": np.asarray(skeleton.parents).tolist(), **more}
    (out.folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[-1])
    print(f"{sys.argv[-1]}: written by Blender {bpy.app.version_string}")
    # The ``bpy`` module can crash while the interpreter shuts down.
    sys.stdout.flush()
    os._exit(0)
