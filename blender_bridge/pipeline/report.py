# SPDX-License-Identifier: GPL-3.0-or-later
"""`--report`: what a run did, measured and met, as JSON that can be compared and reproduced."""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import shlex
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from ..runtime import status, thread_count
from ..version import __version__
from .errors import ExitCode
from .input_files import FileHash
from .inputs import Inputs
from .run_log import RunLog, peak_memory_bytes
from .whole_file import write_text


def build_report(
    options: argparse.Namespace,
    log: RunLog,
    *,
    exit_code: int = ExitCode.DONE,
    error: str = "",
    inputs: Inputs | None = None,
    files: list[FileHash] | None = None,
    meshes: list[dict] | None = None,
    blender: str = "",
) -> dict:
    """The whole report; plain numbers, texts, lists and dictionaries."""
    return {
        "exit_code": int(exit_code),
        "error": error,
        "versions": _versions(blender),
        "command": shlex.join(["python", "-m", "blender_bridge", "retarget", *options.arguments]),
        "files": [file._asdict() for file in files or []],
        "options": {name: _plain(value) for name, value in vars(options).items()},
        "pairs": [_pair(pair) for pair in inputs.pairs] if inputs else [],
        "meshes": meshes or [],
        "warnings": [warning._asdict() for warning in log.warnings],
        "phases": [{**asdict(phase), "cpu_share": phase.cpu_share} for phase in log.phases],
        "total": {
            "wall": sum(phase.wall for phase in log.phases),
            "cpu": sum(phase.cpu for phase in log.phases),
            "peak_memory": peak_memory_bytes(),
        },
    }


def write_report(path: Path, report: dict) -> None:
    """Writes the report as JSON, whole or not at all."""
    write_text(path, json.dumps(report, indent=1, ensure_ascii=False) + "\n")


def phase_table(report: dict) -> str:
    """Seconds by kind of phase, as text."""
    totals: dict[str, list[float]] = {}
    for phase in report["phases"]:
        sums = totals.setdefault(phase["name"], [0.0, 0.0])
        sums[0] += phase["wall"]
        sums[1] += phase["cpu"]
    rows = [*totals.items(), ("total", [report["total"]["wall"], report["total"]["cpu"]])]
    lines = [f"{'phase':<16}{'wall s':>9}{'CPU s':>9}"]
    return "\n".join(lines + [f"{name:<16}{wall:>9.3f}{cpu:>9.3f}" for name, (wall, cpu) in rows])


def _versions(blender):
    used = status()
    return {
        "hemline": __version__,
        "backend": used.backend,
        "backend_reason": used.reason,
        "library": used.library_version,
        "cpu_features": used.cpu_features,
        "threads": thread_count(),
        "blender": blender,
        "python": sys.version.split()[0],
        "numpy": np.__version__,
        "scipy": _scipy_version(),
        "platform": platform.platform(),
    }


def _scipy_version():
    if importlib.util.find_spec("scipy") is None:
        return None
    import scipy

    return scipy.__version__


def _pair(pair):
    config = pair.config
    return {
        "config": str(config.path),
        "source": config.source.name,
        "target": config.target.name,
        "target_fbx": str(pair.fbx),
        "field": str(config.field_path),
        "field_samples": len(pair.field.samples.points),
        "blend_shape_fields": list(pair.shape_fields),
    }


def _plain(value):
    if isinstance(value, (list, tuple)):
        return [_plain(element) for element in value]
    if isinstance(value, dict):
        return {str(key): _plain(element) for key, element in value.items()}
    return str(value) if isinstance(value, Path) else value
