# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job on a real body: `cargo xtask demo`, or `python -m blender_bridge.demo`.

It builds a rigged body and an outfit without weights in Blender, carries the body's skin weights
onto the outfit, and leaves an FBX, renders and a report.
"""
