# SPDX-License-Identifier: GPL-3.0-or-later
"""`blender --background --python blender_bridge/batch.py -- jobs.toml`.

The same as `python -m blender_bridge batch …`; `docs/batch.md` describes both.
"""

import importlib
import sys
from pathlib import Path

# As an installed add-on the package has another name.
PACKAGE = Path(__file__).resolve().parent
if str(PACKAGE.parent) not in sys.path:
    sys.path.insert(0, str(PACKAGE.parent))

if __name__ == "__main__":
    commands = importlib.import_module(f"{PACKAGE.name}.pipeline.commands")
    separator = sys.argv.index("--") + 1 if "--" in sys.argv else len(sys.argv)
    commands.leave(commands.main(["batch", *sys.argv[separator:]]))
