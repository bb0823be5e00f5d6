"""How many rows have which length, as bars; drawn here, for so little needs no plot library."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from backend.domain.preview import TokenFigures
from gui import format as text
from gui.theme import ThemeKeeper, Tone

_SIDE = 12
_LEAST_BAR = 1.5
"""Pixels: one row among a million is seen as well."""


class LengthHistogram(QWidget):
    """Bars by length in tokens, with the middle, the 95 of 100 and the limit marked."""

    def __init__(self, theme: ThemeKeeper) -> None:
        super().__init__()
        self._theme = theme
        self._found: TokenFigures | None = None
        self.setMinimumHeight(108)
        self.setAccessibleName(self.tr("Rows by length in tokens"))
        theme.changed.connect(self._redraw)

    def show_figures(self, found: TokenFigures) -> None:
        self._found = found
        self.setAccessibleDescription(
            self.tr("Half of the rows have at most {p50} tokens, 95 of 100 at most {p95}, the longest {most}.").format(
                p50=text.whole(found.lengths.p50),
                p95=text.whole(found.lengths.p95),
                most=text.whole(found.lengths.longest),
            )
        )
        self.update()

    def bar_at(self, x: float) -> int | None:
        """Number of the bar below a place, if there is one."""
        counts = self._found.histogram.counts if self._found is not None else ()
        area = self._area()
        if not counts or not area.left() <= x < area.right():
            return None
        return min(len(counts) - 1, int((x - area.left()) / area.width() * len(counts)))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._words(self.bar_at(event.pos().x())), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        found, area = self._found, self._area()
        painter.setPen(self._theme.colour(Tone.QUIET))
        if found is None or not found.histogram.counts:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No lengths yet"))
            return
        self._draw_bars(painter, area, found.histogram.counts)
        painter.setPen(QPen(self._theme.colour(Tone.EDGE), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._draw_words(painter, area, found)

    def _draw_bars(self, painter: QPainter, area: QRectF, counts: tuple[int, ...]) -> None:
        width, most = area.width() / len(counts), max(counts)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(Tone.CURVE))
        for number, count in enumerate(counts):
            if count:
                height = max(_LEAST_BAR, area.height() * count / most)
                gap = 1.0 if width > 3 else 0.0
                painter.drawRect(QRectF(area.left() + number * width, area.bottom() - height, width - gap, height))

    def _draw_words(self, painter: QPainter, area: QRectF, found: TokenFigures) -> None:
        end = found.histogram.width * len(found.histogram.counts)
        marks = ((found.lengths.p50, "p50"), (found.lengths.p95, "p95"))
        line = QPen(self._theme.colour(Tone.HELD_OUT), 1, Qt.PenStyle.DashLine)
        metrics = painter.fontMetrics()
        free_from = area.left()
        for value, name in marks:
            x = area.left() + area.width() * value / end
            painter.setPen(line)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            words = f"{name} {value:,}"
            left = min(max(x + 3, free_from), area.right() - metrics.horizontalAdvance(words))
            painter.setPen(self._theme.colour(Tone.HELD_OUT))
            painter.drawText(QPointF(left, area.top() - 4), words)
            free_from = left + metrics.horizontalAdvance(words) + 8
        painter.setPen(self._theme.colour(Tone.QUIET))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), metrics.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{end:,}")
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.tr("tokens a row"))

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(_SIDE, line + 6, -_SIDE, -line - 6)

    def _words(self, bar: int | None) -> str:
        if bar is None or self._found is None:
            return ""
        width, counts = self._found.histogram.width, self._found.histogram.counts
        rows = text.count(counts[bar], self.tr("row"), self.tr("rows"))
        return self.tr("{first} to {last} tokens: {rows}").format(
            first=text.whole(bar * width + 1), last=text.whole((bar + 1) * width), rows=rows
        )

    @Slot()
    def _redraw(self) -> None:
        self.update()
