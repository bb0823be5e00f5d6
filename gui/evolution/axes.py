"""The axes of the picture of a run: steps below the snapshots, and marks beside the examples."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from backend.domain.evolution import PanelExample
from gui.theme import ThemeKeeper, Tone

EDGE_WIDTH = 52
"""Of the left axis of every plot, so that their snapshots stand below each other."""
_LABEL_ROOM = 12
_DIGIT = 8
_MARK = 7.0


class StepAxis(pyqtgraph.AxisItem):
    """Snapshots are equally wide; each is labelled with its step, as many as there is room for."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._steps: Sequence[int] = ()

    def show_steps(self, steps: Sequence[int]) -> None:
        self._steps = steps
        self.setStyle(hideOverlappingLabels=True)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        first, last = max(0, int(minVal)), min(len(self._steps), int(maxVal) + 1)
        if last <= first:
            return []
        room = _LABEL_ROOM + _DIGIT * len(f"{self._steps[last - 1]:,}")
        stride = max(1, -int(-room * (maxVal - minVal) // max(size, 1)))
        places = [
            place + 0.5 for place in range(first - first % stride, last, stride) if minVal <= place + 0.5 <= maxVal
        ]
        return [(float(stride), places)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [f"{self._steps[int(value)]:,}" if int(value) < len(self._steps) else "" for value in values]


class MarkAxis(pyqtgraph.AxisItem):
    """A dot beside each row that is held out, a diamond beside each that is pinned."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__("left")
        self._theme = theme
        self._marked: list[tuple[int, bool, bool]] = []

    def show_examples(self, examples: Sequence[PanelExample]) -> None:
        """In the order of the rows."""
        self._marked = [(row, one.heldout, one.pinned) for row, one in enumerate(examples) if one.heldout or one.pinned]
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        return []

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None) -> None:
        view = self.linkedView()
        if view is None:
            return
        top, bottom = sorted(view.viewRange()[1])
        right = self.rect().right()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        scale = self.rect().height() / max(bottom - top, 1e-9)
        high = min(_MARK, max(scale, 2.0))
        for row, held_out, pinned in self._marked:
            if top <= row + 0.5 <= bottom:
                y = self.rect().top() + (row + 0.5 - top) * scale
                if held_out:
                    painter.setBrush(self._theme.colour(Tone.HELD_OUT))
                    painter.drawEllipse(QRectF(right - _MARK - 4, y - high / 2, _MARK, high))
                if pinned:
                    painter.setBrush(self._theme.colour(Tone.RIGHT))
                    painter.drawPolygon(_diamond(right - 2 * _MARK - 4, y, high))


def _diamond(x: float, y: float, high: float) -> list[QPointF]:
    wide, tall = _MARK / 2, high / 2
    return [QPointF(x - wide, y), QPointF(x, y - tall), QPointF(x + wide, y), QPointF(x, y + tall)]
