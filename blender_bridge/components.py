# SPDX-License-Identifier: GPL-3.0-or-later
"""Components of meshes: which there are, which are rigid, their boxes, and which lie together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import arguments
from .backend import backend
from .errors import InvalidArgument
from .progress import CancelFlag, Progress, ProgressCallback
from .sparse import SparseWeights


class Parts(NamedTuple):
    """Sets of vertices, numbered by their lowest vertices."""

    #: `#V` uint32: the set of each vertex, `NO_INDEX` where it is in none.
    labels: np.ndarray
    #: Number of sets.
    count: int


def connected_components(elements: Any, vertex_count: int) -> Parts:
    """The islands of a mesh: vertices of one element are connected.

    Vertices that only lie at the same place are not; a vertex without elements is an island.

    - `elements`: `#E by N` uint32 or int32 vertices: edges, triangles, quads.
    """
    elements = np.asarray(elements)
    if elements.size == 0:
        elements = np.empty((0, 2), np.uint32)
    if elements.ndim != 2:
        raise InvalidArgument("elements", f"has {elements.ndim} dimensions, expected #E by N")
    vertex_count = arguments.count("vertex_count", vertex_count, most=arguments.MOST_ELEMENTS)
    elements = arguments.indices("elements", elements, elements.shape[1], vertex_count)
    labels = np.empty(vertex_count, np.uint32)
    return Parts(labels, backend().find_components(elements, labels))


def find_rigid_parts(weights: SparseWeights, components: Any, *, tolerance: float = 1e-3) -> Parts:
    """The components that are rigid, such as buttons and buckles.

    No weight of any vertex differs from that of the component's lowest vertex by more than
    `tolerance`, and that vertex has weights. `average_weights(weights, parts)` gives each part one
    row of weights, `fit_similarity(…, labels=parts.labels, component_count=parts.count)` one
    motion.

    - `components`: `Parts` of `connected_components`, or `#V` labels, -1 or `NO_INDEX` for none.
    """
    weights = arguments.sparse("weights", weights)
    labels, count = label_arguments("components", components, None, weights.vertex_count)
    tolerance = arguments.not_negative("tolerance", tolerance)
    parts = np.empty(weights.vertex_count, np.uint32)
    return Parts(parts, backend().find_rigid_parts(weights, labels, count, tolerance, parts))


class OrientedBoxes(NamedTuple):
    """A box around the points of each component."""

    #: `#C by 4 by 4` float64, row-major: the unit axes as columns, longest first, and the centre.
    frames: np.ndarray
    #: `#C by 3` float64, metres, descending.
    half_extents: np.ndarray


def oriented_boxes(
    points: Any, labels: Any = None, *, component_count: int | None = None
) -> OrientedBoxes:
    """A tight oriented box around each component's points.

    From their principal axes the box is turned about each of its axes to the smallest rectangle
    there, until no turn makes it smaller (after Barequet and Har-Peled 2001). A component without
    points has a box of no size at the origin.

    - `points`: `#P by 3` float32, finite;
    - `labels`: `Parts`, or `#P` labels, -1 or `NO_INDEX` for none; None takes all points as one;
    - `component_count`: None takes the largest label plus one.
    """
    points = arguments.points("points", points)
    if labels is None:
        labels, component_count = np.zeros(len(points), np.uint32), 1
    labels, count = label_arguments("labels", labels, component_count, len(points))
    boxes = OrientedBoxes(np.empty((count, 4, 4)), np.empty((count, 3)))
    backend().fit_boxes(points, labels, boxes)
    return boxes


def cluster_components(
    points: Any,
    labels: Any,
    distance: float,
    *,
    component_count: int | None = None,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> Parts:
    """Joins components that lie near each other, such as the parts of one buckle.

    Two are joined where a point of one lies within `distance` metres of a point of the other
    (single linkage).

    - `points`: `#P by 3` float32, finite;
    - `labels`: `Parts`, or `#P` labels, -1 or `NO_INDEX` for none;
    - `component_count`: None takes the largest label plus one.

    Returns the cluster of each component (in place of a vertex), numbered by their lowest
    components.
    """
    points = arguments.points("points", points)
    distance = arguments.radius("distance", distance)
    labels, count = label_arguments("labels", labels, component_count, len(points))
    clusters = np.empty(count, np.uint32)
    notice = Progress(progress, cancel)
    return Parts(clusters, backend().cluster_components(points, labels, distance, clusters, notice))


def label_arguments(
    argument: str, labels: Any, label_count: int | None, vertex_count: int
) -> tuple[np.ndarray, int]:
    """Checked labels and their number: `Parts`, or labels of which the largest tells the number."""
    if isinstance(labels, Parts):
        labels, label_count = labels
    bound = arguments.NO_INDEX if label_count is None else label_count
    labels = arguments.optional_indices(argument, labels, vertex_count, bound)
    if label_count is None:
        used = labels[labels != arguments.NO_INDEX]
        label_count = int(used.max()) + 1 if len(used) else 0
    return labels, arguments.count("label_count", label_count, most=arguments.MOST_ELEMENTS)
