# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields from two shapes of a body: what they do, and what an independent reader makes of them."""

import sys
from pathlib import Path

import numpy as np
import pytest

import blender_bridge as hemline

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "assets"))
from sample_assets import load_body

COARSE = {"base_spacing": 0.04}


def bodies(stride=40):
    """Every so many of the vertices of two bodies of MakeHuman's."""
    return load_body("a").positions[::stride], load_body("b").positions[::stride]


def furthest(a, b):
    return np.linalg.norm(a - b, axis=1).max()


def test_the_body_becomes_the_other_shape_and_back():
    body, deformed = bodies()
    field = hemline.create_field(body, deformed, **COARSE)
    assert furthest(body, deformed) > 0.2
    assert furthest(field.apply(body), deformed) < 1e-4
    back = hemline.create_field(body, deformed, inverse=True, **COARSE)
    assert furthest(back.apply(deformed), body) < 1e-4
    steps = hemline.create_field(body, deformed, steps=3, **COARSE)
    assert len(steps.samples.offsets) == 4
    assert furthest(steps.apply(body), deformed) < 3e-4


def numpys(path):
    """A reader that knows the format and not hemline: points and displacements of each step."""
    with np.load(path, allow_pickle=False) as data:
        assert data["num_steps"] == len(data["all_field_points"])
        np.testing.assert_array_equal(data["world_matrix"], np.eye(4))
        for p, d in zip(data["all_field_points"], data["all_delta_positions"]):
            if data["enable_x_mirror"]:
                right, flip = p[:, 0] > 0, np.float32([-1, 1, 1])
                p, d = np.concatenate([p, p[right] * flip]), np.concatenate([d, d[right] * flip])
            yield p, d


@pytest.mark.parametrize("mirror_x, steps", [(False, 1), (True, 1), (False, 2)])
def test_an_independent_reader_gets_the_same_result(tmp_path, mirror_x, steps):
    body, deformed = bodies(80)
    field = hemline.create_field(body, deformed, mirror_x=mirror_x, steps=steps, **COARSE)
    field.save(tmp_path / "field.npz")
    queries = np.random.default_rng(3).uniform(-0.3, 0.3, (50, 3)).astype(np.float32)
    queries += body.mean(axis=0)
    moved = queries
    for points, displacements in numpys(tmp_path / "field.npz"):
        distance = np.linalg.norm(moved[:, None].astype(np.float64) - points, axis=2)
        near = np.argsort(distance, axis=1, kind="stable")[:, :8]
        weight = 1.0 / np.sqrt(np.take_along_axis(distance, near, 1) ** 2 + 1e-10)
        shares = weight / weight.sum(axis=1, keepdims=True)
        shift = np.einsum("vk,vkj->vj", shares, displacements[near].astype(np.float64))
        moved = (moved + shift).astype(np.float32)
    np.testing.assert_allclose(field.apply(queries), moved, atol=1e-6)
    assert furthest(queries, moved) > 0.01


def test_samples_are_the_interpolant_times_the_falloff():
    body, deformed = bodies(80)
    field = hemline.create_field(body, deformed, falloff_end=0.2, **COARSE)
    points, displacements = field.samples.points, field.samples.displacements
    rbf = hemline.RbfInterpolator(body)
    expected = rbf.evaluate(rbf.fit(deformed - body), points)
    offsets = points[:, None].astype(np.float64) - body
    distance = np.linalg.norm(offsets, axis=2).min(axis=1)
    t = np.clip((distance - 0.015) / (0.2 - 0.015), 0.0, 1.0)
    expected = expected * (1.0 - t * t * (3.0 - 2.0 * t))[:, None]
    np.testing.assert_allclose(displacements, expected, atol=2e-6)
    np.testing.assert_array_equal(points[-len(body) :], body)
    low, high = body.min(axis=0), body.max(axis=0)
    reach = 0.5 * 1.5 * (high - low)
    assert (points.max(axis=0) > 0.5 * (low + high) + 0.8 * reach).all()
    far = distance > 0.3
    grid = points[: -len(body)]
    nearest = np.linalg.norm(grid[far[: len(grid)]][:20, None] - grid, axis=2)
    assert np.sort(nearest, axis=1)[:, 1].min() > 0.07, "cells away from the body are larger"


