# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says and measures while it goes: status lines, a progress bar, times, warnings."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from ..errors import Cancelled
from ..progress import CancelFlag
from .errors import TimeLimitReached

BAR_WIDTH = 30


class RunWarning(NamedTuple):
    """Something that the user should know, and that does not end the run."""

    text: str
    #: What to do about it.
    advice: str


@dataclass
class Phase:
    """One stretch of a run; seconds of wall and processor time, bytes."""

    name: str
    detail: str
    wall: float = 0.0
    cpu: float = 0.0
    #: The largest resident size of the process so far; None where the system does not tell.
    peak_memory: int | None = None
    #: What the library's stage reports, by name.
    result: dict = field(default_factory=dict)

    @property
    def cpu_share(self) -> float:
        """Processors kept busy, of those that there are: 0 to 1."""
        return self.cpu / max(self.wall * (os.cpu_count() or 1), 1e-9)


class RunLog:
    """Times the phases of a run, tells the user about them, and ends it at its time limit.

    `cancel` is for the library's calls, which stop within moments of the time limit.
    """

    def __init__(self, *, expected=0, quiet=False, verbose=False, time_limit=None, stream=None):
        self.phases: list[Phase] = []
        self.warnings: list[RunWarning] = []
        self.cancel = CancelFlag()
        self._expected, self._quiet, self._verbose = expected, quiet, verbose
        self._stream = stream or sys.stdout
        self._limit = time_limit
        self._timer = None
        if time_limit is not None:
            self._timer = threading.Timer(time_limit, self.cancel.set)
            self._timer.daemon = True
            self._timer.start()

    @contextmanager
    def phase(self, name: str, detail: str = ""):
        """Times the block, which gets the `Phase`; past the time limit the run ends instead."""
        self._check_time()
        self._say(name, detail)
        measured = Phase(name, detail)
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield measured
        except Cancelled:
            self._check_time()
            raise
        measured.wall = time.perf_counter() - wall
        measured.cpu = time.process_time() - cpu
        measured.peak_memory = peak_memory_bytes()
        self.phases.append(measured)
        if self._verbose:
            self._line(f"  {measured.wall:.3f} s, CPU {measured.cpu:.3f} s")

    def warn(self, text: str, advice: str) -> None:
        """Tells the user of something that does not end the run, and what to do; said once."""
        warning = RunWarning(text, advice)
        if warning not in self.warnings:
            self.warnings.append(warning)
            if not self._quiet:
                self._line(f"Warning: {text}\n  {advice}")

    def close(self, summary: str = "") -> None:
        """Stops the timer and ends the progress bar."""
        if self._timer is not None:
            self._timer.cancel()
        if summary and not self._quiet:
            self._line(f"Status: {summary}")

    def _check_time(self):
        if self.cancel.is_set():
            raise TimeLimitReached(f"stopped: the run has taken {self._limit:g} s (--time-limit)")

    def _say(self, name, detail):
        if self._quiet:
            return
        done = min(len(self.phases) / max(self._expected, len(self.phases) + 1), 1.0)
        text = f"{name} {detail}".strip()
        if self._stream.isatty():
            filled = int(BAR_WIDTH * done)
            bar = "#" * filled + "." * (BAR_WIDTH - filled)
            self._stream.write(f"\r[{bar}] {100 * done:3.0f} % {text}\033[K")
        else:
            self._stream.write(f"Status: {text}\nProgress: {done:.2f}\n")
        self._stream.flush()

    def _line(self, text):
        start = "\r\033[K" if self._stream.isatty() else ""
        self._stream.write(f"{start}{text}\n")
        self._stream.flush()


def peak_memory_bytes() -> int | None:
    """The largest resident size of this process so far; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return _peak_by_psutil()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _peak_by_psutil():
    try:
        import psutil
    except ImportError:
        return None
    memory = psutil.Process().memory_info()
    return getattr(memory, "peak_wset", memory.rss)
