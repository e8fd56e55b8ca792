# SPDX-License-Identifier: GPL-3.0-or-later
"""What came of a whole batch: a table for the terminal, and the same as JSON."""

from __future__ import annotations

import enum
import unicodedata
from dataclasses import dataclass

from ..pipeline.errors import ExitCode
from ..version import __version__
from .job import Job
from .job_file import JobFile
from .state import JobState


class Outcome(str, enum.Enum):
    """What a batch did with a job."""

    DONE = "done"
    UNCHANGED = "unchanged"
    """The result of an earlier run is still what it would be."""
    FAILED = "failed"
    WAITING = "not run"
    """The batch was stopped before, or goes on still."""


@dataclass(frozen=True)
class Entry:
    """A job and what came of it."""

    job: Job
    outcome: Outcome = Outcome.WAITING
    state: JobState | None = None


def ended(job: Job, state: JobState) -> Entry:
    """The entry of a job that has run."""
    return Entry(job, Outcome.DONE if state.is_done else Outcome.FAILED, state)


def exit_code(entries: list[Entry]) -> ExitCode:
    """That of a batch which was not stopped."""
    failed = any(entry.outcome == Outcome.FAILED for entry in entries)
    return ExitCode.JOBS_FAILED if failed else ExitCode.DONE


def counts_text(entries: list[Entry]) -> str:
    """For example "3 done, 1 failed"."""
    counts = [(sum(entry.outcome == kind for entry in entries), kind.value) for kind in Outcome]
    return ", ".join(f"{count} {name}" for count, name in counts if count) or "no jobs"


def build_summary(batch: JobFile, entries: list[Entry], wall: float) -> dict:
    """The whole summary; plain numbers, texts, lists and dictionaries. wall: seconds."""
    return {
        "job_file": str(batch.path),
        "hemline": __version__,
        "wall": wall,
        "counts": {kind.value: sum(entry.outcome == kind for entry in entries) for kind in Outcome},
        "jobs": [_job(entry) for entry in entries],
    }


def summary_table(entries: list[Entry]) -> str:
    """A line for each job, and the reason below each that failed."""
    width = max([_width(entry.job.name) for entry in entries] + [3])
    header = f"{'job':<{width}}  {'':<9} {'wall s':>8} {'CPU s':>8} {'MB':>6} {'warnings':>8} "
    lines = [header + f"{'off limits':>10}"]
    for entry in entries:
        name = entry.job.name + " " * (width - _width(entry.job.name))
        lines.append(f"{name}  {entry.outcome.value:<9} {_figures(entry.state)}".rstrip())
        if entry.outcome == Outcome.FAILED:
            lines += [f"  {line}" for line in failure(entry).splitlines()]
    return "\n".join(lines)


def failure(entry: Entry) -> str:
    """Why a job failed, and where to read more."""
    state = entry.state
    return f"{state.message} (exit code {int(state.exit_code)}; {entry.job.log})"


def _figures(state):
    if state is None:
        return ""
    peak = "" if state.peak_memory is None else f"{state.peak_memory / 2**20:.0f}"
    times = f"{state.wall:>8.1f} {state.cpu:>8.1f} {peak:>6}"
    return f"{times} {state.warnings:>8} {state.outside_limits:>10}"


def _job(entry):
    job, state = entry.job, entry.state
    files = {
        "output": str(job.output), "report": str(job.report), "page": str(job.page),
        "log": str(job.log),
    }  # fmt: skip
    found = {"name": job.name, "outcome": entry.outcome.value, **files}
    if state is not None:
        names = ("message", "wall", "cpu", "peak_memory", "warnings", "outside_limits")
        found["exit_code"] = int(state.exit_code)
        found.update({name: getattr(state, name) for name in names})
    return found


def _width(text):
    """Columns of a terminal that a text takes: East Asian letters take two."""
    return sum(
        0 if unicodedata.combining(letter) else
        2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )  # fmt: skip
