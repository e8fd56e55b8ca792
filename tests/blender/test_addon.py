"""The add-on: its operators on real scenes, without a window."""

import json
import sys
import time
from pathlib import Path

import bpy
import mathutils
import numpy as np
import pytest
from scenes import report_of, weighted_body_and_outfit

import blender_bridge
from blender_bridge.addon import (
    background,
    preferences,
    results,
    retarget_outfit,
    select_problems,
    translations,
)
from blender_bridge.blender import vertex_groups
from blender_bridge.errors import Cancelled
from blender_bridge.pipeline.config import load_config

SAMPLE = Path(__file__).resolve().parents[1] / "assets" / "retarget"


@pytest.fixture
def scene():
    """A body and two outfits; the add-on is registered."""
    blender_bridge.register()
    yield weighted_body_and_outfit()
    blender_bridge.unregister()


def select(body, outfits):
    """The outfits, then the body as the active object."""
    bpy.ops.object.select_all(action="DESELECT")
    for obj in (*outfits, body):
        obj.select_set(True)
    bpy.context.view_layer.objects.active = body


def dense_weights(obj):
    """All groups of an object."""
    return vertex_groups.read_vertex_groups(obj).to_dense()


def results_of(job):
    """The results of a job's last run."""
    return [result for result in bpy.context.scene.hemline.results if result.job == job]


def shown(result):
    """The texts of a result's measures by label, and the labels of those outside their limits."""
    texts = {measure.label: measure.text for measure in result.measures}
    assert len(texts) == len(result.measures)
    return texts, {measure.label for measure in result.measures if measure.is_bad}


