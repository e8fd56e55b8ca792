# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo adds to the studio: a material for each piece, and a contact sheet."""

import bpy
import numpy as np

from ..blender import studio

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


def prepare(objects):
    """The studio in the present scene, and a material for each object."""
    studio.prepare(bpy.context.scene)
    for obj in objects:
        obj.data.materials.append(studio.material(obj.name, *MATERIALS[obj.name]))


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
