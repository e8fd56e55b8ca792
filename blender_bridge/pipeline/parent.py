# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that ends when the process that started it does, however that ends."""

import os
import threading

from .errors import ExitCode

#: The environment variable that asks for it: the standard input is a pipe that the parent holds.
END_WITH_STDIN = "HEMLINE_END_WITH_STDIN"


def end_with_parent() -> None:
    """From now on the end of the standard input ends this process, where that was asked for."""
    if os.environ.get(END_WITH_STDIN):
        threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end():
    while os.read(0, 1024):
        pass
    os._exit(ExitCode.CANCELLED)
