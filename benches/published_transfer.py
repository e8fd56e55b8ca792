"""The published robust weight transfer, computed with libigl: the peer of hemline's.

Abdrashitov et al., "Robust Skin Weights Transfer via Weight Inpainting", SIGGRAPH Asia 2023. The
benchmark times it, the tests compare with it.
"""

import igl
import numpy as np

# The paper's thresholds: metres, degrees.
MAX_DISTANCE, MAX_ANGLE = 0.05, 30.0


class Published:
    """Closest points, normals and matrices of libigl, and what follows from them."""

    def __init__(self, body, garment):
        self.points = garment.points.astype(np.float64)
        self.triangles = garment.triangles.astype(np.int64)
        body_points, faces = body.points.astype(np.float64), body.triangles.astype(np.int64)
        squared, triangle, feet = igl.point_mesh_squared_distance(self.points, body_points, faces)
        corners = faces[triangle]
        a, b, c = (np.ascontiguousarray(body_points[corners[:, k]]) for k in range(3))
        shares = igl.barycentric_coordinates(feet, a, b, c)
        self.distance = np.sqrt(squared)
        self.copy = np.einsum("nk,nkg->ng", shares, body.weights[corners])
        body_normals = normals(body_points, faces)[corners]
        mixed = np.einsum("nk,nkd->nd", shares, body_normals)
        mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
        own = normals(self.points, self.triangles)
        self.cosine = np.einsum("nd,nd->n", mixed, own).clip(-1, 1)

    def weights(self, flipped):
        """The published method's weights; islands without a match keep the copy."""
        cosine = np.abs(self.cosine) if flipped else self.cosine
        matched = (self.distance <= MAX_DISTANCE) & (np.degrees(np.arccos(cosine)) <= MAX_ANGLE)
        laplacian = igl.cotmatrix(self.points, self.triangles)
        mass = igl.massmatrix(self.points, self.triangles, igl.MASSMATRIX_TYPE_BARYCENTRIC)
        mass.data = 1.0 / mass.data
        energy = (-laplacian + laplacian @ mass @ laplacian).tocsc()
        islands = islands_of(self.triangles, len(self.points))
        reached = np.isin(islands, islands[matched])
        known = np.flatnonzero(matched | ~reached)
        if len(known) == len(self.points):
            return rows_of_one(self.copy)
        linear = np.zeros((len(self.points), self.copy.shape[1]))
        found = igl.min_quad_with_fixed(energy, linear, known, self.copy[known])
        return rows_of_one(found)


def normals(points, triangles):
    """libigl's vertex normals by area."""
    area = igl.PER_VERTEX_NORMALS_WEIGHTING_TYPE_AREA
    return np.nan_to_num(igl.per_vertex_normals(points, triangles, area))


def islands_of(triangles, count):
    """Island of each vertex, by libigl."""
    _, islands, _ = igl.connected_components(igl.adjacency_matrix(triangles))
    return np.asarray(islands)[:count]


def rows_of_one(weights):
    """Clamped to [0, 1] and scaled to sum 1."""
    weights = weights.clip(0, 1)
    return weights / weights.sum(axis=1, keepdims=True)
