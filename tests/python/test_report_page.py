"""The report's page: whole without any other file, every mesh and warning in it, all escaped."""

import base64
import re
import struct
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest

from blender_bridge import SparseWeights
from blender_bridge.pipeline import options as command_line
from blender_bridge.pipeline.errors import UsageError
from blender_bridge.pipeline.heat import css_gradient, heat_colours
from blender_bridge.pipeline.markup import Html, element, join, table
from blender_bridge.pipeline.model import CostumeMesh
from blender_bridge.pipeline.quality import distortion_measures
from blender_bridge.pipeline.report import build_report
from blender_bridge.pipeline.report_page import Picture, report_page
from blender_bridge.pipeline.run_log import RunLog

NASTY = '<script>alert("1")</script>'
NAMES = ["Top", NASTY, "手袋🧤", "a&b'c$x"]
VOID = {"meta", "img"}


class Page(HTMLParser):
    """Checks that elements are closed in order; collects texts, tags, attributes and images."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.texts, self.attributes = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)


def png(width, height, value):
    """A grey PNG, written from the format's specification."""

    def chunk(kind, data):
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([value] * width)) * height
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def measures(name, **changes):
    values = {
        "name": name, "vertices": 1234, "triangles": 2400, "shape_keys": ["Big"],
        "largest_sum_error": 1e-7, "most_influences": 4, "unweighted": 0, "deep_vertices": 1,
        "deep_share": 0.001, "deepest": 0.0012, "asymmetry": 1e-6, "wrong_side": 0,
        "weight_quality": {"mean_influences": 2.5, "gradient_energy": 31.0},
        "distortion": {"median_longest": 1.1, "median_shortest": 0.9, "inverted_faces": 3,
                       "percentile_99_longest": 1.9, "percentile_1_shortest": 0.6},
    }  # fmt: skip
    return {**values, **changes}


@pytest.fixture
def report():
    options = command_line.parse(
        ["--input=/x/夏<b>.fbx", "--output=o u t.fbx", "--base-fbx=b.fbx", "--config=c.json",
         "--init-pose=i.json", "--report-html=r.html"]
    )  # fmt: skip
    log = RunLog(quiet=True)
    with log.phase("shape", NASTY) as phase:
        phase.result = {"deep_before": 77, "deepest_before": 0.0055, "largest_push": 0.004}
    with log.phase("render"):
        pass
    log.warn(f"mesh {NASTY!r} is hidden", "show it")
    log.warn("手袋🧤 & co", "nothing < something")
    made = build_report(options, log, meshes=[measures(name) for name in NAMES])
    made["files"] = [{"path": "/x/夏<b>.fbx", "bytes": 5000, "sha256": "ab" * 32}]
    return made


def test_the_page_is_whole_and_names_everything(report):
    page = Page(report_page(report, []))
    for name in NAMES:
        assert page.text.count(name) >= 3, name
    for warning in report["warnings"]:
        assert warning["text"] in page.text and warning["advice"] in page.text
    assert "夏<b>.fbx" in page.text and "ab" * 32 in page.text
    assert report["command"] in page.text and "'--output=o u t.fbx'" in report["command"]
    assert {report["versions"][key] for key in ("numpy", "python")} <= set(page.texts)
    assert "5.50" in page.texts and "77" in page.texts  # what the repair found
    assert "script" not in page.tags and "b.fbx" not in page.tags


def test_nothing_outside_is_referred_to(report):
    text = report_page(report, [Picture("Before", "c", png(2, 3, 9))])
    page = Page(text)
    for tag, name, value in page.attributes:
        assert name not in ("href", "srcset", "action", "data", "poster") and name[:2] != "on"
        if name == "src":
            assert (tag, value[:22]) == ("img", "data:image/png;base64,")
    assert not {"script", "link", "iframe", "object", "embed", "form"} & set(page.tags)
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style and "@import" not in style
    assert ("meta", "http-equiv", "Content-Security-Policy") in page.attributes


