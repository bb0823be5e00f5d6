"""Bugs that nobody caught: into the log, and as a dialog whose details can be copied."""

import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.log.diagnostics import masked


class CrashReporter(QObject):
    """Takes the place of sys.excepthook and threading.excepthook as long as the window is open."""

    happened = Signal(str)
    """The traceback, from whatever thread."""

    def install(self) -> None:
        sys.excepthook = self._report
        threading.excepthook = self._report_thread

    def uninstall(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def _report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if sys.stderr is not None:
            sys.__excepthook__(kind, error, trace)
        if not issubclass(kind, KeyboardInterrupt):
            self.happened.emit("".join(traceback.format_exception(kind, error, trace)))

    def _report_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._report(args.exc_type, args.exc_value, args.exc_traceback)


class CrashDialog(QObject):
    """Shows one bug at a time; while it is open others only go to the log."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._open: QMessageBox | None = None

    @Slot(str)
    def show(self, trace: str) -> None:
        if self._open is not None:
            return
        box = QMessageBox(self._window)
        box.setObjectName("crash")
        box.setIcon(QMessageBox.Icon.Critical)
        box.setWindowTitle(self.tr("Something went wrong"))
        box.setText(self.tr("Espalier came upon a mistake of its own."))
        box.setInformativeText(self.tr("What is saved stays saved. Please send the details to the project."))
        box.setDetailedText(masked(trace))
        copy = box.addButton(self.tr("Copy details"), QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()
        copy.clicked.connect(self._copy)
        box.addButton(QMessageBox.StandardButton.Close)
        box.finished.connect(self._forget)
        self._open = box
        box.open()

    @Slot()
    def _copy(self) -> None:
        if self._open is not None:
            QGuiApplication.clipboard().setText(self._open.detailedText())

    @Slot()
    def _forget(self) -> None:
        if self._open is not None:
            self._open.deleteLater()
        self._open = None
