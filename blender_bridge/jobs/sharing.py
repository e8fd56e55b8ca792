# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs whose chains begin alike make the pairs that they share once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..pipeline import options as command_line
from .job import Job


def arrange(jobs: list[Job], folder: Path) -> list[Job]:
    """Gives jobs that begin alike the folder; of these the first come before all others.

    Whether they really share a pair is found out by what it is made of (`PairCache`).
    """
    alike: dict[tuple, list[Job]] = {}
    for job in jobs:
        alike.setdefault(_beginning(job), []).append(job)
    turns = {job.name: turn for group in alike.values() for turn, job in enumerate(group)}
    sharing = {job.name for group in alike.values() if len(group) > 1 for job in group}
    arranged = (replace(job, pair_cache=folder if job.name in sharing else None) for job in jobs)
    return sorted(arranged, key=lambda job: turns[job.name] > 0)


@contextmanager
def emptied(folder: Path) -> Iterator[None]:
    """The folder is empty at the beginning, and gone at the end."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _beginning(job: Job) -> tuple:
    """The same for jobs that may have their first pair in common; a single pair is its own."""
    options = command_line.parse(job.command_line())
    if len(options.config) == 1:
        return (job.name,)
    rest = (text for text in job.arguments if not text.startswith(("--config=", "--base-fbx=")))
    return (options.config[0], options.base_fbx[0], *rest)
