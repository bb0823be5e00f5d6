"""Boxes whose value the wheel does not change: it scrolls what lies around them."""

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSpinBox


class CalmComboBox(QComboBox):
    """A combo box whose choice the wheel does not change while it is closed."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class CalmSpinBox(QSpinBox):
    """A spin box for the keyboard and its arrows."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
