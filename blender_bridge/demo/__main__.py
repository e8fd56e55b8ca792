# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the demo.

usage: python -m blender_bridge.demo [--size small|large] [--output DIR] [--assets DIR]
                                     [--fallback] [--no-render]

or `blender --background --python blender_bridge/demo/__main__.py -- [the same]`.
"""

import argparse
import os
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def parse_arguments(argv):
    """The options; inside Blender those after ``--``."""
    parser = argparse.ArgumentParser(prog="python -m blender_bridge.demo")
    parser.add_argument("--size", choices=("small", "large"), default="small",
                        help="about 10,000 or 100,000 costume vertices")  # fmt: skip
    parser.add_argument("--output", type=Path, default=Path("target/demo"))
    parser.add_argument("--assets", type=Path, default=ROOT / "tests" / "assets")
    parser.add_argument("--fallback", action="store_true", help="without the native library")
    parser.add_argument("--no-render", action="store_true", help="no pictures")
    return parser.parse_args(argv[argv.index("--") + 1 :] if "--" in argv else argv[1:])


def main():
    """Runs the demo; the process's exit status."""
    arguments = parse_arguments(sys.argv)
    if arguments.fallback:
        os.environ["HEMLINE_BACKEND"] = "fallback"
    sys.path.insert(0, str(arguments.assets.resolve()))
    try:
        from blender_bridge.demo import run

        run.run(arguments.output.resolve(), arguments.size, pictures=not arguments.no_render)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    # The bpy module can crash while the interpreter shuts down, after everything is written.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
