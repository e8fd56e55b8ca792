"""Masks by distance and angle beside a loop over vertices, as the retargeting scripts have it.

usage: python benches/masks.py

The peer asks a k-d tree (SciPy) for the neighbours of one vertex at a time and decides in Python;
its closest points come from libigl, all at once. CPU time, one thread; the peer runs once.

Where several body faces are equally near, libigl takes any of them and hemline the first. The last
column gives the loop hemline's faces instead: what differs then is no tie.
"""

import sys
from pathlib import Path

import igl
import numpy as np
from cpu_time import median_cpu_ms, print_table
from scipy.spatial import cKDTree

import blender_bridge as hemline

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "assets"))
import sample_assets

MIN_DISTANCE, MIN_ANGLE, FACE_RADIUS, CLOSING_RADIUS = 0.005, 20.0, 0.003, 0.01
NORMAL_RADIUS, MAX_RADIUS = 0.01, 0.02
SMOOTHING = 0.3, 10


def triangles_of(mesh):
    """Quads split along their first diagonal."""
    quads = mesh.quads
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.uint32)


class Peer:
    """The masks, vertex by vertex."""

    def __init__(self, body, points, triangles):
        self.points, self.triangles = points.astype(np.float64), triangles.astype(np.int64)
        self.body = body[0].astype(np.float64), body[1].astype(np.int64)
        self.tree = cKDTree(self.points)
        self.neighbours = [[] for _ in points]
        self.faces = [[] for _ in points]
        for face, corners in enumerate(self.triangles.tolist()):
            for corner in range(3):
                self.faces[corners[corner]].append(face)
                self.neighbours[corners[corner]] += corners[corner - 1], corners[corner - 2]
        self.neighbours = [sorted(set(others)) for others in self.neighbours]
        corners = self.points[self.triangles]
        self.normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self.centres = corners.mean(axis=1)

        self.nearest_faces = self.faces_by_libigl

    def nearest(self, queries):
        """Distance and normal of the nearest body face."""
        distance, face = self.nearest_faces(queries)
        a, b, c = (self.body[0][self.body[1][face, k]] for k in range(3))
        return distance, np.cross(b - a, c - a)

    def faces_by_libigl(self, queries):
        """Distances and faces, any one of several that are equally near."""
        squared, face, _ = igl.point_mesh_squared_distance(queries, *self.body)
        return np.sqrt(squared), face

    def inpaint_mask(self):
        """The inpaint mask."""
        distance = self.nearest(self.points)[0]
        turned = angles(self.normals, self.nearest(self.centres)[1]) >= MIN_ANGLE
        mask = np.zeros(len(self.points))
        for vertex, point in enumerate(self.points):
            if distance[vertex] >= MIN_DISTANCE:
                near = self.tree.query_ball_point(point, FACE_RADIUS)
                mask[vertex] = all(turned[face] for other in near for face in self.faces[other])
        mask = self.smoothed(mask, 0.25)
        mask[mask <= 0.5] = 0.0
        for reduce in (max, min):
            near = (self.tree.query_ball_point(point, CLOSING_RADIUS) for point in self.points)
            mask = np.array([reduce(mask[others]) for others in near])
        return mask

    def smooth_mask(self):
        """The smooth mask without its radius smoothing."""
        distance, body_normals = self.nearest(self.points)
        against = (self.normals * self.nearest(self.centres)[1]).sum(axis=1) < 0
        normals = np.where(against[:, None], -self.normals, self.normals)
        centres = cKDTree(self.centres)
        mask = np.clip((distance - 0.005) / 0.01, 0, 1)
        for vertex, point in enumerate(self.points):
            near = centres.query_ball_point(point, NORMAL_RADIUS)
            between = np.linalg.norm(self.centres[near] - point, axis=1)
            normal = ((1 - between / NORMAL_RADIUS)[:, None] * normals[near]).sum(axis=0)
            if not near:
                normal = self.normals[self.faces[vertex]].sum(axis=0)
            angle = angles(normal, body_normals[vertex])
            mask[vertex] *= np.clip((angle - 15) / 15, 0, 1)
        mask = self.smoothed(mask, 0.0)
        mask[mask <= 0.5] = 0.0
        near = (self.tree.query_ball_point(point, MAX_RADIUS) for point in self.points)
        return np.array([max(mask[others]) for others in near])

    def smoothed(self, mask, expand):
        """Edge smoothing."""
        factor, iterations = SMOOTHING
        for _ in range(iterations):
            new = mask.copy()
            for vertex, others in enumerate(self.neighbours):
                own, total, weights = mask[vertex], 0.0, 0.0
                for other in others:
                    share = 1 - expand if mask[other] < own else 1.0
                    total += (mask[other] * share + own * (1 - share)) * share
                    weights += share
                if weights:
                    new[vertex] = total / weights * factor + own * (1 - factor)
            mask = new
        return mask


def angles(a, b):
    """Folded, degrees."""
    dot = np.abs((a * b).sum(axis=-1))
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return np.degrees(np.arccos(np.clip(dot / np.maximum(lengths, 1e-300), 0, 1)))


def first_faces(surface):
    """Nearest faces by hemline: of several equally near, the first."""

    def nearest(queries):
        found = surface.closest_points(queries.astype(np.float32))
        return found.distances.astype(np.float64), found.triangles

    return nearest


def main():
    """Two outfits, two masks."""
    hemline.set_thread_count(1)
    body = sample_assets.load_body("a")
    body = body.positions, triangles_of(body)
    surface = hemline.Surface(*body)
    rows = []
    for size in ("medium", "large"):
        mesh = sample_assets.join(sample_assets.make_outfit(size))
        points, triangles = mesh.positions, triangles_of(mesh)
        edges = hemline.ramps.triangle_edges(triangles)
        build_ms, peer = median_cpu_ms(lambda m=(points, triangles): Peer(body, *m), repeats=1)
        tasks = (
            ("inpaint mask", hemline.inpaint_mask, {}, peer.inpaint_mask),
            ("smooth mask", hemline.smooth_mask, {"smooth_radius": 0.0}, peer.smooth_mask),
        )
        for name, function, options, slow in tasks:
            call = lambda f=function, o=options, m=(points, triangles, edges): f(surface, *m, **o)  # noqa: E731
            ours, mask = median_cpu_ms(call)
            theirs, expected = median_cpu_ms(slow, repeats=1)
            differ = (np.abs(mask - expected) > 0.01).mean()
            peer.nearest_faces = first_faces(surface)
            differ_without_ties = (np.abs(mask - slow()) > 0.01).sum()
            peer.nearest_faces = peer.faces_by_libigl
            rows.append(
                [
                    f"{name}, {len(points):,} vertices",
                    f"{ours:.0f}",
                    f"{build_ms + theirs:,.0f}",
                    f"{(build_ms + theirs) / ours:.0f}×",
                    f"{100 * differ:.2f} %",
                    f"{differ_without_ties}",
                ]
            )
    header = ["mask", "hemline", "loop over vertices", "ratio", "vertices that differ by > 0.01"]
    header.append("the same, ties as here")
    print_table("Masks: CPU ms, one thread", header, rows)


if __name__ == "__main__":
    main()
