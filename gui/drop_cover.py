"""Lights up the whole window while files hover over it and says what letting go will do."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from gui import icons

_MARGIN = 14
_RADIUS = 12
_VEIL = 225


class DropCover(QWidget):
    """Lies over the window, transparent to the mouse."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = ""
        self.hide()

    def light_up(self, words: str) -> None:
        self._words = words
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self.palette()
        accent = colours.color(QPalette.ColorRole.Accent)
        veil = QColor(colours.color(QPalette.ColorRole.Window))
        veil.setAlpha(_VEIL)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(accent, 3, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN), _RADIUS, _RADIUS)
        middle = self.rect().center()
        icons.paint(painter, "drop", QRectF(middle.x() - 36, middle.y() - 84, 72, 72), accent)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(colours.color(QPalette.ColorRole.WindowText))
        words = QRectF(self.rect()).adjusted(40, middle.y() + 4, -40, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, self._words)


def files_in(data: QMimeData) -> tuple[Path, ...]:
    """The local files and folders that a drag carries."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
