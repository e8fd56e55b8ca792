# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of `python -m blender_bridge`, their messages and exit codes.

What needs Blender is imported where it is used: the rest runs in any Python.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback

from ..backend import use_backend
from ..errors import Cancelled, OutOfMemory
from ..runtime import set_thread_count
from . import compare as comparison
from . import options as command_line
from .chain import check_labels, check_links
from .errors import ExitCode, OutputError, ReportError, RetargetError, SceneError
from .fbx_file import check_fbx
from .input_files import hash_file, input_files, named_files
from .inputs import Inputs, check_output, load_inputs
from .parent import end_with_parent
from .report import build_report, phase_table, write_report
from .report_page import report_page
from .run_log import RunLog
from .whole_file import write_text

USAGE = """usage: python -m blender_bridge COMMAND …

commands:
  retarget     convert an outfit from one avatar to another
  compare      differences of two outputs
  make-avatar  the files of an avatar, or of a pair of avatars
  batch        many retargets from one job file

`COMMAND --help` tells more.
"""


def main(argv: list[str]) -> int:
    """Runs a command; its exit code."""
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        asked = name in ("-h", "--help")
        if name and not asked:
            print(f"Error: there is no command {name!r}", file=sys.stderr)
        print(USAGE, file=sys.stdout if asked else sys.stderr)
        return ExitCode.DONE if asked else ExitCode.USAGE
    try:
        return COMMANDS[name](argv[1:])
    except SystemExit as exit_request:  # argparse, after its own message
        return int(exit_request.code or 0)
    except BaseException as error:
        return _fail(error)


def leave(status: int) -> None:
    """Ends the process with this exit code, at once.

    Blender's Python can crash while the interpreter shuts down, after everything is written.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(status))


def retarget(argv: list[str]) -> int:
    """`retarget`: see `options`."""
    end_with_parent()
    options = command_line.parse(argv)
    if options.fallback:
        use_backend("fallback")
    if options.threads is not None:
        set_thread_count(options.threads)
    log = RunLog(
        expected=_expected_phases(options),
        quiet=options.quiet,
        verbose=options.verbose,
        time_limit=options.time_limit,
    )
    try:
        return _retarget(options, log)
    except BaseException as error:
        if options.keep_blend:
            _save_scene(options, log)
        if not isinstance(error, ReportError):
            _report_failure(options, log, error)
        raise


def compare(argv: list[str]) -> int:
    """`compare`: prints a table; `DONE` or `DIFFERENT`."""
    options = comparison.parser().parse_args(argv)
    for path in (options.first, options.second):
        check_fbx(path)
    from ..blender.compare import compare_files

    tolerances = comparison.Tolerances(options.position, options.weight, options.bone)
    result = compare_files(options.first, options.second, tolerances)
    print(comparison.comparison_table(result))
    if options.report:
        write_report(options.report, result)
    return ExitCode.DONE if result["equal"] else ExitCode.DIFFERENT


def make_avatar(argv: list[str]) -> int:
    """`make-avatar`: see `blender_bridge.authoring.command`."""
    from ..authoring.command import run

    return run(argv)


def batch(argv: list[str]) -> int:
    """`batch`: see `blender_bridge.jobs.command`."""
    from ..jobs.command import run

    return run(argv)


#: What each command runs: takes the arguments after its name, returns an exit code.
COMMANDS = {
    "retarget": retarget,
    "compare": compare,
    "make-avatar": make_avatar,
    "batch": batch,
}


def _retarget(options: argparse.Namespace, log: RunLog) -> int:
    with log.phase("load", "inputs"):
        inputs = load_inputs(options)
    for warning in dict.fromkeys(text for pair in inputs.pairs for text in pair.config.warnings):
        log.warn(*warning)
    check_links(inputs.pairs, log)
    check_labels(inputs, log)
    if options.check:
        log.close("every input file is as it should be; nothing was run")
        return ExitCode.DONE
    files = []
    if options.report or options.report_html:
        with log.phase("hash", "inputs"):
            files = [hash_file(path) for path in input_files(options)]
    result, blender = _run(inputs, log)
    report = build_report(
        options, log, inputs=inputs, files=files, meshes=result.measures, blender=blender
    )
    try:
        _write_reports(options, report, result.pictures)
    except OutputError as error:
        raise ReportError(f"{error}; {options.output} is complete") from None
    if options.verbose:
        print(phase_table(report))
    log.close(f"done: {options.output}")
    return ExitCode.DONE


def _run(inputs: Inputs, log: RunLog):
    try:
        import bpy
    except ImportError:
        raise SceneError(
            "this Python has no Blender (`bpy`): install the bpy package, or run "
            "blender --background --python blender_bridge/retarget.py -- …"
        ) from None
    from ..blender.retarget import retarget as run

    return run(inputs, log), bpy.app.version_string


def _write_reports(options, report, pictures=()):
    if options.report:
        write_report(options.report, report)
    if options.report_html:
        write_text(options.report_html, report_page(report, pictures))


def _report_failure(options, log, error):
    """Writes the reports of a failed run; a failure of that is no reason to hide the first one."""
    reports = [path for path in (options.report, options.report_html) if path]
    if not reports:
        return
    try:
        for path in reports:
            check_output(path, _protected(options))
        failed = build_report(options, log, exit_code=_exit_code(error), error=str(error))
        _write_reports(options, failed)
    except RetargetError as second:
        print(f"Error: no report: {second}", file=sys.stderr)


def _protected(options):
    """Files that a report must not replace."""
    try:
        return input_files(options)
    except RetargetError:
        return named_files(options)


def _expected_phases(options):
    """About as many phases as a run has, for the progress bar."""
    return 8 + 12 * len(options.config)


def _save_scene(options, log):
    """Saves the scene as it is; a failure of that is no reason to hide the first one."""
    try:
        from ..blender import scene

        path = options.output.with_suffix(".failed.blend")
        scene.save_copy(path)
        log.warn(f"the scene is kept in {path}", "open it in Blender to see what went wrong")
    except Exception as error:
        log.warn(f"the scene could not be kept: {error}", "make room beside the output")


def _exit_code(error: BaseException) -> int:
    if isinstance(error, RetargetError):
        return error.exit_code
    if isinstance(error, (OutOfMemory, MemoryError)):
        return ExitCode.MEMORY
    if isinstance(error, (KeyboardInterrupt, Cancelled)):
        return ExitCode.CANCELLED
    return ExitCode.FAILED


def _fail(error: BaseException) -> int:
    """Tells the user what ended the run; the exit code."""
    code = _exit_code(error)
    text = {
        ExitCode.MEMORY: "out of memory; a smaller outfit, or --threads 1, needs less",
        ExitCode.CANCELLED: "cancelled",
    }.get(code, str(error))
    if code == ExitCode.FAILED:
        traceback.print_exception(error)
        text = f"{type(error).__name__}: {text}"
    for line in text.splitlines():
        print(f"Error: {line}", file=sys.stderr)
    written = "the output is complete" if isinstance(error, ReportError) else "nothing was written"
    print(f"Status: failed, exit code {int(code)}; {written}", file=sys.stderr)
    return int(code)
