"""Runs the Blender tests inside a Blender executable whose Python has pytest and NumPy.

usage: blender --background --python tests/blender/run_in_blender.py -- [ARGUMENTS]

``ARGUMENTS`` go to pytest. Leaves with pytest's exit status.
"""

import os
import sys
from pathlib import Path

import pytest

arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
status = pytest.main(["-p", "no:cacheprovider", str(Path(__file__).parent), *arguments])
sys.stdout.flush()
os._exit(int(status))
