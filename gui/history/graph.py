"""Draws the first column of the time line: the lines, a mark for each entry, and its words beside them."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem, QWidget

from gui.history.timeline import Entry
from gui.table.model import RECORD_ROLE
from gui.table.view import RoomyDelegate
from gui.theme import ThemeKeeper, Tone

_LANE = 16
_MOST_LANES = 8
"""Further lanes are drawn on the last one, so that the words keep their room."""
_BIG, _SMALL = 5.5, 3.5
_AIR = 6


class GraphDelegate(RoomyDelegate):
    """`lines` is off while a filter leaves entries out, for lines between what is left would lie."""

    def __init__(self, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines = True

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width() + _MOST_LANES * _LANE, size.height() + 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry = index.data(RECORD_ROLE)
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        if not isinstance(entry, Entry):
            super().paint(painter, option, index)
            return
        words, shown.text = shown.text, ""
        widget = shown.widget
        style = widget.style() if widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, widget)
        selected = bool(shown.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(shown.rect)
        right = self._draw(painter, shown.rect, entry, _ink(shown.palette) if selected else None)
        painter.restore()
        self._write(painter, shown, entry, words, right, selected)

    def _draw(self, painter: QPainter, area: QRect, entry: Entry, ink: QColor | None) -> float:
        """Returns where the words may begin."""
        graph = entry.graph
        middle = area.top() + area.height() / 2
        centre = QPointF(_x(area, graph.lane), middle)
        last = graph.lane
        if self.lines:
            for lane in graph.through:
                painter.setPen(QPen(ink or self._colour(lane), 2))
                painter.drawLine(QPointF(_x(area, lane), area.top()), QPointF(_x(area, lane), area.bottom() + 1))
            for lane in graph.above:
                painter.setPen(QPen(ink or self._colour(lane), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(_joining(QPointF(_x(area, lane), area.top()), centre))
            if graph.below:
                painter.setPen(QPen(ink or self._colour(graph.lane), 2))
                painter.drawLine(centre, QPointF(centre.x(), area.bottom() + 1))
            last = max((*graph.through, *graph.above, graph.lane))
        self._mark(painter, centre, entry, ink)
        return _x(area, last) + _LANE / 2 + _AIR

    def _mark(self, painter: QPainter, centre: QPointF, entry: Entry, ink: QColor | None) -> None:
        colour = ink or self._colour(entry.graph.lane)
        radius = _BIG if entry.is_version else _SMALL
        ground = self._theme.palette().color(QPalette.ColorRole.Highlight if ink else QPalette.ColorRole.Base)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(QBrush(colour if entry.stands else ground))
        if entry.is_version:
            painter.drawRoundedRect(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), 2, 2)
        else:
            painter.drawEllipse(centre, radius, radius)
        if entry.is_head:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 1.5))
            painter.drawEllipse(centre, _BIG + 3, _BIG + 3)

    def _write(
        self, painter: QPainter, shown: QStyleOptionViewItem, entry: Entry, words: str, left: float, selected: bool
    ) -> None:
        font = shown.font
        font.setBold(entry.is_version or entry.is_head)
        painter.save()
        painter.setFont(font)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(shown.palette.color(role) if entry.stands or selected else self._theme.colour(Tone.QUIET))
        room = QRectF(left, shown.rect.top(), max(0.0, shown.rect.right() - left), shown.rect.height())
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)
        painter.restore()

    def _colour(self, lane: int) -> QColor:
        return self._theme.colour(Tone.CURVE if lane == 0 else Tone.QUIET)


def _x(area: QRect, lane: int) -> float:
    return area.left() + _LANE * (min(lane, _MOST_LANES - 1) + 0.75)


def _joining(top: QPointF, centre: QPointF) -> QPainterPath:
    """From the row above down into the mark, in a curve where the lanes differ."""
    path = QPainterPath(top)
    if top.x() == centre.x():
        path.lineTo(centre)
    else:
        path.cubicTo(QPointF(top.x(), centre.y()), QPointF(top.x(), centre.y()), centre)
    return path


def _ink(colours: QPalette) -> QColor:
    return colours.color(QPalette.ColorRole.HighlightedText)
