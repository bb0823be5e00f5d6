"""Figures as colours: viridis, which colour-blind people can read, and a neutral grey for what was not taken."""

import numpy as np
from numpy.typing import NDArray

from gui.evolution.grid import Figures

_ANCHORS = (
    (68, 1, 84),
    (71, 44, 122),
    (59, 81, 139),
    (44, 113, 142),
    (33, 144, 141),
    (39, 173, 129),
    (92, 200, 99),
    (170, 220, 50),
    (253, 231, 37),
)
"""Viridis (Smith and van der Walt 2015, matplotlib) at nine even places."""
SHADES = 255
_MISSING_LIGHT = (214, 218, 216)
_MISSING_DARK = (72, 78, 75)
_LOW, _HIGH = 2.0, 98.0
"""Percentiles between which the colours run, so that one outlier does not flatten all others."""
_LEAST_SPAN = 1e-3

Pixels = NDArray[np.uint8]


def _table() -> NDArray[np.uint8]:
    places = np.linspace(0, len(_ANCHORS) - 1, SHADES)
    anchors = np.array(_ANCHORS, dtype=np.float64)
    channels = [np.interp(places, np.arange(len(_ANCHORS)), anchors[:, channel]) for channel in range(3)]
    return np.stack([*channels, np.full(SHADES, 255.0)], axis=1).round().astype(np.uint8)


VIRIDIS = _table()


def missing(dark: bool) -> tuple[int, int, int]:
    return _MISSING_DARK if dark else _MISSING_LIGHT


def span(figures: Figures) -> tuple[float, float]:
    """The range that the colours cover."""
    known = figures[np.isfinite(figures)]
    if not known.size:
        return 0.0, 1.0
    low, high = (float(one) for one in np.percentile(known, (_LOW, _HIGH)))
    return (low, high) if high - low >= _LEAST_SPAN else (low, low + _LEAST_SPAN)


def coloured(figures: Figures, low: float, high: float, dark: bool) -> Pixels:
    """Red, green, blue and opacity of each figure; NaN is grey, what lies outside has the colour of the end."""
    known = ~np.isnan(figures)
    share = np.clip((np.where(known, figures, low) - low) / (high - low), 0.0, 1.0)
    table = np.vstack((VIRIDIS, np.array([(*missing(dark), 255)], dtype=np.uint8)))
    shade = np.where(known, (share * (SHADES - 1)).round().astype(np.intp), SHADES)
    pixels: Pixels = table[shade]
    return pixels
