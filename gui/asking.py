"""How a dialog asks the host something and hears the answer to just that, while the window goes on."""

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from backend.protocol.host import Request
from gui.worker import Question, TrainingWorker


class HostLine(QObject):
    """One dialog's line to the host; it ends with its owner."""

    asked = Signal(object)
    """Question."""
    answered = Signal(object, object)
    """Request and Reply."""

    def __init__(self, number: int, owner: QObject) -> None:
        super().__init__(owner)
        self._number = number

    @Slot(object)
    def ask(self, request: Request) -> None:
        """The reply comes as `answered`; replies come in the order of the requests."""
        self.asked.emit(Question(asker=self._number, request=request))

    @Slot(object, object)
    def hear(self, question: Question, reply: msgspec.Struct) -> None:
        if question.asker == self._number:
            self.answered.emit(question.request, reply)


class HostLines(QObject):
    """Gives out lines to the host that the worker holds in its thread."""

    def __init__(self, worker: TrainingWorker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._given = 0

    def give(self, owner: QObject) -> HostLine:
        self._given += 1
        line = HostLine(self._given, owner)
        line.asked.connect(self._worker.ask)
        self._worker.answered.connect(line.hear)
        return line
