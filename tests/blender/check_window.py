"""The add-on in a real window: the panel is drawn, the modal operator runs, cancels and is undone.

usage: xvfb-run blender --factory-startup --python tests/blender/check_window.py -- SCREENSHOT.png

Not a pytest module: the checks are steps between which Blender's own loop must run. Leaves with
status 0 when all of them held.
"""

import os
import sys
import traceback
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(ROOT / "tests" / "blender")]

import scenes  # noqa: E402

import blender_bridge  # noqa: E402
from blender_bridge.addon import panel, results  # noqa: E402
from blender_bridge.blender import vertex_groups  # noqa: E402

SECONDS_BETWEEN_STEPS = 0.5
MOST_WAITS = 120


def view():
    """Context members of the 3D view."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
    region = next(region for region in area.regions if region.type == "WINDOW")
    return {"window": window, "area": area, "region": region}


def run_modal(operator, job):
    """Starts an operator as a click on its button does, and waits for its results."""
    with bpy.context.temp_override(**view()):
        assert operator("INVOKE_DEFAULT") == {"RUNNING_MODAL"}
    waits = 0
    while not any(result.job == job for result in bpy.context.scene.hemline.results):
        waits += 1
        assert waits < MOST_WAITS, f"{job} does not end"
        yield


def screenshot(path):
    """A picture of the window."""
    with bpy.context.temp_override(**view()):
        bpy.ops.screen.screenshot(filepath=str(path))
    assert Path(path).stat().st_size > 10_000, "the screenshot is empty"


def open_all_panels():
    """Has every panel drawn; returns the set of those that were drawn to their end."""
    drawn = set()

    def watched(kind):
        draw = kind.draw

        def draw_and_tell(self, context):
            draw(self, context)
            drawn.add(kind.__name__)

        return draw_and_tell

    for kind in panel.CLASSES:
        kind.bl_options = set()
        kind.draw = watched(kind)
    return drawn


def steps(path):
    """The checks; each `yield` lets Blender's loop run."""
    # Blender before 4.2 cannot choose the sidebar's tab by script: the panel goes to the open one.
    panel.SidebarPanel.bl_category = "Item"
    drawn = open_all_panels()
    blender_bridge.register()
    settings = bpy.context.scene.hemline
    settings.retarget_report = True
    settings.retarget_output = str(path.with_suffix(".fbx"))
    path.with_suffix(".html").write_text("a report that can be opened", encoding="utf-8")
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.object.delete()
    body, outfits = scenes.weighted_body_and_outfit()
    for obj in (*outfits, body):
        obj.select_set(True)
    bpy.context.view_layer.objects.active = body
    view()["area"].spaces.active.show_region_ui = True
    with bpy.context.temp_override(**view()):
        bpy.ops.view3d.view_selected()
    bpy.ops.ed.undo_push(message="before")
    names = [obj.name for obj in outfits]
    yield

    results.show_retarget(settings, scenes.report_of(outfits[0]))
    yield from run_modal(bpy.ops.hemline.transfer_weights, "TRANSFER")
    yield from run_modal(bpy.ops.hemline.smooth_weights, "SMOOTH")
    assert all(vertex_groups.vertex_group_names(bpy.data.objects[name]) for name in names)
    yield
    screenshot(path)
    # The add-on's preferences are not there: it is registered, not enabled.
    expected = {kind.__name__ for kind in panel.CLASSES} - {panel.PreferencesPanel.__name__}
    assert drawn == expected, f"panels that were not drawn: {expected - drawn}"

    for _ in ("smoothing", "transfer"):
        with bpy.context.temp_override(**view()):
            bpy.ops.ed.undo()
        yield
    assert not any(vertex_groups.vertex_group_names(bpy.data.objects[name]) for name in names), (
        "undo left vertex groups"
    )


def main():
    """Runs the steps on Blender's timer."""
    path = Path(sys.argv[sys.argv.index("--") + 1]).resolve()
    running = steps(path)

    def step():
        try:
            next(running)
        except StopIteration:
            print(f"window: all checks held, {path}", flush=True)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        return SECONDS_BETWEEN_STEPS

    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(step, first_interval=1.0)


main()
