# SPDX-License-Identifier: GPL-3.0-or-later
"""The measures of a mesh as a user reads them: title, text, and where each is outside its limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Measure(NamedTuple):
    """A number of a mesh's entry in a report (see `quality.mesh_measures`)."""

    title: str
    #: The value of an entry, and its text.
    value: Callable[[dict], float]
    text: Callable[[float], str]
    #: The largest value that is as it should be.
    limit: float | None = None

    def text_of(self, mesh: dict) -> str:
        """What a reader sees."""
        return self.text(self.value(mesh))

    def is_bad(self, mesh: dict) -> bool:
        """Whether the value is outside its limit."""
        return self.limit is not None and self.value(mesh) > self.limit


def _count(value):
    return f"{value:,}"


def share(value: float) -> str:
    """A share as text in per cent."""
    return f"{100 * value:.2f} %"


def millimetres(value: float) -> str:
    """Metres as text in millimetres."""
    return f"{1000 * value:.2f}"


def short(value: float) -> str:
    """A number as text with three digits."""
    return f"{value:.3g}"


def _factor(value):
    return f"{value:.2f}"


WEIGHTS = (
    Measure("without weights", lambda mesh: mesh["unweighted"], _count, 0),
    Measure("sum off by", lambda mesh: mesh["largest_sum_error"], short, 1e-5),
    Measure("most influences", lambda mesh: mesh["most_influences"], _count, 4),
    Measure("mean influences", lambda mesh: mesh["weight_quality"]["mean_influences"], _factor),
    Measure("gradient, 1/m²", lambda mesh: mesh["weight_quality"]["gradient_energy"], short),
    Measure("left from right", lambda mesh: mesh["asymmetry"], short, 1e-3),
    Measure("on the wrong side", lambda mesh: mesh["wrong_side"], _count, 0),
)
SHAPE = (
    Measure("vertices", lambda mesh: mesh["vertices"], _count),
    Measure("triangles", lambda mesh: mesh["triangles"], _count),
    Measure("shape keys", lambda mesh: len(mesh["shape_keys"]), _count),
    Measure("deeper than 1 mm", lambda mesh: mesh["deep_share"], share, 0.005),
    Measure("deepest, mm", lambda mesh: mesh["deepest"], millimetres),
)
DISTORTION = (
    Measure("longer by", lambda mesh: mesh["distortion"]["median_longest"], _factor),
    Measure("longest 1 %", lambda mesh: mesh["distortion"]["percentile_99_longest"], _factor),
    Measure("shorter by", lambda mesh: mesh["distortion"]["median_shortest"], _factor),
    Measure("shortest 1 %", lambda mesh: mesh["distortion"]["percentile_1_shortest"], _factor),
    Measure("inverted faces", lambda mesh: mesh["distortion"]["inverted_faces"], _count),
)
