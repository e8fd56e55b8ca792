# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a retarget, made from two avatars; arrays in and out, never imports bpy.

`humanoid` (bones by name, `bone_names`, or by position, `bone_positions`) → `avatar_files` →
`pose_difference` → `deformation` → `config_files`; `pair_files` writes them in that order.
"""