def test_mirrored_fields_serve_both_sides():
    body, _ = bodies()
    right = body[body[:, 0] > 0.001]
    body = np.concatenate([right, right * np.float32([-1, 1, 1])])
    deformed = body * np.float32([1.2, 1.1, 1.05])
    field = hemline.create_field(body, deformed, mirror_x=True, **COARSE)
    assert field.samples.mirror_x and (field.samples.points[:, 0] >= 0.0).all()
    assert furthest(field.apply(body), deformed) < 1e-4


def test_correspondence_and_triangles():
    body, deformed = bodies(80)
    order = np.random.default_rng(1).permutation(len(body))
    partners = np.empty(len(body), np.int64)
    partners[order] = np.arange(len(body))
    expected = hemline.create_field(body, deformed, **COARSE).samples
    found = hemline.create_field(body, deformed[order], correspondence=partners, **COARSE)
    np.testing.assert_array_equal(found.samples.points, expected.points)
    np.testing.assert_array_equal(found.samples.displacements, expected.displacements)
    longer = np.concatenate([body, [[9, 9, 9]]])
    partners = np.append(partners, -1)
    found = hemline.create_field(longer, deformed[order], correspondence=partners, **COARSE)
    np.testing.assert_array_equal(found.samples.points, expected.points)
    with pytest.raises(hemline.InvalidArgument, match="body"):
        hemline.create_field(body, deformed, correspondence=np.full(len(body), -1))
    with pytest.raises(hemline.InvalidArgument, match="triangles"):
        triangles = [[0, 1, len(body)]]
        hemline.create_field(
            longer, deformed[order], correspondence=partners, triangles=triangles, **COARSE
        )
    # Between two far vertices there is surface, and no control point.
    fine = {"base_spacing": 0.02}
    sheet = np.float32([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]])
    surface = hemline.create_field(
        sheet, sheet + np.float32([0, 0, 0.1]), triangles=[[0, 1, 2], [1, 3, 2]], **fine
    )
    middle = np.float32([[0.4, 0.4, 0.0]])
    np.testing.assert_allclose(surface.apply(middle), [[0.4, 0.4, 0.1]], atol=1e-6)
    points_only = hemline.create_field(sheet, sheet + np.float32([0, 0, 0.1]), **fine)
    np.testing.assert_array_equal(points_only.apply(middle), middle)


def test_both_back_ends_agree():
    if hemline.status().backend != "native":
        pytest.skip("there is no native library to compare with")
    body, deformed = bodies(120)
    settings = {"steps": 2, "mirror_x": True, "kernel": "thin_plate", **COARSE}
    native = hemline.create_field(body, deformed, **settings).samples
    hemline.use_backend("fallback")
    try:
        fallback = hemline.create_field(body, deformed, **settings).samples
    finally:
        hemline.use_backend(None)
    half = len(native.points) // 2
    np.testing.assert_array_equal(native.points[:half], fallback.points[:half])
    np.testing.assert_allclose(native.displacements, fallback.displacements, atol=1e-6)


def test_bad_arguments_are_named():
    body, deformed = bodies(200)
    for name, value in [
        ("steps", 0),
        ("base_spacing", 0.0),
        ("growth", -1.0),
        ("box_scale", 0.5),
        ("falloff_start", -1.0),
        ("falloff_end", 0.01),
        ("kernel", "cubic"),
        ("epsilon", -1.0),
    ]:
        with pytest.raises(hemline.InvalidArgument, match=name):
            hemline.create_field(body, deformed, **{name: value})
    with pytest.raises(hemline.LengthMismatch, match="deformed"):
        hemline.create_field(body, deformed[1:])
    with pytest.raises(hemline.IndexOutOfRange, match="correspondence"):
        hemline.create_field(body, deformed, correspondence=np.full(len(body), len(body)))
    with pytest.raises(hemline.Cancelled):
        hemline.create_field(body, deformed, progress=lambda fraction: False, **COARSE)


def test_a_whole_body_lands_within_half_a_millimetre(backend):
    if backend != "native":
        pytest.skip("the fallback solves a dense system of 13,380 points")
    body, deformed = load_body("a"), load_body("b").positions
    field = hemline.create_field(
        body.positions, deformed, triangles=body.triangles, base_spacing=0.01
    )
    distance = np.linalg.norm(field.apply(body.positions) - deformed, axis=1)
    assert distance.max() < 1e-3 and np.percentile(distance, 99) < 2e-4
