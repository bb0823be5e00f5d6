"""One of our icons as a widget, drawn at the screen's own sharpness."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from gui import icons


class Picture(QWidget):
    """In the accent colour unless it was given another."""

    def __init__(self, name: str, side: int) -> None:
        super().__init__()
        self._name = name
        self._colour: QColor | None = None
        self.setFixedSize(side, side)

    def show_icon(self, name: str, colour: QColor) -> None:
        self._name, self._colour = name, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = self._colour or self.palette().color(QPalette.ColorRole.Accent)
        icons.paint(QPainter(self), self._name, QRectF(self.rect()), colour)
