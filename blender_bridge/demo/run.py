# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo from start to end: scene, shape job, weight job, poses, FBX, pictures, report."""

from dataclasses import asdict

import bpy
import numpy as np
import sample_assets

import blender_bridge as hemline

from ..blender import mesh_io, studio, vertex_groups
from ..blender.console import silenced
from . import job, rendering, report, shape
from . import scene as scenes

# The phases beside the job's own.
BUILD, MEASURE, EXPORT, RENDER = "build scene", "measure quality", "export FBX", "render"

# The vertex group of the heat map, and the pieces that show it.
HEAT_GROUP = "thigh_l"
# |ln(length / rest length)| that is red in the stretch map: three times as long, or a third.
FULL_STRETCH = 1.1
PICTURES = (
    "body",
    *(f"{pose}_{when}" for when in ("before", "after") for pose in scenes.POSES),
    "heat_map",
    "stretch_map",
)
SHEET = ("stride_before", "stride_after", "reach_after", "heat_map", "stretch_map")


def run(output, size, pictures=True):
    """Writes outfit.fbx, report.json and, with ``pictures``, the renders into ``output``.

    Returns the report.
    """
    output.mkdir(parents=True, exist_ok=True)
    pieces = len(sample_assets.PIECES)
    picture_count = len(PICTURES) if pictures else 0
    job_steps = shape.step_count(pieces) + job.step_count(pieces)
    phases = report.Phases(total_steps=3 + job_steps + picture_count)
    with phases(BUILD):
        scene = scenes.build(sample_assets, size)
    shapes = shape.run(scene, phases)
    results = job.run(scene, phases)
    with phases(MEASURE):
        qualities = measure(scene, results)
    outfit = [piece.obj for piece in scene.pieces]
    studio = _Studio(scene, output, phases) if pictures else None
    if studio:
        studio.render_without_weights()
    for obj in outfit:
        scenes.bind(obj, scene.armature)
    with phases(EXPORT), silenced():
        scenes.set_pose(scene.armature, {})
        export_fbx(output / "outfit.fbx", [scene.armature, *outfit])
    if studio:
        studio.render_with_weights(results, qualities)

    summary = _summary(size, scene, shapes, results, qualities, phases)
    report.write_json(output / "report.json", summary)
    report.print_tables(summary)
    print(f"results in {output}")
    return summary


def measure(scene, results):
    """`weight_quality` of each piece over the demo's poses."""
    bones = [scene.armature.pose.bones[name] for name in scene.group_names]
    rest = np.array([np.array(bone.bone.matrix_local) for bone in bones], np.float64)
    poses = []
    for turns in scenes.POSES.values():
        scenes.set_pose(scene.armature, turns)
        poses.append(np.array([np.array(bone.matrix) for bone in bones], np.float64))
    scenes.set_pose(scene.armature, {})
    mesh = mesh_io.read_mesh(scene.body)
    rows = vertex_groups.read_vertex_groups(scene.body, scene.group_names)
    body = job.world_points(scene.body, mesh.positions), mesh.triangles, rows
    return [
        hemline.weight_quality(
            result.points,
            result.triangles,
            result.rows,
            sources=result.sources,
            rest=rest,
            poses=poses,
            body=body,
        )
        for result in results
    ]


def export_fbx(path, objects):
    """The objects in one FBX file as Unity expects it: no leaf bones, modifiers not applied."""
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in objects)
    bpy.ops.export_scene.fbx(
        filepath=str(path),
        use_selection=True,
        apply_scale_options="FBX_SCALE_ALL",
        add_leaf_bones=False,
        bake_anim=False,
        use_mesh_modifiers=False,
    )


class _Studio:
    """Takes the demo's pictures."""

    def __init__(self, scene, output, phases):
        self._scene, self._output, self._phases = scene, output, phases
        self._outfit = [piece.obj for piece in scene.pieces]
        self._skin = [scene.body, scene.eyes]
        rendering.prepare([*self._skin, *self._outfit])

    def render_without_weights(self):
        """The body alone, and each pose that the outfit does not follow yet."""
        self._take("body", self._skin, hidden=self._outfit)
        for pose, turns in scenes.POSES.items():
            scenes.set_pose(self._scene.armature, turns)
            self._take(f"{pose}_before", self._skin + self._outfit)

    def render_with_weights(self, results, qualities):
        """Each pose with the outfit, heat maps in the last one, and a sheet of all.

        The heat maps show one group's weights, and how far edges stretch over the poses (red:
        `FULL_STRETCH` or more).
        """
        for pose, turns in scenes.POSES.items():
            scenes.set_pose(self._scene.armature, turns)
            scenes.stand_on_ground(self._scene)
            self._take(f"{pose}_after", self._skin + self._outfit)
        group = self._scene.group_names.index(HEAT_GROUP)
        for obj, result in zip(self._outfit, results):
            studio.show_heat_map(obj, result.rows.to_dense()[:, group])
        self._take("heat_map", self._skin + self._outfit)
        for obj, quality in zip(self._outfit, qualities):
            studio.show_heat_map(obj, quality.stretches / FULL_STRETCH)
        self._take("stretch_map", self._skin + self._outfit)
        rendering.contact_sheet([self._path(name) for name in SHEET], self._path("overview"))

    def _take(self, name, visible, hidden=()):
        with self._phases(RENDER, name), silenced():
            studio.render(bpy.context.scene, self._path(name), visible, hidden)

    def _path(self, name):
        return self._output / f"{name}.png"


def _summary(size, scene, shapes, results, qualities, phases):
    body = scene.body.data
    body.calc_loop_triangles()
    job_times = [phases.seconds[name] for name in job.PHASES]
    return {
        "size": size,
        "blender": bpy.app.version_string,
        "hemline": asdict(hemline.status()),
        "body": {
            "vertices": len(body.vertices),
            "triangles": len(body.loop_triangles),
            "groups": len(scene.group_names),
        },
        "shapes": shape.summary(shapes),
        "pieces": [_piece_summary(*piece) for piece in zip(scene.pieces, results, qualities)],
        "phases": phases.seconds,
        "weight_job": {key: sum(times[key] for times in job_times) for key in ("wall", "cpu")},
        "peak_memory_bytes": report.peak_memory_bytes(),
    }


def _piece_summary(piece, result, quality):
    dense = result.rows.to_dense().astype(np.float64)
    sums = dense.sum(axis=1)
    off = np.abs(dense - piece.authored.to_dense()).sum(axis=1) / 2
    return {
        "name": result.name,
        "vertices": len(sums),
        "groups": int(np.count_nonzero(dense.any(axis=0))),
        "members": result.members,
        "most_influences": int(np.diff(result.rows.offsets.astype(np.int64)).max()),
        "quality": quality.numbers._asdict(),
        "weight_sum": {"min": sums.min(), "mean": sums.mean(), "max": sums.max()},
        "mean_difference_from_authored": off.mean(),
    }