def wait_until(holds, seconds=60):
    """Waits for what another thread brings about."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def test_transfer_gives_every_outfit_weights_that_sum_to_one(scene):
    body, outfits = scene
    before = dense_weights(body)
    select(body, outfits)
    assert bpy.ops.hemline.transfer_weights() == {"FINISHED"}
    for outfit in outfits:
        weights = dense_weights(outfit)
        assert np.abs(weights.sum(axis=1) - 1.0).max() < 1e-5
        assert ((weights > 0).sum(axis=1) <= 4).all()
        assert set(vertex_groups.vertex_group_names(outfit)) <= set(
            vertex_groups.vertex_group_names(body)
        )
    assert np.array_equal(dense_weights(body), before)
    names = [result.object_name for result in results_of("TRANSFER")]
    assert names == sorted(obj.name for obj in outfits)


def test_a_transfer_shows_its_measures(scene):
    body, outfits = scene
    select(body, outfits)
    for times in (1, 2):
        bpy.ops.hemline.transfer_weights()
        assert len(results_of("TRANSFER")) == len(outfits)
        for result in results_of("TRANSFER"):
            dense = dense_weights(bpy.data.objects[result.object_name])
            texts, bad = shown(result)
            assert texts["Without weights"] == "0" and not bad
            assert texts["Most influences"] == str((dense > 0).sum(axis=1).max())
            assert float(texts["Matched"].removesuffix(" %")) > 50
            assert float(texts["Gradient, 1/m²"]) > 0
            # The first transfer finds no weights, the second those of the first.
            before = texts.get("Gradient before")
            assert before == (texts["Gradient, 1/m²"] if times == 2 else None)


def test_a_smoothing_shows_its_measures_and_vertices_without_weights(scene):
    body, outfits = scene
    select(body, outfits)
    bpy.ops.hemline.transfer_weights()
    outfit = outfits[0]
    count = len(outfit.data.vertices)
    outfit.vertex_groups.clear()
    # Two vertices that nothing within the radius can give weights.
    for index in (1, 3):
        outfit.data.vertices[index].co += mathutils.Vector((9 * index, 0, 0))
    for name, parity in (("left", 0), ("right", 1)):
        members = [index for index in range(count) if index % 2 == parity and index not in (1, 3)]
        outfit.vertex_groups.new(name=name).add(members, 1.0, "REPLACE")
    select(outfit, [])
    bpy.context.scene.hemline.smooth_radius = 0.2
    assert bpy.ops.hemline.smooth_weights() == {"FINISHED"}
    [result] = results_of("SMOOTH")
    texts, bad = shown(result)
    assert float(texts["Gradient, 1/m²"]) < float(texts["Gradient before"])
    assert texts["Without weights"] == "2" and texts["Most influences"] == "2"
    assert bad == {"Without weights", "Sum off by"}
    assert json.loads(result.problem_indices) == [1, 3]
    assert len(results_of("TRANSFER")) == len(outfits)
    place = list(bpy.context.scene.hemline.results).index(result)
    assert bpy.ops.hemline.select_problems(index=place) == {"FINISHED"}
    bpy.ops.object.mode_set(mode="OBJECT")
    assert [vertex.index for vertex in outfit.data.vertices if vertex.select] == [1, 3]


def test_transfer_without_an_outfit_says_what_to_select(scene):
    body, _ = scene
    select(body, [])
    with pytest.raises(RuntimeError, match="select the outfits, then the body last"):
        bpy.ops.hemline.transfer_weights()


def test_problems_are_selected(scene):
    body, outfits = scene
    select(body, outfits)
    bpy.ops.hemline.transfer_weights()
    result = bpy.context.scene.hemline.results[0]
    result.problem_indices = json.dumps([1, 3])
    assert bpy.ops.hemline.select_problems(index=0) == {"FINISHED"}
    bpy.ops.object.mode_set(mode="OBJECT")
    obj = bpy.context.active_object
    assert obj.name == result.object_name
    assert [vertex.index for vertex in obj.data.vertices if vertex.select] == [1, 3]


def test_smoothing_evens_out_weights_and_keeps_sums(scene):
    body, outfits = scene
    select(body, outfits)
    bpy.ops.hemline.transfer_weights()
    before = dense_weights(outfits[0])
    select(outfits[0], [])
    bpy.context.scene.hemline.smooth_radius = 0.2
    assert bpy.ops.hemline.smooth_weights() == {"FINISHED"}
    after = dense_weights(outfits[0])
    assert np.abs(after.sum(axis=1) - 1.0).max() < 1e-5
    assert after.std(axis=0).sum() < before.std(axis=0).sum()


def test_retarget_names_what_is_missing(scene):
    with pytest.raises(RuntimeError, match="add at least one avatar"):
        bpy.ops.hemline.retarget_outfit()
    bpy.ops.hemline.add_pair()
    with pytest.raises(RuntimeError, match="--input"):
        bpy.ops.hemline.retarget_outfit()


def test_retarget_reports_what_the_command_line_says(scene, tmp_path):
    settings = bpy.context.scene.hemline
    bpy.ops.hemline.add_pair()
    for owner, name in (
        (settings, "retarget_input"),
        (settings, "retarget_pose"),
        (settings.pairs[0], "base_fbx"),
        (settings.pairs[0], "config"),
    ):
        setattr(owner, name, str(tmp_path / f"missing_{name}"))
    settings.retarget_output = str(tmp_path / "out.fbx")
    with pytest.raises(RuntimeError, match="missing_retarget_input"):
        bpy.ops.hemline.retarget_outfit(check=True)
    assert not (tmp_path / "out.fbx").exists()


def test_the_sample_set_passes_the_check_and_is_retargeted(scene, tmp_path):
    settings = bpy.context.scene.hemline
    settings.retarget_input = str(SAMPLE / "outfit_small.fbx")
    settings.retarget_pose = str(SAMPLE / "initial_pose.json")
    settings.retarget_output = str(tmp_path / "out.fbx")
    for fbx, config in (("Template", "aria2mid"), ("Bruno", "mid2bruno")):
        bpy.ops.hemline.add_pair()
        pair = settings.pairs[-1]
        pair.base_fbx = str(SAMPLE / f"{fbx}.fbx")
        pair.config = str(SAMPLE / f"config_{config}.json")
    settings.retarget_options = "--target-meshes=Gloves --hips-position=0,-0.02,0.85"
    assert bpy.ops.hemline.retarget_outfit(check=True) == {"FINISHED"}
    assert not (tmp_path / "out.fbx").exists()
    assert not results_of("RETARGET")
    assert bpy.ops.hemline.retarget_outfit() == {"FINISHED"}
    assert (tmp_path / "out.fbx").exists()
    [result] = results_of("RETARGET")
    texts, bad = shown(result)
    assert result.object_name == "Gloves" and not bad
    assert {results.label_of(measure) for measure in results.MEASURES} > texts.keys()
    assert texts["Most influences"] == "4" and texts["On the wrong side"] == "0"
    assert results.object_of(bpy.context.scene, result) is None
    bpy.ops.import_scene.fbx(filepath=str(tmp_path / "out.fbx"))
    gloves = results.object_of(bpy.context.scene, result)
    assert gloves.name == "Gloves" and len(gloves.data.vertices) == result.vertices


def test_a_retargets_problems_are_selected_once_it_is_imported(scene):
    _, outfits = scene
    settings = bpy.context.scene.hemline
    results.show_retarget(settings, report_of(outfits[0]))
    assert settings.retarget_warnings == 2
    [result] = settings.results
    texts, bad = shown(result)
    assert bad == {"Most influences"} and texts["Deeper than 1 mm"] == "0.40 %"
    assert "Left from right" not in texts
    imported = outfits[0].copy()
    imported.data = outfits[0].data.copy()
    bpy.context.collection.objects.link(imported)
    assert imported.name == f"{outfits[0].name}.001"
    assert results.object_of(bpy.context.scene, result) == imported
    assert bpy.ops.hemline.select_problems(index=0) == {"FINISHED"}
    bpy.ops.object.mode_set(mode="OBJECT")
    assert [vertex.index for vertex in imported.data.vertices if vertex.select] == [2, 5]
    imported.data.vertices.add(1)
    outfits[0].data.vertices.add(1)
    with pytest.raises(RuntimeError, match="its mesh has changed"):
        bpy.ops.hemline.select_problems(index=0)


def test_a_report_among_the_further_options_is_written_there(scene, tmp_path, monkeypatch):
    settings = bpy.context.scene.hemline
    settings.retarget_input = settings.retarget_pose = str(tmp_path / "given")
    settings.retarget_output = str(tmp_path / "out.fbx")
    bpy.ops.hemline.add_pair()
    settings.pairs[0].base_fbx = settings.pairs[0].config = str(tmp_path / "given")
    kept = tmp_path / "kept report.json"
    settings.retarget_options = f"'--report={kept}'"
    kept.write_text(json.dumps({"warnings": [{}], "meshes": []}))
    done = [sys.executable, "-c", "print('done')"]
    monkeypatch.setattr(retarget_outfit, "command_line", lambda arguments: done)
    assert bpy.ops.hemline.retarget_outfit() == {"FINISHED"}
    assert settings.retarget_warnings == 1 and kept.exists()


def test_a_report_is_written_beside_the_result(scene, tmp_path):
    settings = bpy.context.scene.hemline
    settings.retarget_input = settings.retarget_pose = str(tmp_path / "given")
    settings.retarget_output = str(tmp_path / "服.fbx")
    bpy.ops.hemline.add_pair()
    settings.pairs[0].base_fbx = settings.pairs[0].config = str(tmp_path / "given")
    settings.retarget_options = "--no-triangle"
    plain = retarget_outfit.arguments_of(settings, check=False)
    assert plain[-1] == "--no-triangle"
    settings.retarget_report = True
    report = f"--report-html={tmp_path / '服.html'}"
    assert retarget_outfit.arguments_of(settings, check=False) == [*plain, report, "--renders"]
    assert report not in retarget_outfit.arguments_of(settings, check=True)


def test_further_options_are_those_of_the_command_line():
    text = "--hips-position=0,-0.02,0.85  --base='C:\\My Files\\#1.blend' --no-triangle"
    words = ["--hips-position=0,-0.02,0.85", "--base=C:\\My Files\\#1.blend", "--no-triangle"]
    assert retarget_outfit.further_options(text) == words
    assert retarget_outfit.further_options("") == []
    with pytest.raises(ValueError, match="quotation"):
        retarget_outfit.further_options("--base='open")


def test_avatar_data_of_a_pair_can_be_read(tmp_path):
    blender_bridge.register()
    try:
        for name in ("Template", "Bruno"):
            bpy.ops.import_scene.fbx(filepath=str(SAMPLE / f"{name}.fbx"))
        settings = bpy.context.scene.hemline
        settings.avatar_folder = str(tmp_path)
        settings.field_spacing = 0.05
        source, target = bpy.data.objects["Armature.Template"], bpy.data.objects["Bruno_Armature"]
        bpy.ops.object.select_all(action="DESELECT")
        source.select_set(True)
        target.select_set(True)
        bpy.context.view_layer.objects.active = target
        assert bpy.ops.hemline.make_avatar_data() == {"FINISHED"}
    finally:
        blender_bridge.unregister()
    (config,) = tmp_path.glob("config_*.json")
    assert load_config(config).target.mesh_name == "Bruno_Body"


def test_the_retarget_process_shows_progress():
    lines = "Status: import outfit.fbx\\nProgress: 0.40\\nmore\\n"
    process = retarget_outfit.Process(["printf", lines])
    assert process.wait() == 0

    def has_all_lines():
        process.poll()
        return len(process.lines) == 3

    wait_until(has_all_lines)
    assert process.percent() == 40.0


def test_a_computation_reports_progress_and_can_be_cancelled():
    def compute(progress, cancel):
        progress(0.5)
        wait_until(cancel.is_set)
        raise Cancelled

    computation = background.Computation(compute)
    computation.start()
    wait_until(lambda: computation.fraction == 0.5)
    computation.cancel.set()
    with pytest.raises(Cancelled):
        computation.join()


def test_every_text_of_the_panel_is_translated():
    texts = {text for _, text in translations.TRANSLATIONS["ja_JP"]}
    operators = (
        blender_bridge.addon.transfer_weights.TransferWeights,
        select_problems.SelectProblems,
        blender_bridge.addon.smooth_weights.SmoothWeights,
        blender_bridge.addon.make_avatar.MakeAvatarData,
        *retarget_outfit.CLASSES,
        preferences.ClearCache,
    )
    for operator in operators:
        assert {operator.bl_label, operator.__doc__} <= texts
    assert {results.label_of(measure) for measure in results.MEASURES} <= texts
    settings = blender_bridge.addon.settings.HemlineSettings
    for name, definition in settings.__annotations__.items():
        keywords = definition.keywords
        assert {keywords[key] for key in ("name", "description") if key in keywords} <= texts, name
