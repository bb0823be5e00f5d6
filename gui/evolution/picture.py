"""Curves and heat map of a run in one picture, with pointer and keys. Imported only after the first paint."""

from collections.abc import Sequence
from typing import Protocol

import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from backend.domain.evolution import PanelExample
from backend.domain.snapshot import Summary
from gui.evolution.colours import Pixels
from gui.evolution.curves import SummaryCurves
from gui.evolution.heat_map import Cell, HeatMap
from gui.theme import ThemeKeeper

_ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class Click(Protocol):
    """What the plot library tells of a click."""

    def button(self) -> Qt.MouseButton: ...

    def double(self) -> bool: ...

    def scenePos(self) -> QPointF: ...


class RunPicture(QWidget):
    """Knows rows and columns of what it shows, not what they stand for."""

    cell_chosen = Signal(object)
    """Cell: clicked, or come to by an arrow key."""
    cell_opened = Signal(object)
    """Cell: clicked twice, or Enter."""
    pointed = Signal(object, object)
    """Column below the pointer and its Cell; None where there is none."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._canvas = _Canvas()
        self.curves = SummaryCurves(self._canvas, theme)
        self.map = HeatMap(self._canvas, 2, theme)
        self._chosen: Cell | None = None
        for plot in self.curves.plots:
            plot.vb.setXLink(self.map.view)
        self._canvas.setAccessibleName(self.tr("Heat map: examples down, snapshots across"))
        self._canvas.setAcceptDrops(False)  # a file let go here is for the queue
        self._canvas.key_pressed.connect(self._press)
        self._canvas.scene().sigMouseMoved.connect(self._point_at)
        self._canvas.scene().sigMouseClicked.connect(self._click)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def chosen(self) -> Cell | None:
        return self._chosen

    def show_run(
        self,
        pixels: Pixels,
        steps: Sequence[int],
        examples: Sequence[PanelExample],
        summaries: Sequence[Summary],
        keep_place: bool,
    ) -> None:
        """Args: pixels: rows as `examples`, columns as `steps` and `summaries`."""
        self.map.show_pixels(pixels, steps, examples, keep_place)
        self.curves.show(summaries)

    def choose(self, cell: Cell | None) -> None:
        """Frame a cell without telling of it."""
        self._chosen = cell
        self.map.mark(cell)

    @Slot()
    def _dress(self) -> None:
        self._canvas.setBackground(self._theme.palette().color(QPalette.ColorRole.Base))
        self.curves.dress()
        self.map.dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.curves.use_height(self.height())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.curves.cross(None)
        self.pointed.emit(None, None)

    @Slot(object)
    def _point_at(self, where: QPointF) -> None:
        column = self._column_at(where)
        self.curves.cross(column)
        self.pointed.emit(column, self.map.cell_at(where))

    def _column_at(self, where: QPointF) -> int | None:
        column = int(self.map.view.mapSceneToView(where).x())
        return column if 0 <= column < self.map.size[1] else None

    @Slot(object)
    def _click(self, click: Click) -> None:
        cell = self.map.cell_at(click.scenePos())
        if cell is None or click.button() is not Qt.MouseButton.LeftButton:
            return
        self.choose(cell)
        self.cell_chosen.emit(cell)
        if click.double():
            self.cell_opened.emit(cell)

    @Slot(object)
    def _press(self, key: Qt.Key) -> None:
        rows, columns = self.map.size
        if key == Qt.Key.Key_Home:
            self.map.show_whole()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._chosen is not None:
                self.cell_opened.emit(self._chosen)
        elif rows and columns:
            down, right = _ARROWS[key]
            row, column = self._chosen or (-down, -right)
            self.choose((min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1)))
            self.cell_chosen.emit(self._chosen)


class _Canvas(pyqtgraph.GraphicsLayoutWidget):
    """Tells of the keys that the picture knows."""

    key_pressed = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (*_ARROWS, Qt.Key.Key_Home, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.key_pressed.emit(key)
            event.accept()
        else:
            super().keyPressEvent(event)
