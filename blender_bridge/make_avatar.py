# SPDX-License-Identifier: GPL-3.0-or-later
"""`blender --background --python blender_bridge/make_avatar.py -- --source=…`.

The same as `python -m blender_bridge make-avatar …`; `docs/authoring.md` describes both.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

if __name__ == "__main__":
    from blender_bridge.pipeline.commands import leave, main

    separator = sys.argv.index("--") + 1 if "--" in sys.argv else len(sys.argv)
    leave(main(["make-avatar", *sys.argv[separator:]]))
