# SPDX-License-Identifier: GPL-3.0-or-later
"""Deformation fields against a float64 brute force, and their files against NumPy's own reader."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

import blender_bridge as hemline

FIELDS = Path(__file__).resolve().parents[1] / "assets" / "fields"


def random_field(counts=(200, 3, 90), mirror_x=False, seed=1):
    random = np.random.default_rng(seed)
    points = [random.uniform(-1, 1, (count, 3)).astype(np.float32) for count in counts]
    deltas = [random.uniform(-0.05, 0.05, (count, 3)).astype(np.float32) for count in counts]
    world = np.array(
        [[0, -1.5, 0, 0.2], [1.5, 0, 0, -0.1], [0, 0, 1.5, 0.3], [0, 0, 0, 1]], np.float64
    )
    settings = {"world_matrix": world, "mirror_x": mirror_x}
    return points, deltas, settings, hemline.DeformationField(points, deltas, **settings)


def brute_force(points, deltas, world, mirror_x, queries, start, end, k=8):
    """The definition in float64; positions are float32 between steps."""
    moved = queries.copy()
    for number, (p, d) in enumerate(zip(points, deltas)):
        a, b = (np.clip(bound * len(points) - number, 0.0, 1.0) for bound in (start, end))
        if a >= b:
            continue
        if mirror_x:
            right = p[:, 0] > 0
            p = np.concatenate([p, p[right] * np.float32([-1, 1, 1])])
            d = np.concatenate([d, d[right] * np.float32([-1, 1, 1])])
        p, d = (p + a * d.astype(np.float64)).astype(np.float32), d.astype(np.float64)
        local = (moved - world[:3, 3]) @ np.linalg.inv(world[:3, :3]).T
        distance = np.linalg.norm(local.astype(np.float32)[:, None].astype(np.float64) - p, axis=2)
        near = np.argsort(distance, axis=1, kind="stable")[:, :k]
        weight = 1.0 / np.sqrt(np.take_along_axis(distance, near, 1) ** 2 + 1e-10)
        mean = np.einsum("vk,vkj->vj", weight / weight.sum(axis=1, keepdims=True), d[near])
        moved = (moved + (b - a) * mean @ world[:3, :3].T).astype(np.float32)
    return moved


@pytest.mark.parametrize("mirror_x", [False, True])
@pytest.mark.parametrize("covered", [(0.0, 1.0), (0.1, 0.5), (0.4, 0.9)])
def test_field_is_the_brute_force(mirror_x, covered):
    points, deltas, settings, field = random_field(mirror_x=mirror_x)
    queries = np.random.default_rng(5).uniform(-2, 2, (300, 3)).astype(np.float32)
    start, end = covered
    expected = brute_force(points, deltas, *settings.values(), queries, start, end)
    found = field.apply(queries, start=start, end=end)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_ranges_compose_where_the_field_moves_neighbours_alike():
    points, deltas, settings, _ = random_field()
    deltas = [
        np.tile(np.float32([0.1, 0.02 * step, 0.05]), (len(d), 1)) for step, d in enumerate(deltas)
    ]
    field = hemline.DeformationField(points, deltas, **settings)
    queries = np.random.default_rng(5).uniform(-1, 1, (100, 3)).astype(np.float32)
    half = field.apply(queries, end=0.55)
    np.testing.assert_allclose(field.apply(half, start=0.55), field.apply(queries), atol=1e-6)


def test_mask_limit_falloff_and_out():
    field = hemline.DeformationField(np.zeros((1, 3)), [[[0, 1, 0]]])
    points = np.zeros((5, 3), np.float32)
    points[:, 0] = [0.0, 0.5, 0.75, 1.0, 1.01]
    lift = field.apply(points, max_distance=1.0, falloff=0.5)[:, 1]
    np.testing.assert_allclose(lift, [1, 1, 0.5, 0, 0])
    np.testing.assert_allclose(field.apply(points, max_distance=1.0)[:, 1], [1, 1, 1, 1, 0])
    mask = [0, 0.25, 1, 2, -1]
    assert field.apply(points, mask=mask, out=points) is points
    np.testing.assert_allclose(points[:, 1], mask)


def numpys(name):
    """What NumPy itself reads, objects made into float32 arrays."""
    data = np.load(FIELDS / name, allow_pickle=True)
    old = "field_points" in data
    keys = (
        ("field_points", "delta_positions") if old else ("all_field_points", "all_delta_positions")
    )
    return [
        np.concatenate([np.asarray(step, np.float32).reshape(-1, 3) for step in data[key]])
        for key in keys
    ]


@pytest.mark.parametrize("name", sorted(path.name for path in FIELDS.glob("*.npz")))
def test_every_layout_is_read(name):
    field = hemline.DeformationField.load(FIELDS / name)
    points, displacements = numpys(name)
    np.testing.assert_array_equal(field.samples.points, points)
    np.testing.assert_array_equal(field.samples.displacements, displacements)
    assert len(field.samples.offsets) == (3 if "steps" in name else 2)
    assert field.samples.mirror_x == ("mirrored" in name or "floats" in name)
    np.testing.assert_array_equal(field.samples.world_matrix, np.eye(4))


def test_what_is_saved_is_read_by_numpy_and_by_hemline(tmp_path):
    points, deltas, settings, field = random_field(counts=(50, 50), mirror_x=True)
    field.save(tmp_path / "field.npz")
    data = np.load(tmp_path / "field.npz")
    np.testing.assert_array_equal(data["all_field_points"], points)
    np.testing.assert_array_equal(data["all_delta_positions"], deltas)
    assert data["num_steps"] == 2 and data["enable_x_mirror"]
    again = hemline.DeformationField.load(tmp_path / "field.npz")
    np.testing.assert_array_equal(again.samples.world_matrix, settings["world_matrix"])
    queries = points[0] + np.float32(0.01)
    np.testing.assert_array_equal(again.apply(queries), field.apply(queries))
    with pytest.raises(hemline.InvalidArgument, match="different lengths"):
        random_field()[3].save(tmp_path / "field.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["field.npz"]


class Evil:
    def __reduce__(self):
        return print, ("a pickle was run",)


def bad_file(path, kind):
    good = {
        "all_field_points": np.zeros((1, 4, 3), np.float32),
        "all_delta_positions": np.zeros((1, 4, 3), np.float32),
        "world_matrix": np.eye(4),
    }
    if kind == "missing":
        del good["all_delta_positions"]
    elif kind == "matrix":
        del good["world_matrix"]
    elif kind == "shape":
        good["all_field_points"] = np.zeros((1, 4, 2))
    elif kind == "count":
        good["all_delta_positions"] = np.zeros((1, 5, 3))
    elif kind == "nan":
        good["all_field_points"][0, 2, 1] = np.nan
    elif kind == "steps":
        good["num_steps"] = 3
    elif kind == "pickle":
        objects = np.empty(1, object)
        objects[0] = Evil()
        good["all_field_points"] = objects
    np.savez(path, **good)
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:-200])
    if kind == "huge":
        header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 99999999999999, 3), }\n"
        with zipfile.ZipFile(path, "w") as archive:
            array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(48)
            archive.writestr("all_field_points.npy", array)


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("missing", "no array `all_delta_positions`"),
        ("matrix", "no array `world_matrix`"),
        ("shape", r"shape \[1, 4, 2\]"),
        ("count", "expected as many"),
        ("nan", "expected finite numbers"),
        ("steps", "`num_steps` 3, expected 1"),
        ("pickle", "asks for `.*print`"),
        ("truncated", "not a whole zip"),
        ("huge", "holds 48 bytes"),
    ],
)
def test_bad_files_are_described(tmp_path, kind, expected, capsys):
    path = tmp_path / "bad.npz"
    bad_file(path, kind)
    with pytest.raises(hemline.FileError, match=expected):
        hemline.DeformationField.load(path)
    assert "run" not in capsys.readouterr().out
    with pytest.raises(hemline.FileError, match="cannot be opened"):
        hemline.DeformationField.load(tmp_path / "none.npz")


def test_cut_and_changed_pickles_never_do_harm(tmp_path):
    source = (FIELDS / "steps_of_two_lengths_numpy1.npz").read_bytes()
    random = np.random.default_rng(0)
    path = tmp_path / "changed.npz"
    refused = 0
    for _ in range(60):
        changed = bytearray(source)
        for place in random.integers(0, 400, 3):
            changed[place] = random.integers(256)
        path.write_bytes(changed)
        try:
            hemline.DeformationField.load(path)
        except hemline.HemlineError:
            refused += 1
    assert refused > 30


def test_bad_arguments_are_named():
    points, deltas, _, field = random_field()
    with pytest.raises(hemline.LengthMismatch, match="displacements"):
        hemline.DeformationField(points, deltas[:2])
    with pytest.raises(hemline.NotFinite, match="points"):
        hemline.DeformationField([points[0] * np.nan], deltas[:1])
    with pytest.raises(hemline.HemlineError, match="world_matrix"):
        hemline.DeformationField(points, deltas, world_matrix=np.diag([0, 1, 1, 1]))
    for name, value in [("neighbor_count", 0), ("epsilon", 0.0), ("end", 1.5), ("falloff", -1.0)]:
        with pytest.raises(hemline.InvalidArgument, match=name):
            field.apply(points[0], **{name: value})
    with pytest.raises(hemline.InvalidArgument, match="start"):
        field.apply(points[0], start=0.6, end=0.5)
    with pytest.raises(hemline.NotFinite, match="mask"):
        field.apply(points[0], mask=np.full(len(points[0]), np.nan))
    field.close()
    with pytest.raises(hemline.HandleClosed):
        field.apply(points[0])


def test_cancel():
    *_, field = random_field()
    with pytest.raises(hemline.Cancelled):
        field.apply(np.zeros((10, 3)), progress=lambda fraction: False)
