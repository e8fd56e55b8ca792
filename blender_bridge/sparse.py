# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin weights as sparse rows: for each vertex only the groups that it is a member of."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import arguments
from .backend import backend
from .errors import IndexOutOfRange, InvalidArgument


class SparseWeights:
    """Rows of (group, weight) entries; vertex v has the entries `offsets[v]` to `offsets[v + 1]`.

    - `offsets`: `#V + 1` uint32, ascending from 0 to the number of entries;
    - `groups`: uint32, one for each entry, below `group_count`, once in a row at most;
    - `weights`: float32, one for each entry, finite.

    Arrays that have these types already are kept, not copied. Raises `HemlineError`, which names
    the first element that breaks a rule.
    """

    __slots__ = ("group_count", "groups", "offsets", "weights")

    def __init__(self, offsets: Any, groups: Any, weights: Any, group_count: int) -> None:
        self.offsets = arguments.array("offsets", offsets, np.uint32)
        self.groups = arguments.array("groups", groups, np.uint32)
        self.weights = arguments.array("weights", weights, np.float32)
        self.group_count = arguments.count("group_count", group_count, most=2**32 - 1)
        self._check()

    @classmethod
    def trusted(cls, offsets, groups, weights, group_count) -> SparseWeights:
        """Rows that a kernel made, taken without a check."""
        rows = cls.__new__(cls)
        rows.offsets, rows.groups, rows.weights = offsets, groups, weights
        rows.group_count = group_count
        return rows

    @classmethod
    def from_dense(cls, dense: Any) -> SparseWeights:
        """The entries of `#V by #G` float32 that are not zero, groups ascending within a row."""
        dense = arguments.array("dense", dense, np.float32)
        if dense.ndim != 2:
            raise InvalidArgument("dense", f"has {dense.ndim} dimensions, expected #V by #G")
        arguments.finite("dense", dense)
        return cls.trusted(*backend().sparse_from_dense(dense), dense.shape[1])

    def to_dense(self, out: np.ndarray | None = None) -> np.ndarray:
        """`#V by #G` float32, 0 where a row does not name a group; or `out`."""
        shape = (self.vertex_count, self.group_count)
        result = arguments.output("out", out, shape, np.float32)
        arguments.not_overlapping(
            "out", result, self.offsets, self.groups, self.weights, in_place=False
        )
        backend().sparse_to_dense(self, result)
        return result

    @property
    def vertex_count(self) -> int:
        """Number of vertices."""
        return len(self.offsets) - 1

    @property
    def entry_count(self) -> int:
        """Number of entries of all rows."""
        return len(self.groups)

    def row(self, vertex: int) -> tuple[np.ndarray, np.ndarray]:
        """Groups and weights of one vertex, as views."""
        if not 0 <= vertex < self.vertex_count:
            raise IndexOutOfRange("vertex", 0, vertex, self.vertex_count)
        entries = slice(int(self.offsets[vertex]), int(self.offsets[vertex + 1]))
        return self.groups[entries], self.weights[entries]

    def __repr__(self) -> str:
        return (
            f"SparseWeights({self.vertex_count} vertices, {self.group_count} groups, "
            f"{self.entry_count} entries)"
        )

    def _check(self) -> None:
        for name in ("offsets", "groups", "weights"):
            array = getattr(self, name)
            if array.ndim != 1:
                raise InvalidArgument(name, f"has {array.ndim} dimensions, expected 1")
        _check_offsets(self.offsets, self.entry_count)
        arguments.length("weights", len(self.weights), self.entry_count)
        arguments.below("groups", self.groups, self.group_count)
        arguments.finite("weights", self.weights)
        self._check_distinct_groups()

    def _check_distinct_groups(self) -> None:
        rising = np.empty(self.entry_count + 1, np.bool_)
        np.greater(self.groups[1:], self.groups[:-1], out=rising[1 : max(self.entry_count, 1)])
        rising[self.offsets] = True
        if rising[: self.entry_count].all():
            return
        vertex = np.repeat(np.arange(self.vertex_count), np.diff(self.offsets))
        order = np.lexsort((self.groups, vertex))
        same = (np.diff(vertex[order]) == 0) & (np.diff(self.groups[order].astype(np.int64)) == 0)
        if same.any():
            element = int(order[1:][same].min())
            raise InvalidArgument(
                "groups",
                f"names group {self.groups[element]} twice in vertex {vertex[element]} "
                f"(element {element}), expected once",
            )


def _check_offsets(offsets: np.ndarray, entry_count: int) -> None:
    if not len(offsets):
        raise InvalidArgument("offsets", "is empty, expected one element more than vertices")
    if offsets[0] != 0:
        raise InvalidArgument("offsets", f"begins with {offsets[0]}, expected 0")
    falls = np.flatnonzero(offsets[1:] < offsets[:-1])
    if len(falls):
        row = int(falls[0])
        raise InvalidArgument(
            "offsets",
            f"falls from {offsets[row]} to {offsets[row + 1]} at element {row + 1}, "
            "expected ascending",
        )
    if offsets[-1] != entry_count:
        raise InvalidArgument(
            "offsets", f"ends with {offsets[-1]}, expected the number of entries, {entry_count}"
        )