def test_pictures_are_the_bytes_that_were_given(report):
    given = [Picture(f"<i>{n}", "what", png(3, 4, n), ("0", "3 > 2")) for n in (0, 200)]
    page = Page(report_page(report, given))
    found = [value for tag, name, value in page.attributes if (tag, name) == ("img", "src")]
    assert [base64.b64decode(data.partition(",")[2]) for data in found] == [p.png for p in given]
    assert "<i>200" in page.texts and "3 > 2" in page.texts


def test_what_is_outside_its_limits_is_marked(report):
    def bad(page):
        return [value for _, name, value in page.attributes if (name, value) == ("class", "bad")]

    assert not bad(Page(report_page(report, [])))
    report["meshes"] = [
        measures("A", unweighted=2), measures("B", deep_share=0.02, most_influences=5)
    ]  # fmt: skip
    page = Page(report_page(report, []))
    assert len(bad(page)) == 3
    assert {"2", "2.00 %", "5"} <= set(page.texts)


def test_a_failed_run_has_a_page_too(report):
    report.update(exit_code=3, error=f"{NASTY}: is missing", meshes=[], phases=[], pairs=[])
    page = Page(report_page(report, []))
    assert f"{NASTY}: is missing" in page.text and "exit code 3" in page.text


def test_bars_are_as_long_as_the_phases(report):
    report["phases"] = [
        {"name": name, "detail": "", "wall": wall, "cpu": wall / 2, "cpu_share": 0.5,
         "peak_memory": None, "result": {}}
        for name, wall in (("import", 2.0), ("shape", 1.0), ("render", 90.0))
    ]  # fmt: skip
    widths = re.findall(r'class="(wall|cpu)" style="width:([\d.]+)%', report_page(report, []))
    expected = [100.0, 50.0, 50.0, 25.0, 100.0, 100.0]
    assert [float(width) for _, width in widths] == expected


def test_markup_escapes_once():
    assert element("td", "<&>") == "<td>&lt;&amp;&gt;</td>"
    assert join(["<", Html("<br>")]) == "&lt;<br>"
    assert "<td>&lt;td</td>" in table(("a",), [("<td",)])
    assert element("p", element("b", "x") + "<") == "<p><b>x</b>&lt;</p>"


def test_pictures_need_a_page():
    needed = ["--input=a", "--output=b", "--base-fbx=c", "--config=d", "--init-pose=e"]
    with pytest.raises(UsageError, match="--report-html"):
        command_line.parse([*needed, "--renders"])
    assert command_line.parse([*needed, "--report-html=x"]).quality


def test_heat_colours_begin_and_end_where_the_legend_does():
    ends = heat_colours(np.array([-1.0, 0.0, 1.0, 9.0]))
    np.testing.assert_array_equal(ends[0], ends[1])
    np.testing.assert_array_equal(ends[2], ends[3])
    colours = np.array(re.findall(r"rgb\((\d+),(\d+),(\d+)\)", css_gradient()), float) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    steps = heat_colours(np.linspace(0, 1, len(colours)))[:, :3]
    np.testing.assert_allclose(linear, steps, atol=5e-3)


def test_distortion_of_a_stretched_sheet():
    x, y = np.meshgrid(np.arange(5.0), np.arange(4.0))
    points = np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3).astype(np.float32)
    corner = (np.arange(3)[:, None] * 5 + np.arange(4)).ravel()
    quads = np.stack([corner, corner + 1, corner + 6, corner + 5], axis=1)
    triangles = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3).astype(np.uint32)
    rows = SparseWeights.from_dense(np.ones((len(points), 1), np.float32))
    before = CostumeMesh("Sheet", points, triangles, np.empty((0, 2), np.uint32), rows)
    scale = np.array([3.0, 0.5, 1.0], np.float32)
    after = CostumeMesh("Sheet", points * scale, triangles, before.edges, rows)
    found = distortion_measures(before, after)
    assert found["median_longest"] == pytest.approx(3.0)
    assert found["percentile_1_shortest"] == pytest.approx(0.5)
    assert found["inverted_faces"] == 0
