# SPDX-License-Identifier: GPL-3.0-or-later
"""The weight stage in one call."""

import ctypes

from . import declarations
from .marshal import address, functions, options, progress_pointer
from .weights import receive_sparse, sparse_arguments

_COUNTS = tuple(name for name, _ in declarations.HemWeightStageReport._fields_[1:])


def weight_stage(surface, body, roles, mirror, outfit, robust, steps, sources, progress):
    """`hem_run_weight_stage`; rows, and the report by name."""
    robust = options("HemRobustOptions", functions.hem_robust_options_init, **robust._asdict())
    steps = options(
        "HemWeightStageOptions", functions.hem_weight_stage_options_init, **steps._asdict()
    )
    size = ctypes.sizeof(declarations.HemWeightStageReport)
    report = declarations.HemWeightStageReport(struct_size=size)
    present = outfit.present
    with progress_pointer(progress) as listener:
        rows = receive_sparse(
            lambda out: functions.hem_run_weight_stage(
                surface.handle.handle,
                *sparse_arguments(body),
                address(roles),
                address(mirror),
                address(outfit.points),
                len(outfit.points),
                address(outfit.triangles),
                len(outfit.triangles),
                address(outfit.edges),
                len(outfit.edges),
                address(outfit.piece_starts),
                address(outfit.layers),
                len(outfit.layers),
                address(present.offsets),
                address(present.groups),
                address(present.weights),
                present.entry_count,
                address(outfit.mask),
                robust,
                steps,
                out,
                address(sources),
                ctypes.byref(report),
                listener,
            )
        )
    return rows, {name: getattr(report, name) for name in _COUNTS}
