# SPDX-License-Identifier: GPL-3.0-or-later
"""`blender --background --python blender_bridge/make_avatar.py -- --source=…`.

The same as `python -m blender_bridge make-avatar …`; `docs/authoring.md` describes both.
"""

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_name("script.py")))["run"]("make-avatar")
