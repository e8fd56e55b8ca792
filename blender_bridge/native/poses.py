# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose algebra for chains of bones."""

from .marshal import address, check, functions


def pose_by_deltas(parents, rest, deltas, listed, out):
    """`hem_pose_by_deltas`."""
    _call(functions.hem_pose_by_deltas, parents, rest, deltas, listed, out)


def local_from_common(parents, matrices, out):
    """`hem_local_from_common`."""
    _call(functions.hem_local_from_common, parents, matrices, out)


def common_from_local(parents, matrices, out):
    """`hem_common_from_local`."""
    _call(functions.hem_common_from_local, parents, matrices, out)


def basis_from_pose(parents, rest, pose, out):
    """`hem_basis_from_pose`."""
    _call(functions.hem_basis_from_pose, parents, rest, pose, out)


def pose_from_basis(parents, rest, basis, out):
    """`hem_pose_from_basis`."""
    _call(functions.hem_pose_from_basis, parents, rest, basis, out)


def _call(function, parents, *arrays):
    check(function(address(parents), len(parents), *map(address, arrays)))
