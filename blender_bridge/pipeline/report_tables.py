# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the report's page: meshes, phases, and what is needed to repeat the run."""

from __future__ import annotations

from .markup import Html, element, join, table
from .measures import DISTORTION, SHAPE, WEIGHTS, millimetres

_LEGEND = (
    "Red: outside the limits. Without weights: weight or delete these vertices. Sum, influences: "
    "a fault of the program, please report it. Left from right, wrong side: look at the weights "
    "there; an asymmetric outfit has them rightly. Deeper than 1 mm: look at the picture of the "
    "penetration; the outfit may be tighter than the target's body, so give it room, or hide the "
    "body underneath."
)


def mesh_tables(report: dict) -> Html:
    """Shape, weights and distortion of each mesh."""
    meshes = report["meshes"]
    if not meshes:
        return element("p", "Nothing was measured.", "dim")
    repairs = _repairs(report["phases"])
    shape = [[*row, *repairs.get(name, ("", "", ""))] for name, row in _rows(meshes, SHAPE)]
    repair_titles = ("before the repair", "deepest before, mm", "largest push, mm")
    return join(
        [
            element("h3", "Shape and penetration"),
            table([*_titles(SHAPE), *repair_titles], shape),
            element("h3", "Weights"),
            table(_titles(WEIGHTS), [row for _, row in _rows(meshes, WEIGHTS)]),
            element("h3", "Distortion of faces, as a factor of the input's lengths"),
            table(_titles(DISTORTION), [row for _, row in _rows(meshes, DISTORTION)]),
            element("p", _LEGEND, "dim"),
        ]
    )


def bad_count(report: dict) -> int:
    """Measures of meshes that are outside their limits."""
    measures = (*SHAPE, *WEIGHTS, *DISTORTION)
    return sum(measure.is_bad(mesh) for mesh in report["meshes"] for measure in measures)


def phase_table(report: dict) -> Html:
    """Wall and processor time of each phase, with bars, and the peak memory so far."""
    phases, total = report["phases"], report["total"]
    # Pictures take longer than the run, whose phases the bars are to show.
    shown = [phase for phase in phases if phase["name"] != "render"]
    longest = max((max(phase["wall"], phase["cpu"]) for phase in shown), default=0.0) or 1.0
    rows = [
        [
            f"{phase['name']} {phase['detail']}".strip(),
            f"{phase['wall']:.3f}",
            f"{phase['cpu']:.3f}",
            f"{100 * phase['cpu_share']:.0f} %",
            megabytes(phase["peak_memory"]),
            _bars(phase, longest),
        ]
        for phase in phases
    ]
    times = (f"{total['wall']:.3f}", f"{total['cpu']:.3f}")
    last = ("total", *times, "", megabytes(total["peak_memory"]), "")
    rows.append(element("tr", join(element("td", cell) for cell in last), "total"))
    header = ("phase", "wall s", "CPU s", "CPU share", "peak memory", "wall (dark), CPU (pale)")
    note = "CPU share: of all processors. Peak memory: of the process, up to the phase's end."
    return table(header, rows) + element("p", note, "dim")


def reproduction(report: dict) -> Html:
    """Command line, versions, and what each input file held."""
    versions = [
        (name.replace("_", " "), "none" if value in (None, "") else value)
        for name, value in report["versions"].items()
    ]
    files = [
        (file["path"], f"{file['bytes']:,}", element("code", file["sha256"]))
        for file in report["files"]
    ]
    return join(
        [
            element("pre", report["command"]),
            table(("version of", ""), versions, "text"),
            table(("input file", "bytes", "SHA-256"), files, "text"),
        ]
    )


def megabytes(size: int | None) -> str:
    """A size in MB (2²⁰ bytes)."""
    return "unknown" if size is None else f"{size / 2**20:.0f} MB"


def _titles(measures):
    return ["mesh", *(measure.title for measure in measures)]


def _rows(meshes, measures):
    for mesh in meshes:
        yield mesh["name"], [mesh["name"], *(_cell(measure, mesh) for measure in measures)]


def _cell(measure, mesh):
    text = measure.text_of(mesh)
    return element("td", text, "bad") if measure.is_bad(mesh) else text


def _repairs(phases):
    """What the repair found and did, by mesh: the last stage that looked at the body tells."""
    repairs = {}
    for phase in phases:
        result = phase["result"]
        if "deep_before" in result:
            repairs[phase["detail"]] = (
                f"{result['deep_before']:,}",
                millimetres(result["deepest_before"]),
                millimetres(result["largest_push"]),
            )
    return repairs


def _bars(phase, longest):
    bars = (
        Html(f'<span class="{kind}" style="width:{_percent(phase[kind] / longest)}"></span>')
        for kind in ("wall", "cpu")
    )
    return element("td", join(bars), "bar")


def _percent(share):
    return f"{100 * min(share, 1.0):.1f}%"
