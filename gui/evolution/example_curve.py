"""The loss of one example over the snapshots. Imported only after the first paint."""

from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.evolution.stages import Stage
from gui.theme import ThemeKeeper, Tone

_HEIGHT = 84


class ExampleCurve(QWidget):
    """A small plot with the chosen step marked; the figures stand in the list beside it."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._widget = pyqtgraph.PlotWidget()
        self._item = self._widget.getPlotItem()
        self._line = self._item.plot(symbol="o", symbolBrush=theme.colour(Tone.CURVE))
        self._mark = pyqtgraph.InfiniteLine(angle=90, movable=False)
        self._widget.setAccessibleName(self.tr("Loss of the example over steps"))
        self._widget.setMenuEnabled(False)
        self._widget.setAcceptDrops(False)  # a file let go here is for the queue
        self._item.hideButtons()
        self._item.setMouseEnabled(x=False, y=False)
        self._item.addItem(self._mark, ignoreBounds=True)
        for name in ("left", "bottom"):
            self._item.getAxis(name).enableAutoSIPrefix(False)
        self._mark.hide()
        self.setFixedHeight(_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._widget)
        theme.changed.connect(self._dress)
        self._dress()

    def show_stages(self, stages: Sequence[Stage]) -> None:
        """Those with a loss; a gap in time is no gap in the line."""
        scored = [(stage.at.step, stage.at.loss) for stage in stages if stage.at.loss is not None]
        self._line.setData([float(step) for step, _ in scored], [loss for _, loss in scored])

    def mark(self, step: int | None) -> None:
        self._mark.setVisible(step is not None)
        if step is not None:
            self._mark.setPos(step)

    def points(self) -> int:
        """How many the picture holds."""
        steps = self._line.getOriginalDataset()[0]
        return 0 if steps is None else len(steps)

    @Slot()
    def _dress(self) -> None:
        colour = self._theme.colour
        self._widget.setBackground(self._theme.palette().color(QPalette.ColorRole.Base))
        self._item.showGrid(x=False, y=True, alpha=0.12)
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setPen(colour(Tone.EDGE))
            axis.setTextPen(colour(Tone.QUIET))
        self._line.setPen(pyqtgraph.mkPen(colour(Tone.CURVE), width=2))
        self._line.setSymbolSize(5)
        self._line.setSymbolPen(None)
        self._line.setSymbolBrush(colour(Tone.CURVE))
        self._mark.setPen(pyqtgraph.mkPen(colour(Tone.HELD_OUT), width=2))
