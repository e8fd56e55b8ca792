# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a whole batch: a row for each job, which leads to the job's own page."""

from __future__ import annotations

from html import escape
from pathlib import Path, PurePosixPath

from ..pipeline.markup import Html, element, join, page, section, table
from ..pipeline.report_tables import megabytes
from .job_file import JobFile
from .summary import Entry, Outcome, counts_text, failure

_HEADER = ("job", "", "wall s", "CPU s", "peak memory", "warnings", "outside the limits", "files")


def index_page(batch: JobFile, entries: list[Entry]) -> str:
    """The page as HTML; its links hold as long as it lies in the folder of the results."""
    failed = [entry for entry in entries if entry.outcome == Outcome.FAILED]
    parts = [table(_HEADER, [_row(entry, batch.output) for entry in entries])]
    if failed:
        parts.append(section("What failed", element("ul", join(map(_failure, failed)), "warnings")))
    return page(batch.path.name, counts_text(entries), parts)


def _row(entry: Entry, folder: Path):
    job, state, bad = entry.job, entry.state, entry.outcome == Outcome.FAILED
    outcome = element("td", entry.outcome.value, "bad" if bad else "")
    if state is None:
        return [job.name, outcome, "", "", "", "", "", ""]
    links = [_link(path.name, path, folder) for path in (job.output, job.report, job.log)
             if path.exists()]  # fmt: skip
    limits = element("td", state.outside_limits, "bad" if state.outside_limits else "")
    return [
        _link(job.name, job.page, folder) if job.page.exists() else job.name,
        outcome,
        f"{state.wall:.1f}",
        f"{state.cpu:.1f}",
        megabytes(state.peak_memory),
        state.warnings,
        limits,
        join(link + Html(" ") for link in links),
    ]


def _failure(entry):
    return element("li", element("b", entry.job.name) + element("div", failure(entry)))


def _link(text, path: Path, folder: Path) -> Html:
    inside = PurePosixPath("/", path.relative_to(folder).as_posix())
    address = inside.as_uri().removeprefix("file:///")
    return Html(f'<a href="{escape(address)}">{escape(text)}</a>')
