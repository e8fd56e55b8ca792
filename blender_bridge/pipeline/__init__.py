# SPDX-License-Identifier: GPL-3.0-or-later
"""The retarget of an outfit from one avatar to another, over arrays and files; never imports bpy.

`options` (command line) → `inputs` (every file, checked) → `chain` (one `pair` after the other) →
`report`. Blender's part, reading and writing scenes, is in `blender_bridge.blender`.
"""
