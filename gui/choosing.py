"""Lets the user choose training files with the desktop's own dialog."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget


class FileChoice(QObject):
    """Says nothing where nothing was chosen."""

    chosen = Signal(object)
    """tuple[Path, ...]: for the queue."""
    preview_wanted = Signal(object)
    """Path."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    @Slot()
    def choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Add training files"), "", self._kinds())
        if names:
            self.chosen.emit(tuple(Path(name) for name in names))

    @Slot()
    def choose_preview(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Preview a file"), "", self._kinds())
        if name:
            self.preview_wanted.emit(Path(name))

    def _kinds(self) -> str:
        return self.tr("Training files (*.jsonl *.json);;All files (*)")
