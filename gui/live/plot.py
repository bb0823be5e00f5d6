"""The loss plot: raw and smoothed lines, held-out points, a crosshair. Imported only after the first paint."""

import math
from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.live.curve import Curve, smoothed
from gui.live.mark import Mark
from gui.live.marks import Marks
from gui.theme import ThemeKeeper, Tone

REDRAW_MS = 100
_BEFORE_FIRST = 0.5
_LEAST_STEPS = 4
"""The x axis is never narrower, so that it counts in whole steps."""


class LossPlot(QWidget):
    """Takes points at any speed and redraws at most ten times a second."""

    pointed = Signal(object)
    """(step, raw, smoothed, held-out) below the pointer, or None."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self.raw = Curve()
        self.held_out = Curve()
        self._theme = theme
        self._weight = 0.0
        self._smooth: list[float] = []
        self._stale = False
        self._widget = pyqtgraph.PlotWidget()
        self._item = self._widget.getPlotItem()
        self._raw_line = self._item.plot()
        self._smooth_line = self._item.plot()
        self._held_out_line = self._item.plot(symbol="o", symbolBrush=theme.colour(Tone.HELD_OUT))
        self._reach = self._item.plot()
        self.marks = Marks(self._item, theme)
        self._legend = self._make_legend()
        self._cross = pyqtgraph.InfiniteLine(angle=90, movable=False)
        self._prepare()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._widget)
        self.redraw_timer = QTimer(self)
        self.redraw_timer.setInterval(REDRAW_MS)
        self.redraw_timer.timeout.connect(self._redraw_if_stale)
        self.redraw_timer.start()
        theme.changed.connect(self._dress)
        self._dress()

    def add_step(self, step: int, loss: float) -> None:
        self.raw.add(step, loss)
        self._stale = True

    def add_held_out(self, step: int, loss: float) -> None:
        self.held_out.add(step, loss)
        self._stale = True

    def show_marks(self, marks: Sequence[Mark]) -> None:
        self.marks.show_marks(marks)
        self._stale = True

    def clear(self) -> None:
        self.raw.clear()
        self.held_out.clear()
        self._stale = True

    @Slot(float)
    def smooth(self, weight: float) -> None:
        self._weight = weight
        self._stale = True

    @Slot(bool)
    def use_log_scale(self, on: bool) -> None:
        self._item.setLogMode(x=False, y=on)
        self._item.enableAutoRange()

    def drawn(self) -> tuple[int, int]:
        """How many raw and held-out points the picture holds now."""
        raw, held_out = self._raw_line.getOriginalDataset()[0], self._held_out_line.getOriginalDataset()[0]
        return (0 if raw is None else len(raw), 0 if held_out is None else len(held_out))

    def _prepare(self) -> None:
        self._widget.setAccessibleName(self.tr("Loss over steps"))
        self._widget.setMenuEnabled(False)
        self._widget.setAcceptDrops(False)  # a file let go here is for the queue
        self._item.setDownsampling(auto=True, mode="peak")
        self._item.setClipToView(True)
        self._item.hideButtons()
        self._item.setLimits(xMin=-_BEFORE_FIRST, minXRange=_LEAST_STEPS)
        self._item.setLabel("bottom", self.tr("optimizer step"))
        self._item.setLabel("left", self.tr("loss (nats per token)"))
        self._item.addItem(self._cross, ignoreBounds=True)
        self._item.getAxis("left").enableAutoSIPrefix(False)
        self._item.getAxis("bottom").enableAutoSIPrefix(False)
        self._cross.hide()
        self._widget.scene().sigMouseMoved.connect(self._point_at)

    def _make_legend(self) -> pyqtgraph.LegendItem:
        legend = self._item.addLegend(offset=(-12, 12), labelTextColor=self._theme.colour(Tone.QUIET), verSpacing=-4)
        legend.addItem(self._raw_line, self.tr("each step"))
        legend.addItem(self._smooth_line, self.tr("smoothed"))
        legend.addItem(self._held_out_line, self.tr("held-out rows"))
        legend.addItem(self.marks.sample, self.tr("snapshots"))
        return legend

    @Slot()
    def _dress(self) -> None:
        colour = self._theme.colour
        self._widget.setBackground(self._theme.palette().color(QPalette.ColorRole.Base))  # ours follows a moment later
        self._item.showGrid(x=True, y=True, alpha=0.12)
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setPen(colour(Tone.EDGE))
            axis.setTextPen(colour(Tone.QUIET))
        self._raw_line.setPen(pyqtgraph.mkPen(colour(Tone.CURVE_RAW), width=1))
        self._smooth_line.setPen(pyqtgraph.mkPen(colour(Tone.CURVE), width=2))
        self._smooth_line.setSymbolSize(5)
        self._smooth_line.setSymbolPen(None)
        self._smooth_line.setSymbolBrush(colour(Tone.CURVE))
        self._held_out_line.setPen(pyqtgraph.mkPen(colour(Tone.HELD_OUT), width=1, style=Qt.PenStyle.DashLine))
        self._held_out_line.setSymbolSize(7)
        self._held_out_line.setSymbolPen(None)
        self._held_out_line.setSymbolBrush(colour(Tone.HELD_OUT))
        self._reach.setPen(pyqtgraph.mkPen(QColor(Qt.GlobalColor.transparent), width=1))
        self._legend.setLabelTextColor(colour(Tone.QUIET))
        self._cross.setPen(pyqtgraph.mkPen(colour(Tone.QUIET), width=1))
        self._stale = True

    @Slot()
    def _redraw_if_stale(self) -> None:
        if not self._stale or not self.isVisible():
            return
        self._stale = False
        self._smooth = smoothed(self.raw.values, self._weight)
        self._raw_line.setData(self.raw.steps, self.raw.values)
        self._smooth_line.setSymbol("o" if len(self.raw) == 1 else None)  # one point makes no line
        self._smooth_line.setData(self.raw.steps, self._smooth)
        self._held_out_line.setData(self.held_out.steps, self.held_out.values)
        self._reach_back()

    def _reach_back(self) -> None:
        """Unseen, from the first mark to the curve: so a job that goes on is shown from its begin."""
        earlier = self.marks.marks and self.raw.steps and self.marks.marks[0].step < self.raw.steps[0]
        steps = [self.marks.marks[0].step, self.raw.steps[0]] if earlier else []
        self._reach.setData(steps, self.raw.values[:1] * len(steps))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._cross.hide()
        self.pointed.emit(None)

    @Slot(object)
    def _point_at(self, where: QPointF) -> None:
        inside = self._item.sceneBoundingRect().contains(where) and len(self._smooth) > 0
        near = self.raw.nearest(self._item.vb.mapSceneToView(where).x()) if inside else None
        self._cross.setVisible(near is not None)
        if near is None:
            self.pointed.emit(None)
            return
        step, loss = near
        place = self.raw.steps.index(step)
        line = self._smooth[place] if place < len(self._smooth) else math.nan
        self._cross.setPos(step)
        held_out = self.held_out.nearest(step)
        self.pointed.emit((int(step), loss, line, held_out))
