# SPDX-License-Identifier: GPL-3.0-or-later
"""One job in a process of its own, which ends with the process that started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ..pipeline import options as command_line
from ..pipeline.errors import ExitCode
from ..pipeline.parent import END_WITH_STDIN
from ..pipeline.report_tables import bad_count
from ..version import __version__
from .job import Job
from .state import JobState, hashed, save_state

#: Seconds that a job may take beyond its time limit, before it is ended from outside.
GRACE = 60.0

_RETARGET = Path(__file__).parents[1] / "retarget.py"


def retarget_command(blender: Path | None) -> list[str]:
    """What runs `retarget`, before its arguments.

    blender: Blender's executable; None: the one that this runs in, or this Python with its `bpy`.
    """
    running = sys.modules.get("bpy")
    executable = blender or (running and running.app.binary_path)
    if executable:
        start = [str(executable), "--background", "--factory-startup", "--python"]
        return [*start, str(_RETARGET), "--"]
    return [sys.executable, str(_RETARGET), "--"]


def processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_job(
    job: Job,
    command: list[str],
    threads: int,
    started: Callable[[subprocess.Popen], None] = lambda process: None,
) -> JobState:
    """Runs a job to its end, whatever that is, and keeps its state.

    threads: those of the job, where its own options name none. started: is told of the process.
    """
    begin = time.perf_counter()
    try:
        _make_room(job)
        state = _state(job, _run(job, command, threads, started))
    except OSError as error:
        place = error.filename or job.folder
        state = JobState(ExitCode.OUTPUT, f"{place}: {error.strerror or error}")
    except Exception as error:  # a fault of one job must not end the others
        state = JobState(ExitCode.FAILED, f"{type(error).__name__}: {error}")
    state.wall = time.perf_counter() - begin
    return _saved(job, state)


def _make_room(job):
    job.folder.mkdir(parents=True, exist_ok=True)
    # What an earlier run left is no longer how the job ended, or was not finished.
    unfinished = [path for path in job.folder.iterdir() if ".partial" in path.suffixes]
    for path in (job.state, job.report, *unfinished):
        path.unlink(missing_ok=True)


def _run(job, command, threads, started):
    """The process's exit code; of one that was ended by a signal minus its number."""
    arguments = job.command_line()
    options = command_line.parse(arguments)
    if options.threads is None:
        arguments.append(f"--threads={threads}")
    environment = {
        **os.environ, END_WITH_STDIN: "1", "PYTHONIOENCODING": "utf-8:backslashreplace"
    }  # fmt: skip
    with open(job.log, "wb") as log:
        process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            # Ctrl+C is for the batch, which ends its jobs itself.
            start_new_session=True,
        )
    try:
        started(process)
        return process.wait(options.time_limit and options.time_limit + GRACE)
    except subprocess.TimeoutExpired:
        return ExitCode.TIME_LIMIT
    finally:
        process.kill()
        process.wait()
        process.stdin.close()


def _state(job, exit_code) -> JobState:
    report = _report(job)
    if report is None:
        return JobState(exit_code or ExitCode.FAILED, _last_words(job, exit_code))
    total = report["total"]
    state = JobState(
        exit_code,
        report["error"] if exit_code == report["exit_code"] else _last_words(job, exit_code),
        cpu=total["cpu"],
        peak_memory=total["peak_memory"],
        warnings=len(report["warnings"]),
        outside_limits=bad_count(report),
    )
    if state.is_done:
        state.program, state.arguments = __version__, list(job.arguments)
        state.files, state.output_sha256 = report["files"], hashed(job.output).sha256
    return state


def _report(job):
    try:
        return json.loads(job.report.read_bytes())
    except (OSError, ValueError):
        return None


def _last_words(job, exit_code) -> str:
    """Why a process ended, as far as can be told from outside."""
    lines = job.log.read_text(encoding="utf-8", errors="replace").splitlines()
    told = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    if told:
        return "\n".join(told)
    if exit_code == ExitCode.TIME_LIMIT:
        return f"did not stop at its time limit and was ended {GRACE:g} s later"
    if exit_code < 0:
        return f"was ended by signal {-exit_code}" + (
            " (SIGKILL: the system does that where memory runs out)" if exit_code == -9 else ""
        )
    return f"ended with exit code {exit_code} and without a report; its log tells more"


def _saved(job, state):
    try:
        save_state(job, state)
    except Exception as error:
        state.exit_code = state.exit_code or ExitCode.OUTPUT
        state.message = state.message or str(error)
    return state
