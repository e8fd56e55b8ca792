# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of heat maps: dark blue, blue, green, yellow, red."""

from __future__ import annotations

import numpy as np

#: Linear RGB at equal steps from 0 to 1.
STOPS = np.array(
    [
        [0.008, 0.012, 0.08],
        [0.01, 0.15, 0.45],
        [0.02, 0.45, 0.18],
        [0.85, 0.60, 0.03],
        [0.80, 0.03, 0.02],
    ]
)


def heat_colours(values: np.ndarray) -> np.ndarray:
    """Linear RGBA (#V by 4, float32) of values (#V) from 0 to 1; beyond them the ends' colours."""
    steps = np.linspace(0.0, 1.0, len(STOPS))
    rgb = [np.interp(values, steps, channel) for channel in STOPS.T]
    return np.stack([*rgb, np.ones(len(values))], axis=1).astype(np.float32)


def css_gradient() -> str:
    """The same colours as a CSS background, from left to right."""
    # sRGB's transfer curve, IEC 61966-2-1.
    encoded = np.where(STOPS <= 0.0031308, 12.92 * STOPS, 1.055 * STOPS ** (1 / 2.4) - 0.055)
    colours = (f"rgb({r},{g},{b})" for r, g, b in np.rint(255 * encoded).astype(int).tolist())
    return f"linear-gradient(to right, {', '.join(colours)})"
