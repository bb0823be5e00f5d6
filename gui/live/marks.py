"""The marks of snapshots on the step axis of the loss plot: a tooltip says what each found, a click goes to it."""

from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import (
    QGraphicsObject,
    QGraphicsSceneHoverEvent,
    QGraphicsSceneMouseEvent,
    QStyleOptionGraphicsItem,
    QWidget,
)

from gui.evolution import telling
from gui.live.mark import Mark
from gui.theme import ThemeKeeper, Tone

HEIGHT = 11
_HALF = 5.5
_REACH = 7
"""Pixels from a mark within which it is meant."""
_LEAST_GAP = 3
"""Marks that would stand closer are drawn as one."""


class Marks(QGraphicsObject):
    """Triangles along the lower edge of the plot, in its pixels, so that they keep their size and its range stays."""

    chosen = Signal(object)
    """Mark."""

    def __init__(self, plot: pyqtgraph.PlotItem, theme: ThemeKeeper) -> None:
        super().__init__(plot.vb)
        self._box = plot.vb
        self._theme = theme
        self._marks: tuple[Mark, ...] = ()
        self._under: Mark | None = None
        self._pressed: Mark | None = None
        self.sample = pyqtgraph.PlotDataItem(pen=None, symbol="t1")
        """What stands in the legend."""
        self.setAcceptHoverEvents(True)
        self.setZValue(10)
        self._box.sigXRangeChanged.connect(self._place)
        self._box.sigResized.connect(self._place)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def marks(self) -> Sequence[Mark]:
        return self._marks

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """In order of steps."""
        self._marks = tuple(marks)
        self._place()

    def place_of(self, mark: Mark) -> QPointF:
        """The middle of a mark, in the scene."""
        return self.mapToScene(QPointF(self._x(mark), self._box.rect().bottom() - HEIGHT / 2))

    def boundingRect(self) -> QRectF:
        area = self._box.rect()
        return QRectF(area.left(), area.bottom() - HEIGHT, area.width(), HEIGHT)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        area = self._box.rect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        painter.setPen(Qt.PenStyle.NoPen)
        drawn_to = -float("inf")
        for mark in self._marks:
            x = self._x(mark)
            if mark is self._under or (area.left() <= x <= area.right() and x - drawn_to >= _LEAST_GAP):
                drawn_to = x
                painter.setBrush(self._theme.colour(Tone.CURVE if mark is self._under else Tone.QUIET))
                painter.drawPolygon(_triangle(x, area.bottom()))

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._point_at(self._nearest(event.pos().x()))

    def hoverLeaveEvent(self, _event: QGraphicsSceneHoverEvent) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Beside the marks the plot is pulled as everywhere else."""
        self._pressed = self._nearest(event.pos().x()) if event.button() is Qt.MouseButton.LeftButton else None
        event.setAccepted(self._pressed is not None)

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and self._nearest(event.pos().x()) is pressed:
            self.chosen.emit(pressed)

    def _nearest(self, x: float) -> Mark | None:
        nearest = min(self._marks, key=lambda mark: abs(self._x(mark) - x), default=None)
        return nearest if nearest is not None and abs(self._x(nearest) - x) <= _REACH else None

    def _point_at(self, mark: Mark | None) -> None:
        if mark is self._under:
            return
        self._under = mark
        self.setToolTip("" if mark is None else telling.mark(mark.step, mark.summary))
        if mark is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    def _x(self, mark: Mark) -> float:
        return self._box.mapFromView(QPointF(mark.step, 0)).x()

    @Slot()
    def _place(self) -> None:
        self.prepareGeometryChange()
        self.update()

    @Slot()
    def _dress(self) -> None:
        self.sample.setData([0.0], [0.0])  # without a point it would not be dressed
        self.sample.setSymbolSize(9)
        self.sample.setSymbolPen(None)
        self.sample.setSymbolBrush(self._theme.colour(Tone.QUIET))
        self.update()


def _triangle(x: float, bottom: float) -> QPolygonF:
    return QPolygonF([QPointF(x - _HALF, bottom), QPointF(x + _HALF, bottom), QPointF(x, bottom - HEIGHT + 1)])
