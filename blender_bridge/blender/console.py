# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender itself prints."""

import os
import sys
from contextlib import contextmanager


@contextmanager
def silenced():
    """Discards what Blender itself prints inside the block; errors still reach stderr."""
    sys.stdout.flush()
    saved = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)
        os.close(nowhere)
