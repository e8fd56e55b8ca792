"""The report of a whole run: measures of each mesh, pictures that show it, nothing left behind."""

import base64
import re
from itertools import pairwise

import bpy
import numpy as np
import pytest
from retarget_runs import SET, changed_outfit, run

from blender_bridge.blender import pictures, studio
from blender_bridge.blender.compare import load_outfit
from blender_bridge.pipeline.errors import ExitCode
from blender_bridge.pipeline.model import Body

NAME = "<script>手袋🧤"


def rename(objects):
    objects["Gloves"].name = NAME


@pytest.fixture
def tiny_renders(monkeypatch):
    monkeypatch.setattr(studio, "DRAFT_SAMPLES", 1)
    monkeypatch.setattr(studio, "SIZE", (34, 45))


def pixels(folder, page):
    """The pictures of a page, as Blender reads them."""
    found = []
    for number, data in enumerate(re.findall(r'src="data:image/png;base64,([^"]+)"', page)):
        path = folder / f"picture{number}.png"
        path.write_bytes(base64.b64decode(data))
        image = bpy.data.images.load(str(path))
        assert tuple(image.size) == (34, 45)
        found.append(np.array(image.pixels[:]))
    return found


def test_a_page_with_pictures(tmp_path, capsys, tiny_renders):
    page = tmp_path / "report.html"
    outfit = changed_outfit(tmp_path, rename)
    done = run(capsys, tmp_path, f"--report-html={page}", "--renders", outfit=outfit)
    assert done.code == ExitCode.DONE, done.err
    text = page.read_text(encoding="utf-8")
    assert "&lt;script&gt;手袋🧤" in text and "<script>" not in text
    [mesh] = done.report["meshes"]
    assert mesh["weight_quality"]["vertices"] == mesh["vertices"]
    assert 0.5 < mesh["distortion"]["median_shortest"] <= mesh["distortion"]["median_longest"] < 2
    files = {file["path"].rpartition("/")[2]: file for file in done.report["files"]}
    named = {"changed.fbx", "Template.fbx", "config_aria2mid.json", "base_project.blend"}
    assert named <= set(files)
    assert files["changed.fbx"]["bytes"] == outfit.stat().st_size
    for file in files.values():
        assert file["path"] in text and file["sha256"] in text
    taken = pixels(tmp_path, text)
    assert len(taken) == 6
    for one, other in pairwise(taken):
        assert np.abs(one - other).max() > 0.1
    plain = run(capsys, tmp_path, outfit=outfit, name="plain.fbx")
    before, after = plain.outfit().meshes[0], done.outfit().meshes[0]
    np.testing.assert_array_equal(before.points, after.points)


def test_pictures_leave_nothing_behind(tiny_renders):
    outfit = load_outfit(SET / "outfit_small.fbx")
    kinds = ("scenes", "objects", "meshes", "materials", "cameras", "lights", "worlds")
    before = {kind: set(getattr(bpy.data, kind).keys()) for kind in kinds}
    top = outfit.meshes[-1]
    body = Body(outfit.skeleton, top.points, top.triangles, top.weights)
    taken = pictures.take_pictures(outfit, outfit, body)
    assert len(taken) == 6
    assert {kind: set(getattr(bpy.data, kind).keys()) for kind in kinds} == before


def test_a_blender_that_cannot_render(tmp_path, capsys, monkeypatch):
    def fail():
        raise ImportError("No module named '_cycles'")

    monkeypatch.setattr(studio, "_has_denoiser", fail)
    page = tmp_path / "report.html"
    options = ("--target-meshes=Gloves", f"--report-html={page}", "--renders")
    done = run(capsys, tmp_path, *options)
    assert done.code == ExitCode.DONE
    assert "cannot render" in done.report["warnings"][0]["text"]
    assert "use a Blender with Cycles" in page.read_text(encoding="utf-8")


def test_a_page_of_a_failed_run(tmp_path, capsys):
    page = tmp_path / "report.html"
    done = run(capsys, tmp_path, "--target-meshes=Hat", f"--report-html={page}")
    assert done.code == ExitCode.SCENE
    assert "the outfit has no mesh &#x27;Hat&#x27;" in page.read_text(encoding="utf-8")
