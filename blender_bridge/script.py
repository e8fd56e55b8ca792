# SPDX-License-Identifier: GPL-3.0-or-later
"""What the files for `blender --python FILE` share: in the package, they start outside of it."""

import importlib
import sys
from pathlib import Path


def run(command: str) -> None:
    """Runs a command of the package on the arguments after `--`, and ends the process."""
    package = Path(__file__).resolve().parent
    if str(package.parent) not in sys.path:
        sys.path.insert(0, str(package.parent))
    # As an installed add-on the package has another name.
    commands = importlib.import_module(f"{package.name}.pipeline.commands")
    separator = sys.argv.index("--") + 1 if "--" in sys.argv else len(sys.argv)
    commands.leave(commands.main([command, *sys.argv[separator:]]))
