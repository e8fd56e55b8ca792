"""The sample body, garments, rig and outfits that tests, benches and the demo share.

Plain NumPy: no ``bpy`` and no ``blender_bridge``. Lengths are metres in Blender axes (z up, facing
-y). Where the data comes from: PROVENANCE.md.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

ARCHIVE = Path(__file__).with_name("makehuman.npz")
SHAPES = ("a", "b")
GARMENTS = ("tights", "skirt", "eyes", "hair")

# An outfit's pieces: the mesh each is cut from, the bones that dominate its vertices, and how far
# it is moved outwards along its normals (metres).
_PIECES = {
    "top": ("tights", ("spine", "neck", "clavicle", "upperarm", "lowerarm", "hand"), 0.002),
    "leggings": ("tights", ("pelvis", "thigh", "calf"), 0.002),
    "skirt": ("skirt", ("",), 0.010),
    "socks": ("tights", ("foot", "ball"), 0.003),
    "gloves": ("body", ("hand", "thumb_01", "index_01", "middle_01", "ring_01", "pinky_01"), 0.003),
}

# Catmull-Clark levels of each piece; the totals are near 10k, 30k and 100k vertices.
_LEVELS = {
    "small": {"top": 1, "leggings": 0, "skirt": 1, "socks": 0, "gloves": 0},
    "medium": {"top": 1, "leggings": 2, "skirt": 1, "socks": 1, "gloves": 1},
    "large": {"top": 2, "leggings": 2, "skirt": 3, "socks": 2, "gloves": 2},
}
SIZES = tuple(_LEVELS)
PIECES = tuple(_PIECES)


@dataclass(frozen=True)
class SparseRows:
    """Skin weights, vertex by vertex; the attributes are those of ``SparseWeights``.

    offsets: #V + 1, uint32; groups: #N, uint32, ascending in each row; weights: #N, float32.
    """

    offsets: np.ndarray
    groups: np.ndarray
    weights: np.ndarray
    group_count: int

    @classmethod
    def from_dense(cls, dense):
        """The non-zero entries of ``dense`` (#V by #G)."""
        vertices, groups = np.nonzero(dense)
        offsets = np.searchsorted(vertices, np.arange(len(dense) + 1)).astype(np.uint32)
        weights = dense[vertices, groups].astype(np.float32)
        return cls(offsets, groups.astype(np.uint32), weights, dense.shape[1])

    def to_dense(self, dtype=np.float64):
        """Weights, #V by #G."""
        counts = np.diff(self.offsets.astype(np.int64))
        dense = np.zeros((len(counts), self.group_count), dtype)
        dense[np.repeat(np.arange(len(counts)), counts), self.groups] = self.weights
        return dense


@dataclass(frozen=True)
class Mesh:
    """A quad mesh with its authored skin weights.

    positions: #V by 3, float32; quads: #F by 4, uint32.
    """

    name: str
    positions: np.ndarray
    quads: np.ndarray
    skin: SparseRows

    @property
    def triangles(self):
        """Each quad (a, b, c, d) as (a, b, c), (a, c, d): 2 #F by 3, uint32."""
        return np.ascontiguousarray(self.quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3))

    @property
    def edges(self):
        """Each undirected edge once, the lower vertex first, sorted: #E by 2, uint32."""
        return _edges_of_quads(self.quads)[0].astype(np.uint32)

    @property
    def normals(self):
        """Unit vertex normals, weighted by face area: #V by 3, float32."""
        corners = self.positions.astype(np.float64)[self.quads]
        face = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
        normals = _scatter_mean(self.quads, face, len(self.positions))
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        return np.divide(normals, length, where=length > 0, out=normals).astype(np.float32)


