# SPDX-License-Identifier: GPL-3.0-or-later
"""`batch`: its command line, and a batch from the job file to the summary."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from ..pipeline import options as retarget_options
from ..pipeline.errors import ExitCode, RetargetError, SceneError, UsageError
from ..pipeline.inputs import load_inputs
from ..pipeline.report import write_report
from ..pipeline.whole_file import write_text
from . import job_file, memory
from .cluster import run_on_cluster
from .index_page import index_page
from .job import Job
from .job_file import JobFile
from .local import run_local
from .lock import alone_in
from .process import processors, retarget_command
from .sharing import arrange, emptied
from .state import JobState, load_state, reason_to_run
from .summary import (
    Entry,
    Outcome,
    build_summary,
    counts_text,
    ended,
    exit_code,
    failure,
    summary_table,
)

Ends = Iterator[tuple[Job, JobState]]


def parser() -> argparse.ArgumentParser:
    """The command line's definition."""
    made = argparse.ArgumentParser(
        prog="python -m blender_bridge batch",
        description="Runs every retarget that a job file names, and not again what is done.",
        allow_abbrev=False,
    )
    made.add_argument("job_file", type=Path, help="TOML, or JSON of the same structure")
    made.add_argument("--only", action="append", metavar="PATTERN", help="jobs by name; * and ?")
    made.add_argument("--again", action="store_true", help="run what is done as well")
    made.add_argument("--dry-run", action="store_true", help="say what would run and why")
    made.add_argument("--check", action="store_true", help="validate all jobs' files, run nothing")
    made.add_argument("--parallel", type=int, help="most jobs at a time; default: the processors")
    made.add_argument("--memory", type=_size, help='for all together, as in "6 GB"; default: '
                      "80 %% of what is available")  # fmt: skip
    made.add_argument("--job-memory", type=_size, help="of a job, until one has been measured")
    made.add_argument("--blender", type=Path, help="Blender's executable; default: bpy")
    made.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler's: jobs run there")
    made.add_argument("--quiet", action="store_true", help="say nothing but what failed")
    return made


def run(argv: list[str]) -> int:
    """Runs the command; its exit code."""
    options = parser().parse_args(argv)
    if options.parallel is not None and options.parallel < 1:
        raise UsageError(f"--parallel is {options.parallel}, expected 1 or more")
    batch = job_file.load_job_file(options.job_file)
    jobs = _chosen(batch.jobs, options.only)
    if options.check:
        return _check(jobs, options.quiet)
    try:
        with alone_in(batch.output):
            return _run(batch, jobs, options)
    except KeyboardInterrupt:
        print("Status: stopped; the same command goes on from here", file=sys.stderr)
        return ExitCode.CANCELLED


def _run(batch: JobFile, jobs: list[Job], options) -> int:
    states = {job.name: load_state(job) for job in batch.jobs}
    reasons = {job.name: reason_to_run(job, states[job.name]) for job in batch.jobs}
    entries = {job.name: _entry(job, states[job.name], reasons[job.name]) for job in batch.jobs}
    if options.again:
        reasons.update({job.name: reasons[job.name] or "asked for" for job in jobs})
    if options.dry_run:
        for job in jobs:
            print(f"{job.name}: {reasons[job.name] or 'unchanged, not run again'}")
        return ExitCode.DONE
    shared = batch.output / ".shared"
    to_run = arrange([job for job in jobs if reasons[job.name]], shared)
    log = _Log(len(to_run), reasons, options.quiet)
    progress = _Progress(batch, entries)
    progress.write()
    try:
        with emptied(shared):
            for job, state in _start(batch, to_run, states, options, log.started):
                entries[job.name] = ended(job, state)
                log.ended(entries[job.name])
                progress.write()
    finally:
        progress.write()
        if not options.quiet:
            print(summary_table(list(entries.values())))
            print(f"{counts_text(list(entries.values()))}: {batch.output / 'index.html'}")
    return exit_code(list(entries.values()))


def _entry(job: Job, state: JobState | None, reason: str) -> Entry:
    """A job's entry before the batch has run any."""
    return Entry(job) if reason else Entry(job, Outcome.UNCHANGED, state)


