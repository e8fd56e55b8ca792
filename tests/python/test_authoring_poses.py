# SPDX-License-Identifier: GPL-3.0-or-later
"""Poses between two avatars, against the sample set's own and by their properties."""

import json

import numpy as np
import pytest
import sample_retarget
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_rigs import role_positions

from blender_bridge.authoring.avatar_files import pose_document
from blender_bridge.authoring.pose_difference import (
    basis_pose,
    limb_scales,
    moved,
    moved_heads,
    pose_difference,
    rotation_between,
)
from blender_bridge.authoring.roles import nearest_role
from blender_bridge.pipeline.pose_files import NEVER_POSED, load_pose

SET = sample_retarget.FOLDER


@pytest.fixture(autouse=True)
def backend():
    """No library call is made here: once is enough."""


unit = st.floats(-1.0, 1.0)
directions = st.tuples(unit, unit, unit).map(np.array).filter(lambda v: np.linalg.norm(v) > 1e-3)


def basis_heads(name):
    """Heads of an avatar of the set in its basis pose, by role."""
    entries = json.loads((SET / f"pose_basis_{name}.json").read_text())
    return {role: np.array(entry["head_world_transformed"]) for role, entry in entries.items()}


def rest_heads(name):
    """Heads of an avatar of the set at rest, by role."""
    entries = json.loads((SET / f"pose_basis_{name}.json").read_text())
    return {role: np.array(entry["head_world"]) for role, entry in entries.items()}


@pytest.mark.parametrize(("source", "target"), [("aria", "template"), ("template", "bruno")])
def test_pose_difference_of_the_sets_avatars(source, target):
    expected = json.loads((SET / f"posediff_{source}_to_{target}.json").read_text())
    found = pose_document(
        pose_difference(basis_heads(source), basis_heads(target)), basis_heads(source)
    )
    assert set(found) == set(expected)
    for role, entry in expected.items():
        for key, value in entry.items():
            np.testing.assert_allclose(found[role][key], value, atol=2e-5, err_msg=f"{role} {key}")


@st.composite
def avatars(draw):
    """Heads of two avatars: the sample's, stretched and shaken, with bones missing."""
    heads = []
    for _ in range(2):
        numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        stretch = numbers.uniform(0.6, 1.6, 3)
        heads.append(
            {
                role: stretch * point + numbers.normal(0, 0.01, 3)
                for role, point in role_positions().items()
            }
        )
        optional = ["Chest", "UpperChest", "Neck", "LeftToes", "LeftMiddleProximal", "LeftShoulder"]
        for role in draw(st.lists(st.sampled_from(optional), unique=True)):
            del heads[-1][role]
    return heads


@given(avatars())
@settings(max_examples=25, deadline=None)
def test_pose_difference_is_a_similarity_that_maps_heads_onto_heads(both):
    source, target = both
    pose = pose_difference(source, target)
    for role, matrix in pose.items():
        linear = matrix[:3, :3]
        scale = np.cbrt(np.linalg.det(linear))
        np.testing.assert_allclose(linear @ linear.T, scale**2 * np.eye(3), atol=1e-9)
        if role in target and role not in NEVER_POSED:
            np.testing.assert_allclose(moved(matrix, source[role]), target[role], atol=1e-9)
        else:
            np.testing.assert_array_equal(matrix, pose[nearest_role(role, pose)])
    for start, end in (("LeftUpperArm", "LeftLowerArm"), ("RightLowerLeg", "RightFoot")):
        turned = pose[start][:3, :3] @ (source[end] - source[start])
        wanted = target[end] - target[start]
        cosine = turned @ wanted / np.linalg.norm(turned) / np.linalg.norm(wanted)
        assert cosine > 1 - 1e-9
    assert set(pose) == set(source)


def test_pose_difference_of_an_avatar_to_itself_is_none():
    heads = role_positions()
    for matrix in pose_difference(heads, heads).values():
        np.testing.assert_allclose(matrix, np.eye(4), atol=1e-12)


def test_limbs_without_measures_take_their_neighbours_scale():
    heads = {role: point for role, point in role_positions().items() if "Proximal" not in role}
    heads = {role: point for role, point in heads.items() if "Toes" not in role}
    heads = {role: p for role, p in heads.items() if "mediate" not in role and "Dist" not in role}
    bigger = {role: 1.5 * point for role, point in heads.items()}
    assert limb_scales(heads, bigger) == pytest.approx(
        dict.fromkeys(("torso", "arm", "leg", "hand", "foot"), 1.5)
    )


@given(directions, directions)
@settings(max_examples=50, deadline=None)
def test_rotation_between_directions(start, end):
    rotation = rotation_between(start, end)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-7)
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    np.testing.assert_allclose(
        rotation @ start / np.linalg.norm(start), end / np.linalg.norm(end), atol=1e-6
    )


def test_rotation_by_half_a_turn():
    np.testing.assert_allclose(
        rotation_between(np.array([0, 0, 2.0]), np.array([0, 0, -1.0])) @ [0, 0, 1], [0, 0, -1]
    )


def test_basis_pose_takes_arms_from_t_to_a():
    """The set's own poses take Bruno's arms to 45°; Template's arms differ by a few degrees."""
    rest, reference = rest_heads("bruno"), basis_heads("bruno")
    pose = basis_pose(rest, reference)
    expected = load_pose(SET / "pose_basis_bruno.json")
    for role in expected:
        np.testing.assert_allclose(pose[role], expected[role], atol=1e-5, err_msg=role)
    heads = moved_heads(rest, pose)
    for role, head in heads.items():
        np.testing.assert_allclose(head, reference[role], atol=1e-5, err_msg=role)


def test_no_basis_pose_where_limbs_are_alike():
    assert basis_pose(basis_heads("template"), basis_heads("aria")) == {}
    assert basis_pose(basis_heads("template"), basis_heads("aria"), angle=0.1) != {}
