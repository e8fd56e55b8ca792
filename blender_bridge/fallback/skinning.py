# SPDX-License-Identifier: GPL-3.0-or-later
"""Linear blend skinning, dual-quaternion skinning, and their inverses, as one affine map a vertex.

Linear: `M = Σ w D / Σ w` with `D = pose · rest⁻¹`. Dual quaternions (Kavan et al. 2007, with the
scale as Blender treats it): `D = R S` with R rigid; bone b contributes `q + ε p(x)` with
`p(x) = ½ t q + ½ q (S − 1) x`; the sum moves x to `(q x q* + 2 vec(p(x) q*)) / |q|²`, affine in x.
Quaternions are w x y z.
"""

import numpy as np

from .affine import inverse_maps, is_singular

LEAST_WEIGHT_SUM = 1e-4
SKINNED, UNWEIGHTED, SINGULAR = 0, 1, 2


def skin_points(direction, weights, group_bones, rest, pose, to_armature, blend, given, results):
    """Skins positions, normals and displacements, or (direction `"inverse"`) undoes it."""
    maps, total = _blended_maps(weights, group_bones, rest, pose, to_armature, blend)
    unweighted = total <= LEAST_WEIGHT_SUM
    maps[unweighted] = np.eye(4)
    linear = maps[:, :3, :3]
    singular = is_singular(linear) & ~unweighted
    if direction == "forward":
        normal_maps = (
            _cofactors(linear) * np.where(np.linalg.det(linear) < 0.0, -1.0, 1.0)[:, None, None]
        )
    else:
        maps[singular] = np.eye(4)
        normal_maps = np.swapaxes(maps[:, :3, :3], 1, 2)
        maps = np.linalg.inv(maps)
    positions, normals, displacements = given
    results[0][...] = _apply(maps[:, :3, :3], positions) + maps[:, :3, 3]
    if normals is not None:
        turned = _apply(normal_maps, normals)
        lengths = np.linalg.norm(turned, axis=1, keepdims=True)
        kept = ~(np.isfinite(lengths) & (lengths > 0.0))
        results[1][...] = np.where(kept, normals, turned / np.where(kept, 1.0, lengths))
    if displacements is not None:
        for moved, set_ in zip(results[2], displacements):
            moved[...] = _apply(maps[:, :3, :3], set_)
    results[3][...] = np.where(unweighted, UNWEIGHTED, np.where(singular, SINGULAR, SKINNED))


def _blended_maps(weights, group_bones, rest, pose, to_armature, blend):
    rest, pose = rest.astype(np.float64), pose.astype(np.float64)
    inverse_rest = inverse_maps("rest", rest)
    if blend == "linear":
        bones = (pose @ inverse_rest).reshape(-1, 16)
    else:
        bones = _dual_bones(rest, inverse_rest, pose)
    exists = np.ones(len(bones))
    if group_bones is not None:
        exists = (group_bones < len(bones)).astype(np.float64)
        padded = np.vstack([bones, np.zeros((1, bones.shape[1]))])
        bones = padded[np.minimum(group_bones, len(bones))]
    total, blended = _weighted_sums(weights, bones, exists, signed=blend != "linear")
    if blend == "linear":
        maps = (blended / np.where(total > 0.0, total, 1.0)[:, None]).reshape(-1, 4, 4)
    else:
        maps = _maps_of_duals(blended)
    if to_armature is not None:
        to_armature = to_armature.astype(np.float64)
        maps = inverse_maps("to_armature", to_armature[None])[0] @ maps @ to_armature
    return maps, total


def _weighted_sums(weights, bones, exists, signed):
    """Sums over each vertex's entries, the first one first: quaternions take the sum's side."""
    starts, ends = weights.offsets[:-1].astype(np.int64), weights.offsets[1:].astype(np.int64)
    total = np.zeros(weights.vertex_count)
    blended = np.zeros((weights.vertex_count, bones.shape[1]))
    for entry in range(int((ends - starts).max(initial=0))):
        vertices = np.flatnonzero(starts + entry < ends)
        entries = starts[vertices] + entry
        groups = weights.groups[entries]
        factor = np.maximum(weights.weights[entries], 0.0).astype(np.float64)
        total[vertices] += factor * exists[groups]
        if signed:
            along = np.einsum("ij,ij->i", blended[vertices, :4], bones[groups, :4])
            factor = np.where(along < 0.0, -factor, factor)
        blended[vertices] += factor[:, None] * bones[groups]
    return total, blended


