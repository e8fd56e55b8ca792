# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole run in Blender: files to arrays, the chain, arrays to a file."""

from dataclasses import dataclass, field

import bpy

from ..pipeline import chain, quality
from ..pipeline.inputs import Inputs
from ..pipeline.report_page import Picture
from ..pipeline.run_log import RunLog
from ..pipeline.whole_file import whole_file
from . import armature, body_io, fbx, outfit_files, outfit_io, pictures, scene, topology_edits


@dataclass
class Findings:
    """What the options ask for besides the output."""

    measures: list[dict] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


def retarget(inputs: Inputs, log: RunLog) -> Findings:
    """Runs everything and writes the output."""
    options = inputs.options
    with log.phase("open", options.base.name if options.base else "empty scene"):
        scene.open_base(options.base)
    bodies, target_armature = body_io.read_bodies(inputs.pairs, log)
    with log.phase("import", options.input.name):
        source = inputs.pairs[0].config.source
        objects = fbx.import_fbx(
            options.input, automatic_bone_orientation=source.automatic_bone_orientation
        )
    with log.phase("read", options.input.name):
        outfit_files.prepare_meshes(objects, inputs, log)
        imported = outfit_io.read_outfit(objects, options, inputs.name_conversion, log)
        cloth = outfit_files.ClothCopy.find(inputs, imported.outfit, log)
    outfit = chain.run_chain(imported.outfit, inputs, lambda pair: bodies[pair.body_files], log)
    with log.phase("write", "scene"):
        armature.add_bones(target_armature, outfit.skeleton)
        outfit_io.write_outfit(imported, outfit, target_armature)
        _keep_only(imported, target_armature)
        if not options.no_triangle:
            for obj in imported.objects.values():
                topology_edits.triangulate(obj)
    with whole_file(options.output) as partial:
        with log.phase("export", options.output.name):
            fbx.export_fbx(partial, [target_armature, *imported.objects.values()])
        last = inputs.pairs[-1]
        body = bodies[last.body_files]
        findings = _look_at(imported.outfit, outfit, body, last.config.target, options, log)
        cloth.save(outfit)
    return findings


def _look_at(before, outfit, body, target, options, log) -> Findings:
    """Measures and pictures of a result."""
    findings = Findings()
    if options.quality:
        with log.phase("quality"):
            findings.measures = quality.mesh_measures(before, outfit, body, target)
    if options.renders:
        with log.phase("render"):
            try:
                findings.pictures = pictures.take_pictures(before, outfit, body)
            except (ImportError, RuntimeError, TypeError) as error:
                log.warn(
                    f"the report has no pictures, as Blender cannot render: {error}",
                    "use a Blender with Cycles; the result itself is complete",
                )
    return findings


def _keep_only(imported: outfit_io.ImportedOutfit, target_armature):
    """Leaves the result alone in the scene; the armature is called as the outfit's was."""
    name = imported.armature.name
    kept = {target_armature, *imported.objects.values()}
    scene.remove_objects([obj for obj in bpy.data.objects if obj not in kept])
    target_armature.name = target_armature.data.name = name
