"""Kept pairs are found by what they are made of: any change of that, and they are not."""

import shutil
from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest
import sample_retarget

from blender_bridge import SparseWeights
from blender_bridge.pipeline.config import load_config
from blender_bridge.pipeline.model import Body, CostumeMesh, Outfit, Skeleton
from blender_bridge.pipeline.pair_cache import PairCache
from blender_bridge.pipeline.region_masks import RegionMask
from blender_bridge.pipeline.run_log import RunLog


@pytest.fixture(autouse=True)
def backend():
    """Nothing here computes: once is enough."""


def skeleton():
    heads = np.arange(6.0).reshape(2, 3)
    return Skeleton(["腰", "b"], np.array([-1, 0]), heads, heads + 1, heads + 2)


def rows():
    return SparseWeights.from_dense(np.array([[1, 0], [0.5, 0.5], [0, 1]], np.float32))


def points():
    return np.arange(9, dtype=np.float32).reshape(3, 3)


TRIANGLES = np.array([[0, 1, 2]], np.uint32)
EDGES = np.array([[0, 1], [1, 2]], np.uint32)


@pytest.fixture
def made_of(tmp_path):
    """Everything that a pair's result depends on; its files are copies."""
    folder = tmp_path / "set"
    shutil.copytree(sample_retarget.FOLDER, folder)
    mesh = CostumeMesh("Top", points(), TRIANGLES, EDGES, rows(), {"Big": points() + 1})
    mask = RegionMask(folder / "mask.json", np.array([0, 2]), np.array([0.5, 1], np.float32))
    pair = SimpleNamespace(
        config=load_config(folder / "config_aria2mid.json"),
        fbx=folder / "Template.fbx",
        region_masks={"crotch": mask},
    )
    return SimpleNamespace(
        outfit=Outfit(skeleton(), [mesh]),
        pair=pair,
        body=Body(skeleton(), points(), TRIANGLES, rows()),
        key_names={"label": "key"},
    )


@pytest.fixture
def convert(tmp_path):
    """Converts by the cache; the result, and whether it was found."""

    def convert(given):
        log, made = RunLog(quiet=True), []

        def make():
            made.append(1)
            log.warn("careful", "look")
            [mesh] = given.outfit.meshes
            return Outfit(skeleton(), [replace(mesh, points=mesh.points * 2)])

        cache = PairCache(tmp_path / "kept")
        result = cache.convert(given.outfit, given.pair, given.body, given.key_names, log, make)
        assert log.warnings == [("careful", "look")]
        return result, not made

    return convert


def test_what_is_found_is_what_was_made(convert, made_of):
    (first, found), (second, again) = convert(made_of), convert(made_of)
    assert (found, again) == (False, True)
    assert second.skeleton.names == first.skeleton.names
    for entry in fields(Skeleton):
        np.testing.assert_array_equal(
            getattr(first.skeleton, entry.name), getattr(second.skeleton, entry.name)
        )
    [mesh], [kept] = first.meshes, second.meshes
    np.testing.assert_array_equal(mesh.points, kept.points)
    np.testing.assert_array_equal(mesh.weights.to_dense(), kept.weights.to_dense())
    np.testing.assert_array_equal(mesh.shape_keys["Big"], kept.shape_keys["Big"])
    assert kept.triangles is made_of.outfit.meshes[0].triangles and kept.name == "Top"


def change_mesh(**changes):
    def change(given):
        [mesh] = given.outfit.meshes
        given.outfit = Outfit(given.outfit.skeleton, [replace(mesh, **changes)])

    return change


def change_skeleton(**changes):
    def change(given):
        given.outfit = replace(given.outfit, skeleton=replace(skeleton(), **changes))

    return change


def change_body(**changes):
    def change(given):
        given.body = replace(given.body, **changes)

    return change


def nearly(array):
    """One element of it moved by the least that there is."""
    moved = array.copy()
    moved.flat[-1] = np.nextafter(moved.flat[-1], np.inf, dtype=array.dtype)
    return moved


def other_weights():
    kept = rows()
    return SparseWeights(kept.offsets, kept.groups, nearly(kept.weights), 2)


def other_region(given):
    given.pair.region_masks["armpit"] = given.pair.region_masks.pop("crotch")


def other_mask(given):
    mask = given.pair.region_masks["crotch"]
    given.pair.region_masks["crotch"] = replace(mask, weights=nearly(mask.weights))


def other_key_name(given):
    given.key_names = {"label": "Key"}


def other_file(given):
    with open(given.pair.config.target.base_pose, "a") as file:
        file.write(" ")


@pytest.mark.parametrize(
    "change",
    [
        change_mesh(name="Top2"),
        change_mesh(points=nearly(points())),
        change_mesh(triangles=TRIANGLES[:, ::-1]),
        change_mesh(edges=EDGES[:1]),
        change_mesh(weights=other_weights()),
        change_mesh(weights=SparseWeights(rows().offsets, rows().groups, rows().weights, 3)),
        change_mesh(shape_keys={"Bigger": points() + 1}),
        change_mesh(shape_keys={"Big": nearly(points() + 1)}),
        change_mesh(shape_keys={}),
        change_mesh(bound=True),
        change_skeleton(names=["腰", "c"]),
        change_skeleton(parents=np.array([-1, -1])),
        change_skeleton(z_axes=nearly(skeleton().z_axes)),
        change_body(points=nearly(points())),
        change_body(weights=other_weights()),
        change_body(skeleton=replace(skeleton(), names=["a", "b"])),
        other_region,
        other_mask,
        other_key_name,
        other_file,
    ],
)
def test_what_is_made_of_other_things_is_not_found(convert, made_of, change):
    convert(made_of)
    change(made_of)
    assert not convert(made_of)[1]
    assert convert(made_of)[1]


def test_what_cannot_be_kept_is_told_and_used(made_of, tmp_path):
    (tmp_path / "kept").write_bytes(b"")
    cache, log = PairCache(tmp_path / "kept" / "here"), RunLog(quiet=True)
    result = cache.convert(
        made_of.outfit, made_of.pair, made_of.body, {}, log, lambda: made_of.outfit
    )
    assert result is made_of.outfit
    [warning] = log.warnings
    assert warning.text.startswith("a pair's result cannot be kept: ")
    assert str(tmp_path / "kept") in warning.text


def test_without_a_folder_nothing_is_kept(made_of, tmp_path):
    cache, log = PairCache(None), RunLog(quiet=True)
    made = cache.convert(None, made_of.pair, made_of.body, {}, log, lambda: "made")
    assert made == "made" and not log.phases