@dataclass(frozen=True)
class Rig:
    """Bones, parents first, for one body shape.

    parents: #B, int32, -1 for a root; heads, tails: #B by 3, float32; rolls: #B, float32, radians;
    group_names: the bones that carry skin weights, in the order of the weights' groups.
    """

    names: list
    parents: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    rolls: np.ndarray
    group_names: list

    @property
    def matrices(self):
        """Rest matrices in armature space, #B by 4 by 4, float64, as Blender's edit bones have.

        The bone's y axis runs from head to tail; the shortest rotation takes +y there, then the
        roll turns about the bone.
        """
        matrices = np.zeros((len(self.names), 4, 4))
        for matrix, head, tail, roll in zip(matrices, self.heads, self.tails, self.rolls):
            axis = tail.astype(np.float64) - head
            axis /= np.linalg.norm(axis)
            matrix[:3, :3] = _rotation_about(axis, roll) @ _rotation_from_y(axis)
            matrix[:3, 3] = head
            matrix[3, 3] = 1.0
        return matrices


def load_body(shape):
    """The body, 13,380 vertices and 13,378 quads, with its skin weights; ``shape``: "a" or "b".

    "a" is a slim young woman of 1.61 m, "b" a heavy muscular young man of 1.82 m.
    """
    return _load("body", shape)


def load_garment(name, shape):
    """One of :data:`GARMENTS`, fitted to body ``shape``, with its authored weights."""
    if name not in GARMENTS:
        raise ValueError(f"garment must be one of {GARMENTS}, found {name!r}")
    return _load(name, shape)


def load_rig(shape):
    """The rig of body ``shape``: 53 bones, 52 of them with skin weights."""
    data = _archive()
    return Rig(
        names=data["bone_names"].tolist(),
        parents=data["bone_parents"],
        heads=data[f"bone_heads_{_shape(shape)}"],
        tails=data[f"bone_tails_{shape}"],
        rolls=data["bone_rolls"],
        group_names=data["group_names"].tolist(),
    )


def make_outfit(size, shape="a"):
    """The pieces of an outfit for body ``shape``; ``size``: "small", "medium" or "large".

    Top, leggings, skirt, socks and gloves: about 10,000, 30,000 or 100,000 vertices together.
    """
    if size not in SIZES:
        raise ValueError(f"size must be one of {SIZES}, found {size!r}")
    return [subdivide(_cut_piece(name, shape), level) for name, level in _LEVELS[size].items()]


def join(meshes, name="joined"):
    """One mesh of several, their vertices one mesh after the other."""
    starts = np.cumsum([0] + [len(mesh.positions) for mesh in meshes[:-1]])
    row_starts = np.cumsum([0] + [len(mesh.skin.groups) for mesh in meshes])
    offsets = [mesh.skin.offsets[:-1] + start for mesh, start in zip(meshes, row_starts)]
    skin = SparseRows(
        np.concatenate([*offsets, row_starts[-1:]]).astype(np.uint32),
        np.concatenate([mesh.skin.groups for mesh in meshes]),
        np.concatenate([mesh.skin.weights for mesh in meshes]),
        meshes[0].skin.group_count,
    )
    quads = [mesh.quads + np.uint32(start) for mesh, start in zip(meshes, starts)]
    positions = np.concatenate([mesh.positions for mesh in meshes])
    return Mesh(name, positions, np.concatenate(quads), skin)


def subdivide(mesh, levels=1):
    """``levels`` rounds of Catmull-Clark with smooth boundaries; weights interpolate linearly.

    Source: E. Catmull and J. Clark 1978, with the cubic B-spline rule along the boundary. New
    vertices follow the old ones: first one per edge, then one per quad.
    """
    for _ in range(levels):
        mesh = _subdivide_once(mesh)
    return mesh


