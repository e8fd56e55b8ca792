# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparison of buffers."""

import numpy as np


def find_changed_rows(before, after, changed):
    """1 for rows of bytes that differ, 0 for others."""
    np.any(before != after, axis=1, out=changed.view(np.bool_))
