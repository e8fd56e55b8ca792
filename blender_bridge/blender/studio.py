# SPDX-License-Identifier: GPL-3.0-or-later
"""Small Cycles renders on the CPU of a figure that stands on the ground and faces −y."""

from math import radians

import bpy
import numpy as np

from ..pipeline.heat import heat_colours

SAMPLES = 16
# A draft's noise is left to the denoiser: a fifth of the time, softer shadows.
DRAFT_SAMPLES = 4
SIZE = (340, 450)

COLOUR_ATTRIBUTE = "hemline colour"


def prepare(scene, scale=1.0, draft=False):
    """Camera, lights and backdrop around the origin.

    scale: 1 for a figure of up to 1.95 m that is up to 1.85 m wide, 2 for one twice as large.
    """
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = DRAFT_SAMPLES if draft else SAMPLES
    scene.cycles.use_denoising = _has_denoiser()
    if draft:
        scene.cycles.denoising_prefilter = "NONE"
        if hasattr(scene.cycles, "denoising_quality"):  # since 4.2
            scene.cycles.denoising_quality = "FAST"
    scene.cycles.max_bounces = 3
    scene.cycles.seed = 0
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.compression = 60
    scene.render.use_persistent_data = True
    scene.view_settings.view_transform = "Standard"
    _add_world(scene)
    _add_camera(scene, scale)
    _add_lights(scene, scale)
    _add_backdrop(scene, scale)


def render(scene, path, visible, hidden=()):
    """One picture in which ``visible`` shows and ``hidden`` does not."""
    for obj in visible:
        obj.hide_render = False
    for obj in hidden:
        obj.hide_render = True
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True, scene=scene.name)


def material(name, colour, roughness):
    """A new material of a linear RGB colour."""
    made = bpy.data.materials.new(name)
    _use_nodes(made)
    surface = _node(made, "BSDF_PRINCIPLED")
    surface.inputs["Base Color"].default_value = (*colour, 1.0)
    surface.inputs["Roughness"].default_value = roughness
    return made


def show_heat_map(obj, values):
    """Colours an object's vertices by ``values`` (#V, 0 to 1): dark blue, green, yellow, red."""
    show_colours(obj, heat_colours(values))


def show_colours(obj, colours):
    """Gives an object's vertices linear RGBA ``colours`` (#V by 4 float32)."""
    attributes = obj.data.color_attributes
    attribute = attributes.get(COLOUR_ATTRIBUTE)
    attribute = attribute or attributes.new(COLOUR_ATTRIBUTE, "FLOAT_COLOR", "POINT")
    attribute.data.foreach_set("color", colours.ravel())
    made = material("Vertex colours", (0.5, 0.5, 0.5), 0.7)
    colour = made.node_tree.nodes.new("ShaderNodeVertexColor")
    colour.layer_name = COLOUR_ATTRIBUTE
    surface = _node(made, "BSDF_PRINCIPLED")
    made.node_tree.links.new(colour.outputs["Color"], surface.inputs["Base Color"])
    obj.data.materials.clear()
    obj.data.materials.append(made)


def _has_denoiser():
    """Whether this build of Cycles has Open Image Denoise (Debian's has not)."""
    import _cycles  # Cycles' own native module; exists once its add-on is enabled

    return getattr(_cycles, "with_openimagedenoise", False)


def _node(owner, kind):
    return next(node for node in owner.node_tree.nodes if node.type == kind)


def _use_nodes(owner):
    """Gives a material or world its node tree, which it always has since 5.0."""
    if bpy.app.version < (5, 0):
        owner.use_nodes = True


def _link(scene, name, data):
    obj = bpy.data.objects.new(name, data)
    scene.collection.objects.link(obj)
    return obj


def _add_world(scene):
    world = scene.world or bpy.data.worlds.new("World")
    scene.world = world
    _use_nodes(world)
    background = _node(world, "BACKGROUND")
    background.inputs["Color"].default_value = (0.55, 0.6, 0.68, 1.0)
    background.inputs["Strength"].default_value = 0.45


def _add_camera(scene, scale):
    camera = bpy.data.cameras.new("Camera")
    camera.lens = 68
    obj = _link(scene, "Camera", camera)
    obj.location = (1.9 * scale, -4.0 * scale, 1.15 * scale)
    obj.rotation_euler = (radians(87), 0, radians(25.4))
    scene.camera = obj


def _add_lights(scene, scale):
    for name, location, turn, energy, size in (
        ("Key", (-1.6, -2.6, 2.8), (48, 0, -32), 130, 1.4),
        ("Rim", (1.6, 2.2, 2.4), (-52, 0, -36), 90, 1.2),
    ):
        light = bpy.data.lights.new(name, "AREA")
        # As bright on the figure from farther away.
        light.energy, light.size = energy * scale**2, size * scale
        obj = _link(scene, name, light)
        obj.location = [scale * along for along in location]
        obj.rotation_euler = [radians(angle) for angle in turn]


def _add_backdrop(scene, scale):
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
    mesh.materials.append(material("Backdrop", (0.36, 0.42, 0.50), 0.95))
    obj = _link(scene, "Backdrop", mesh)
    obj.scale = (scale, scale, scale)
    obj.rotation_euler.z = scene.camera.rotation_euler.z
