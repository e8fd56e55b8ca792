# SPDX-License-Identifier: GPL-3.0-or-later
"""`blender --background --python blender_bridge/retarget.py -- --input=… --output=…`.

The same as `python -m blender_bridge retarget …`; `docs/retarget.md` describes both.
"""

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_name("script.py")))["run"]("retarget")
