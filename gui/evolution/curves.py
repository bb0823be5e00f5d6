"""Curves over the snapshots of a run: mean losses, and below them the share of right answers and the similarity."""

import math
from collections.abc import Callable, Sequence

import pyqtgraph
from PySide6.QtCore import Qt

from backend.domain.snapshot import Summary
from gui.evolution.axes import EDGE_WIDTH
from gui.theme import ThemeKeeper, Tone

_HEIGHTS = ((420, 96.0), (260, 56.0), (0, 0.0))
"""Of the picture, and from there on of each plot."""
_SHARES = ((0.2, "20 %"), (0.5, "50 %"), (0.8, "80 %"))
_SYMBOLS_UP_TO = 40
"""Points are marked where there are few, so that a single one is seen too."""

LINES: tuple[tuple[Tone, Qt.PenStyle, Callable[[Summary], float | None]], ...] = (
    (Tone.CURVE, Qt.PenStyle.SolidLine, lambda summary: summary.avg_loss),
    (Tone.HELD_OUT, Qt.PenStyle.DashLine, lambda summary: summary.avg_loss_heldout),
    (Tone.RIGHT, Qt.PenStyle.SolidLine, lambda summary: summary.accuracy),
    (Tone.SIMILAR, Qt.PenStyle.DashLine, lambda summary: summary.avg_similarity),
)
"""Two of losses, then two of shares."""


class SummaryCurves:
    """Two low plots above the heat map, whose x axis they share."""

    def __init__(self, canvas: pyqtgraph.GraphicsLayoutWidget, theme: ThemeKeeper) -> None:
        self._theme = theme
        self.plots = (canvas.addPlot(0, 0), canvas.addPlot(1, 0))
        self._crosses = tuple(pyqtgraph.InfiniteLine(angle=90, movable=False) for _ in self.plots)
        self._lines = [self.plots[number // 2].plot() for number in range(len(LINES))]
        for plot, cross in zip(self.plots, self._crosses, strict=True):
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=True, y=False)
            plot.hideAxis("bottom")
            plot.getAxis("left").setWidth(EDGE_WIDTH)
            plot.getAxis("left").enableAutoSIPrefix(False)
            plot.addItem(cross, ignoreBounds=True)
            cross.hide()
        self.plots[1].setYRange(0, 1, padding=0.06)
        self.plots[1].getAxis("left").setTicks([_SHARES])

    def use_height(self, whole: float) -> None:
        """Args: whole: pixels of the picture, of which the heat map shall have the most."""
        high = next(high for least, high in _HEIGHTS if whole >= least)
        for plot in self.plots:
            plot.setVisible(high > 0)
            plot.setMaximumHeight(high)

    def show(self, summaries: Sequence[Summary]) -> None:
        places = [place + 0.5 for place in range(len(summaries))]
        for line, (_, _, figure) in zip(self._lines, LINES, strict=True):
            values = [figure(summary) for summary in summaries]
            line.setSymbol("o" if len(places) <= _SYMBOLS_UP_TO else None)
            if all(value is None for value in values):  # the plot library warns of points that are nowhere
                line.setData([], [])
            else:
                line.setData(places, [math.nan if value is None else value for value in values])

    def cross(self, column: int | None) -> None:
        """Stand over a snapshot, or nowhere."""
        for line in self._crosses:
            line.setVisible(column is not None)
            if column is not None:
                line.setPos(column + 0.5)

    def dress(self) -> None:
        colour = self._theme.colour
        for plot, cross in zip(self.plots, self._crosses, strict=True):
            plot.showGrid(x=False, y=True, alpha=0.12)
            plot.getAxis("left").setPen(colour(Tone.EDGE))
            plot.getAxis("left").setTextPen(colour(Tone.QUIET))
            cross.setPen(pyqtgraph.mkPen(colour(Tone.QUIET), width=1))
        for line, (tone, style, _) in zip(self._lines, LINES, strict=True):
            line.setPen(pyqtgraph.mkPen(colour(tone), width=2, style=style))
            line.setSymbolSize(5)
            line.setSymbolPen(None)
            line.setSymbolBrush(colour(tone))
