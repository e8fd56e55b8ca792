# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo measured: wall and CPU time of each phase, peak memory, a table and a JSON file."""

import json
import sys
import time
from contextlib import contextmanager


class Phases:
    """Wall and CPU seconds by phase name, in the order of first use, with a progress bar.

    A phase that runs several times (once for each piece) adds up.
    """

    BAR_WIDTH = 30

    def __init__(self, total_steps, stream=sys.stderr):
        self.seconds = {}
        self._total_steps = total_steps
        self._done = 0
        self._stream = stream

    @contextmanager
    def __call__(self, name, detail=""):
        """Times the block as (part of) the phase ``name``."""
        self._show(f"{name} {detail}".strip())
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        total = self.seconds.setdefault(name, {"wall": 0.0, "cpu": 0.0})
        total["wall"] += time.perf_counter() - wall
        total["cpu"] += time.process_time() - cpu
        self._done += 1
        if self._done == self._total_steps:
            self._show("done")
            self._stream.write("\n")

    def _show(self, text):
        filled = self.BAR_WIDTH * self._done // self._total_steps
        bar = "#" * filled + "." * (self.BAR_WIDTH - filled)
        count = f"{self._done}/{self._total_steps}"
        # On a terminal the line is redrawn; in a log each step is its own line.
        start, end = ("\r", "\033[K") if self._stream.isatty() else ("", "\n")
        self._stream.write(f"{start}[{bar}] {count} {text}{end}")
        self._stream.flush()


def peak_memory_bytes():
    """The largest resident size of this process so far; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def write_json(path, report):
    """The whole report, human-readable."""
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def print_tables(report):
    """The report as text tables."""
    blender, engine = report["blender"], report["hemline"]
    print(f"\nBlender {blender}, hemline {engine['backend']} ({engine['reason']})")
    body = report["body"]
    print(f"body: {body['vertices']:,} vertices, {body['triangles']:,} triangles", end=", ")
    print(f"{body['groups']} vertex groups\n")
    _table(
        ("piece", "vertices", "groups", "members", "matched", "weight sum", "off authored"),
        [
            (
                piece["name"],
                f"{piece['vertices']:,}",
                str(piece["groups"]),
                f"{piece['members']:,}",
                f"{100 * piece['quality']['matched']:.1f} %",
                f"{piece['weight_sum']['min']:.6f} .. {piece['weight_sum']['max']:.6f}",
                f"{piece['mean_difference_from_authored']:.4f}",
            )
            for piece in report["pieces"]
        ],
    )
    print_quality(report["pieces"])
    print_depths(report["shapes"])
    phases = report["phases"]
    _table(
        ("phase", "wall s", "CPU s"),
        [(name, f"{t['wall']:.3f}", f"{t['cpu']:.3f}") for name, t in phases.items()],
    )
    weights = report["weight_job"]
    print(f"weights, reading and writing included: {weights['wall']:.3f} s", end=" ")
    print(f"({weights['cpu']:.3f} s CPU)")
    if report["peak_memory_bytes"]:
        print(f"peak memory: {report['peak_memory_bytes'] / 2**20:.0f} MiB")


def print_quality(pieces):
    """Measures of the weights over the poses; see `blender_bridge.weight_quality`."""
    header = ("piece", "inpainted", "extrapolated", "gradient 1/m²", "stretch", "deeper 1 mm", "mm")
    rows = []
    for piece in pieces:
        numbers = piece["quality"]
        rows.append(
            (
                piece["name"],
                f"{100 * numbers['inpainted']:.1f} %",
                f"{100 * numbers['extrapolated']:.1f} %",
                f"{numbers['gradient_energy']:.1f}",
                f"{numbers['stretch']:.2f}",
                f"{100 * numbers['deep']:.1f} %",
                f"{1000 * numbers['deepest']:.1f}",
            )
        )
    _table(header, rows)


def print_depths(pieces):
    """How deep the carried outfit lay in the body, before and after the repair."""
    print("depth inside the body, the outfit carried to it from another body")
    header = ("piece", "deeper 1 mm", "after repair", "deepest", "after", "repaired", "push")
    rows = [
        (
            piece["name"],
            f"{100 * piece['deep_share_before']:.2f} %",
            f"{100 * piece['deep_share_after']:.2f} %",
            f"{1000 * piece['deepest_before']:.2f} mm",
            f"{1000 * piece['deepest_after']:.2f} mm",
            f"{piece['moved_by_repair']:,}",
            f"{1000 * piece['largest_push']:.2f} mm",
        )
        for piece in pieces
    ]
    _table(header, rows)


def _table(header, rows):
    widths = [max(map(len, column)) for column in zip(header, *rows)]
    for row in (header, tuple("-" * width for width in widths), *rows):
        first, *others = (cell.ljust(w) if c == 0 else cell.rjust(w)
                          for c, (cell, w) in enumerate(zip(row, widths)))  # fmt: skip
        print("  ".join((first, *others)))
    print()
