# SPDX-License-Identifier: GPL-3.0-or-later
"""One job of a batch: a retarget and where its files lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """A retarget with a name; everything that it writes lies in its folder.

    arguments: of `retarget`, without those for what it writes.
    memory: bytes that the user expects it to need at most; None: the batch estimates.
    pair_cache: the folder of what it shares with other jobs, if it shares anything.
    """

    name: str
    folder: Path
    arguments: tuple[str, ...]
    memory: int | None = None
    pair_cache: Path | None = None

    @property
    def output(self) -> Path:
        """The result."""
        return self.folder / f"{self.name}.fbx"

    @property
    def report(self) -> Path:
        """The report for programs."""
        return self.folder / "report.json"

    @property
    def page(self) -> Path:
        """The report for people."""
        return self.folder / "report.html"

    @property
    def log(self) -> Path:
        """Everything that the run printed."""
        return self.folder / "log.txt"

    @property
    def state(self) -> Path:
        """How the job ended, and of which inputs; see `JobState`."""
        return self.folder / "state.json"

    def command_line(self) -> list[str]:
        """All arguments of `retarget`."""
        written = (
            f"--output={self.output}",
            f"--report={self.report}",
            f"--report-html={self.page}",
            "--verbose",
        )
        shared = [f"--pair-cache={self.pair_cache}"] if self.pair_cache else []
        return [*self.arguments, *written, *shared]
