# SPDX-License-Identifier: GPL-3.0-or-later
"""How a job ended, kept beside its output, and whether it has to run again."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path

from ..pipeline import options as command_line
from ..pipeline.errors import ExitCode, RetargetError
from ..pipeline.input_files import FileHash, hash_file, input_files
from ..pipeline.report import write_report
from ..version import __version__
from .job import Job


@dataclass
class JobState:
    """How a job ended; seconds, bytes."""

    exit_code: int
    #: What went wrong, empty where nothing did.
    message: str = ""
    wall: float = 0.0
    cpu: float = 0.0
    #: The largest resident size of its process; None where it is not known.
    peak_memory: int | None = None
    warnings: int = 0
    #: Measures of the result that are outside their limits.
    outside_limits: int = 0
    #: What the result was made of: version of hemline, arguments, every input; of a finished job.
    program: str = ""
    arguments: list[str] = field(default_factory=list)
    files: list[dict] = field(default_factory=list)
    output_sha256: str = ""

    @property
    def is_done(self) -> bool:
        """Whether there is a result."""
        return self.exit_code == ExitCode.DONE


def load_state(job: Job) -> JobState | None:
    """How a job ended when it ran last; None where nobody can tell."""
    try:
        values = json.loads(job.state.read_bytes())
        return JobState(**{entry.name: values[entry.name] for entry in fields(JobState)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save_state(job: Job, state: JobState) -> None:
    """Keeps how a job ended, whole or not at all."""
    write_report(job.state, asdict(state))


def reason_to_run(job: Job, state: JobState | None) -> str:
    """Why a job has to run, for people to read; empty: its result is what it would be again."""
    if state is None:
        return "new"
    if not state.is_done:
        return "failed last time"
    if state.program != __version__:
        return f"made by hemline {state.program}"
    if state.arguments != list(job.arguments):
        return "other options"
    try:
        now = [hashed(path) for path in input_files(command_line.parse(job.command_line()))]
        changed = _first_change([FileHash(**file) for file in state.files], now)
    except (OSError, RetargetError, TypeError):
        return "an input cannot be read"
    if changed:
        return f"{Path(changed).name} changed"
    if not job.output.is_file():
        return "no output"
    return "" if hashed(job.output).sha256 == state.output_sha256 else "the output was changed"


def hashed(path: Path) -> FileHash:
    """Size and SHA-256 of a file, read once as long as it does not change."""
    status = os.stat(path)
    return _hashed(path, status.st_size, status.st_mtime_ns)


@cache
def _hashed(path, _size, _time):
    return hash_file(path)


def _first_change(before: list[FileHash], now: list[FileHash]) -> str:
    for old, new in zip(before, now):
        if old != new:
            return new.path
    longer = max(before, now, key=len)[min(len(before), len(now)) :]
    return longer[0].path if longer else ""
