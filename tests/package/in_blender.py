"""Runs steps inside a Blender that knows nothing of the checkout, as a user does by hand.

usage: python in_blender.py -- RESULTS STEP[=ARGUMENT] ...
       blender --background --python in_blender.py -- RESULTS STEP[=ARGUMENT] ...

What each step found goes to the file RESULTS as a JSON list.
"""

import json
import os
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import bpy

IS_EXTENSION = bpy.app.version >= (4, 2)
MODULE = "bl_ext.user_default.hemline" if IS_EXTENSION else "hemline"


def install(path):
    """Installs a zip and enables it, by Blender's own operators."""
    if IS_EXTENSION:
        bpy.ops.extensions.package_install_files(
            filepath=path, repo="user_default", enable_on_install=True
        )
    else:
        bpy.ops.preferences.addon_install(filepath=path)
        enable()


def enable():
    """Ticks the add-on's box."""
    bpy.ops.preferences.addon_enable(module=MODULE)


def disable():
    """Clears the add-on's box."""
    bpy.ops.preferences.addon_disable(module=MODULE)
    return {"operators": hasattr(bpy.types, "HEMLINE_OT_transfer_weights")}


def remove():
    """Removes the add-on."""
    if IS_EXTENSION:
        repos = [repo.module for repo in bpy.context.preferences.extensions.repos]
        bpy.ops.extensions.package_uninstall(
            repo_index=repos.index("user_default"), pkg_id="hemline"
        )
    else:
        # The operator redraws its area at the end, which scripts have to name.
        window = bpy.context.window_manager.windows[0]
        with bpy.context.temp_override(window=window, area=window.screen.areas[0]):
            bpy.ops.preferences.addon_remove(module=MODULE)


def save():
    """Stores the preferences, with the add-on enabled or not."""
    bpy.ops.wm.save_userpref()


def restore():
    """Takes the stored preferences, which an executable has done already."""
    if bpy.app.version[:2] == (4, 2) and bpy.app.factory_startup:
        enable()  # bpy 4.2 crashes when it reads any preferences
    elif bpy.app.factory_startup:
        bpy.ops.wm.read_userpref()


def status():
    """What computes, and what the preferences show of it."""
    package = sys.modules[MODULE]
    shown = ShownTexts()
    preferences = sys.modules[f"{MODULE}.addon.preferences"].HemlinePreferences
    preferences.draw(SimpleNamespace(layout=shown), bpy.context)
    return {
        **asdict(package.status()),
        "folder": str(Path(package.__file__).parent),
        "texts": shown.texts,
    }


class ShownTexts:
    """In the place of a layout: keeps the labels' texts."""

    def __init__(self):
        self.texts = []

    def __getattr__(self, name):
        def element(*_, text=None, **__):
            if name == "label":
                self.texts.append(text)
            return self

        return element


def transfer():
    """Weights of a tube with two bones on a wider tube, by the operator; the largest error."""
    bpy.ops.object.select_all(action="DESELECT")
    outfit, body = tube("Outfit", 0.11), tube("Body", 0.1)
    groups = [body.vertex_groups.new(name=name) for name in ("Lower", "Upper")]
    for vertex in body.data.vertices:
        groups[0].add([vertex.index], 1 - vertex.co.z, "REPLACE")
        groups[1].add([vertex.index], vertex.co.z, "REPLACE")
    for obj in (outfit, body):
        obj.select_set(True)
    bpy.context.view_layer.objects.active = body
    ended = bpy.ops.hemline.transfer_weights()
    upper = outfit.vertex_groups["Upper"].index
    errors = [
        abs(sum(e.weight for e in vertex.groups if e.group == upper) - vertex.co.z)
        for vertex in outfit.data.vertices
    ]
    for obj in (outfit, body):
        bpy.data.objects.remove(obj)
    return {"ended": sorted(ended), "error": max(errors)}


def tube(name, radius, sides=24, rings=11):
    """An open tube of height 1 along z."""
    from math import cos, pi, sin

    turns = [2 * pi * side / sides for side in range(sides)]
    points = [
        (radius * cos(turn), radius * sin(turn), ring / (rings - 1))
        for ring in range(rings)
        for turn in turns
    ]
    faces = [
        (
            ring * sides + side,
            ring * sides + (side + 1) % sides,
            (ring + 1) * sides + (side + 1) % sides,
            (ring + 1) * sides + side,
        )
        for ring in range(rings - 1)
        for side in range(sides)
    ]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points, [], faces)
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(obj)
    return obj


def check_retarget(folder):
    """The retarget job's own process finds the installed package: it checks the sample files."""
    settings = bpy.context.scene.hemline
    bpy.ops.hemline.add_pair()
    settings.retarget_input = f"{folder}/outfit_small.fbx"
    settings.retarget_pose = f"{folder}/initial_pose.json"
    settings.retarget_output = str(Path(bpy.app.tempdir) / "out.fbx")
    settings.pairs[0].base_fbx = f"{folder}/Template.fbx"
    settings.pairs[0].config = f"{folder}/config_aria2mid.json"
    return {"ended": sorted(bpy.ops.hemline.retarget_outfit(check=True))}


STEPS = (
    install, enable, disable, remove, save, restore, status, transfer, check_retarget,
)  # fmt: skip


def main(results, *steps):
    """Runs the steps; the process's exit status."""
    known = {step.__name__: step for step in STEPS}
    found = []
    try:
        for step in steps:
            name, _, argument = step.partition("=")
            found.append(known[name](*([argument] if argument else [])))
    except Exception:
        traceback.print_exc()
        return 1
    Path(results).write_text(json.dumps(found))
    return 0


if __name__ == "__main__":
    code = main(*sys.argv[sys.argv.index("--") + 1 :])
    # The bpy module can crash while the interpreter shuts down.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
