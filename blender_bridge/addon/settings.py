# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's settings and results, kept in the scene."""

import bpy

#: The jobs that leave results.
JOBS = ("TRANSFER", "SMOOTH", "RETARGET")


class MeasureResult(bpy.types.PropertyGroup):
    """A quality measure of one mesh."""

    label: bpy.props.StringProperty()
    text: bpy.props.StringProperty()
    is_bad: bpy.props.BoolProperty()


class MeshResult(bpy.types.PropertyGroup):
    """What the last run of a job gave one mesh; see `results`."""

    job: bpy.props.EnumProperty(items=[(job, job, "") for job in JOBS])
    object_name: bpy.props.StringProperty()
    vertices: bpy.props.IntProperty()
    measures: bpy.props.CollectionProperty(type=MeasureResult)
    problems: bpy.props.IntProperty()
    problem_indices: bpy.props.StringProperty()


class AvatarPair(bpy.types.PropertyGroup):
    """One conversion of a chain: the target avatar and the files that lead to it."""

    base_fbx: bpy.props.StringProperty(
        name="Avatar", description="FBX of the target avatar", subtype="FILE_PATH"
    )
    config: bpy.props.StringProperty(
        name="Config", description="JSON that names the pair's data files", subtype="FILE_PATH"
    )


class HemlineSettings(bpy.types.PropertyGroup):
    """Settings of the three jobs."""

    show_advanced: bpy.props.BoolProperty(name="Advanced")
    max_influences: bpy.props.IntProperty(
        name="Influences",
        description="Bones that a vertex follows at most",
        default=4,
        min=1,
        max=8,
    )
    mix: bpy.props.FloatProperty(
        name="Mix",
        description="1 replaces the present weights, 0 keeps them",
        default=1.0,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    keep_own_bones: bpy.props.BoolProperty(
        name="Keep Own Bones",
        description="Bones that only the outfit has (skirts, ribbons) keep their share",
        default=True,
    )
    rigid_parts: bpy.props.BoolProperty(
        name="Rigid Parts",
        description="Separate parts that follow one bone, such as buttons, stay rigid",
        default=True,
    )
    symmetry: bpy.props.BoolProperty(
        name="Symmetry",
        description="Left and right halves that mirror each other get mirrored weights",
        default=True,
    )
    smooth_radius: bpy.props.FloatProperty(
        name="Radius",
        description="Distance over which weights are smoothed",
        default=0.02,
        min=1e-4,
        soft_max=0.2,
        subtype="DISTANCE",
        unit="LENGTH",
    )
    smooth_iterations: bpy.props.IntProperty(name="Iterations", default=3, min=1, max=100)
    smooth_factor: bpy.props.FloatProperty(
        name="Factor", default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )
    results: bpy.props.CollectionProperty(type=MeshResult)
    retarget_warnings: bpy.props.IntProperty()

    retarget_input: bpy.props.StringProperty(
        name="Outfit", description="FBX of the outfit", subtype="FILE_PATH"
    )
    retarget_output: bpy.props.StringProperty(
        name="Result", description="FBX to write", subtype="FILE_PATH"
    )
    retarget_pose: bpy.props.StringProperty(
        name="Initial Pose", description="JSON of the outfit's initial pose", subtype="FILE_PATH"
    )
    retarget_options: bpy.props.StringProperty(
        name="Options",
        description="More options of the command line, such as --hips-position=0,-0.02,0.85",
    )
    retarget_report: bpy.props.BoolProperty(
        name="Report",
        description="Write a page with pictures, measures and warnings beside the result",
    )
    pairs: bpy.props.CollectionProperty(type=AvatarPair)
    active_pair: bpy.props.IntProperty()

    avatar_folder: bpy.props.StringProperty(
        name="Folder", description="Where the avatar's files are written", subtype="DIR_PATH"
    )
    mirror_field: bpy.props.BoolProperty(
        name="Mirrored Field",
        description="Both bodies are symmetric: the file holds one side",
    )
    field_spacing: bpy.props.FloatProperty(
        name="Field Spacing",
        description="Distance between the field's samples near the body",
        default=0.005,
        min=0.001,
        max=0.1,
        subtype="DISTANCE",
        unit="LENGTH",
    )


CLASSES = (MeasureResult, MeshResult, AvatarPair, HemlineSettings)
