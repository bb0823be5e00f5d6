"""Asks whether files whose content waits in the queue already shall be trained twice."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from gui import format as text
from gui.queue.drops import Twin

AGAIN = "queue-again"
_NAMED = 8
"""More files than this are counted, and named behind a button."""


class TwinQuestion(QObject):
    """One question at a time; what comes meanwhile is asked afterwards."""

    wanted = Signal(object)
    """tuple[Twin, ...]: queue these all the same."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[Twin] = []
        self._asked: tuple[Twin, ...] = ()
        self._box: QMessageBox | None = None

    @Slot(object)
    def ask(self, twins: tuple[Twin, ...]) -> None:
        self._waiting += twins
        if self._box is None:
            self._ask_next()

    def _ask_next(self) -> None:
        self._asked, self._waiting = tuple(self._waiting), []
        self._box = self._make_box()
        self._box.finished.connect(self._answered)
        self._box.open()

    @Slot()
    def _answered(self) -> None:
        box, self._box = self._box, None
        clicked = box.clickedButton() if box is not None else None
        if clicked is not None and clicked.objectName() == AGAIN:
            self.wanted.emit(self._asked)
        if self._waiting:
            self._ask_next()

    def _make_box(self) -> QMessageBox:
        count = len(self._asked)
        box = QMessageBox(self._window)
        box.setObjectName("twin-question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("In the queue already"))
        files = text.count(count, self.tr("file is"), self.tr("files are"))
        box.setText(self.tr("{files} in the queue already, with the same content.").format(files=files))
        words = [twin.words for twin in self._asked]
        question = self.tr("Shall it be trained twice?") if count == 1 else self.tr("Shall they be trained twice?")
        if count <= _NAMED:
            box.setInformativeText("\n".join([*words, "", question]))
        else:
            box.setInformativeText(question)
            box.setDetailedText("\n".join(words))
        box.addButton(self.tr("Queue again"), QMessageBox.ButtonRole.AcceptRole).setObjectName(AGAIN)
        leave = box.addButton(self.tr("Leave out"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(leave)
        box.setEscapeButton(leave)
        return box
