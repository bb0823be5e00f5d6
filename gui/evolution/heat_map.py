"""The heat map of a run: examples down, snapshots across, the figure as colour. Imported only after the first paint."""

from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsRectItem

from backend.domain.evolution import PanelExample
from gui.evolution import words
from gui.evolution.axes import EDGE_WIDTH, MarkAxis, StepAxis
from gui.evolution.colours import Pixels
from gui.theme import ThemeKeeper, Tone
from gui.translating import QT_TRANSLATE_NOOP

Cell = tuple[int, int]
"""Row and column of the picture, from its top left."""
_LEAST_COLUMNS, _LEAST_ROWS = 2.0, 4.0
_WHITE, _BLACK = "#ffffff", "#000000"


class HeatMap:
    """Draws into one plot of the picture; says which cell a point of the scene lies in."""

    def __init__(self, canvas: pyqtgraph.GraphicsLayoutWidget, row: int, theme: ThemeKeeper) -> None:
        self._theme = theme
        self._steps = StepAxis()
        self._marks = MarkAxis(theme)
        self.plot = canvas.addPlot(row, 0, axisItems={"bottom": self._steps, "left": self._marks})
        self.view = self.plot.vb
        self._image = pyqtgraph.ImageItem(axisOrder="row-major")
        self._outer, self._inner = QGraphicsRectItem(), QGraphicsRectItem()
        self._size = (0, 0)
        self._prepare()

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._size

    def show_pixels(
        self, pixels: Pixels, steps: Sequence[int], examples: Sequence[PanelExample], keep_place: bool
    ) -> None:
        """Args: keep_place: stay where the user has zoomed to; a view of the whole stays one of the whole."""
        whole = self.is_whole or not keep_place
        self._size = (len(examples), len(steps))
        self._steps.show_steps(steps)
        self._marks.show_examples(examples)
        if pixels.size:
            self._image.setImage(pixels, autoLevels=False, levels=None)
        else:
            self._image.clear()
        rows, columns = (max(1, one) for one in self._size)
        self.view.setLimits(
            xMin=0,
            xMax=columns,
            yMin=0,
            yMax=rows,
            minXRange=min(_LEAST_COLUMNS, columns),
            minYRange=min(_LEAST_ROWS, rows),
        )
        if whole:
            self.show_whole()

    def show_whole(self) -> None:
        rows, columns = (max(1, one) for one in self._size)
        self.view.setRange(xRange=(0, columns), yRange=(0, rows), padding=0)

    @property
    def is_whole(self) -> bool:
        (left, right), (top, bottom) = self.view.viewRange()
        rows, columns = self._size
        return right - left >= columns - 1e-6 and bottom - top >= rows - 1e-6

    def cell_at(self, point: QPointF) -> Cell | None:
        """The cell below a point of the scene."""
        if not self.view.sceneBoundingRect().contains(point):
            return None
        place = self.view.mapSceneToView(point)
        row, column = int(place.y()), int(place.x())
        rows, columns = self._size
        return (row, column) if 0 <= row < rows and 0 <= column < columns else None

    def mark(self, cell: Cell | None) -> None:
        """Put a frame around the chosen cell, and bring it into view."""
        for frame in (self._outer, self._inner):
            frame.setVisible(cell is not None)
            if cell is not None:
                frame.setRect(QRectF(cell[1], cell[0], 1, 1))
        if cell is not None:
            self._bring(cell)

    def dress(self) -> None:
        for axis in (self._steps, self._marks):
            axis.setPen(self._theme.colour(Tone.EDGE))
            axis.setTextPen(self._theme.colour(Tone.QUIET))

    def _bring(self, cell: Cell) -> None:
        (left, right), (top, bottom) = self.view.viewRange()
        x, y = _moved(left, right, cell[1]), _moved(top, bottom, cell[0])
        if (x, y) != ((left, right), (top, bottom)):
            self.view.setRange(xRange=x, yRange=y, padding=0)

    def _prepare(self) -> None:
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self._marks.setWidth(EDGE_WIDTH)
        self._steps.enableAutoSIPrefix(False)
        self.plot.setLabel("bottom", words.tr(QT_TRANSLATE_NOOP("evolution", "optimizer step of the snapshot")))
        self.view.invertY(True)
        self.view.addItem(self._image)
        for frame, colour, width in ((self._outer, _BLACK, 4), (self._inner, _WHITE, 2)):
            pen = pyqtgraph.mkPen(QColor(colour), width=width)
            pen.setCosmetic(True)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            frame.setPen(pen)
            frame.setVisible(False)
            frame.setZValue(10)
            self.view.addItem(frame, ignoreBounds=True)


def _moved(low: float, high: float, place: int) -> tuple[float, float]:
    """The stretch moved so that the place lies in it whole."""
    if place < low:
        return place, place + high - low
    if place + 1 > high:
        return place + 1 - (high - low), place + 1
    return low, high
