# SPDX-License-Identifier: GPL-3.0-or-later
"""Small Cycles renders on the CPU, a heat map of one vertex group, and a contact sheet."""

from math import radians

import bpy
import numpy as np

SAMPLES = 16
SIZE = (340, 450)

# Linear RGB base colour and roughness.
MATERIALS = {
    "Body": ((0.46, 0.37, 0.31), 0.55),
    "Eyes": ((0.46, 0.37, 0.31), 0.55),
    "Top": ((0.015, 0.16, 0.19), 0.6),
    "Leggings": ((0.02, 0.025, 0.05), 0.5),
    "Skirt": ((0.50, 0.045, 0.05), 0.65),
    "Socks": ((0.70, 0.68, 0.62), 0.8),
    "Gloves": ((0.02, 0.025, 0.05), 0.5),
}
HEAT_ATTRIBUTE = "Heat map"


def prepare(objects):
    """Camera, lights, studio background and a material for each object."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = SAMPLES
    scene.cycles.use_denoising = _has_denoiser()
    scene.cycles.max_bounces = 3
    scene.cycles.seed = 0
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.compression = 60
    scene.render.use_persistent_data = True
    scene.view_settings.view_transform = "Standard"
    _add_world(scene)
    _add_camera(scene)
    _add_lights()
    _add_backdrop()
    for obj in objects:
        colour, roughness = MATERIALS[obj.name]
        obj.data.materials.append(_material(obj.name, colour, roughness))


def render(path, visible, hidden=()):
    """One picture in which ``visible`` shows and ``hidden`` does not."""
    for obj in visible:
        obj.hide_render = False
    for obj in hidden:
        obj.hide_render = True
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def show_heat_map(obj, weights):
    """Colours an object by ``weights`` (#V, 0 to 1): dark blue, green, yellow, red."""
    attributes = obj.data.color_attributes
    attribute = attributes.get(HEAT_ATTRIBUTE)
    attribute = attribute or attributes.new(HEAT_ATTRIBUTE, "FLOAT_COLOR", "POINT")
    attribute.data.foreach_set("color", heat_colours(weights).ravel())
    material = _material("Heat map", (0.5, 0.5, 0.5), 0.7)
    nodes = material.node_tree.nodes
    colour = nodes.new("ShaderNodeVertexColor")
    colour.layer_name = HEAT_ATTRIBUTE
    surface = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    material.node_tree.links.new(colour.outputs["Color"], surface.inputs["Base Color"])
    obj.data.materials.clear()
    obj.data.materials.append(material)


def heat_colours(weights):
    """Linear RGBA (#V by 4, float32) of weights from 0 to 1."""
    stops = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    colours = np.array(
        [
            [0.008, 0.012, 0.08],
            [0.01, 0.15, 0.45],
            [0.02, 0.45, 0.18],
            [0.85, 0.60, 0.03],
            [0.80, 0.03, 0.02],
        ]
    )
    rgb = [np.interp(weights, stops, channel) for channel in colours.T]
    return np.stack([*rgb, np.ones(len(weights))], axis=1).astype(np.float32)


def contact_sheet(paths, out):
    """The pictures side by side in one PNG."""
    tiles = []
    for path in paths:
        image = bpy.data.images.load(str(path))
        pixels = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(pixels)
        tiles.append(pixels.reshape(image.size[1], image.size[0], -1))
        bpy.data.images.remove(image)
    sheet = np.concatenate(tiles, axis=1)
    image = bpy.data.images.new("Contact sheet", sheet.shape[1], sheet.shape[0])
    image.pixels.foreach_set(sheet.ravel())
    image.file_format = "PNG"
    image.filepath_raw = str(out)
    image.save()
    bpy.data.images.remove(image)


def _has_denoiser():
    """Whether this build of Cycles has Open Image Denoise (Debian's has not)."""
    import _cycles  # Cycles' own native module; exists once its add-on is enabled

    return getattr(_cycles, "with_openimagedenoise", False)


def _material(name, colour, roughness):
    material = bpy.data.materials.new(name)
    _use_nodes(material)
    surface = next(n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED")
    surface.inputs["Base Color"].default_value = (*colour, 1.0)
    surface.inputs["Roughness"].default_value = roughness
    return material


def _use_nodes(owner):
    """Gives a material or world its node tree, which it always has since 5.0."""
    if bpy.app.version < (5, 0):
        owner.use_nodes = True


def _add_world(scene):
    world = scene.world or bpy.data.worlds.new("World")
    scene.world = world
    _use_nodes(world)
    background = next(n for n in world.node_tree.nodes if n.type == "BACKGROUND")
    background.inputs["Color"].default_value = (0.55, 0.6, 0.68, 1.0)
    background.inputs["Strength"].default_value = 0.45


def _add_camera(scene):
    camera = bpy.data.cameras.new("Camera")
    camera.lens = 68
    obj = bpy.data.objects.new("Camera", camera)
    obj.location = (1.9, -4.0, 1.15)
    obj.rotation_euler = (radians(87), 0, radians(25.4))
    bpy.context.collection.objects.link(obj)
    scene.camera = obj


def _add_lights():
    for name, location, turn, energy, size in (
        ("Key", (-1.6, -2.6, 2.8), (48, 0, -32), 130, 1.4),
        ("Rim", (1.6, 2.2, 2.4), (-52, 0, -36), 90, 1.2),
    ):
        light = bpy.data.lights.new(name, "AREA")
        light.energy, light.size = energy, size
        obj = bpy.data.objects.new(name, light)
        obj.location, obj.rotation_euler = location, [radians(angle) for angle in turn]
        bpy.context.collection.objects.link(obj)


def _add_backdrop():
    """A floor that rises behind the figure in an arc, so that there is no horizon."""
    turn = np.linspace(0.0, np.pi / 2, 17)
    arc = 3.0 + 2.0 * np.sin(turn), 2.0 - 2.0 * np.cos(turn)
    depth, height = (np.array([start, *along, end]) for start, along, end in
                     zip((-30.0, 0.0), arc, (5.0, 30.0)))  # fmt: skip
    width = np.array([[-30.0], [30.0]])
    corners = np.stack(np.broadcast_arrays(width, depth, height), axis=-1).reshape(-1, 3)
    count = len(depth)
    strip = np.arange(count - 1)
    faces = np.stack([strip, strip + count, strip + count + 1, strip + 1], axis=1)
    mesh = bpy.data.meshes.new("Backdrop")
    mesh.from_pydata(corners.tolist(), [], faces.tolist())
    for polygon in mesh.polygons:
        polygon.use_smooth = True
    mesh.materials.append(_material("Backdrop", (0.36, 0.42, 0.50), 0.95))
    obj = bpy.data.objects.new("Backdrop", mesh)
    obj.rotation_euler.z = bpy.context.scene.camera.rotation_euler.z
    bpy.context.collection.objects.link(obj)
