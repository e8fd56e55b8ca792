# SPDX-License-Identifier: GPL-3.0-or-later
"""A weight transfer that is kept up to date."""

from .marshal import NativeHandle, address, check, functions, progress_pointer, receive_handle
from .transfer import points_and_options
from .weights import receive_sparse, sparse_arguments


def transfer_session(surface, body, points, options, progress):
    """`hem_transfer_session_create`."""
    with progress_pointer(progress) as listener:
        handle = receive_handle(
            lambda out: functions.hem_transfer_session_create(
                surface.handle.handle,
                *sparse_arguments(body),
                *points_and_options(points, options),
                listener,
                out,
            ),
            functions.hem_transfer_session_destroy,
        )
    return TransferSession(handle, body.vertex_count, len(points))


class TransferSession:
    """A `HemTransferSession`."""

    def __init__(self, handle: NativeHandle, vertex_count: int, point_count: int) -> None:
        self.handle = handle
        self.close = handle.close
        self._vertex_count = vertex_count
        self._point_count = point_count

    def update(self, changes, changed, progress):
        """`hem_transfer_session_update`."""
        weights = changes.body_weights
        unchanged = (None, self._vertex_count, None, None, 0, 0)
        with progress_pointer(progress) as listener:
            check(
                functions.hem_transfer_session_update(
                    self.handle.handle,
                    address(changes.body_points),
                    *(unchanged if weights is None else sparse_arguments(weights)),
                    address(changes.changed_vertices),
                    address(changes.points),
                    address(changes.normals),
                    self._point_count,
                    address(changes.changed_points),
                    listener,
                    address(changed),
                    None,
                )
            )

    def weights(self, matched, distances):
        """`hem_transfer_session_weights`."""
        return receive_sparse(
            lambda out: functions.hem_transfer_session_weights(
                self.handle.handle, self._point_count, out, address(matched), address(distances)
            )
        )
