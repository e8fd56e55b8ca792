# SPDX-License-Identifier: GPL-3.0-or-later
"""A balanced tree of boxes over points or triangles, walked by whole arrays of queries at once.

Each level halves every node at the median centre along the node's longest side, so that the tree
is a plain array and its depth does not depend on the coordinates: duplicates, planes and lines
need no special case. A walk keeps one array of (query, node) pairs and goes down level by level.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_LEAF_SIZE = 8

#: (query, node) pairs that one block of queries may hold at a time, which bounds the memory.
_MOST_PAIRS = 4_000_000


class BoxTree:
    """Boxes `lower` to `upper`, each `#I by 3` float64; points are boxes without extent."""

    def __init__(self, lower: np.ndarray, upper: np.ndarray) -> None:
        self.count = len(lower)
        self.depth = max(0, (max(self.count, 1) - 1) // _LEAF_SIZE).bit_length()
        leaf_size = -(-max(self.count, 1) // (1 << self.depth))
        padding = (leaf_size << self.depth) - self.count
        # Missing items are empty boxes: infinitely far from every query, and last in every order.
        self.item_lower = np.vstack([lower, np.full((padding, 3), np.inf)])
        self.item_upper = np.vstack([upper, np.full((padding, 3), -np.inf)])
        self.leaves = self._split(padding).reshape(1 << self.depth, leaf_size)
        self.lower, self.upper = self._boxes()

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        boxes = sum(level.nbytes for level in (*self.lower, *self.upper))
        return self.item_lower.nbytes + self.item_upper.nbytes + self.leaves.nbytes + boxes

    def _split(self, padding: int) -> np.ndarray:
        centres = np.vstack(
            [
                0.5 * self.item_lower[: self.count] + 0.5 * self.item_upper[: self.count],
                np.full((padding, 3), np.inf),
            ]
        )
        order = np.arange(self.count + padding)
        for level in range(self.depth):
            nodes = order.reshape(1 << level, -1)
            inside = centres[nodes]
            largest = np.where(np.isinf(inside), -np.inf, inside).max(axis=1)
            axis = np.argmax(largest - inside.min(axis=1), axis=1)
            keys = np.take_along_axis(inside, axis[:, None, None], axis=2)[:, :, 0]
            by_key = np.argsort(keys, axis=1, kind="stable")
            order = np.take_along_axis(nodes, by_key, axis=1).ravel()
        return order

    def _boxes(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        lower = [self.item_lower[self.leaves].min(axis=1)]
        upper = [self.item_upper[self.leaves].max(axis=1)]
        for _ in range(self.depth):
            lower.insert(0, lower[0].reshape(-1, 2, 3).min(axis=1))
            upper.insert(0, upper[0].reshape(-1, 2, 3).max(axis=1))
        return lower, upper

    def near_items(self, queries: np.ndarray, least: int) -> np.ndarray:
        """Items of the node that a query reaches by always taking the nearer half.

        Returns `#Q by #N` with #N >= `least` (where the tree has as many); `count` and above stand
        for none. A good first guess of the nearest items.
        """
        node = np.zeros(len(queries), np.int64)
        level = 0
        while level < self.depth and self.leaves.size >> (level + 1) >= least:
            level += 1
            left, right = 2 * node, 2 * node + 1
            lower, upper = self.lower[level], self.upper[level]
            to_left = squared_box_distances(queries, lower[left], upper[left])
            to_right = squared_box_distances(queries, lower[right], upper[right])
            node = np.where(to_right < to_left, right, left)
        return self.leaves.reshape(1 << level, -1)[node]

    def within(
        self, queries: np.ndarray, squared_bounds: np.ndarray
    ) -> Iterator[tuple[slice, np.ndarray, np.ndarray, np.ndarray]]:
        """All items whose box is no farther from a query than its bound, in blocks of queries.

        Yields the block, and for each pair: query (within the block, ascending), item, squared
        distance.
        """
        start, block = 0, 16_384
        while start < len(queries):
            rows = slice(start, min(start + block, len(queries)))
            pairs = self._pairs(queries[rows], squared_bounds[rows], block == 1)
            if pairs is None:
                block = max(1, block // 4)
                continue
            yield (rows, *pairs)
            start = rows.stop

    def _pairs(self, queries, squared_bounds, unlimited):
        query = np.arange(len(queries))
        node = np.zeros(len(queries), np.int64)
        for level in range(1, self.depth + 1):
            query = np.repeat(query, 2)
            node = np.repeat(2 * node, 2)
            node[1::2] += 1
            distances = squared_box_distances(
                queries[query], self.lower[level][node], self.upper[level][node]
            )
            keep = distances <= squared_bounds[query]
            query, node = query[keep], node[keep]
            if len(query) * self.leaves.shape[1] > _MOST_PAIRS and not unlimited:
                return None
        item = self.leaves[node].ravel()
        query = np.repeat(query, self.leaves.shape[1])
        exists = item < self.count
        query, item = query[exists], item[exists]
        distances = squared_box_distances(
            queries[query], self.item_lower[item], self.item_upper[item]
        )
        keep = distances <= squared_bounds[query]
        return query[keep], item[keep], distances[keep]


def squared_box_distances(points, lower, upper):
    """Squared distance from each point to its box, 0 inside; all `#P by 3`."""
    outside = np.maximum(np.maximum(lower - points, points - upper), 0.0)
    return np.einsum("ij,ij->i", outside, outside)


def lowest_by_query(query, *keys):
    """Order of pairs by query, then by the keys; and the rank of each pair within its query."""
    order = np.lexsort((*reversed(keys), query))
    sorted_query = query[order]
    starts = np.flatnonzero(np.diff(sorted_query, prepend=-1))
    lengths = np.diff(np.append(starts, len(order)))
    return order, np.arange(len(order)) - np.repeat(starts, lengths)
