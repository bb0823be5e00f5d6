"""Opens previews and sees that each child ends with its dialog."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from backend.domain.job import Job
from backend.paths import Home
from gui.preview.dialog import PreviewDialog
from gui.preview.worker import PreviewWorker
from gui.theme import ThemeKeeper


class Previews(QObject):
    """Any number of dialogs over one thread that hears their children."""

    add_wanted = Signal(object)
    """tuple[Path, ...]: a file that was looked at shall be queued."""

    def __init__(self, home: Home, theme: ThemeKeeper, window: QWidget, command: Sequence[str] | None = None) -> None:
        super().__init__(window)
        self._home = home
        self._theme = theme
        self._window = window
        self._command = command
        self._thread = QThread(self)
        self._thread.setObjectName("preview")
        self._workers: list[PreviewWorker] = []

    @Slot(object)
    def show(self, subject: Path | Job) -> PreviewDialog:
        """Look at a file, or at what a job has stored."""
        if not self._thread.isRunning():
            self._thread.start()
        worker = PreviewWorker(self._home, subject, self.thread(), self._command)
        worker.moveToThread(self._thread)
        self._workers = [*(one for one in self._workers if one.thread() != self.thread()), worker]
        dialog = PreviewDialog(subject, self._theme, self._window)
        worker.reading.connect(dialog.show_reading)
        worker.looked.connect(dialog.show_looked)
        worker.failed.connect(dialog.show_failure)
        dialog.stop_wanted.connect(worker.end)
        dialog.add_wanted.connect(self.add_wanted)
        dialog.finished.connect(worker.end)
        self._thread.finished.connect(worker.end, Qt.ConnectionType.DirectConnection)  # runs in that thread still
        QTimer.singleShot(0, worker, worker.begin)
        dialog.show()
        return dialog

    @Slot()
    def leave(self) -> None:
        """End every child and the thread."""
        self._thread.quit()
        self._thread.wait()
