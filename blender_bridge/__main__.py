# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m blender_bridge COMMAND …`; `--help` lists the commands."""

import sys

from .pipeline.commands import leave, main

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
