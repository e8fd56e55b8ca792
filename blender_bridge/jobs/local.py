# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs beside each other on this machine, as many as its processors and its memory allow."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from ..pipeline.errors import ExitCode
from .job import Job
from .memory import MemoryBudget
from .process import run_job
from .state import JobState

# Ends of a job that may be due to the others' memory; SIGKILL is what Linux ends such a job by.
_SHORT_OF_MEMORY = (ExitCode.MEMORY, -9)


def run_local(
    jobs: list[Job],
    command: list[str],
    *,
    parallel: int,
    threads: int,
    budget: MemoryBudget,
    told: Callable[[Job], None],
) -> Iterator[tuple[Job, JobState]]:
    """Runs all jobs and yields each as it ends; whoever stops listening ends those that run.

    parallel: most jobs at a time; threads: those of each; told: hears of each job that starts.
    """
    processes = _Processes()
    waiting, running, shared = list(jobs), {}, set()
    with ThreadPoolExecutor(parallel) as pool:
        try:
            while waiting or running:
                for job in _startable(waiting, running.values(), parallel, budget):
                    waiting.remove(job)
                    told(job)
                    future = pool.submit(run_job, job, command, threads, processes.add)
                    running[future] = job
                if len(running) > 1:
                    shared.update(job.name for job in running.values())
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    job, state = running.pop(future), future.result()
                    budget.learn(job, state.peak_memory)
                    if state.exit_code in _SHORT_OF_MEMORY and job.name in shared:
                        shared.discard(job.name)
                        budget.run_alone(job)
                        waiting.append(job)
                    else:
                        yield job, state
        finally:
            processes.end()


def _startable(waiting, running, parallel, budget) -> list[Job]:
    """The jobs that can start now; one that does not fit does not hold up those after it."""
    chosen, beside = [], list(running)
    for job in waiting:
        if len(beside) < parallel and budget.fits(job, beside):
            chosen.append(job)
            beside.append(job)
    return chosen


class _Processes:
    """The processes of the jobs, to be ended from another thread than their own."""

    def __init__(self):
        self._lock, self._all, self._ended = threading.Lock(), [], False

    def add(self, process: subprocess.Popen) -> None:
        with self._lock:
            self._all.append(process)
            if self._ended:
                process.kill()

    def end(self) -> None:
        with self._lock:
            self._ended = True
            for process in self._all:
                process.kill()
