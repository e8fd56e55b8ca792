# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs on the workers of a Dask cluster, which see the same files under the same paths.

The scheduler is Dask's (https://distributed.dask.org); a job is one task, run by `run_job`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..pipeline.errors import ExitCode, UsageError
from ..version import __version__
from .job import Job
from .lock import LOCK_FILE
from .memory import MemoryBudget
from .process import processors, retarget_command, run_job
from .state import JobState, save_state

#: Seconds to wait for the scheduler, and for its first worker.
PATIENCE = 20

#: The name of the resource that workers declare by `--resources "memory=…"`, bytes.
RESOURCE = "memory"


def run_on_cluster(
    jobs: list[Job],
    blender: Path | None,
    *,
    address: str,
    budget: MemoryBudget,
    told: Callable[[Job], None],
) -> Iterator[tuple[Job, JobState]]:
    """Runs all jobs on a cluster and yields each as it ends.

    A worker runs as many at a time as it has threads; where workers declare their memory, no more
    than fit there. If whoever listens stops, jobs that run go on to their end and keep their
    state, the others are called off. blender: Blender's executable on the workers, None: `bpy`.
    """
    distributed = _distributed()
    with _client(distributed, address) as client:
        largest = _check_workers(client, address, jobs[0].folder.parent)
        tasks = {}
        for job in jobs:
            told(job)
            share = min(budget.estimate(job), largest)
            task = client.submit(
                _run_on_worker, job, blender, pure=False, resources=largest and {RESOURCE: share}
            )
            tasks[task] = job
        for task in distributed.as_completed(tasks, loop=client.loop):
            yield tasks[task], _state(tasks[task], task)


def _distributed():
    try:
        import distributed
    except ImportError:
        raise UsageError("--scheduler needs Dask: pip install distributed") from None
    return distributed


def _client(distributed, address):
    try:
        return distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).strip() or type(error).__name__
        raise UsageError(f"--scheduler {address}: no scheduler answers there: {reason}") from None


class _Facts(NamedTuple):
    """What a worker says of itself."""

    version: str
    sees_results: bool
    #: Bytes that it declared; 0: it declared none.
    memory: float


def _check_workers(client, address, folder) -> float:
    """Whether every worker can do the jobs; the most memory that one declares, or 0."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise UsageError(f"--scheduler {address}: there is no worker") from None
    try:
        facts = client.run(_facts, folder)
    except Exception as error:
        raise UsageError(
            f"--scheduler {address}: a worker cannot import hemline ({error}); put the folder "
            "that holds blender_bridge on its PYTHONPATH"
        ) from None
    for worker, found in facts.items():
        if found.version != __version__:
            raise UsageError(f"worker {worker} has hemline {found.version}, not {__version__}")
        if not found.sees_results:
            raise UsageError(f"worker {worker} does not see {folder}; share it under that path")
    return max(found.memory for found in facts.values())


def _facts(folder: Path, dask_worker=None) -> _Facts:
    # Dask gives a function that it runs on all workers itself by this name.
    declared = dask_worker.state.total_resources.get(RESOURCE, 0)
    return _Facts(__version__, (folder / LOCK_FILE).exists(), declared)


def _run_on_worker(job: Job, blender: Path | None) -> JobState:
    from distributed import get_worker

    threads = max(1, processors() // get_worker().state.nthreads)
    return run_job(job, retarget_command(blender), threads)


def _state(job: Job, task) -> JobState:
    if task.status == "finished":
        return task.result()
    reason = task.exception() if task.status == "error" else f"Dask says it is {task.status}"
    state = JobState(ExitCode.FAILED, f"the cluster did not run it: {reason}")
    save_state(job, state)
    return state
