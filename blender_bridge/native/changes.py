# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparison of buffers."""

from .marshal import address, check, functions


def find_changed_rows(before, after, changed):
    """`hem_find_changed_rows`."""
    check(
        functions.hem_find_changed_rows(
            address(before), address(after), *before.shape, address(changed), None
        )
    )
