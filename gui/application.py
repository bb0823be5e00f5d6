"""Qt's application, and the files that macOS opens with it: they come as events, not as words of the command line."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

_TOGETHER_MS = 50
"""Finder sends one event for each file; those that come within this time were opened together."""


class Application(QApplication):
    """Overrides `event`: a filter in Python would be asked about every event of every widget."""

    files_opened = Signal(object)
    """tuple[Path, ...]"""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(list(words))
        self._opened: list[Path] = []
        self._together = QTimer(self)
        self._together.setSingleShot(True)
        self._together.setInterval(_TOGETHER_MS)
        self._together.timeout.connect(self._tell)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self._opened.append(Path(event.file()))
            self._together.start()
            return True
        return super().event(event)

    @Slot()
    def _tell(self) -> None:
        opened, self._opened = tuple(self._opened), []
        self.files_opened.emit(opened)