def _start(batch: JobFile, jobs: list[Job], states, options, told) -> Ends:
    """The jobs' ends as they come, from this machine or from a cluster."""
    if not jobs:
        return iter(())
    blender = options.blender or batch.blender
    budget = _budget(batch, jobs, states, options)
    if options.scheduler:
        return run_on_cluster(jobs, blender, address=options.scheduler, budget=budget, told=told)
    _require_blender(blender)
    parallel = options.parallel or batch.parallel or processors()
    return run_local(
        jobs,
        retarget_command(blender),
        parallel=parallel,
        threads=max(1, processors() // parallel),
        budget=budget,
        told=told,
    )


def _budget(batch: JobFile, jobs: list[Job], states, options) -> memory.MemoryBudget:
    """What the jobs may take together; a cluster's workers declare their memory themselves."""
    limit = None if options.scheduler else options.memory or batch.memory or memory.usable_memory()
    first = options.job_memory or batch.job_memory or memory.FIRST_ESTIMATE
    budget = memory.MemoryBudget(limit, first)
    for job in jobs:
        if state := states[job.name]:
            budget.learn(job, state.peak_memory)
    return budget


class _Log:
    """A line for each job's start and end."""

    def __init__(self, count: int, reasons: dict[str, str], quiet: bool):
        self._count, self._reasons, self._quiet, self._ended = count, reasons, quiet, 0

    def started(self, job: Job) -> None:
        if not self._quiet:
            print(f"Status: {job.name} ({self._reasons[job.name]})", flush=True)

    def ended(self, entry: Entry) -> None:
        self._ended += 1
        if entry.outcome == Outcome.FAILED:
            print(f"Error: {entry.job.name}: {failure(entry)}", file=sys.stderr, flush=True)
        if not self._quiet:
            text = f"{entry.job.name} {entry.outcome.value}, {entry.state.wall:.1f} s"
            print(f"Status: [{self._ended}/{self._count}] {text}", flush=True)
            print(f"Progress: {self._ended / self._count:.2f}", flush=True)


class _Progress:
    """The summary's files, which always tell how far the batch is."""

    def __init__(self, batch: JobFile, entries: dict[str, Entry]):
        self._batch, self._entries, self._begin = batch, entries, time.perf_counter()

    def write(self) -> None:
        entries = list(self._entries.values())
        wall = time.perf_counter() - self._begin
        folder = self._batch.output
        write_report(folder / "summary.json", build_summary(self._batch, entries, wall))
        write_text(folder / "index.html", index_page(self._batch, entries))


def _check(jobs: Iterable[Job], quiet: bool) -> int:
    """Validates the input files of all jobs, those of one after those of another."""
    bad = 0
    for job in jobs:
        # The job's own folder is not there yet.
        output = Path(tempfile.gettempdir(), "checked.fbx")
        options = retarget_options.parse([*job.arguments, f"--output={output}"])
        try:
            load_inputs(options)
            if not quiet:
                print(f"{job.name}: every input file is as it should be")
        except RetargetError as error:
            bad += 1
            for line in str(error).splitlines():
                print(f"Error: {job.name}: {line}", file=sys.stderr)
    return ExitCode.JOBS_FAILED if bad else ExitCode.DONE


def _chosen(jobs: list[Job], patterns: list[str] | None) -> list[Job]:
    if not patterns:
        return jobs
    for pattern in patterns:
        if not any(fnmatchcase(job.name, pattern) for job in jobs):
            raise UsageError(f"--only {pattern!r} is the name of no job")
    return [job for job in jobs if any(fnmatchcase(job.name, pattern) for pattern in patterns)]


def _require_blender(executable: Path | None) -> None:
    if executable:
        if shutil.which(executable) is None:
            raise UsageError(f"--blender {executable}: there is no such program")
    elif importlib.util.find_spec("bpy") is None:
        raise SceneError(
            "this Python has no Blender (`bpy`): install the bpy package, or name Blender's "
            "executable by --blender"
        )


def _size(text: str) -> int:
    try:
        return memory.parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
