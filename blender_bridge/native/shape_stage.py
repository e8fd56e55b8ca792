# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape stage."""

import ctypes

import numpy as np

from . import declarations
from .marshal import address, check, functions, options, progress_pointer
from .skinning import BLEND_CONSTANTS

_REPORT = (
    "unweighted",
    "singular",
    "rigid_parts",
    "deep_before",
    "deep_after",
    "deepest_before",
    "deepest_after",
    "moved_by_repair",
    "largest_push",
    "inverted_faces",
    "stretched_faces",
)


def shape_stage(given, out, progress):
    """`hem_shape_stage_run`; the numbers of the report."""
    # Structs point to each other: `alive` keeps them until the call is over.
    alive = []
    settings = _input(given, alive)
    report = declarations.HemShapeReport(struct_size=ctypes.sizeof(declarations.HemShapeReport))
    with progress_pointer(progress) as listener:
        check(
            functions.hem_shape_stage_run(
                ctypes.byref(settings), *map(address, out), ctypes.byref(report), listener
            )
        )
    return tuple(getattr(report, name) for name in _REPORT)


def _input(given, alive):
    settings = declarations.HemShapeInput()
    check(functions.hem_shape_input_init(ctypes.byref(settings)))
    settings.points, settings.point_count = address(given.points), len(given.points)
    settings.triangles, settings.triangle_count = address(given.triangles), len(given.triangles)
    settings.shape_keys, settings.key_count = address(given.shape_keys), len(given.shape_keys)
    if given.weights is not None:
        weights = given.weights
        settings.offsets, settings.groups = address(weights.offsets), address(weights.groups)
        settings.weights, settings.entry_count = address(weights.weights), len(weights.weights)
        settings.group_count = weights.group_count
    settings.pose, settings.unpose = (
        _bone_pose(pose, alive) for pose in (given.pose, given.unpose)
    )
    settings.fields, settings.field_count = _field_uses(given.fields, alive), len(given.fields)
    if given.key_fields is not None:
        _set_key_fields(settings, given.key_fields, alive)
    if given.rigid is not None:
        detect = isinstance(given.rigid, str)
        settings.rigid = declarations.HEM_RIGID_DETECT if detect else declarations.HEM_RIGID_LABELS
        settings.rigid_labels = None if detect else address(given.rigid)
    for name in ("body", "source_body"):
        surface = getattr(given, name)
        setattr(settings, name, None if surface is None else surface.built.handle.handle)
    if given.repair is not None:
        repair = options("HemRepairOptions", functions.hem_repair_options_init, **given.repair)
        settings.repair = _pointer(repair, alive)
    return settings


def _bone_pose(pose, alive):
    if pose is None:
        return None
    struct = declarations.HemBonePose(
        rest=address(pose.rest),
        posed=address(pose.posed),
        bone_count=len(pose.posed),
        group_bones=address(pose.group_bones),
        blend=BLEND_CONSTANTS[pose.blend],
    )
    return _pointer(ctypes.byref(struct), alive)


def _field_uses(uses, alive):
    structs = (declarations.HemFieldUse * len(uses))()
    for struct, (field, mask, settings) in zip(structs, uses):
        settings = options("HemFieldOptions", functions.hem_field_options_init, **settings)
        struct.field, struct.mask = field.handle.handle, address(mask)
        struct.options = _pointer(settings, alive)
    return _pointer(ctypes.byref(structs), alive) if uses else None


def _set_key_fields(settings, key_fields, alive):
    own = np.array([fields is not None for fields in key_fields], np.uint8)
    lengths = [len(fields or ()) for fields in key_fields]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)
    alive += [own, offsets]
    settings.own_fields, settings.key_field_offsets = address(own), address(offsets)
    uses = [use for fields in key_fields for use in fields or ()]
    settings.key_fields = _field_uses(uses, alive)


def _pointer(reference, alive):
    """The address of what `ctypes.byref` refers to."""
    alive.append(reference)
    return ctypes.cast(reference, ctypes.c_void_p).value
