"""The demo end to end, small: weights, FBX round trip, report, pictures."""

import json
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
import sample_assets
from scenes import members

from blender_bridge.blender import mesh_io, studio, vertex_groups
from blender_bridge.demo import run, scene
from blender_bridge.pipeline.heat import heat_colours

POSE = scene.POSES["reach"]


def outfit_objects():
    """The outfit's objects in the order of its pieces."""
    return [bpy.data.objects[name.capitalize()] for name in sample_assets.PIECES]


def world_positions(obj):
    """Evaluated vertices in world space, float64."""
    matrix = mesh_io.world_matrix(obj)
    positions = mesh_io.read_evaluated_mesh(obj).positions.astype(np.float64)
    return positions @ matrix[:3, :3].T + matrix[:3, 3]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's report and what its scene held: rows, rest and posed positions, pose matrices."""
    output = tmp_path_factory.mktemp("demo")
    report = run.run(output, "small", pictures=False)
    objects, armature = outfit_objects(), bpy.data.objects["Armature"]
    rows = [vertex_groups.read_vertex_groups(obj) for obj in objects]
    rest = [world_positions(obj) for obj in objects]
    scene.set_pose(armature, POSE)
    bones = [armature.pose.bones[name] for name in sample_assets.load_rig("b").group_names]
    return SimpleNamespace(
        output=output,
        report=report,
        rows=rows,
        rest=rest,
        posed=[world_positions(obj) for obj in objects],
        deltas=np.array([np.array(b.matrix @ b.bone.matrix_local.inverted()) for b in bones]),
    )


def test_every_vertex_has_at_most_four_influences_that_add_up_to_one(demo):
    for rows in demo.rows:
        dense = rows.to_dense().astype(np.float64)
        assert (dense > 0).sum(axis=1).max() <= 4
        np.testing.assert_allclose(dense.sum(axis=1), 1.0, atol=1e-6)


def test_the_carried_outfit_stays_out_of_the_body(demo):
    assert len(demo.report["shapes"]) == len(sample_assets.PIECES)
    for piece in demo.report["shapes"]:
        assert piece["deep_share_after"] <= 0.005
        assert piece["deepest_after"] <= piece["deepest_before"] + 1e-6


def test_weights_are_near_the_authored_ones(demo):
    # A skirt's hem is far from the body.
    for piece in demo.report["pieces"]:
        limit = 0.12 if piece["name"] == "Skirt" else 0.05
        assert piece["mean_difference_from_authored"] < limit, piece["name"]


def test_the_report_shows_the_quality(demo):
    for piece in demo.report["pieces"]:
        quality = piece["quality"]
        shares = [quality[name] for name in ("matched", "inpainted", "extrapolated")]
        assert sum(shares) == pytest.approx(1.0) and quality["extrapolated"] == 0.0
        assert quality["unweighted"] == 0 and quality["max_sum_error"] < 1e-5
        assert 0.0 < quality["stretch"] < 3.0 and 0.0 <= quality["deep"] < 0.5


def test_posed_outfit_follows_linear_blend_skinning(demo):
    for rows, rest, posed in zip(demo.rows, demo.rest, demo.posed):
        blended = np.einsum("vb,bij->vij", rows.to_dense().astype(np.float64), demo.deltas)
        expected = np.einsum("vij,vj->vi", blended[:, :3, :3], rest) + blended[:, :3, 3]
        np.testing.assert_allclose(posed, expected, atol=2e-5)
        assert np.abs(posed - rest).max() > 0.05


def test_fbx_brings_weights_and_pose_back(demo):
    bpy.ops.import_scene.fbx(filepath=str(demo.output / "outfit.fbx"))
    objects = outfit_objects()
    names = sample_assets.load_rig("a").group_names
    for obj, rows, rest in zip(objects, demo.rows, demo.rest):
        np.testing.assert_allclose(world_positions(obj), rest, atol=1e-5)
        read = vertex_groups.read_vertex_groups(obj, names)
        np.testing.assert_allclose(read.to_dense(), rows.to_dense(), atol=1e-6)
        sums = [sum(row.values()) for row in members(obj)]
        np.testing.assert_allclose(sums, 1.0, atol=1e-5)
    scene.set_pose(next(obj for obj in bpy.data.objects if obj.type == "ARMATURE"), POSE)
    for obj, posed in zip(objects, demo.posed):
        np.testing.assert_allclose(world_positions(obj), posed, atol=1e-4)


def test_report_holds_every_phase_and_count(demo):
    report = json.loads((demo.output / "report.json").read_text())
    assert sum(piece["vertices"] for piece in report["pieces"]) == 10712
    assert report["body"] == {"vertices": 13380, "triangles": 26756, "groups": 52}
    shaping = [run.shape.CREATE_FIELD, run.shape.CARRY]
    assert list(report["phases"])[1:7] == [*shaping, *run.job.PHASES]
    assert all(t["wall"] > 0 and t["cpu"] >= 0 for t in report["phases"].values())
    assert report["hemline"]["backend"] in ("native", "fallback")
    members_written = [piece["members"] for piece in report["pieces"]]
    assert members_written == [len(rows.groups) for rows in demo.rows]


def test_pictures_are_taken_and_differ(tmp_path, monkeypatch):
    monkeypatch.setattr(studio, "SAMPLES", 1)
    monkeypatch.setattr(studio, "SIZE", (40, 60))
    run.run(tmp_path, "small")
    pixels = {}
    for name in (*run.PICTURES, "overview"):
        image = bpy.data.images.load(str(tmp_path / f"{name}.png"))
        expected = (200, 60) if name == "overview" else (40, 60)
        assert tuple(image.size) == expected, name
        pixels[name] = np.array(image.pixels[:])
    for name in run.PICTURES[1:]:
        assert np.abs(pixels[name] - pixels["body"]).max() > 0.1, name


def test_heat_colours_are_distinct_and_in_range():
    colours = heat_colours(np.linspace(0, 1, 5))
    assert colours.shape == (5, 4) and colours.dtype == np.float32
    assert (colours >= 0).all() and (colours <= 1).all()
    assert len(np.unique(colours, axis=0)) == 5
