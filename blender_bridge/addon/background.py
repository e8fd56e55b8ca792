# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that compute beside Blender's window: it stays alive, shows progress, and ESC cancels.

Blender's data may be touched on the main thread alone. So an operator reads arrays first
(`prepare`), computes on them on a thread of its own (`compute`), and writes arrays at the end
(`finish`); nothing has been written when it is cancelled or fails.
"""

import threading

import bpy

from ..errors import Cancelled, HemlineError
from ..progress import CancelFlag

#: Seconds between two looks at the thread.
INTERVAL = 0.1


class Computation:
    """A function of `(progress, cancel)` that runs on a thread of its own."""

    def __init__(self, function):
        self.fraction = 0.0
        self.cancel = CancelFlag()
        self.result = None
        self.error = None
        self._function = function
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        """Begins to compute."""
        self._thread.start()

    def join(self):
        """Waits for the end; the result, or raises what the function raised."""
        self._thread.join()
        if self.error is not None:
            raise self.error
        return self.result

    @property
    def is_running(self):
        """Whether there is no result yet."""
        return self._thread.is_alive()

    def _run(self):
        try:
            self.result = self._function(self._report, self.cancel)
        except BaseException as error:  # the main thread raises it again
            self.error = error

    def _report(self, fraction):
        self.fraction = fraction


class BackgroundOperator:
    """What the operators share; they also inherit `bpy.types.Operator`.

    `prepare(context)` returns the function to compute, `finish(context, result)` writes its result
    and returns the text that the status bar shows.
    """

    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        """Without a window: computes and waits."""
        try:
            result = self.prepare(context)(lambda fraction: None, CancelFlag())
            self.report({"INFO"}, self.finish(context, result))
        except HemlineError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def invoke(self, context, event):
        """With a window: computes on a thread, with a progress bar."""
        if bpy.app.background:
            return self.execute(context)
        try:
            self._computation = Computation(self.prepare(context))
        except HemlineError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        manager = context.window_manager
        self._timer = manager.event_timer_add(INTERVAL, window=context.window)
        manager.progress_begin(0, 100)
        manager.modal_handler_add(self)
        self._computation.start()
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        """Looks at the thread at each tick of the timer."""
        if event.type == "ESC":
            self._computation.cancel.set()
        if event.type != "TIMER":
            return {"RUNNING_MODAL"}
        percent = 100 * self._computation.fraction
        context.window_manager.progress_update(percent)
        context.workspace.status_text_set(f"{self.bl_label}: {percent:.0f} %   ESC")
        if self._computation.is_running:
            return {"RUNNING_MODAL"}
        return self._end(context)

    def _end(self, context):
        context.window_manager.event_timer_remove(self._timer)
        context.window_manager.progress_end()
        context.workspace.status_text_set(None)
        try:
            self.report({"INFO"}, self.finish(context, self._computation.join()))
        except Cancelled:
            self.report({"WARNING"}, "Cancelled: nothing was changed")
            return {"CANCELLED"}
        except HemlineError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        redraw(context)
        return {"FINISHED"}


def redraw(context):
    """Has the panel drawn again, with the results."""
    for area in context.screen.areas:
        area.tag_redraw()
