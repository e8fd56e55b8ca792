# SPDX-License-Identifier: GPL-3.0-or-later
"""A weight transfer that is kept up to date while the body or the costume changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .handles import Handle
from .progress import CancelFlag, Progress, ProgressCallback
from .sparse import SparseWeights
from .surface import Surface
from .transfer import Transfer, TransferOptions


@dataclass(frozen=True)
class Changes:
    """Checked changes, as both back ends take them; None where all is as it was."""

    body_points: np.ndarray | None
    body_weights: SparseWeights | None
    points: np.ndarray | None
    normals: np.ndarray | None
    changed_vertices: np.ndarray | None
    changed_points: np.ndarray | None


class TransferSession(Handle):
    """`transfer_weights` for sparse weights, repeated cheaply after small changes.

    An update makes only those rows again that can differ, and its result equals that of a full
    transfer bit for bit. (The fallback transfers in full.) Keeps copies of all that it is given.
    With a `normal_radius` an update averages all normals anew, which takes most of its time.

    - `surface`: of the body; may be closed afterwards;
    - `body_weights`: `SparseWeights`, one row for each vertex of the surface;
    - `points` and the options: as `transfer_weights` takes them.
    """

    def __init__(
        self,
        surface: Surface,
        body_weights: SparseWeights,
        points: Any,
        *,
        max_distance: float = math.inf,
        normals: Any = None,
        triangles: Any = None,
        normal_radius: float = 0.0,
        angle_min: float = 0.0,
        angle_max: float = 0.0,
        small_triangles_by_corner: bool = False,
        first_triangles: Any = None,
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
    ) -> None:
        points = arguments.coordinates("points", points)
        options = TransferOptions.checked(
            surface,
            len(points),
            max_distance,
            normals,
            triangles,
            normal_radius,
            angle_min,
            angle_max,
            small_triangles_by_corner,
            first_triangles,
        )
        self.vertex_count = surface.vertex_count
        self.point_count = len(points)
        self.group_count = getattr(body_weights, "group_count", 0)
        self._has_normals = options.normals is not None
        self._check_body_weights(body_weights)
        self.backend = surface.backend
        self._built = self.backend.transfer_session(
            surface.built, body_weights, points, options, Progress(progress, cancel)
        )

    def update(
        self,
        *,
        body_points: Any = None,
        body_weights: SparseWeights | None = None,
        points: Any = None,
        normals: Any = None,
        changed_vertices: Any = None,
        changed_points: Any = None,
        progress: ProgressCallback | None = None,
        cancel: CancelFlag | None = None,
    ) -> np.ndarray:
        """Brings the weights up to date; what is left out is as it was.

        What changed is found by comparing bits. After an error or a cancel all is as before.

        - `body_points`: `#V by 3`; `body_weights`: as many rows and groups as before;
        - `points`: `#P by 3`; `normals`: `#P by 3`, for a session that was created with normals;
        - `changed_vertices` (`#V`), `changed_points` (`#P`): bool; what is marked False stays as it
          was, whatever the arrays hold.

        Returns `#P` bool: the rows whose weights differ from before.
        """
        changes = Changes(
            self._coordinates("body_points", body_points, self.vertex_count),
            None if body_weights is None else self._check_body_weights(body_weights),
            self._coordinates("points", points, self.point_count),
            self._normals(normals),
            arguments.selection("changed_vertices", changed_vertices, self.vertex_count),
            arguments.selection("changed_points", changed_points, self.point_count),
        )
        changed = np.empty(self.point_count, np.uint8)
        self.built.update(changes, changed, Progress(progress, cancel))
        return changed.view(np.bool_)

    def result(self) -> Transfer:
        """The weights as they are now. Later updates do not change them."""
        matched = np.empty(self.point_count, np.uint8)
        distances = np.empty(self.point_count, np.float32)
        rows = self.built.weights(matched, distances)
        weights = SparseWeights.trusted(*rows, self.group_count)
        return Transfer(weights, matched.view(np.bool_), distances)

    def _check_body_weights(self, weights: Any) -> SparseWeights:
        if not isinstance(weights, SparseWeights):
            problem = f"is {type(weights).__name__}, expected SparseWeights"
            raise InvalidArgument("body_weights", problem)
        arguments.length("body_weights", weights.vertex_count, self.vertex_count)
        if weights.group_count != self.group_count:
            problem = f"has {weights.group_count} groups, expected {self.group_count} as before"
            raise InvalidArgument("body_weights", problem)
        return weights

    def _coordinates(self, argument: str, values: Any, count: int) -> np.ndarray | None:
        if values is None:
            return None
        found = arguments.coordinates(argument, values)
        arguments.length(argument, len(found), count)
        return found

    def _normals(self, values: Any) -> np.ndarray | None:
        if values is None:
            return None
        if not self._has_normals:
            problem = "is given, expected None: the session was created without"
            raise InvalidArgument("normals", problem)
        return arguments.points("normals", values, self.point_count)
