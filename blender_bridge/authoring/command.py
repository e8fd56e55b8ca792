# SPDX-License-Identifier: GPL-3.0-or-later
"""`make-avatar`: the files of one avatar, or of a pair of avatars, from their FBX files."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..backend import use_backend
from ..pipeline.errors import ExitCode, OutputError, SceneError, UsageError
from ..pipeline.fbx_file import check_fbx
from ..pipeline.options import texts
from ..pipeline.run_log import RunLog
from ..runtime import set_thread_count
from .avatar import Avatar
from .deformation import FieldSettings
from .humanoid import load_bone_table
from .pair_files import in_basis_of, write_avatar, write_pair
from .pose_difference import BASIS_ANGLE

BONES_ADVICE = "look at --list-bones; correct what is wrong by --source-bones or --target-bones"


def parser() -> argparse.ArgumentParser:
    """The command line's definition."""
    made = argparse.ArgumentParser(
        prog="python -m blender_bridge make-avatar",
        description="Writes avatar_data, pose_basis and initial_pose of one avatar; with --target "
        "also posediff, deformation and config of the pair.",
        allow_abbrev=False,
    )
    for side, required in (("source", True), ("target", False)):
        group = made.add_argument_group(f"{side} avatar")
        group.add_argument(f"--{side}", type=Path, required=required, help="FBX")
        group.add_argument(f"--{side}-name", default="", help="default: the file's name")
        group.add_argument(f"--{side}-mesh", default="", help="the body's object name")
        group.add_argument(
            f"--{side}-bones",
            type=Path,
            help='corrections of the bones found, JSON: {"LeftHand": "bone", "Jaw": null, …}',
        )
        group.add_argument(
            f"--{side}-shapes",
            type=_shapes,
            default={},
            help='blend shapes that make the body what it is: "Slim;Tall=0.5"',
        )
        group.add_argument(
            f"--{side}-data", type=Path, help="use this avatar_data file, write no other"
        )
        group.add_argument(
            f"--{side}-shape-fields",
            type=texts,
            default=[],
            help="blend shapes that get a field and its inverse",
        )
    run = made.add_argument_group("run")
    run.add_argument(
        "--output-folder", type=Path, required=True, help="where the files go; must exist"
    )
    run.add_argument(
        "--both-ways", action="store_true", help="also the pair from the target to the source"
    )
    run.add_argument(
        "--basis-angle",
        type=float,
        default=BASIS_ANGLE,
        help="degrees; the target's limbs that differ by more from the source's are turned in its "
        "basis pose (default %(default)g)",
    )
    run.add_argument("--steps", type=int, default=1, help="of the fields, default %(default)s")
    run.add_argument("--mirror-x", action="store_true", help="both bodies are symmetric")
    run.add_argument(
        "--spacing", type=float, default=FieldSettings.spacing, help="metres, default %(default)g"
    )
    run.add_argument("--control-points", type=int, help="at most; default: every vertex is one")
    run.add_argument("--list-bones", action="store_true", help="say what was found, write nothing")
    run.add_argument("--threads", type=int, help="default: all cores")
    run.add_argument("--fallback", action="store_true", help="do without the native library")
    run.add_argument("--quiet", action="store_true", help="say nothing but errors")
    return made


def run(argv: list[str]) -> int:
    """Runs the command; its exit code."""
    options = _parse(argv)
    if options.fallback:
        use_backend("fallback")
    if options.threads is not None:
        set_thread_count(options.threads)
    log = RunLog(expected=10, quiet=options.quiet)
    source = _read(options, "source", log)
    target = _read(options, "target", log) if options.target else None
    if options.list_bones:
        log.close("nothing was written")
        return ExitCode.DONE
    _write(source, target, options, log)
    log.close(f"done: {options.output_folder}")
    return ExitCode.DONE


def _parse(argv):
    options = parser().parse_args(argv)
    if options.control_points is not None and options.control_points < 4:
        raise UsageError(f"--control-points is {options.control_points}, expected 4 or more")
    if options.threads is not None and options.threads < 1:
        raise UsageError(f"--threads is {options.threads}, expected 1 or more")
    if options.both_ways and not options.target:
        raise UsageError("--both-ways needs a --target")
    for side in ("source", "target"):
        for name in ("bones", "shapes", "shape_fields"):
            if getattr(options, f"{side}_data") and getattr(options, f"{side}_{name}"):
                other = name.replace("_", "-")
                raise UsageError(
                    f"--{side}-data and --{side}-{other} exclude each other: a description that is "
                    "there stays as it is"
                )
    if not options.output_folder.is_dir():
        raise OutputError(f"--output-folder: there is no folder {options.output_folder}")
    return options


def _read(options, side: str, log: RunLog) -> Avatar:
    def option(name):
        return getattr(options, f"{side}_{name}" if name else side)

    path = option("")
    check_fbx(path)
    table = load_bone_table(option("bones")) if option("bones") else {}
    try:
        import bpy  # noqa: F401
    except ImportError:
        raise SceneError(
            "this Python has no Blender (`bpy`): install the bpy package, or run "
            "blender --background --python blender_bridge/make_avatar.py -- …"
        ) from None
    from ..blender import avatar_io

    avatar_io.clear_scene()
    choice = avatar_io.AvatarChoice(
        option("name") or path.stem,
        option("mesh"),
        table,
        option("shapes"),
        tuple(option("shape_fields")),
        option("data"),
    )
    with log.phase("import", path.name):
        avatar, found = avatar_io.read_avatar_file(path, choice)
    if found:
        for text in found.warnings:
            log.warn(text, BONES_ADVICE)
        if options.list_bones:
            print(f"{path.name}: bones named as in {found.convention}\n{found.table()}")
    return avatar


def _write(source: Avatar, target: Avatar | None, options, log: RunLog):
    settings = FieldSettings(
        options.steps, options.mirror_x, options.spacing, options.control_points
    )
    folder = options.output_folder
    source = write_avatar(source, folder, settings, log)
    if target is None:
        return
    target = in_basis_of(target, source, options.basis_angle)
    target = write_avatar(target, folder, settings, log)
    ways = [(source, target), (target, source)]
    for start, end in ways if options.both_ways else ways[:1]:
        pair = write_pair(start, end, folder, settings, log)
        if not options.quiet:
            print(
                f"{pair.config.name}: the bodies are {1000 * pair.before:.2f} mm apart after the "
                f"pose difference, {1000 * pair.after:.2f} mm after the field (mean)"
            )


def _shapes(value: str) -> dict[str, float]:
    """`Slim;Tall=0.5` as values by name."""
    shapes = {}
    for text in texts(value):
        name, found, number = text.rpartition("=")
        try:
            shapes[name if found else text] = float(number) if found else 1.0
        except ValueError:
            raise argparse.ArgumentTypeError(f"holds {text!r}, expected NAME=NUMBER") from None
    return shapes
