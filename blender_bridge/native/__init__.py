# SPDX-License-Identifier: GPL-3.0-or-later
"""The native library: `loader` finds it, `operations` are what the API calls.

Importing this package loads nothing; importing `operations` loads the library.
"""
