# SPDX-License-Identifier: GPL-3.0-or-later
"""The job "retarget outfit": the command line of `retarget.py` in a Blender of its own.

Another process, as the job clears its scene and runs for seconds: the user's scene stays as it
is, the window stays alive, and ESC ends it.
"""

import json
import queue
import re
import shlex
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import bpy

from ..pipeline import options as command_line_options
from . import results
from .background import INTERVAL, redraw

SCRIPT = Path(__file__).resolve().parents[1] / "retarget.py"

#: Progress that the command line prints.
PROGRESS = re.compile(r"^Progress: (\d\.\d+)$")

#: Lines of output that an error message quotes at most.
QUOTED_LINES = 6


def arguments_of(settings, check):
    """The command line after `--`; raises ValueError with what is missing, or an open quote."""
    if not settings.pairs:
        raise ValueError("add at least one avatar")
    paths = {
        "--input": [settings.retarget_input],
        "--output": [settings.retarget_output],
        "--base-fbx": [pair.base_fbx for pair in settings.pairs],
        "--config": [pair.config for pair in settings.pairs],
        "--init-pose": [settings.retarget_pose],
    }
    for option, values in paths.items():
        if not all(values):
            raise ValueError(f"a file is missing for {option}")
    options = [
        f"{option}={';'.join(bpy.path.abspath(value) for value in values)}"
        for option, values in paths.items()
    ]
    options += further_options(settings.retarget_options)
    if check:
        return [*options, "--check"]
    if settings.retarget_report:
        options += [f"--report-html={report_of(settings)}", "--renders"]
    return options


def further_options(text):
    """Options as on a command line; quotes hold spaces, backslashes separate folders."""
    words = shlex.shlex(text, posix=True)
    words.whitespace_split, words.escape, words.commenters = True, "", ""
    return list(words)


def report_of(settings):
    """The page beside the result; empty while no result is named."""
    output = bpy.path.abspath(settings.retarget_output)
    return str(Path(output).with_suffix(".html")) if output else ""


def command_line(arguments):
    """Blender without a window, or this Python where Blender is a module."""
    if bpy.app.binary_path:
        blender = [bpy.app.binary_path, "--background", "--factory-startup", "--python"]
        return [*blender, str(SCRIPT), "--", *arguments]
    return [sys.executable, str(SCRIPT), "--", *arguments]


class Process:
    """The other Blender; its output is read on a thread."""

    def __init__(self, command):
        self.lines = []
        self._queue = queue.Queue()
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._queue.put(line.rstrip())

    def poll(self):
        """Takes over what was printed; the exit code, None while it runs."""
        code = self._process.poll()
        if code is not None:
            # Its last words, which say why it failed, may be on their way still.
            self._reader.join()
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        return code

    def wait(self):
        """Waits for the end; the exit code."""
        code = self._process.wait()
        self.poll()
        return code

    def kill(self):
        """Ends it at once; it leaves no half-written file."""
        self._process.kill()
        self._process.wait()

    def percent(self):
        """The last progress that it printed, 0 to 100."""
        for line in reversed(self.lines):
            found = PROGRESS.search(line)
            if found:
                return 100.0 * float(found.group(1))
        return 0.0


class RetargetOutfit(bpy.types.Operator):
    """Carry an outfit from its avatar to another one, file to file"""

    bl_idname = "hemline.retarget_outfit"
    bl_label = "Retarget Outfit"
    bl_options = {"REGISTER"}

    check: bpy.props.BoolProperty(
        name="Check",
        description="Only tell what is wrong with the files",
        options={"SKIP_SAVE"},
    )

    def execute(self, context):
        """Without a window: waits for the end."""
        process = self._start(context)
        return {"CANCELLED"} if process is None else self._report(context, process, process.wait())

    def invoke(self, context, event):
        """With a window: looks at the process at each tick of a timer."""
        if bpy.app.background:
            return self.execute(context)
        self._process = self._start(context)
        if self._process is None:
            return {"CANCELLED"}
        manager = context.window_manager
        self._timer = manager.event_timer_add(INTERVAL, window=context.window)
        manager.progress_begin(0, 100)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        """Shows progress; ESC ends the process."""
        if event.type == "ESC":
            self._process.kill()
            self._close(context)
            self._folder.cleanup()
            self.report({"WARNING"}, "Cancelled: nothing was changed")
            return {"CANCELLED"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        code = self._process.poll()
        percent = self._process.percent()
        context.window_manager.progress_update(percent)
        context.workspace.status_text_set(f"{self.bl_label}: {percent:.0f} %   ESC")
        if code is None:
            return {"PASS_THROUGH"}
        self._close(context)
        redraw(context)
        return self._report(context, self._process, code)

    def _start(self, context):
        self._folder = tempfile.TemporaryDirectory(prefix="hemline-")
        try:
            arguments = arguments_of(context.scene.hemline, self.check)
            # First: a `--report` among the further options takes its place.
            self._arguments = [f"--report={self._folder.name}/report.json", *arguments]
            return Process(command_line([*self._arguments, "--quality"]))
        except (ValueError, OSError) as error:
            self._folder.cleanup()
            self.report({"ERROR"}, str(error))
            return None

    def _close(self, context):
        context.window_manager.event_timer_remove(self._timer)
        context.window_manager.progress_end()
        context.workspace.status_text_set(None)

    def _report(self, context, process, code):
        with self._folder:
            if code == 0 and not self.check:
                results.show_retarget(context.scene.hemline, self._written_report())
        if code == 0:
            self.report({"INFO"}, "The files are in order" if self.check else "Retargeted")
            return {"FINISHED"}
        said = [line for line in process.lines if line.strip()][-QUOTED_LINES:]
        self.report({"ERROR"}, "\n".join(said) or f"Blender ended with status {code}")
        return {"CANCELLED"}

    def _written_report(self):
        path = command_line_options.parse(self._arguments).report
        return json.loads(path.read_text(encoding="utf-8"))


class AddPair(bpy.types.Operator):
    """Add an avatar to the chain"""

    bl_idname = "hemline.add_pair"
    bl_label = "Add Avatar"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        """Appends an empty pair."""
        settings = context.scene.hemline
        settings.pairs.add()
        settings.active_pair = len(settings.pairs) - 1
        return {"FINISHED"}


class RemovePair(bpy.types.Operator):
    """Remove the last avatar of the chain"""

    bl_idname = "hemline.remove_pair"
    bl_label = "Remove Avatar"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        """Needs a pair."""
        return len(context.scene.hemline.pairs) > 0

    def execute(self, context):
        """Removes the last pair."""
        settings = context.scene.hemline
        settings.pairs.remove(len(settings.pairs) - 1)
        return {"FINISHED"}


CLASSES = (RetargetOutfit, AddPair, RemovePair)
