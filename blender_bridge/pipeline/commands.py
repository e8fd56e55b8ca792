# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of `python -m blender_bridge`, their messages and exit codes."""

from __future__ import annotations

import os
import sys
import traceback

from ..backend import use_backend
from ..errors import Cancelled, HemlineError, OutOfMemory
from ..runtime import set_thread_count
from . import options as command_line
from .errors import ExitCode, RetargetError
from .inputs import load_inputs
from .run_log import RunLog

USAGE = """usage: python -m blender_bridge COMMAND …

commands:
  retarget   convert an outfit from one avatar to another
  compare    differences of two outputs

`COMMAND --help` tells more.
"""


def main(argv: list[str]) -> int:
    """Runs a command; its exit code."""
    commands = {"retarget": retarget}
    name = argv[0] if argv else ""
    if name not in commands:
        asked = name in ("-h", "--help")
        print(USAGE, file=sys.stdout if asked else sys.stderr)
        return ExitCode.DONE if asked else ExitCode.USAGE
    try:
        return commands[name](argv[1:])
    except RetargetError as error:
        return _failed(str(error), error.exit_code)
    except (OutOfMemory, MemoryError) as error:
        return _failed(f"out of memory: {error}", ExitCode.MEMORY)
    except (KeyboardInterrupt, Cancelled):
        return _failed("cancelled", ExitCode.CANCELLED)
    except SystemExit as exit_request:  # argparse, after its own message
        return int(exit_request.code or 0)
    except HemlineError as error:
        traceback.print_exc()
        return _failed(str(error), ExitCode.FAILED)
    except Exception as error:
        traceback.print_exc()
        return _failed(f"{type(error).__name__}: {error}", ExitCode.FAILED)


def leave(status: int) -> None:
    """Ends the process with this exit code, at once.

    Blender's Python can crash while the interpreter shuts down, after everything is written.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(status))


def retarget(argv: list[str]) -> int:
    """`retarget`: see `options`."""
    options = command_line.parse(argv)
    if options.fallback:
        use_backend("fallback")
    if options.threads is not None:
        set_thread_count(options.threads)
    log = RunLog(
        quiet=options.quiet, verbose=options.verbose, time_limit=options.time_limit
    )
    with log.phase("load", "inputs"):
        inputs = load_inputs(options)
    for pair in inputs.pairs:
        for text in pair.config.warnings:
            log.warn(text)
    if options.check:
        print("Status: every input is as it should be")
        return ExitCode.DONE
    from ..blender.retarget import retarget as run  # needs bpy

    run(inputs, log)
    log.close(f"done, {options.output}")
    return ExitCode.DONE


def _failed(text: str, code: int) -> int:
    for line in text.splitlines():
        print(f"Error: {line}", file=sys.stderr)
    print(f"Status: failed (exit code {int(code)}); nothing was written", file=sys.stderr)
    return int(code)
