# SPDX-License-Identifier: GPL-3.0-or-later
"""Version of the package: the native library must be of the same one."""

__version__ = "0.1.0"
