# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends a run early, and the exit code of each cause."""

from __future__ import annotations

import enum
import os

from ..errors import HemlineError


class ExitCode(enum.IntEnum):
    """Exit codes of the commands; `docs/retarget.md` lists them for users."""

    DONE = 0
    """The output is complete (or `compare` found no difference above the tolerances)."""
    FAILED = 1
    """A fault of the program itself; a traceback was printed."""
    USAGE = 2
    """The command line is wrong."""
    INPUT_FILE = 3
    """An input file is missing, unreadable, or does not hold what it should."""
    SCENE = 4
    """A mesh or an armature cannot be retargeted."""
    OUTPUT = 5
    """The output cannot be written: no permission, no space."""
    MEMORY = 6
    """Memory ran out."""
    TIME_LIMIT = 7
    """`--time-limit` was reached."""
    DIFFERENT = 8
    """`compare` found differences above the tolerances."""
    JOBS_FAILED = 9
    """One or more jobs of a `batch` failed."""
    CANCELLED = 130
    """Stopped by the user (Ctrl+C)."""


class RetargetError(HemlineError):
    """Ends a run with a message for the user and an exit code."""

    exit_code = ExitCode.FAILED


class UsageError(RetargetError):
    """The options contradict each other."""

    exit_code = ExitCode.USAGE


class InputFileError(RetargetError):
    """A file, and the field in it, which is not as it should be."""

    exit_code = ExitCode.INPUT_FILE

    def __init__(self, path: str | os.PathLike, problem: str, field: str = ""):
        where = f", `{field}`" if field else ""
        super().__init__(f"{os.fspath(path)}{where}: {problem}")


class SceneError(RetargetError):
    """A mesh, bone or armature of an FBX file that cannot be used."""

    exit_code = ExitCode.SCENE


class OutputError(RetargetError):
    """The output cannot be written; what was there before is untouched."""

    exit_code = ExitCode.OUTPUT


class ReportError(OutputError):
    """The output is complete, but its report cannot be written."""


class TimeLimitReached(RetargetError):
    """The run took longer than `--time-limit` allows."""

    exit_code = ExitCode.TIME_LIMIT


class AllInputsChecked(RetargetError):
    """Everything that `check` found wrong, one line each; the exit code of the first."""

    def __init__(self, errors: list[RetargetError]):
        lines = (line for error in errors for line in str(error).splitlines())
        super().__init__("\n".join(dict.fromkeys(lines)))
        self.exit_code = errors[0].exit_code