def _dual_bones(rest, inverse_rest, pose):
    """q, p at the origin, and the changes of p along x, y and z: 20 numbers a bone."""
    rotation = _product(_rotation(pose), _conjugate(_rotation(rest)))
    turn = _matrix_of(rotation)
    translation = pose[:, :3, 3] - _apply(turn, rest[:, :3, 3])
    delta = pose @ inverse_rest
    back = np.swapaxes(turn, 1, 2)
    shift = back @ delta[:, :3, :3] - np.eye(3)
    offset = _apply(back, delta[:, :3, 3] - translation)
    along = [0.5 * _product(rotation, _pure(shift[:, :, axis])) for axis in range(3)]
    origin = 0.5 * (_product(_pure(translation), rotation) + _product(rotation, _pure(offset)))
    return np.hstack([rotation, origin, *along])


def _maps_of_duals(blended):
    q, origin, *along = (blended[:, 4 * part : 4 * part + 4] for part in range(5))
    squared = np.einsum("ij,ij->i", q, q)
    unit = np.where(squared[:, None] > 0.0, q, (1.0, 0.0, 0.0, 0.0))
    scale = 2.0 / np.where(squared > 0.0, squared, 1.0)[:, None]
    moved = [scale * _product(p, _conjugate(unit))[:, 1:] for p in (*along, origin)]
    maps = np.zeros((len(q), 4, 4))
    maps[:, :3] = np.stack(moved, axis=2)
    maps[:, :3, :3] += _matrix_of(unit / np.linalg.norm(unit, axis=1, keepdims=True))
    maps[:, 3, 3] = 1.0
    return maps


def _rotation(maps):
    """Rotation of matrices with scale and shear, split off as Blender does: y (the bone) keeps
    its direction, x is made orthogonal to it, z to both; mirrored ones are turned inside out."""
    linear = maps[:, :3, :3]
    without = lambda v, axis: v - axis * np.einsum("ij,ij->i", axis, v)[:, None]  # noqa: E731
    y = _unit(linear[:, :, 1])
    x = _unit(without(linear[:, :, 0], y))
    z = _unit(without(without(linear[:, :, 2], y), x))
    sides = np.where(np.linalg.det(linear) < 0.0, -1.0, 1.0)
    columns = np.stack([x, y, z], axis=2) * sides[:, None, None]
    return np.array([_quaternion_of(matrix) for matrix in columns]).reshape(-1, 4)


def _unit(vectors):
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0.0, lengths, 1.0)


def _quaternion_of(m):
    """The largest of w x y z first, from its square (Shepperd 1978)."""
    squares = 1.0 + np.array(
        [
            m[0, 0] + m[1, 1] + m[2, 2],
            m[0, 0] - m[1, 1] - m[2, 2],
            m[1, 1] - m[0, 0] - m[2, 2],
            m[2, 2] - m[0, 0] - m[1, 1],
        ]
    )
    products = np.array(
        [
            [squares[0], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
            [m[2, 1] - m[1, 2], squares[1], m[1, 0] + m[0, 1], m[0, 2] + m[2, 0]],
            [m[0, 2] - m[2, 0], m[1, 0] + m[0, 1], squares[2], m[2, 1] + m[1, 2]],
            [m[1, 0] - m[0, 1], m[0, 2] + m[2, 0], m[2, 1] + m[1, 2], squares[3]],
        ]
    )
    largest = products[np.argmax(squares)]
    return largest / np.linalg.norm(largest)


def _product(a, b):
    w, u = a[:, :1], a[:, 1:]
    v, z = b[:, 1:], b[:, :1]
    real = w * z - np.einsum("ij,ij->i", u, v)[:, None]
    return np.hstack([real, w * v + z * u + np.cross(u, v)])


def _conjugate(q):
    return q * (1.0, -1.0, -1.0, -1.0)


def _pure(vectors):
    return np.hstack([np.zeros((len(vectors), 1)), vectors])


def _matrix_of(q):
    """Rotation matrices of unit quaternions: the columns are the turned axes."""
    columns = []
    for axis in np.eye(3):
        turned = _product(_product(q, np.tile(_pure(axis[None]), (len(q), 1))), _conjugate(q))
        columns.append(turned[:, 1:])
    return np.stack(columns, axis=2)


def _cofactors(linear):
    x, y, z = (linear[:, :, axis] for axis in range(3))
    return np.stack([np.cross(y, z), np.cross(z, x), np.cross(x, y)], axis=2)


def _apply(matrices, vectors):
    return np.einsum("vij,vj->vi", matrices, vectors.astype(np.float64))
