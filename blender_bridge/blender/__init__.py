# SPDX-License-Identifier: GPL-3.0-or-later
"""Bulk mesh and vertex-group I/O for Blender 3.4 to 5.x: the modules that import ``bpy``.

Blender's data is read into arrays on the main thread, computed on elsewhere, and written back on
the main thread; nothing here is thread-safe.
"""
