"""What hangs on the pointer while rows are dragged: small, so that it hides nothing of where they will land."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QWidget

from backend.domain.job import Job
from gui import format as text
from gui.queue.columns import CONTEXT

BESIDE = QPoint(-14, -6)
"""The label stands to the right of the pointer and below its tip."""
_WIDEST = 260
_AIR = 8


def drag_label(jobs: Sequence[Job], widget: QWidget) -> QPixmap:
    """The name of one file, or how many they are, in the widget's font and colours."""
    metrics = QFontMetrics(widget.font())
    words = metrics.elidedText(_words(jobs), Qt.TextElideMode.ElideMiddle, _WIDEST)
    ratio = widget.devicePixelRatioF()
    width, height = metrics.horizontalAdvance(words) + 2 * _AIR, metrics.height() + _AIR
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(widget.palette().color(QPalette.ColorRole.Highlight))
    area = QRectF(0, 0, width, height)
    painter.drawRoundedRect(area, _AIR / 2, _AIR / 2)
    painter.setFont(widget.font())
    painter.setPen(widget.palette().color(QPalette.ColorRole.HighlightedText))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return picture


def _words(jobs: Sequence[Job]) -> str:
    if len(jobs) == 1:
        return jobs[0].name
    one, many = (QCoreApplication.translate(CONTEXT, noun) for noun in ("file", "files"))
    return text.count(len(jobs), one, many)
