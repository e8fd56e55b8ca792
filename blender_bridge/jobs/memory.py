# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory jobs take together: sizes, what the machine has, and estimates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .job import Job

#: What a job is taken to need as long as none has been measured: a chain of 100,000 vertices.
FIRST_ESTIMATE = 1 << 30
#: The share of the available memory that is usable.
SHARE = 0.8

_UNITS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?", re.IGNORECASE)


def parse_size(text: str) -> int:
    """Bytes of a text such as "1.5 GB"; units are powers of 1024. Raises ValueError."""
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * 1024 ** _UNITS[found[2].upper()]) if found else 0
    if size < 1:
        raise ValueError(f'is {text!r}, expected a size such as "6 GB" or "800 MB"')
    return size


def usable_memory() -> int | None:
    """Bytes that a batch uses if it is not told; None where the system tells nothing."""
    available = _available_memory()
    return None if available is None else int(SHARE * available)


def _available_memory():
    try:
        import psutil

        return psutil.virtual_memory().available
    except ImportError:
        return _available_on_linux()


def _available_on_linux():
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    return next((1024 * int(size) for size in sizes), None)


class MemoryBudget:
    """Which jobs may run beside each other.

    limit: bytes for all together, None: no limit. first: the estimate of a job as long as no job
    has been measured.
    """

    def __init__(self, limit: int | None, first: int = FIRST_ESTIMATE):
        self.limit, self._first = limit, first
        self._peaks: dict[str, int] = {}
        self._alone: set[str] = set()

    def learn(self, job: Job, peak: int | None) -> None:
        """Takes note of the most that a job has used."""
        if peak:
            self._peaks[job.name] = peak

    def run_alone(self, job: Job) -> None:
        """From now on nothing runs beside this job."""
        self._alone.add(job.name)

    def estimate(self, job: Job) -> int:
        """What a job is expected to need: the user's word, its last peak, or the others' most."""
        known = job.memory or self._peaks.get(job.name)
        return known or max(self._peaks.values(), default=self._first)

    def fits(self, job: Job, running: Iterable[Job]) -> bool:
        """Whether a job may start now; one that is too large for the limit runs by itself."""
        running = list(running)
        if not running:
            return True
        if job.name in self._alone or any(other.name in self._alone for other in running):
            return False
        used = sum(map(self.estimate, running))
        return self.limit is None or used + self.estimate(job) <= self.limit
