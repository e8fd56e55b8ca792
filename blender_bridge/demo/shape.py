# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape job: the outfit carried from the body that it was made for to another one."""

from dataclasses import dataclass

import numpy as np

import blender_bridge as hemline

from ..blender import mesh_io

# Body vertices that the field's radial basis functions go through, and the field's grid in metres:
# coarser than the defaults, so that the fallback ends the demo in reasonable time, too.
CONTROL_POINTS = 3000
BASE_SPACING = 0.005

CREATE_FIELD, CARRY = "create field", "carry shape"


@dataclass
class Result:
    """What the job did to one piece."""

    name: str
    vertices: int
    report: hemline.ShapeReport


def step_count(pieces):
    """Progress steps of a job of so many pieces."""
    return 1 + pieces


def run(scene, phases):
    """Carries every piece from the scene's source body to its body; a list of Results.

    ``phases``: report.Phases.
    """
    with phases(CREATE_FIELD):
        body = mesh_io.read_mesh(scene.body)
        points = hemline.transform_points(mesh_io.world_matrix(scene.body), body.positions)
        source = scene.source_body
        step = -(-len(points) // CONTROL_POINTS)
        field = hemline.create_field(
            source.positions[::step], points[::step], base_spacing=BASE_SPACING
        )
        surfaces = {
            "body": hemline.Surface(points, body.triangles),
            "source_body": hemline.Surface(source.positions, source.triangles),
        }
    return [_carry(piece.obj, field, surfaces, phases) for piece in scene.pieces]


def _carry(obj, field, surfaces, phases):
    with phases(CARRY, obj.name):
        matrix = mesh_io.world_matrix(obj)
        mesh = mesh_io.read_mesh(obj)
        points = hemline.transform_points(matrix, mesh.positions)
        shaped = hemline.shape_stage(points, mesh.triangles, fields=[field], rigid=None, **surfaces)
        back = np.linalg.inv(matrix.astype(np.float64)).astype(matrix.dtype)
        mesh_io.write_positions(obj, hemline.transform_points(back, shaped.points))
    return Result(obj.name, len(points), shaped.report)


def summary(results):
    """The job's part of the report."""
    return [
        {
            "name": result.name,
            "deep_share_before": result.report.deep_before / result.vertices,
            "deep_share_after": result.report.deep_after / result.vertices,
            **result.report._asdict(),
        }
        for result in results
    ]
