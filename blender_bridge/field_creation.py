# SPDX-License-Identifier: GPL-3.0-or-later
"""Deformation fields from a body and its other shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import arguments
from .errors import InvalidArgument
from .field import DeformationField
from .progress import CancelFlag, Progress, ProgressCallback
from .rbf import rbf_settings


def create_field(
    body: Any,
    deformed: Any,
    *,
    correspondence: Any = None,
    triangles: Any = None,
    inverse: bool = False,
    steps: int = 1,
    mirror_x: bool = False,
    base_spacing: float = 0.0025,
    growth: float = 0.5,
    box_scale: float = 1.5,
    falloff_start: float = 0.015,
    falloff_end: float = 0.265,
    kernel: str = "multiquadric",
    epsilon: float = 1e-5,
    smoothing: float = 0.0,
    merge_distance: float = 1e-5,
    progress: ProgressCallback | None = None,
    cancel: CancelFlag | None = None,
) -> DeformationField:
    """A field that moves a body to another shape of it.

    The body's vertices are the control points of radial basis functions (see `RbfInterpolator`);
    the field samples these on a grid around the body and at the control points themselves. A field
    mixes its nearest samples, so that the body's own vertices do not land exactly: between two
    sample bodies 99 of 100 do within 0.1 mm, and all within 0.5 mm.

    - `body`: `#V by 3`, world space, finite;
    - `deformed`: the other shape, `#W by 3`; the same vertices unless there is a
    - `correspondence`: `#V`, the vertex of `deformed` for each of the body's, or `NO_INDEX` (or −1)
      for one that is no control point;
    - `triangles`: `#T by 3`, the body's surface, from which distances count; those with a vertex
      that is no control point are left out. Without it distances count from control points;
    - `inverse`: the field leads from `deformed` back to `body`;
    - `steps`: equal parts into which the way of each control point is cut, 1 to 1000; the samples
      move along;
    - `mirror_x`: only samples with x ≥ 0 are kept and stand for both sides: for symmetric bodies;
    - `base_spacing`: metres, edge of the grid's cells near the body; `growth`: what a metre of
      distance adds to it; `box_scale`: the grid fills the body's bounding box times this;
    - `falloff_start`, `falloff_end`: metres; with the distance d from the body displacements count
      by 1 − (3t² − 2t³), t = (d − start) / (end − start) within 0 and 1; the end may be infinite;
    - `kernel`, `epsilon`, `smoothing`, `merge_distance`: see `RbfInterpolator`;
    - `progress`, `cancel`: see `ProgressCallback` and `CancelFlag`.
    """
    body = arguments.points("body", body)
    deformed = arguments.points("deformed", deformed)
    if correspondence is None:
        arguments.length("deformed", len(deformed), len(body))
    else:
        correspondence = arguments.optional_indices(
            "correspondence", correspondence, len(body), len(deformed)
        )
    if triangles is not None:
        triangles = arguments.indices("triangles", triangles, 3, len(body))
    spacing = arguments.not_negative("base_spacing", base_spacing)
    if np.float32(spacing) < np.finfo(np.float32).tiny:
        raise InvalidArgument("base_spacing", "is 0, expected a number above 0")
    scale = arguments.number("box_scale", box_scale)
    if scale < 1.0:
        raise InvalidArgument("box_scale", f"is {scale:g}, expected 1 at least")
    start = arguments.not_negative("falloff_start", falloff_start)
    end = arguments.not_negative("falloff_end", falloff_end, infinite=True)
    if end <= start:
        problem = f"is {end:g}, expected more than `falloff_start`, {start:g}"
        raise InvalidArgument("falloff_end", problem)
    settings = {
        **rbf_settings(kernel, epsilon, smoothing, merge_distance),
        "inverse": int(bool(inverse)),
        "step_count": arguments.count("steps", steps, 1, 1000),
        "mirror_x": int(bool(mirror_x)),
        "base_spacing": spacing,
        "growth": arguments.not_negative("growth", growth),
        "box_scale": scale,
        "falloff_start": start,
        "falloff_end": end,
    }
    field = DeformationField.__new__(DeformationField)
    field._build(
        "field_create_from_shapes",
        body,
        deformed,
        correspondence,
        triangles,
        settings,
        Progress(progress, cancel),
    )
    return field