def _subdivide_once(mesh):
    positions = mesh.positions.astype(np.float64)
    count = len(positions)
    edges, edge_of_corner = _edges_of_quads(mesh.quads)
    face_points = positions[mesh.quads].mean(axis=1)
    midpoints = positions[edges].mean(axis=1)
    faces_of_edge = np.bincount(edge_of_corner.ravel(), minlength=len(edges))
    boundary = faces_of_edge == 1

    edge_points = midpoints.copy()
    face_mean = _scatter_mean(edge_of_corner, face_points, len(edges))
    edge_points[~boundary] = 0.5 * (midpoints + face_mean)[~boundary]

    valence = np.bincount(mesh.quads.ravel(), minlength=count)[:, None].clip(min=1)
    around = _scatter_mean(mesh.quads, face_points, count) + 2 * _scatter_mean(
        edges, midpoints, count
    )
    vertex_points = (around + (valence - 3) * positions) / valence
    rim = edges[boundary]
    on_rim = np.unique(rim)
    rim_mean = _scatter_mean(rim, midpoints[boundary], count)
    vertex_points[on_rim] = 0.5 * (positions + rim_mean)[on_rim]

    corners = mesh.quads.astype(np.int64)
    edge_vertices = count + edge_of_corner
    face_vertices = np.broadcast_to(
        count + len(edges) + np.arange(len(corners))[:, None], corners.shape
    )
    quads = np.stack(
        [corners, edge_vertices, face_vertices, np.roll(edge_vertices, 1, axis=1)], axis=-1
    ).reshape(-1, 4)
    dense = mesh.skin.to_dense()
    weights = np.concatenate([dense, dense[edges].mean(axis=1), dense[mesh.quads].mean(axis=1)])
    return Mesh(
        mesh.name,
        np.concatenate([vertex_points, edge_points, face_points]).astype(np.float32),
        quads.astype(np.uint32),
        SparseRows.from_dense(weights),
    )


def _edges_of_quads(quads):
    """Unique edges (#E by 2) and, for each quad's corner, the edge to its next corner (#F by 4)."""
    ends = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2).astype(np.int64)
    ends.sort(axis=1)
    keys, inverse = np.unique(ends[:, 0] << 32 | ends[:, 1], return_inverse=True)
    edges = np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1)
    return edges, inverse.reshape(quads.shape)


def _scatter_mean(indices, values, count):
    """Mean of the ``values`` (#N by 3) of the rows of ``indices`` (#N by k) that hold each item."""
    targets = indices.ravel().astype(np.int64)
    repeated = np.repeat(values, indices.shape[1], axis=0)
    total = np.stack([np.bincount(targets, column, count) for column in repeated.T], axis=1)
    return total / np.bincount(targets, minlength=count)[:, None].clip(min=1)


def _rotation_from_y(axis):
    """The shortest rotation (3 by 3) that takes +y to the unit vector ``axis``."""
    x, y, z = axis
    if y <= -1.0 + 1e-9:
        return np.diag([-1.0, -1.0, 1.0])
    s = 1.0 / (1.0 + y)
    return np.array([[1 - x * x * s, x, -x * z * s], [-x, y, -z], [-x * z * s, z, 1 - z * z * s]])


def _rotation_about(axis, angle):
    """The rotation (3 by 3) by ``angle`` radians about the unit vector ``axis`` (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


@lru_cache(maxsize=1)
def _archive():
    with np.load(ARCHIVE) as data:
        return {name: data[name] for name in data.files}


def _shape(shape):
    if shape not in SHAPES:
        raise ValueError(f"shape must be one of {SHAPES}, found {shape!r}")
    return shape


def _load(part, shape):
    data = _archive()
    skin = SparseRows(
        *(data[f"{part}_{column}"] for column in ("offsets", "groups", "weights")),
        group_count=len(data["group_names"]),
    )
    return Mesh(part, data[f"{part}_positions_{_shape(shape)}"], data[f"{part}_quads"], skin)


def _cut_piece(name, shape):
    """The quads of a piece's region: those with at least three corners that its bones dominate."""
    part, bones, offset = _PIECES[name]
    whole = _load(part, shape)
    names = _archive()["group_names"]
    of_piece = np.array([group.startswith(bones) for group in names])
    inside = of_piece[whole.skin.to_dense().argmax(axis=1)]
    quads = whole.quads[inside[whole.quads].sum(axis=1) >= 3]
    used, renumbered = np.unique(quads, return_inverse=True)
    skin = SparseRows.from_dense(whole.skin.to_dense()[used])
    piece = Mesh(
        name, whole.positions[used], renumbered.reshape(quads.shape).astype(np.uint32), skin
    )
    return replace(piece, positions=piece.positions + np.float32(offset) * piece.normals)
