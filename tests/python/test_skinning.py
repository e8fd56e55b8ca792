# SPDX-License-Identifier: GPL-3.0-or-later
"""Skinning, its inverse and pose algebra, against NumPy in float64."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import blender_bridge as hemline

BONES = 5
PARENTS = np.array([2, -1, 1, 2, 0])


def matrices(seed, scales=False):
    random = np.random.default_rng(seed)
    found = np.tile(np.eye(4), (BONES, 1, 1))
    found[:, :3, :3] = Rotation.random(BONES, random_state=seed).as_matrix()
    if scales:
        found[:, :3, :3] *= random.uniform(0.7, 1.4, (BONES, 1, 3))
    found[:, :3, 3] = random.uniform(-1, 1, (BONES, 3))
    return found


def near(matrices, seed):
    """A pose within a quarter turn of the rest."""
    turn = Rotation.from_rotvec(np.random.default_rng(seed).uniform(-0.8, 0.8, (BONES, 3)))
    pose = matrices.copy()
    pose[:, :3, :3] = turn.as_matrix() @ pose[:, :3, :3]
    pose[:, :3, 3] += 0.1
    return pose


def mesh(count=300, seed=3):
    random = np.random.default_rng(seed)
    dense = random.random((count, BONES)).astype(np.float32)
    dense[dense < 0.5] = 0.0
    dense[dense.sum(axis=1) == 0.0, 0] = 1.0
    positions = random.uniform(-1, 1, (count, 3)).astype(np.float32)
    return hemline.SparseWeights.from_dense(dense), dense, positions


def blended(dense, rest, pose):
    delta = pose @ np.linalg.inv(rest)
    factors = dense / dense.sum(axis=1, keepdims=True, dtype=np.float64)
    return np.einsum("vb,bij->vij", factors, delta)


def test_linear_blend_is_the_weighted_mean_of_bone_matrices():
    weights, dense, positions = mesh()
    rest = matrices(0)
    pose = near(rest, 1)
    maps = blended(dense, rest, pose)
    expected = np.einsum("vij,vj->vi", maps[:, :3, :3], positions) + maps[:, :3, 3]
    found = hemline.skin_points(weights, rest, pose, positions)
    assert found.normals is None and found.displacements is None
    assert found.positions.dtype == np.float32 and not found.status.any()
    np.testing.assert_allclose(found.positions, expected, atol=1e-6)
    np.testing.assert_array_equal(hemline.skin_points(dense, rest, pose, positions)[0], found[0])


@pytest.mark.parametrize("blend", ["linear", "dual_quaternion"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_round_trip(blend, dtype):
    weights, _, positions = mesh()
    rest = matrices(0)
    pose = near(rest, 1)
    pose[2, :3, :3] *= (1.2, 0.9, 1.1)
    positions = positions.astype(dtype)
    normals = positions / np.linalg.norm(positions, axis=1, keepdims=True)
    keys = np.stack([positions * 0.1, -positions])
    posed = hemline.skin_points(
        weights, rest, pose, positions, normals=normals, displacements=keys, blend=blend
    )
    back = hemline.unskin_points(
        weights, rest, pose, posed[0], normals=posed[1], displacements=posed[2], blend=blend
    )
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    for found, expected in zip(back, (positions, normals, keys)):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, atol=tolerance)


def test_dual_quaternions_of_one_bone_move_rigidly():
    _, _, positions = mesh(50)
    rest = matrices(0)
    pose = near(rest, 1)
    dense = np.zeros((50, BONES), np.float32)
    dense[:, 3] = 0.25
    delta = pose[3] @ np.linalg.inv(rest[3])
    expected = positions @ delta[:3, :3].T + delta[:3, 3]
    found = hemline.skin_points(dense, rest, pose, positions, blend="dual_quaternion").positions
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_both_back_ends_agree_on_scaled_bones_and_spaces(backend):
    weights, _, positions = mesh()
    rest, pose, space = matrices(0), matrices(5, scales=True), matrices(7, scales=True)[0]
    bones = [3, -1, 0, 1, 4]
    for blend in ("linear", "dual_quaternion"):
        arguments = (weights, rest, pose, positions.astype(np.float64))
        settings = {"group_bones": bones, "to_armature": space, "blend": blend}
        settings["normals"] = arguments[3]
        found = hemline.skin_points(*arguments, **settings)
        hemline.use_backend("fallback")
        expected = hemline.skin_points(*arguments, **settings)
        hemline.use_backend(backend.split("-")[0])
        for one, other in zip(found[:2], expected[:2]):
            np.testing.assert_allclose(one, other, atol=1e-9)
        np.testing.assert_array_equal(found.status, expected.status)


def test_status_tells_unweighted_and_singular_vertices():
    rest = np.tile(np.eye(4), (2, 1, 1))
    pose = rest.copy()
    pose[1, :3, :3] = np.diag([1.0, -1.0, -1.0])
    dense = np.array([[1, 0], [0.5, 0.5], [0, 0], [5e-5, 0]], np.float32)
    positions = np.ones((4, 3), np.float32)
    back = hemline.unskin_points(dense, rest, pose, positions)
    status = hemline.VertexStatus
    assert back.status.tolist() == [
        status.SKINNED,
        status.SINGULAR,
        status.UNWEIGHTED,
        status.UNWEIGHTED,
    ]
    np.testing.assert_array_equal(back.positions, positions)
    np.testing.assert_array_equal(
        hemline.skin_points(dense, rest, pose, positions).positions[1], [1, 0, 0]
    )


def test_out_may_be_the_input_and_numbers_that_are_not_finite_stay_alone():
    weights, _, positions = mesh()
    rest = matrices(0)
    pose = near(rest, 1)
    expected = hemline.skin_points(weights, rest, pose, positions).positions
    positions[7] = np.nan
    hemline.skin_points(weights, rest, pose, positions, out=(positions, None, None, None))
    assert np.isnan(positions[7]).all()
    np.testing.assert_array_equal(np.delete(positions, 7, 0), np.delete(expected, 7, 0))


def test_bad_arguments_are_named():
    weights, _, positions = mesh()
    rest = matrices(0)
    flat = rest.copy()
    flat[1, 0] = 0.0
    flat[1, 3, 3] = 1.0
    for error, match, arguments, settings in [
        (hemline.LengthMismatch, "groups", (weights, rest[:3], rest[:3], positions), {}),
        (hemline.LengthMismatch, "pose", (weights, rest, rest[:3], positions), {}),
        (hemline.InvalidArgument, "`rest` holds a singular", (weights, flat, rest, positions), {}),
        (hemline.InvalidArgument, "positions", (weights, rest, rest, positions[:9]), {}),
        (hemline.InvalidArgument, "blend", (weights, rest, rest, positions), {"blend": "other"}),
        (
            hemline.IndexOutOfRange,
            "group_bones",
            (weights, rest, rest, positions),
            {"group_bones": [0, 1, 2, 3, 5]},
        ),
        (hemline.NotFinite, "pose", (weights, rest, rest * np.nan, positions), {}),
    ]:
        with pytest.raises(error, match=match):
            hemline.skin_points(*arguments, **settings)


def test_deltas_are_inherited_from_the_nearest_listed_ancestor():
    rest, deltas = matrices(0), matrices(1)
    found = hemline.pose_by_deltas(PARENTS, rest, deltas, listed=[0, 1, 0, 1, 0])
    expected = np.stack(
        [deltas[source] @ rest[bone] for bone, source in enumerate([1, 1, 1, 3, 1])]
    )
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_allclose(
        hemline.pose_by_deltas(PARENTS, rest, deltas * np.nan, listed=np.zeros(5, bool)), rest
    )


def test_conversions_of_chains():
    rest, pose = matrices(0), matrices(1, scales=True)
    local = hemline.local_from_common(PARENTS, pose)
    np.testing.assert_allclose(local[0], np.linalg.inv(pose[2]) @ pose[0], atol=1e-12)
    np.testing.assert_allclose(local[1], pose[1])
    np.testing.assert_allclose(hemline.common_from_local(PARENTS, local), pose, atol=1e-12)
    basis = hemline.basis_from_pose(PARENTS, rest, pose)
    expected = pose[2] @ np.linalg.inv(rest[2]) @ rest[0] @ basis[0]
    np.testing.assert_allclose(expected, pose[0], atol=1e-12)
    np.testing.assert_allclose(hemline.pose_from_basis(PARENTS, rest, basis), pose, atol=1e-12)


def test_bad_skeletons_are_named():
    with pytest.raises(hemline.InvalidArgument, match="`parents` leads from bone 0"):
        hemline.common_from_local([1, 0], np.tile(np.eye(4), (2, 1, 1)))
    with pytest.raises(hemline.IndexOutOfRange, match="parents"):
        hemline.common_from_local([-1, 2], np.tile(np.eye(4), (2, 1, 1)))
    flat = np.tile(np.eye(4), (2, 1, 1))
    flat[0, 1, 1] = 0.0
    with pytest.raises(hemline.InvalidArgument, match="`matrices` holds a singular matrix at 0"):
        hemline.local_from_common([-1, 0], flat)
