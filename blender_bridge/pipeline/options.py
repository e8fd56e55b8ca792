# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of `retarget`, the one of today's scripts and some more."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from .errors import UsageError

_FLAGS = (
    ("--no-subdivision", "leave long edges as they are"),
    ("--no-triangle", "keep quads and polygons in the output"),
    ("--preserve-bone-names", "accepted for compatibility: bone names are always kept"),
    ("--check", "validate every input, say what is wrong with all of them, run nothing"),
    ("--quality", "measure penetration, symmetry and weights of the result for the report"),
    ("--renders", "pictures and heat maps for --report-html; some seconds"),
    ("--keep-blend", "on an error save the scene beside the output (.blend)"),
    ("--fallback", "do without the native library"),
    ("--verbose", "say more"),
    ("--quiet", "say nothing but errors"),
)


def parser() -> argparse.ArgumentParser:
    """The command line's definition."""
    made = argparse.ArgumentParser(
        prog="python -m blender_bridge retarget",
        description="Converts an outfit from one avatar to another, over one or several pairs.",
        allow_abbrev=False,
    )
    files = made.add_argument_group("files (lists are separated by `;`)")
    files.add_argument("--input", required=True, type=Path, help="the outfit, FBX")
    files.add_argument("--output", required=True, type=Path, help="the result, FBX")
    files.add_argument("--base", type=Path, help="a .blend file to start from; else an empty scene")
    files.add_argument(
        "--base-fbx", required=True, type=paths, help="target avatars, FBX, one for each pair"
    )
    files.add_argument(
        "--config", required=True, type=paths, help="configurations, JSON, one for each pair"
    )
    files.add_argument("--init-pose", required=True, type=Path, help="initial pose, JSON")
    files.add_argument("--name-conv", type=Path, help="bone names to change on import, JSON")
    files.add_argument("--shape-name-file", type=Path, help="names of shape keys by mesh, JSON")
    files.add_argument("--cloth-metadata", type=Path, help="cloth constraints, JSON")
    files.add_argument("--mesh-material-data", type=Path, help="materials by face, JSON")
    files.add_argument("--report", type=Path, help="write what was done and measured, JSON")
    files.add_argument(
        "--report-html", type=Path, help="the same as one page to read, with --quality"
    )

    outfit = made.add_argument_group("outfit")
    outfit.add_argument("--hips-position", type=vector, help="x,y,z of the source's Hips")
    outfit.add_argument("--target-meshes", type=texts, default=[], help="leave out all others")
    outfit.add_argument("--mesh-renderers", type=_renderers, default={}, help="mesh:bone;…")
    outfit.add_argument(
        "--blend-shapes",
        type=labels,
        default=[],
        help="blend shapes of the source avatar that the outfit was fitted with",
    )
    outfit.add_argument("--blend-shape-values", type=_numbers, default=[], help="0 to 1, one each")
    outfit.add_argument(
        "--blend-shape-mappings", type=_mappings, default={}, help="label,name of the shape key;…"
    )

    run = made.add_argument_group("run")
    run.add_argument("--threads", type=int, help="default: all cores")
    run.add_argument("--time-limit", type=float, help="seconds")
    run.add_argument(
        "--pair-cache",
        type=Path,
        help="folder of results of a chain's first pairs, for runs that begin alike",
    )
    for flag, text in _FLAGS:
        run.add_argument(flag, action="store_true", help=text)
    return made


def names() -> list[str]:
    """Every option's name, without its dashes."""
    known = (action.option_strings[-1] for action in parser()._actions)
    return [name.removeprefix("--") for name in known if name != "--help"]


def parse(argv: list[str]) -> argparse.Namespace:
    """Options of a command line, checked against each other."""
    options = parser().parse_args(argv)
    options.arguments = list(argv)
    if options.renders and not options.report_html:
        raise UsageError("--renders makes pictures for a page, but there is no --report-html")
    options.quality = options.quality or options.report_html is not None
    if len(options.base_fbx) != len(options.config):
        raise UsageError(
            f"--base-fbx names {len(options.base_fbx)} files and --config {len(options.config)}, "
            "expected one FBX for each configuration"
        )
    values = options.blend_shape_values or [1.0] * len(options.blend_shapes)
    if len(values) != len(options.blend_shapes):
        raise UsageError(
            f"--blend-shape-values holds {len(values)} numbers and --blend-shapes "
            f"{len(options.blend_shapes)} labels, expected one number for each label"
        )
    options.blend_shape_values = values
    if options.threads is not None and options.threads < 1:
        raise UsageError(f"--threads is {options.threads}, expected 1 or more")
    if options.time_limit is not None and not options.time_limit > 0:
        raise UsageError(f"--time-limit is {options.time_limit:g}, expected seconds above 0")
    return options


def texts(value: str) -> list[str]:
    """Texts separated by `;`, empty ones left out."""
    return [text for part in value.split(";") if (text := part.strip())]


def paths(value: str) -> list[Path]:
    """Paths separated by `;`."""
    found = [Path(text) for text in texts(value)]
    if not found:
        raise argparse.ArgumentTypeError("names no file")
    return found


def labels(value: str) -> list[str]:
    """Labels separated by `;` or `,`."""
    return texts(value.replace(",", ";"))


def vector(value: str) -> tuple[float, float, float]:
    """Three numbers separated by commas or spaces."""
    try:
        x, y, z = (float(text) for text in re.split(r"[,\s]+", value.strip()))
    except ValueError:
        raise argparse.ArgumentTypeError(f"is {value!r}, expected x,y,z") from None
    return x, y, z


def _numbers(value):
    try:
        return [float(text) for text in labels(value)]
    except ValueError:
        raise argparse.ArgumentTypeError(f"is {value!r}, expected numbers") from None


def _renderers(value):
    return dict(_split_last(text, ":", "mesh:bone") for text in texts(value))


def _mappings(value):
    return dict(_split_last(text, ",", "label,name") for text in texts(value))


def _split_last(text, separator, expected):
    first, found, last = text.rpartition(separator)
    if not found or not first.strip() or not last.strip():
        raise argparse.ArgumentTypeError(f"holds {text!r}, expected {expected}")
    return first.strip(), last.strip()
