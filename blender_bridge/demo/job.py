# SPDX-License-Identifier: GPL-3.0-or-later
"""The weight job: the body's skin weights carried onto each piece of an outfit."""

from dataclasses import dataclass

import blender_bridge as hemline

from ..blender import mesh_io, vertex_groups

# A vertex this near the body counts as matched; the hem of a skirt is farther away, and takes the
# weights of the closest point all the same.
MATCH_DISTANCE = 0.05
SMOOTHING_RADIUS = 0.02
SMOOTHING_ITERATIONS = 3
INFLUENCES = 4

READ_BODY, BUILD_SURFACE = "read body", "build surface"
READ, TRANSFER, SMOOTH, LIMIT, WRITE = (
    "read pieces",
    "transfer weights",
    "smooth weights",
    "limit weights",
    "write weights",
)
BODY_PHASES = (READ_BODY, BUILD_SURFACE)
# Each of these runs once for each piece.
PIECE_PHASES = (READ, TRANSFER, SMOOTH, LIMIT, WRITE)
PHASES = BODY_PHASES + PIECE_PHASES


@dataclass
class Result:
    """What the job gave one piece."""

    name: str
    rows: hemline.SparseWeights
    members: int
    matched_share: float


def run(scene, phases, smoothing_iterations=SMOOTHING_ITERATIONS):
    """Transfers, smooths, limits and writes the weights of every piece; a list of Results.

    ``phases``: report.Phases.
    """
    with phases(READ_BODY):
        body = mesh_io.read_mesh(scene.body)
        body_points = world_points(scene.body, body.positions)
        body_rows = vertex_groups.read_vertex_groups(scene.body, scene.group_names)
    with phases(BUILD_SURFACE):
        surface = hemline.Surface(body_points, body.triangles)
    with surface:
        return [
            _weigh(piece.obj, scene.group_names, surface, body_rows, phases, smoothing_iterations)
            for piece in scene.pieces
        ]


def world_points(obj, positions):
    """Object-space positions (#V by 3) in world space."""
    return hemline.transform_points(mesh_io.world_matrix(obj), positions)


def _weigh(obj, group_names, surface, body_rows, phases, smoothing_iterations):
    with phases(READ, obj.name):
        points = world_points(obj, mesh_io.read_positions(obj.data))
    with phases(TRANSFER, obj.name):
        transfer = hemline.transfer_weights(surface, body_rows, points)
        rows = transfer.weights
    with phases(SMOOTH, obj.name):
        if smoothing_iterations:
            rows = _smoothed(points, rows, smoothing_iterations)
    with phases(LIMIT, obj.name):
        rows = hemline.normalize_weights(hemline.limit_weights(rows, INFLUENCES))
    with phases(WRITE, obj.name):
        summary = vertex_groups.write_vertex_groups(obj, group_names, rows)
    matched = float((transfer.distances <= MATCH_DISTANCE).mean())
    return Result(obj.name, rows, summary.added, matched)


def _smoothed(points, rows, iterations):
    dense = rows.to_dense()
    hemline.smooth_weights(points, dense, radius=SMOOTHING_RADIUS, iterations=iterations, out=dense)
    return hemline.SparseWeights.from_dense(dense)
