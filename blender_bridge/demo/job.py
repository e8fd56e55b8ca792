# SPDX-License-Identifier: GPL-3.0-or-later
"""The weight job: the body's skin weights carried onto each piece of an outfit.

`run` makes them by the weight stage. `run_copy` copies them from the closest points, smooths and
limits them: what Blender's Data Transfer does, which `benches/blender_weight_job.py` compares.
"""

from dataclasses import dataclass

import numpy as np

import blender_bridge as hemline

from ..blender import mesh_io, vertex_groups

SMOOTHING_RADIUS = 0.02
SMOOTHING_ITERATIONS = 3
INFLUENCES = 4

READ_BODY, BUILD_SURFACE, STAGE = "read body", "build surface", "weight stage"
READ, TRANSFER, SMOOTH, LIMIT, WRITE = (
    "read pieces",
    "transfer weights",
    "smooth weights",
    "limit weights",
    "write weights",
)
PHASES = (READ_BODY, READ, STAGE, WRITE)
COPY_BODY_PHASES = (READ_BODY, BUILD_SURFACE)
# Each of these runs once for each piece.
COPY_PIECE_PHASES = (READ, TRANSFER, SMOOTH, LIMIT, WRITE)


@dataclass
class Result:
    """What the job gave one piece."""

    name: str
    points: np.ndarray
    triangles: np.ndarray
    rows: hemline.SparseWeights
    members: int
    sources: np.ndarray
    """`#V` uint8, `WeightSource`."""


def step_count(piece_count):
    """Steps that `run` reports."""
    return 2 + 2 * piece_count


def run(scene, phases):
    """Makes and writes the weights of all pieces by the weight stage; a list of Results.

    ``phases``: report.Phases.
    """
    with phases(READ_BODY):
        body = mesh_io.read_mesh(scene.body)
        body_points = world_points(scene.body, body.positions)
        body_rows = vertex_groups.read_vertex_groups(scene.body, scene.group_names)
    pieces = [_read_piece(piece.obj, phases) for piece in scene.pieces]
    with phases(STAGE):
        made = hemline.weight_stage(
            body_points,
            body.triangles,
            body_rows,
            pieces,
            mirror=_mirror(scene.group_names),
        )
    return [
        _write_piece(scene, number, pieces[number], made, phases) for number in range(len(pieces))
    ]


def _read_piece(obj, phases):
    with phases(READ, obj.name):
        mesh = mesh_io.read_mesh(obj)
        return hemline.OutfitPiece(world_points(obj, mesh.positions), mesh.triangles, mesh.edges)


def _mirror(group_names):
    """The group on the other side; what names no side lies in the middle."""
    mirror = hemline.pair_sides(group_names).astype(np.int64)
    middle = mirror == hemline.NO_INDEX
    mirror[middle] = np.flatnonzero(middle)
    return mirror


def _write_piece(scene, number, piece, made, phases):
    obj, rows = scene.pieces[number].obj, made.weights[number]
    with phases(WRITE, obj.name):
        summary = vertex_groups.write_vertex_groups(obj, scene.group_names, rows)
    sources = made.sources[number]
    return Result(obj.name, piece.points, piece.triangles, rows, summary.added, sources)


def run_copy(scene, phases, smoothing_iterations=SMOOTHING_ITERATIONS):
    """Copies, smooths, limits and writes the weights of every piece.

    ``phases``: report.Phases.
    """
    with phases(READ_BODY):
        body = mesh_io.read_mesh(scene.body)
        body_points = world_points(scene.body, body.positions)
        body_rows = vertex_groups.read_vertex_groups(scene.body, scene.group_names)
    with phases(BUILD_SURFACE):
        surface = hemline.Surface(body_points, body.triangles)
    with surface:
        for piece in scene.pieces:
            _weigh(piece.obj, scene.group_names, surface, body_rows, phases, smoothing_iterations)


def world_points(obj, positions):
    """Object-space positions (#V by 3) in world space."""
    return hemline.transform_points(mesh_io.world_matrix(obj), positions)


def _weigh(obj, group_names, surface, body_rows, phases, smoothing_iterations):
    with phases(READ, obj.name):
        points = world_points(obj, mesh_io.read_positions(obj.data))
    with phases(TRANSFER, obj.name):
        rows = hemline.transfer_weights(surface, body_rows, points).weights
    with phases(SMOOTH, obj.name):
        if smoothing_iterations:
            rows = _smoothed(points, rows, smoothing_iterations)
    with phases(LIMIT, obj.name):
        rows = hemline.normalize_weights(hemline.limit_weights(rows, INFLUENCES))
    with phases(WRITE, obj.name):
        vertex_groups.write_vertex_groups(obj, group_names, rows)


def _smoothed(points, rows, iterations):
    dense = rows.to_dense()
    hemline.smooth_weights(points, dense, radius=SMOOTHING_RADIUS, iterations=iterations, out=dense)
    return hemline.SparseWeights.from_dense(dense)
