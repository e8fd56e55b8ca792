"""The sample set of a whole retarget: command lines, larger outfits, the true shapes.

Needs nothing but NumPy, except `make_outfit` and `export_all`, which run in Blender's Python.
PROVENANCE.md tells where the files come from.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).with_name("retarget")
#: Target avatar and body mesh at the end of each run.
TARGETS = {"single": ("Template.fbx", "Body.Template"), "chain": ("Bruno.fbx", "Bruno_Body")}
PAIRS = {
    "single": [("Template.fbx", "config_aria2mid.json")],
    "chain": [
        ("Template.fbx", "config_aria2mid.json"),
        ("Bruno.fbx", "config_mid2bruno.json"),
    ],
}
HIPS = "0,-0.020755,0.847585"
PIECES = ("Gloves", "Leggings", "Skirt", "Socks", "Top")
#: Catmull-Clark levels: 6,535, 25,637 and 101,539 vertices.
LEVELS = {"small": 0, "medium": 1, "large": 2}


def command_line(run, output, *, outfit=None, folder=FOLDER):
    """Arguments of `retarget`: `run` is "single" or "chain"."""
    fbx, configs = zip(*PAIRS[run])
    return [
        f"--input={outfit or folder / 'outfit_small.fbx'}",
        f"--output={output}",
        f"--base={folder / 'base_project.blend'}",
        f"--base-fbx={';'.join(str(folder / name) for name in fbx)}",
        f"--config={';'.join(str(folder / name) for name in configs)}",
        f"--init-pose={folder / 'initial_pose.json'}",
        f"--hips-position={HIPS}",
    ]


@lru_cache
def true_shape(run, piece):
    """Points (#V by 3 float32) and triangles (#T by 3 uint32) of a mesh as it should come out.

    The buttons of the top are not in it.
    """
    body = Path(TARGETS[run][0]).stem
    with np.load(FOLDER / "truth.npz") as archive:
        quads = archive[f"quads_{piece}"].astype(np.uint32)
        return archive[f"{body}_{piece}"], quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)


def largest_island(points, triangles):
    """The part of a mesh with the most vertices: points and triangles."""
    labels = np.arange(len(points))
    while True:
        lowest = labels.copy()
        for corner in triangles.T:
            np.minimum.at(lowest, corner, labels[triangles].min(axis=1))
        lowest = lowest[lowest]
        if (lowest == labels).all():
            break
        labels = lowest
    kept = labels == np.bincount(labels).argmax()
    number = np.cumsum(kept) - 1
    return points[kept], number[triangles[kept[triangles[:, 0]]]].astype(np.uint32)


def make_outfit(size, path):
    """Writes the outfit of a size, made from the small one by Catmull-Clark subdivision."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.fbx(filepath=str(FOLDER / "outfit_small.fbx"), use_anim=False)
    for obj in [obj for obj in bpy.data.objects if obj.type == "MESH"]:
        _subdivide(obj, LEVELS[size])
    export_all(path)


def export_all(path, **options):
    """Writes all objects of Blender's scene to an FBX file."""
    import bpy

    bpy.context.view_layer.update()
    for obj in bpy.context.view_layer.objects:
        obj.select_set(True)
    bpy.ops.export_scene.fbx(
        filepath=str(path),
        use_selection=True,
        apply_scale_options="FBX_SCALE_ALL",
        add_leaf_bones=False,
        bake_anim=False,
        use_mesh_modifiers=False,
        **options,
    )


def _subdivide(obj, levels):
    """Subdivides basis and shape keys alike: modifiers cannot be applied to shape keys."""
    keys = {}
    if obj.data.shape_keys:
        keys = {key.name: _coordinates(key.data) for key in obj.data.shape_keys.key_blocks}
        obj.shape_key_clear()
    refined = {name: _refined_copy(obj, points, levels) for name, points in keys.items()}
    _refine(obj, levels)
    for name, points in refined.items():
        key = obj.shape_key_add(name=name, from_mix=False)
        key.data.foreach_set("co", points)


def _refined_copy(obj, points, levels):
    import bpy

    copy = obj.copy()
    copy.data = obj.data.copy()
    bpy.context.collection.objects.link(copy)
    copy.data.vertices.foreach_set("co", points)
    _refine(copy, levels)
    refined = _coordinates(copy.data.vertices)
    bpy.data.objects.remove(copy)
    return refined


def _refine(obj, levels):
    import bpy

    modifier = obj.modifiers.new("Subdivision", "SUBSURF")
    modifier.levels = levels
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.modifier_move_to_index(modifier=modifier.name, index=0)
    bpy.ops.object.modifier_apply(modifier=modifier.name)


def _coordinates(vertices):
    points = np.empty(3 * len(vertices), np.float32)
    vertices.foreach_get("co", points)
    return points
